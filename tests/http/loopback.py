"""A real HTTP server on loopback that misbehaves on command."""

from __future__ import annotations

import contextlib
import email.utils
import http.server
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    import socket
    import ssl

Reply = Callable[["Handler"], None]


@dataclass(frozen=True)
class Seen:
    """A request that came."""

    path: str
    headers: Mapping[str, str]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    timeout = 30

    def do_GET(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        path = self.path.partition("?")[0]
        with self.server.lock:
            self.server.seen.append(Seen(self.path, headers))
            reply = self.server.routes.get(path)
        self.close_connection = True
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            (reply or status(404))(self)

    def log_message(self, *args: object) -> None:
        """Say nothing: the tests look at ``seen``."""

    def head(self, code: int, headers: Mapping[str, str | int]) -> None:
        self.send_response(code)
        for name, value in {"Connection": "close", **headers}.items():
            self.send_header(name, str(value))
        self.end_headers()

    def pause(self, seconds: float) -> None:
        """Wait, but not past the end of the test."""
        self.server.over.wait(seconds)


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, tls: ssl.SSLContext | None) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        if tls is not None:  # the handshake is the handler's, so that one client doesn't keep the others waiting
            self.socket = tls.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.connections = 0
        self.routes: dict[str, Reply] = {}
        self.seen: list[Seen] = []
        self.lock = threading.Lock()
        self.over = threading.Event()

    def get_request(self) -> tuple[socket.socket, Any]:
        self.connections += 1
        return super().get_request()

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is what many of these tests are about."""


class Loopback:
    """The server, with its routes and what it has seen.

    Args:
        tls: Certificate and key, for https.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls

    def __enter__(self) -> Self:
        self._server = _Server(self._tls)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.over.set()
        self._server.shutdown()
        self._thread.join(5)
        self._server.server_close()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def seen(self) -> list[Seen]:
        return self._server.seen

    @property
    def connections(self) -> int:
        """How many connections were taken, whatever came of them."""
        return self._server.connections

    def url(self, path: str, *, host: str = "127.0.0.1", credentials: str = "") -> str:
        scheme = "http" if self._tls is None else "https"
        return f"{scheme}://{credentials + '@' if credentials else ''}{host}:{self.port}{path}"

    def add(self, path: str, reply: Reply) -> str:
        """Answer a path in this way; return its address."""
        self._server.routes[path] = reply
        return self.url(path)


# --------------------------------------------------------------------------------------------------------- replies


def status(code: int, body: bytes = b"", **headers: str | int) -> Reply:
    """A plain answer; underscores in the names of header fields stand for hyphens."""
    fields = {name.replace("_", "-"): value for name, value in headers.items()}

    def reply(handler: Handler) -> None:
        handler.head(code, {"Content-Length": len(body), **fields})
        handler.wfile.write(body)

    return reply


def content(body: bytes, content_type: str = "application/rss+xml", **headers: str | int) -> Reply:
    return status(200, body, Content_Type=content_type, **headers)


def redirect(location: str, code: int = 302) -> Reply:
    return status(code, Location=location)


def in_turn(*replies: Reply) -> Reply:
    """Another reply to each request; the last one is kept up."""
    remaining = list(replies)
    lock = threading.Lock()

    def reply(handler: Handler) -> None:
        with lock:
            current = remaining.pop(0) if len(remaining) > 1 else remaining[0]
        current(handler)

    return reply


def conditional(body: bytes, etag: str = '"one"', modified: str = "Sun, 01 Mar 2026 10:00:00 GMT") -> Reply:
    """A document that answers 304 to whoever has it already."""

    def reply(handler: Handler) -> None:
        known = handler.headers.get("If-None-Match") == etag or handler.headers.get("If-Modified-Since") == modified
        fields: dict[str, str | int] = {"ETag": etag, "Last-Modified": modified, "Content-Type": "application/rss+xml"}
        handler.head(304 if known else 200, {**fields, "Content-Length": 0 if known else len(body)})
        if not known:
            handler.wfile.write(body)

    return reply


