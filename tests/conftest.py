"""What all tests share: no network but loopback, the sample podcast, the small speech model."""

from __future__ import annotations

import os
import shutil
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parent.parent
SAMPLE_PODCAST = ROOT / "examples" / "sample_podcast"
SPEECH_MODEL = ROOT / "examples" / "speech_model"


class NetworkError(AssertionError):
    """A test tried to reach beyond this machine."""


def _is_local(address: Any) -> bool:
    if not isinstance(address, tuple):  # a Unix socket's path
        return True
    host = str(address[0])
    return host in {"localhost", "::1"} or host.startswith("127.")


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Close all sockets but those to this machine, name look-ups included."""
    connect, connect_ex, getaddrinfo = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        if not _is_local(address):
            raise NetworkError(f"a test reached for {address!r}")
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        if not _is_local(address):
            raise NetworkError(f"a test reached for {address!r}")
        return connect_ex(self, address)

    def guarded_getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name is not None and not _is_local((name,)) and not name.replace(".", "").isdigit():
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return getaddrinfo(host, *args, **kwargs)

    monkeypatch.setattr(socket.socket, "connect", guarded_connect)
    monkeypatch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
    monkeypatch.setattr(socket, "getaddrinfo", guarded_getaddrinfo)


@pytest.fixture(autouse=True)
def _home_is_elsewhere(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the tests out of the library and the settings of whoever runs them."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(home / name.lower()))
    monkeypatch.setenv("PODNOTES_OUT", "drafts")  # each test has a folder of its own to work in


@pytest.fixture(scope="session")
def sample_podcast() -> Path:
    """Folder of the sample podcast: feed.xml, audio, a publisher's transcript."""
    return SAMPLE_PODCAST


def _real_model(name: str) -> Path:
    from tools.speech_models import fetch_model

    try:
        return fetch_model(name)
    except OSError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def tiny_whisper() -> Path:
    """Folder of OpenAI's tiny.en."""
    return _real_model("tiny.en")


@pytest.fixture(scope="session")
def base_whisper() -> Path:
    """Folder of OpenAI's base, which knows many languages."""
    return _real_model("base")


@pytest.fixture(scope="session")
def speech_model() -> Path:
    """Folder of the small speech model, which faster-whisper loads as any other."""
    return SPEECH_MODEL


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium as the system has it; one for all tests, since Playwright runs but once in a process."""
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("these tests open pages in Chromium: install the Debian package chromium")
        pytest.skip("chromium is not installed")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=program,
            args=["--no-sandbox", "--autoplay-policy=no-user-gesture-required", "--mute-audio"],
        )
        yield started
        started.close()
