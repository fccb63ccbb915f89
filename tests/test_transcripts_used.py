"""Publishers' transcripts from the feed to the draft: broken ones, and those without times."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from podnotes import DraftOptions, Library, Outcome, draft_notes
from podnotes.audio.decode import AudioReader
from tests.asr.conftest import write_wav
from tests.conftest import SAMPLE_PODCAST
from tests.http.loopback import Loopback, content

if TYPE_CHECKING:
    from pathlib import Path

FEED = """<rss version="2.0" xmlns:podcast="https://podcastindex.org/namespace/1.0"><channel>
<title>The Nerve Hour</title><language>en</language>
<item><title>Touch</title><guid>1</guid><itunes:duration>{duration}</itunes:duration>
<enclosure url="/touch.wav" type="audio/wav"/><podcast:transcript url="/touch.{kind}" type="{mime}"/></item>
</channel></rss>"""
TEXT = """ANNA: Good morning, I am glad that you are here. How was your week, and what did you read?

TOM: Endorphins are the body's own painkillers. The brain releases them when you laugh.

TOM: Slow touch calms the nervous system, because fibres in the skin tell the brain that all is well.
"""


@pytest.fixture
def spoken(tmp_path: Path) -> bytes:
    """A few seconds of the sample podcast."""
    with AudioReader(next((SAMPLE_PODCAST / "audio").glob("what*.mp3"))) as reader:
        samples = next(iter(reader.blocks(10.0)))
    return write_wav(tmp_path / "spoken.wav", samples).read_bytes()


def feed(kind: str, mime: str, duration: int | str) -> bytes:
    return FEED.format(kind=kind, mime=mime, duration=duration).encode()


LOGIN = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body><p>Sign in to read on.</p></body></html>"


@pytest.mark.speech
@pytest.mark.parametrize(
    ("body", "duration", "told"),
    [(b"WEBVTT\n\n", 10, "publisher's transcript can't be used"), (LOGIN, "", "leads to a web page (“Sign in”)")],
)
def test_a_broken_transcript_falls_back_to_recognition(
    tmp_path: Path, speech_model: Path, spoken: bytes, body: bytes, duration: int | str, told: str
) -> None:
    with Loopback() as server, Library(tmp_path / "library") as library:
        server.add("/touch.wav", content(spoken, "audio/wav"))
        server.add("/touch.vtt", content(body, "text/vtt"))
        url = server.add("/feed", content(feed("vtt", "text/vtt", duration)))
        options = DraftOptions(model=str(speech_model))
        [result] = draft_notes(url, out=tmp_path / "drafts", library=library, options=options)
    assert result.error is None
    assert result.transcript is not None
    assert result.transcript.source == "recognised"
    assert any(told in notice for notice in result.notices)


def test_untimed_text_is_laid_out_by_characters_and_marked(tmp_path: Path) -> None:
    with Loopback() as server, Library(tmp_path / "library") as library:
        server.add("/touch.txt", content(TEXT.encode(), "text/plain"))
        url = server.add("/feed", content(feed("txt", "text/plain", 100)))
        [result] = draft_notes(url, out=tmp_path / "drafts", library=library)
    assert result.outcome is Outcome.DRAFTED
    assert result.transcript is not None
    segments = result.transcript.segments
    assert not result.transcript.timed
    assert (segments[0].start, segments[-1].end) == (0.0, 100.0)
    length = sum(len(segment.text) for segment in segments)
    for segment in segments:
        assert segment.end - segment.start == pytest.approx(100 * len(segment.text) / length, abs=0.01)
    assert {segment.speaker for segment in segments} == {"ANNA", "TOM"}
    text = result.drafts[0].path.read_text("utf-8")
    assert "own painkillers" in text
    for said in (text, " ".join(result.notices)):
        assert "estimated from text length" in said
