"""Which AWS operation is this HTTP request?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import parse_qs

from local.http import Request

_SCOPE = re.compile(r"Credential=(?P<key>[^/,\s]+)/\d{8}/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request")
_RPC = re.compile(r"^/service/[^/]+/operation/(?P<operation>\w+)$")
_REST = ("batch", "lambda")
# ECR gives out presigned URLs of S3; here the cloud itself serves what is behind them. The region follows.
LAYER_DOWNLOADS = "/local-ecr-layers/"


def read_request(
    *,
    method: str,
    path: str,
    query: str,
    headers: Mapping[str, str],
    body: bytes,
    region: str,
    environ: Mapping[str, Any],
) -> Request:
    """Reads what the request says about itself; what is not known stays empty, and nothing is raised."""
    scope = _SCOPE.search(headers.get("authorization", ""))
    service = scope["service"] if scope else ""
    operation, protocol = _operation(service, method, path, headers, body)
    if not service and method == "GET" and path.startswith(LAYER_DOWNLOADS):
        service, operation = "s3", "GetObject"
        region = path.removeprefix(LAYER_DOWNLOADS).partition("/")[0]
    return Request(
        method=method,
        path=path,
        query=parse_qs(query),
        headers=headers,
        body=body,
        access_key=scope["key"] if scope else "",
        region=scope["region"] if scope else region,
        service=service,
        operation=operation,
        protocol=protocol,
        environ=environ,
    )


def _operation(
    service: str, method: str, path: str, headers: Mapping[str, str], body: bytes
) -> tuple[str, str]:
    if target := headers.get("x-amz-target", ""):
        return target.rpartition(".")[2], "json"
    if rpc := _RPC.match(path):
        return rpc["operation"], "rpc-v2-cbor"
    if service in _REST:
        return _rest_operation(service, method, path), "rest-json"
    if headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        actions = parse_qs(body.decode("utf-8", "replace")).get("Action", [""])
        return actions[0], "query"
    return "", "rest-json"


def _rest_operation(service: str, method: str, path: str) -> str:
    for pattern_method, pattern, name in _rest_patterns(service):
        if pattern_method == method and pattern.fullmatch(path):
            return name
    return ""


@cache
def _rest_patterns(service: str) -> tuple[tuple[str, re.Pattern[str], str], ...]:
    import botocore.session  # noqa: PLC0415 - imported late, so that importing this module stays cheap

    model = botocore.session.Session().get_service_model(service)
    patterns = []
    for name in model.operation_names:
        http = model.operation_model(name).http
        uri = http["requestUri"].partition("?")[0].rstrip("/")
        expression = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(uri).replace(r"\+\}", r"\}"))
        if uri.startswith("/v1/tags/"):
            expression = "/v1/tags/.+"
        patterns.append((http["method"], re.compile(expression + "/?"), name))
    return tuple(patterns)
