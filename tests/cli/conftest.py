"""The command, called in an empty folder with a library of its own."""

from __future__ import annotations

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, NamedTuple

import pytest

from podnotes import cli

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


class Answer(NamedTuple):
    status: int
    out: str
    err: str


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Answer]:
    """Call the command in an empty folder with a library of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PODNOTES_LIBRARY", str(tmp_path / "library.sqlite3"))

    def call(*arguments: object) -> Answer:
        status = cli.main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Answer(status, captured.out, captured.err)

    return call


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A web server on this machine: its address, and the folder that it serves."""
    folder = tmp_path / "site"
    folder.mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", folder
    server.shutdown()
    thread.join()
    server.server_close()


def one_sentence(answer: Answer, *parts: str) -> None:
    """The user is told what is wrong: exit status 1, one line on standard error, no traceback.

    How long the run will take may be said before.
    """
    assert answer.status == 1, answer
    assert "Traceback" not in answer.err
    lines = [line for line in answer.err.splitlines() if not line.startswith("  ") and " min of audio" not in line]
    assert len(lines) == 1, answer.err
    for part in parts:
        assert part in lines[0]


@pytest.fixture
def drafted(run: Callable[..., Answer], sample_podcast: Path, tmp_path: Path) -> Path:
    """The draft of the episode with a publisher's transcript, in a library of its own."""
    answer = run("draft", sample_podcast / "feed.xml", "--match", "pharmacy")
    assert answer.status == 0, answer.err
    (draft,) = (tmp_path / "drafts").glob("*.md")
    return draft
