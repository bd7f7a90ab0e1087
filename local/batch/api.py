"""AWS Batch's job definition operations over HTTP, answered from BatchStore."""

from __future__ import annotations

from urllib.parse import unquote

from local.batch.store import BatchStore
from local.http import Request, Response, json_response


class BatchApi:
    """Answers the operations on job definitions; None means that moto answers."""

    def __init__(self, store: BatchStore) -> None:
        self._store = store

    def __call__(self, request: Request) -> Response | None:
        """The answer to ``request``; raises ApiError."""
        match request.operation:
            case "RegisterJobDefinition":
                return self._register(request)
            case "DescribeJobDefinitions":
                return self._describe(request)
            case "DeregisterJobDefinition":
                self._store.deregister(str(request.json().get("jobDefinition", "")))
                return json_response({})
            case "TagResource" | "UntagResource" | "ListTagsForResource" if ":job-definition/" in unquote(
                request.path
            ):
                return self._tags(request)
        return None

    def _register(self, request: Request) -> Response:
        name, revision = self._store.register(request.json())
        arn = self._store.arn(name, revision)
        return json_response({"jobDefinitionArn": arn, "jobDefinitionName": name, "revision": revision})

    def _describe(self, request: Request) -> Response:
        body = request.json()
        page, token = self._store.describe(
            name=body.get("jobDefinitionName"),
            definitions=body.get("jobDefinitions"),
            status=body.get("status"),
            max_results=body.get("maxResults"),
            token=body.get("nextToken"),
        )
        return json_response({"jobDefinitions": page, **({"nextToken": token} if token else {})})

    def _tags(self, request: Request) -> Response:
        arn = unquote(request.path).removeprefix("/v1/tags/")
        tags = self._store.tags(arn)
        if request.operation == "ListTagsForResource":
            return json_response({"tags": tags})
        if request.operation == "TagResource":
            tags |= request.json().get("tags", {})
        else:
            for key in request.query.get("tagKeys", []):
                tags.pop(key, None)
        self._store.set_tags(arn, tags)
        return json_response({})
