"""An episode in a library, and the server of its review page."""

from __future__ import annotations

import wave
from typing import TYPE_CHECKING

import pytest

from podnotes import DraftOptions, ReviewServer
from podnotes.library import Library
from tests.notes import material

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext

OPTIONS = DraftOptions(note=material.OPTIONS)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(tmp_path / "library.sqlite3") as opened:
        yield opened


@pytest.fixture
def number(library: Library, tmp_path: Path) -> int:
    """The made-up episode, with three minutes of silence as its audio."""
    file = tmp_path / "sound.wav"
    with wave.open(str(file), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(8000)
        sound.writeframes(b"\x80" * 8000 * 180)
    known = library.remember_episode(material.episode())
    library.save_transcript(known, material.transcript())
    library.save_audio(known, file)
    return known


@pytest.fixture
def server(library: Library, number: int, tmp_path: Path) -> Iterator[ReviewServer]:
    with ReviewServer(library, number, material.TOPICS, out=tmp_path / "drafts", options=OPTIONS) as served:
        yield served


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context()
    yield opened
    opened.close()