def dripping(body: bytes, *, every_s: float, declared: int | None = None) -> Reply:
    """One byte at a time."""

    def reply(handler: Handler) -> None:
        handler.head(200, {"Content-Length": len(body) if declared is None else declared})
        for byte in body:
            handler.wfile.write(bytes([byte]))
            handler.pause(every_s)

    return reply


def dripping_headers(every_s: float) -> Reply:
    """A header that never ends."""

    def reply(handler: Handler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while not handler.server.over.is_set():
            handler.wfile.write(b"x")
            handler.wfile.flush()
            handler.pause(every_s)

    return reply


def silent(handler: Handler) -> None:
    handler.pause(30)


def cut(body: bytes, at: int, **headers: str | int) -> Reply:
    """The whole length is promised, and the connection closed before."""
    fields = {name.replace("_", "-"): value for name, value in headers.items()}

    def reply(handler: Handler) -> None:
        handler.head(200, {"Content-Length": len(body), **fields})
        handler.wfile.write(body[:at])

    return reply


def endless(chunk: bytes = b"x" * 65536) -> Reply:
    """A body without an end and without a length."""

    def reply(handler: Handler) -> None:
        handler.head(200, {})
        while not handler.server.over.is_set():
            handler.wfile.write(chunk)

    return reply


def garbage(data: bytes) -> Reply:
    """Something that is no HTTP."""

    def reply(handler: Handler) -> None:
        handler.wfile.write(data)

    return reply


def audio(
    body: bytes,
    *,
    etag: str = '"copy-1"',
    cut_after: int | None = None,
    ranges: bool = True,
    honest: bool = True,
    content_type: str = "audio/mpeg",
    pause_s: float = 0.0,
    modified: str = "",
    conditions: bool = True,
) -> Reply:
    """A file as a good server gives it, with Range and If-Range, or nearly.

    Args:
        body: The file.
        etag: What identifies this copy; "" sends none.
        cut_after: Bytes of each answer after which the connection is closed.
        ranges: False when only whole files are given.
        honest: False when the part that comes is not the one that ``Content-Range`` says.
        content_type: Its type.
        pause_s: Seconds before each 64 KB.
        modified: Last-Modified; "now" for the moment of the answer, "" for none.
        conditions: False when ``If-None-Match`` and ``If-Modified-Since`` are not looked at.
    """

    def reply(handler: Handler) -> None:
        wish = handler.headers.get("Range", "") if ranges else ""
        first, _, last = wish.removeprefix("bytes=").partition("-")
        start = int(first or 0)
        date = email.utils.formatdate(usegmt=True) if modified == "now" else modified
        if handler.headers.get("If-Range") not in (None, etag, date):
            start, wish = 0, ""
        fields: dict[str, str | int] = {"Content-Type": content_type}
        fields |= {"ETag": etag} if etag else {}
        fields |= {"Last-Modified": date} if date else {}
        same = (etag and handler.headers.get("If-None-Match") == etag) or (
            date and "If-None-Match" not in handler.headers and handler.headers.get("If-Modified-Since") == date
        )
        if same and conditions:
            handler.head(304, fields)
            return
        if start >= len(body) > 0 and wish:
            handler.head(416, {**fields, "Content-Range": f"bytes */{len(body)}", "Content-Length": 0})
            return
        part = body[start : int(last) + 1 if last else None]
        if wish:
            said = start if honest else start + 1
            fields["Content-Range"] = f"bytes {said}-{start + len(part) - 1}/{len(body)}"
        handler.head(206 if wish else 200, {**fields, "Accept-Ranges": "bytes", "Content-Length": len(part)})
        part = part if cut_after is None else part[:cut_after]
        for position in range(0, len(part), 65536):
            if pause_s:
                time.sleep(pause_s)
            handler.wfile.write(part[position : position + 65536])

    return reply
