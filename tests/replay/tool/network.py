"""The tool's network: every AWS service in its own protocol, a download, and somebody who presses Ctrl-C."""

from __future__ import annotations

import io
import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any

from local.operation import read_request
from tests.replay.aws import REGION, NoAnswer
from tests.replay.clock import START
from tests.replay.network import Network, Notes
from tests.replay.tool.account import ARCHIVE, Account


class ToolNetwork(Network):
    """Notes a call that Ctrl-C ended as well."""

    def __init__(self, account: Account, notes: Notes) -> None:
        super().__init__(account, notes)
        self._account = account

    def install(self) -> None:
        super().install()
        vars(urllib.request)["urlopen"] = self._download

    def asked(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> tuple[str, bytes]:
        path, _, query = url.split("/", 3)[3].partition("?")
        request = read_request(
            method=method,
            path=f"/{path}",
            query=query,
            headers={name.lower(): value for name, value in headers.items()},
            body=body,
            region=REGION,
            environ={},
        )
        if request.service == "lambda":
            name = path.split("/")[2]
            payload = {"Payload": json.loads(body)} if body else {}
            return request.action, json.dumps({"FunctionName": name, **payload}).encode()
        if request.protocol == "query":
            given = request.parameters()
            about = {key: value for key, value in given.items() if key not in ("Action", "Version")}
            return request.action, json.dumps(about).encode()
        assert request.service, f"nothing here answers {url}"
        return request.action, body

    def shown(self, action: str, body: Any) -> list[Any]:
        match action, body:
            case "events:TestEventPattern", {"EventPattern": pattern, "Event": event}:
                return [action, {"EventPattern": json.loads(pattern), "Event": json.loads(event)}]
            case "logs:FilterLogEvents", {"startTime": start}:
                times = {"startTime": start, "endTime": body.get("endTime")}
                seconds = {name: at / 1000 - START for name, at in times.items() if at is not None}
                return [action, {**body, **{name: f"{at:+g} s" for name, at in seconds.items()}}]
        return super().shown(action, body)

    def _download(self, url: str, timeout: float) -> io.BytesIO:
        assert url == ARCHIVE, f"nothing here answers {url}"
        try:
            response = self._account.answer("s3:GET", "", b"")
        except NoAnswer as error:
            raise urllib.error.URLError(error.kind) from None
        self.notes.add(["the archive", f"within {timeout} s"])
        return io.BytesIO(response.body)
