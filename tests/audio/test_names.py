"""File names: they stay in their folder, work on every system, keep letters, and are an episode's own."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime
from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podnotes.audio.names import OWN_NAME, audio_name, safe_name
from podnotes.models import Enclosure, Episode

HARD = ["..", "/", "\\", "CON", "nul", ".", " ", ":", "*", "\x00", "\n", "é", "痛み", "-", "a"]
TITLES = st.one_of(st.text(max_size=300), st.lists(st.sampled_from(HARD)).map("".join))


def named(title: str, *, guid: str = "1", podcast: str = "P", url: str = "https://a.example/x.mp3") -> str:
    return audio_name(Episode(guid, title, podcast, audio=Enclosure(url, "audio/mpeg")))


@given(TITLES, TITLES)
def test_a_name_is_safe_everywhere(title: str, url: str) -> None:
    name = named(title, url=f"https://a.example/{url}")
    assert PurePosixPath(name).name == name
    assert PureWindowsPath(name).name == name
    assert not PureWindowsPath(name).is_reserved()
    assert not re.search(r'[<>:"/\\|?*\x00-\x1f]', name)
    assert name == name.strip(" .")
    assert not name.startswith(("-", "."))
    # What goes with it has a longer name: its beginning, and the note on it.
    assert all(len(f"{name}{more}".encode()) <= 255 for more in (".part.json", "..lock"))
    assert name == unicodedata.normalize("NFC", name)
    assert OWN_NAME.fullmatch(name)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Why touch calms", "Why-touch-calms"),
        ("痛みと触れること", "痛みと触れること"),
        ("Берührung & Schmerz: Teil 2", "Берührung-Schmerz-Teil-2"),
        ("../../etc/passwd", "etc-passwd"),
        ("..\\..\\windows\\system32", "windows-system32"),
        ("CON", "CON-"),
        ("nul.txt", "nul-.txt"),
        ("COM1.x", "COM1-.x"),
        ("console", "console"),
        ("COM¹", "COM¹-"),
        ("lpt9.mp3", "lpt9-.mp3"),
        ("CONIN$", "CONIN"),
        ("aux .mp3", "aux-.mp3"),
        ("The end...", "The-end"),
        ("name. . .", "name"),
        ("cafe\u0301", "café"),
        ("\u2066abc\u2069\u200fdef\u061c", "abc-def"),
        ("a\u200db\ufeffc", "a-b-c"),
        ("C:\\x|y?z*", "C-x-y-z"),
        ("~/.ssh/id", "ssh-id"),
        ("a\ud800b", "a-b"),
        ("👩\u200d⚕️ Dr. Müller", "Dr.-Müller"),
        ("What's new?", "What’s-new"),
        ("  ...  ", ""),
        ("\u202egpj.exe", "gpj.exe"),
        ("x" * 500, "x" * 120),
        ("é" * 500, "é" * 60),
    ],
)
def test_what_becomes_of_a_title(title: str, expected: str) -> None:
    assert safe_name(title) == expected


def test_names_are_an_episodes_own() -> None:
    names = {
        named("a"), named("b"), named("a", guid="2"), named("a", podcast="Q"), named("A", guid="3"),
        # Titles that look alike after cleaning, and that are one name where case doesn't count.
        named("a/b", guid="4"), named("a:b", guid="5"), named("A:B", guid="6"),
    }  # fmt: skip
    assert len({name.lower() for name in names}) == 8
    assert named("a") == named("a", url="https://other.example/y.mp3")  # an address that changes keeps the file


def test_the_date_comes_first() -> None:
    episode = Episode("1", "Touch", published=datetime(2026, 3, 1, tzinfo=UTC), audio=Enclosure("https://a.example/x"))
    assert re.fullmatch(r"2026-03-01-Touch-[0-9a-f]{10}\.audio", audio_name(episode))
