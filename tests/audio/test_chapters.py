"""Chapters and titles inside audio files, made here with the libraries that players read them with."""

from __future__ import annotations

import importlib
import shutil
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av
import numpy as np
import pytest

from podnotes.feeds.chapters import in_order
from podnotes.feeds.tags import Tags, read_tags
from podnotes.models import Chapter
from tests.conftest import SAMPLE_PODCAST

if TYPE_CHECKING:
    from pathlib import Path

# mutagen is typed in part only, so that its classes are taken as Any.
id3: Any = importlib.import_module("mutagen.id3")
flac: Any = importlib.import_module("mutagen.flac")

EXPECTED = (Chapter(0.0, "Welcome", 20.0), Chapter(20.0, "Touch", 60.0), Chapter(60.0, "Sponsor: Matrace", 100.0))


@pytest.fixture
def mp3(tmp_path: Path) -> Path:
    path = tmp_path / "talk.mp3"
    shutil.copy(next((SAMPLE_PODCAST / "audio").glob("*.mp3")), path)
    return path


def silence(path: Path, codec: str, *, chapters: bool) -> Path:
    """Write 100 seconds of silence, with the chapters of EXPECTED when wanted."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=16000, layout="mono")
        assert isinstance(stream, av.AudioStream)
        if chapters:
            base = Fraction(1, 1000)
            container.set_chapters([
                {
                    "id": number, "start": int(one.start * 1000), "end": int((one.end or 0) * 1000), "time_base": base,
                    "metadata": {"title": one.title},
                }
                for number, one in enumerate(EXPECTED)
            ])  # fmt: skip
        form = "fltp" if codec == "aac" else "s16"
        for start in range(0, 100 * 16000, 16000):
            samples = np.zeros((1, 16000), dtype="float32" if form == "fltp" else "int16")
            frame = av.AudioFrame.from_ndarray(samples, format=form, layout="mono")
            frame.sample_rate, frame.pts = 16000, start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def test_id3(mp3: Path) -> None:
    tags = id3.ID3()
    tags.add(id3.CTOC("toc", id3.CTOCFlags.TOP_LEVEL | id3.CTOCFlags.ORDERED, ["c0", "c1", "c2"], []))
    for number, one in enumerate(reversed(EXPECTED)):
        frames = [id3.TIT2(text=[one.title]), id3.WXXX(desc="", url="https://example.org/")]
        tags.add(id3.CHAP(f"c{number}", int(one.start * 1000), int((one.end or 0) * 1000), sub_frames=frames))
    tags.save(mp3)
    found = read_tags(mp3).chapters
    assert [(one.start, one.title, one.end) for one in found] == [(one.start, one.title, one.end) for one in EXPECTED]


def test_id3_without_a_table_of_contents_and_with_times_left_out(mp3: Path) -> None:
    tags = id3.ID3()
    for number, one in enumerate(EXPECTED):
        tags.add(
            id3.CHAP(
                f"c{number}", int(one.start * 1000), 0xFFFFFFFF, sub_frames=[id3.TIT2(text=[f"<b>{one.title}</b>"])]
            )
        )
    tags.save(mp3)
    found = read_tags(mp3).chapters
    assert [one.title for one in found] == [one.title for one in EXPECTED]
    assert [one.end for one in found] == [20.0, 60.0, read_tags(mp3).duration]


@pytest.mark.parametrize(("name", "codec"), [("talk.m4a", "aac"), ("talk.m4b", "aac"), ("talk.mka", "flac")])
def test_containers(tmp_path: Path, name: str, codec: str) -> None:
    made = silence(tmp_path / ("made.mp4" if codec == "aac" else "made.mka"), codec, chapters=True)
    found = read_tags(made.rename(tmp_path / name)).chapters
    assert [(round(one.start), one.title) for one in found] == [(round(one.start), one.title) for one in EXPECTED]
    assert [round(one.end or 0) for one in found] == [20, 60, 100]


def test_vorbis_comments(tmp_path: Path) -> None:
    path = silence(tmp_path / "talk.flac", "flac", chapters=False)
    tags = flac.FLAC(path)
    for number, one in enumerate(EXPECTED):
        tags[f"CHAPTER{number:03}"] = f"00:{int(one.start) // 60:02}:{int(one.start) % 60:02}.000"
        tags[f"CHAPTER{number:03}NAME"] = one.title
    tags.save()
    assert [(one.start, one.title) for one in read_tags(path).chapters] == [(one.start, one.title) for one in EXPECTED]


def test_titles(mp3: Path) -> None:
    tags = id3.ID3()
    tags.add(id3.TIT2(text=["Why touch calms"]))
    tags.add(id3.TALB(text=["Touch and Pain"]))
    tags.add(id3.TPE1(text=["Ada Rivers"]))
    tags.add(id3.TDRC(text=["2026-03-01"]))
    tags.save(mp3)
    found = read_tags(mp3)
    assert (found.title, found.album, found.artist, found.date) == (
        "Why touch calms", "Touch and Pain", "Ada Rivers", "2026-03-01",
    )  # fmt: skip
    assert found.duration is not None
    assert 100 < found.duration < 300


@pytest.mark.parametrize(
    "damage", [b"", b"junk", b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f" + b"CHAP" * 50, b"\0\0\0\x18ftypM4A "]
)
@pytest.mark.parametrize("name", ["talk.mp3", "talk.m4a", "talk.ogg", "talk.mka"])
def test_damaged_files_have_no_chapters(tmp_path: Path, name: str, damage: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(damage)
    assert read_tags(path).chapters == ()
    assert read_tags(tmp_path / f"missing-{name}") == Tags()


def test_chapters_are_put_in_order() -> None:
    mixed = [
        Chapter(60, "c"), Chapter(0, "a", 500.0), Chapter(20, "b", 10.0), Chapter(20, "twice"), Chapter(-1, "x"),
        Chapter(200, "late"),
    ]  # fmt: skip
    assert in_order(mixed, 100.0) == (Chapter(0, "a", 20), Chapter(20, "b", 60), Chapter(60, "c", 100.0))
    assert in_order([], None) == ()
