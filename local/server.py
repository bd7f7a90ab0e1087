"""The HTTP server of the local cloud: threaded, on loopback alone."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any


class PortTaken(Exception):
    """The port that was asked for is in use."""


class Server:
    """Serves a WSGI application on 127.0.0.1; ``port`` 0 takes any free one."""

    def __init__(self, application: Callable[..., Iterable[bytes]], *, port: int) -> None:
        from moto.moto_server.werkzeug_app import MotoRequestHandler  # noqa: PLC0415 - slow to import
        from werkzeug.serving import make_server  # noqa: PLC0415

        class Handler(MotoRequestHandler):
            def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - inherited
                """Requests are not logged."""

            def connection_dropped(self, error: BaseException, environ: Any = None) -> None:
                """A client that went away is nobody's business."""

        try:
            self._server = make_server("127.0.0.1", port, application, threaded=True, request_handler=Handler)
        except (OSError, SystemExit) as error:
            # werkzeug prints its own advice and exits when a port is in use
            raise PortTaken(f"port {port} of 127.0.0.1 is in use; choose another with --port") from error
        self._server.daemon_threads = True  # type: ignore[attr-defined, unused-ignore]
        self.port: int = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def endpoint(self) -> str:
        """The URL to give to clients."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Begins to answer."""
        self._thread.start()

    def close(self) -> None:
        """Stops answering and frees the port."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
