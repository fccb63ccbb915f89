"""A Hugging Face hub on loopback that has the small speech model."""

from __future__ import annotations

import hashlib
import http.server
import json
import threading
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from pathlib import Path

REVISION = "0123456789abcdef0123456789abcdef01234567"


class Hub:
    """Answers what the hub's client asks: the list of files, their heads, their bytes.

    Attributes:
        asked: Methods and paths, in order.
        cut: Whether the connection is lost in the middle of a large file.
        hang: Whether nothing more comes from there on.
        over: Set when the hub is about to go.
    """

    def __init__(self, repository: str, files: Path) -> None:
        self.repository, self.files = repository, files
        self.asked: list[str] = []
        self.cut = self.hang = False
        self.over = threading.Event()
        hub = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args: object) -> None:
                """Say nothing."""

            def do_HEAD(self) -> None:
                self.reply(body=False)

            def do_GET(self) -> None:
                self.reply(body=True)

            def reply(self, *, body: bool) -> None:
                path = self.path.partition("?")[0]
                hub.asked.append(f"{self.command} {path}")
                name = path.rpartition("/")[2]
                file = hub.files / name
                if path.startswith(f"/api/models/{hub.repository}/tree/"):
                    self.send(json.dumps(hub.tree()).encode(), "application/json", body=body)
                elif path.startswith(f"/api/models/{hub.repository}"):
                    self.send(json.dumps(hub.info()).encode(), "application/json", body=body)
                elif path.startswith(f"/{hub.repository}/resolve/") and file.is_file():
                    self.send(file.read_bytes(), "application/octet-stream", body=body)
                else:
                    self.send_response(404)
                    self.send_header("X-Error-Code", "RepoNotFound" if "/api/models/" in path else "EntryNotFound")
                    self.send_header("Content-Length", "0")
                    self.end_headers()

            def send(self, data: bytes, kind: str, *, body: bool) -> None:
                first = 0
                asked = self.headers.get("Range", "")
                if asked.startswith("bytes=") and asked[6:].split("-")[0].isdigit():
                    first = int(asked[6:].split("-")[0])
                self.send_response(206 if first else 200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(data) - first))
                if first:
                    self.send_header("Content-Range", f"bytes {first}-{len(data) - 1}/{len(data)}")
                self.send_header("ETag", f'"{hashlib.sha256(data).hexdigest()}"')
                self.send_header("X-Repo-Commit", REVISION)
                self.end_headers()
                if body and (hub.cut or hub.hang) and len(data) > 1_000_000:
                    self.wfile.write(data[first : first + 1000])
                    self.wfile.flush()
                    if hub.hang:
                        hub.over.wait(600)
                    self.close_connection = True
                elif body:
                    self.wfile.write(data[first:])

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.over.set()
        self._server.shutdown()
        self._thread.join(5)
        self._server.server_close()

    @property
    def url(self) -> str:
        """Address of the hub."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def _names(self) -> list[Path]:
        return sorted(file for file in self.files.iterdir() if file.is_file())

    def tree(self) -> list[dict[str, object]]:
        """Files of the repository, as ``/tree/`` lists them."""
        return [
            {
                "type": "file",
                "path": file.name,
                "size": file.stat().st_size,
                "oid": hashlib.sha256(file.read_bytes()).hexdigest()[:40],
            }
            for file in self._names()
        ]

    def info(self) -> dict[str, object]:
        """The repository, as ``/api/models/`` describes it."""
        return {
            "_id": "1", "id": self.repository, "modelId": self.repository, "sha": REVISION, "private": False,
            "gated": False, "disabled": False, "downloads": 0, "likes": 0, "tags": [],
            "siblings": [{"rfilename": file.name, "size": file.stat().st_size} for file in self._names()],
        }  # fmt: skip
