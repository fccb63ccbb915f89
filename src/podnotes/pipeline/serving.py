"""Server of the review page on the loopback interface, which runs while the page is open.

The address contains a random token, which other programs on the machine can't guess. Requests for another host name
(DNS rebinding), POST requests from other pages (cross-site request forgery) and bodies larger than one megabyte are
refused. The only file served is the episode's audio.
"""

from __future__ import annotations

import json
import math
import re
import secrets
import threading
import time
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

from podnotes.audio_types import guess_type
from podnotes.errors import PodnotesError, UsageError
from podnotes.pipeline.results import DraftOptions
from podnotes.pipeline.reviewing import ReviewDesk

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

    from podnotes.library import Library
    from podnotes.models import Topic

# Grace period for a page to reload.
_GONE_S = 3.0
# Interval at which open pages are sent changes.
_TICK_S = 0.5
# Timeout of idle connections.
_IDLE_S = 60.0
_CHUNK = 1 << 16
_UNCLEAR = "What the page sent can't be understood; load it again."
# After this time, _READING is sent instead of the page; it reloads at once and is displayed until the response.
_PATIENCE_S = 2.0
_READING = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="0">'
    "<title>Reading the episode …</title><style>html { color-scheme: light dark; font: 1.2rem sans-serif; }"
    "body { display: grid; place-content: center; min-height: 90vh; }</style><body><main>"
    '<h1 style="font-size: 1.4rem">Reading the episode …</h1><p>The page comes by itself. A long episode takes some'
    " seconds.</p></main></body></html>"
).encode()
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class ReviewServer:
    """Context manager that serves the review page of an episode.

    Args:
        library: The library, which stores the user's choices.
        episode_id: Number of the episode in it.
        topics: The topics.
        out: Folder for drafts saved from the page.
        options: Options of the draft, such as the template; None for the defaults.

    Attributes:
        url: Address of the page.

    Raises:
        LibraryError: The episode has no transcript, or the library can't be read.
    """

    def __init__(
        self,
        library: Library,
        episode_id: int,
        topics: tuple[Topic, ...],
        *,
        out: str | Path = "drafts",
        options: DraftOptions | None = None,
    ) -> None:
        self._desk = ReviewDesk(library, episode_id, topics, out=Path(out), options=options or DraftOptions())
        self._server = _Server(self._desk)
        self.url = f"http://{self._server.host}/{self._server.token}/"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *details: object) -> None:
        self._server.ended.set()
        self._desk.close()
        self._server.shutdown()
        self._server.server_close()

    def wait(self) -> None:
        """Wait until the page has been opened and then closed in all windows.

        Raises:
            PodnotesError: The page can't be made.
        """
        # Polls, since Ctrl-C on Windows doesn't interrupt waiting for a condition.
        while self._server.left is None or self._server.pages or time.monotonic() < self._server.left + _GONE_S:
            if self._desk.failure is not None:
                raise self._desk.failure
            time.sleep(_TICK_S / 2)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, desk: ReviewDesk) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.desk = desk
        self.token = secrets.token_urlsafe(32)
        self.host = f"127.0.0.1:{self.server_port}"
        self.ended = threading.Event()
        self.pages = 0
        self.left: float | None = None
        self.lock = threading.Lock()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore browsers that disconnect."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    server_version = "podnotes"
    sys_version = ""
    timeout = _IDLE_S

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - name in the base class
        """Log nothing, since the address is secret."""

    def do_GET(self) -> None:
        routes = {"": self._page, "events": self._events, "audio": self._audio}
        self._answer(routes)

    def do_POST(self) -> None:
        routes = {"changes": self._changes, "draft": self._draft, "speaker": self._speaker, "correct": self._correct}
        if self.headers.get("Origin") != f"http://{self.server.host}":
            self._refuse(403, "Only the page itself may ask for this.")
        elif (self.headers.get_content_type(), self.headers.get("Transfer-Encoding")) != ("application/json", None):
            self._refuse(415, "Only JSON is understood.")
        elif not re.fullmatch(r"\d{1,6}", length := self.headers.get("Content-Length", "")):  # in bytes
            self._refuse(413, "That is too much at once.")
        else:
            self._body = self.rfile.read(int(length))
            self._answer(routes)

    def _answer(self, routes: dict[str, Callable[[], None]]) -> None:
        if self.headers.get("Host") != self.server.host:
            self._refuse(421, "This is no page of that host.")
            return
        if self.server.ended.is_set():  # keep-alive connections outlive the listening socket
            self._refuse(503, "podnotes review has ended. Download what you have, and run it again.")
            return
        _, token, name = [*self.path.split("/", 2), "", ""][:3]
        route = routes.get(name)
        if not secrets.compare_digest(token.encode(), self.server.token.encode()) or route is None:
            self._refuse(404, "There is nothing here.")
            return
        try:
            route()
        except UsageError as error:
            self._refuse(400, str(error))
        except PodnotesError as error:
            self._refuse(409, str(error))
        except (ConnectionError, TimeoutError):
            self.close_connection = True

    def _refuse(self, status: int, reason: str) -> None:
        self.close_connection = True
        self._send(status, "application/json", json.dumps({"error": reason}).encode())

    def _head(self, status: int, kind: str, **more: str) -> None:
        self.send_response(status)
        for name, value in {**_HEADERS, "Content-Type": kind, **more}.items():
            self.send_header(name.replace("_", "-"), value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()

    def _send(self, status: int, kind: str, body: bytes) -> None:
        self._head(status, kind, Content_Length=str(len(body)))
        self.wfile.write(body)

    def _send_json(self, value: Any) -> None:
        self._send(200, "application/json", json.dumps(value, default=str).encode())

    def _sent(self, *texts: str) -> dict[str, Any]:
        """Return what the page sent; ``texts`` are the keys of its strings, which have at most 200 characters."""
        try:
            sent = json.loads(self._body)
        except ValueError:
            sent = None
        if not isinstance(sent, dict) or not all(isinstance(sent.get(key), str) for key in texts):
            raise UsageError(_UNCLEAR)
        if any(len(sent[key]) > 200 for key in texts):
            raise UsageError(_UNCLEAR)
        return sent

    # -------------------------------------------------------------------------------------------------- routes

    def _page(self) -> None:
        self._send(200, "text/html; charset=utf-8", self.server.desk.page(patience_s=_PATIENCE_S) or _READING)

    def _events(self) -> None:
        """Stream changes of the user's choices to a page while it is open (server-sent events)."""
        server = self.server
        self.close_connection = True
        self._count_page(1)
        try:
            self._head(200, "text/event-stream")
            told = None
            while not server.ended.is_set():
                state = json.dumps(server.desk.state())
                # Sending an empty comment detects a closed connection.
                self.wfile.write(f"data: {state}\n\n".encode() if state != told else b":\n\n")
                told = state
                server.ended.wait(_TICK_S)
        finally:
            self._count_page(-1)

    def _count_page(self, more: int) -> None:
        with self.server.lock:
            self.server.pages += more
            if more < 0:
                self.server.left = time.monotonic()

    def _audio(self) -> None:
        """Send the audio or the requested range (RFC 9110, section 14)."""
        path = self.server.desk.audio
        try:
            file = path.open("rb") if path else None
        except OSError:
            file = None
        if path is None or file is None:
            self._refuse(404, "The audio is no longer kept.")
            return
        with file:
            size = file.seek(0, 2)
            kind = guess_type(path.name) or "application/octet-stream"
            asked = re.fullmatch(r"bytes=(\d{0,18})-(\d{0,18})", self.headers.get("Range", ""))
            first, last, status = 0, size - 1, 200
            if asked and (asked[1] or asked[2]):
                first = int(asked[1]) if asked[1] else max(0, size - int(asked[2]))
                last = min(last, int(asked[2])) if asked[1] and asked[2] else last
                status = 206
                if first > last:
                    self.close_connection = True
                    self._head(416, kind, Content_Range=f"bytes */{size}", Content_Length="0")
                    return
            more = {"Content_Range": f"bytes {first}-{last}/{size}"} if status == 206 else {}
            self._head(status, kind, Accept_Ranges="bytes", Content_Length=str(last - first + 1), **more)
            file.seek(first)
            left = last - first + 1
            while left > 0 and (piece := file.read(min(_CHUNK, left))):
                self.wfile.write(piece)
                left -= len(piece)

    def _changes(self) -> None:
        self._send_json(self.server.desk.change(self._sent()))

    def _draft(self) -> None:
        self._sent()
        drafts = self.server.desk.save_draft()
        self._send_json(
            {"drafts": [{**asdict(one), "path": str(one.path), "left_alone": str(one.left_alone)} for one in drafts]}
        )

    def _speaker(self) -> None:
        sent = self._sent("label", "name")
        label, name = sent["label"], sent["name"]
        self._send_json(self.server.desk.name_speaker(label, name, everywhere=sent.get("everywhere") is True))

    def _correct(self) -> None:
        sent = self._sent("heard", "right", "where")
        at, where = sent.get("at"), sent["where"]
        if not isinstance(at, int | float) or not math.isfinite(at) or where not in {"here", "episode", "show"}:
            raise UsageError(_UNCLEAR)
        self._send_json(self.server.desk.correct(sent["heard"], sent["right"], at=at, where=where))
