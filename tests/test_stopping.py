"""Ctrl-C while the network hangs or native code is at work: the process ends soon, in one sentence.

Each process is stopped in a wait that lasts minutes: one that doesn't hear is noticed without measuring times.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.asr.hub import Hub
from tests.http.loopback import Loopback, status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.http.loopback import Handler, Reply

#: Seconds that every wait lasts, and those in which a process has to end however busy the machine is.
HANGS, SOON = 600.0, 100.0


def beginning(handler: Handler) -> None:
    """The head of an MP3 of 5 MB and a little of it; then nothing more."""
    handler.head(200, {"Content-Length": 5_000_000, "Content-Type": "audio/mpeg"})
    handler.wfile.write(b"ID3" + bytes(50_000))
    handler.wfile.flush()
    handler.pause(HANGS)


def nothing(handler: Handler) -> None:
    handler.pause(HANGS)


@pytest.fixture
def server() -> Iterator[Loopback]:
    """A feed with two episodes whose audio never comes."""
    with Loopback() as running:
        items = "".join(
            f"<item><title>{number}</title><guid>{number}</guid>"
            f'<enclosure url="{running.url(f"/{number}.mp3")}" length="5000000" type="audio/mpeg"/></item>'
            for number in range(2)
        )
        feed = f"<rss version='2.0'><channel><title>Slow</title>{items}</channel></rss>"
        running.add("/feed.xml", status(200, feed.encode(), Content_Type="application/rss+xml"))
        yield running


def stopped(arguments: list[str], when: Callable[[], bool], folder: Path) -> str:
    """Start ``podnotes``, press Ctrl-C when it waits, and return what it said."""
    process = subprocess.Popen(
        [sys.executable, "-m", "podnotes", *arguments],
        cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        while not when():
            assert process.poll() is None, process.communicate()[0]
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=SOON)
    finally:
        process.kill()
    assert process.returncode == 130, said
    assert "Traceback" not in said
    return said


@pytest.mark.parametrize(
    ("path", "reply"),
    [("/feed.xml", nothing), ("/0.mp3", beginning), ("/0.mp3", status(503, Retry_After=int(HANGS)))],
    ids=["feed", "audio", "pause"],
)
def test_a_server_that_hangs(
    path: str, reply: Reply, server: Loopback, speech_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PODNOTES_LIBRARY", str(tmp_path / "library.sqlite3"))
    server.add(path, reply)
    said = stopped(
        ["draft", server.url("/feed.xml"), "--episodes", "2", "--model", str(speech_model)],
        lambda: any(seen.path == path for seen in server.seen),
        tmp_path,
    )
    assert "run the same command to continue" in said


def test_a_hub_that_hangs(speech_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Hub("Systran/faster-whisper-tiny.en", speech_model) as hub:
        hub.hang = True
        monkeypatch.setenv("PODNOTES_MIRROR", hub.url)
        stopped(
            ["models", "--models-dir", str(tmp_path / "models"), "download", "tiny.en"],
            lambda: any(asked.startswith("GET") and asked.endswith("model.bin") for asked in hub.asked),
            tmp_path,
        )


@pytest.mark.parametrize("impatient", [False, True])
def test_native_code_ends_before_the_program(impatient: bool) -> None:
    # A model that is loaded is one such call; nothing that tests have at hand takes long enough to be interrupted.
    code = (
        "import sys, time\n"
        "from podnotes.interruption import interruptible\n"
        "def work():\n"
        "    print('begun', flush=True)\n"
        f"    time.sleep({HANGS if impatient else 2})\n"
        "    print('ended', flush=True)\n"
        "try:\n"
        "    interruptible(work)\n"
        "except KeyboardInterrupt:\n"
        "    print('interrupted', flush=True)\n"
        "    sys.exit(7)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        process.send_signal(signal.SIGINT)
        assert process.stdout.readline() == "interrupted\n"
        while impatient and process.poll() is None:  # pressed again until the program is at its end and hears it
            process.send_signal(signal.SIGINT)
            time.sleep(0.5)
        assert process.wait(SOON) == (130 if impatient else 7)
        assert process.stdout.read() == ("" if impatient else "ended\n")
