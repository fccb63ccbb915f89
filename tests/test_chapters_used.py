"""Chapters from the feed to the draft: a passage knows its chapter, a sponsor's chapter is no passage."""

from __future__ import annotations

import html
import importlib
import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from podnotes import Library, draft_notes
from tests.audio.test_chapters import EXPECTED, silence
from tests.conftest import SAMPLE_PODCAST
from tests.http.loopback import Loopback, content

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from podnotes.models import Findings

id3: Any = importlib.import_module("mutagen.id3")  # typed in part only

#: Nothing in the words of the second minute gives away that they are paid for.
VTT = """WEBVTT

00:00:00.000 --> 00:00:20.000
<v Anna Berg>Good morning, I am glad that you are here.

00:00:20.000 --> 00:00:40.000
<v Tom Riis>Endorphins are the body's own painkillers. The brain releases them when you laugh.

00:00:40.000 --> 00:01:00.000
<v Tom Riis>Slow touch calms the nervous system, because fibres in the skin tell the brain that all is well.

00:01:00.000 --> 00:01:20.000
<v Anna Berg>My chronic pain was worst in the morning. The nervous system of a tired body makes more pain.

00:01:20.000 --> 00:01:40.000
<v Anna Berg>Back pain went away within a week for me, and now endorphins come from getting up.
"""
FEED = """<rss version="2.0" xmlns:podcast="https://podcastindex.org/namespace/1.0" xmlns:psc="http://podlove.org/simple-chapters">
<channel><title>The Nerve Hour</title><language>en</language><item><title>Touch</title><guid>1</guid>{}
<itunes:duration>100</itunes:duration><enclosure url="/touch.mp3" type="audio/mpeg"/>
<podcast:transcript url="/touch.vtt" type="text/vtt"/></item></channel></rss>"""
CHAPTERS = json.dumps(
    {"version": "1.2.0", "chapters": [{"startTime": one.start, "title": one.title} for one in EXPECTED]}
)
NOTES = html.escape(
    "<ul>" + "".join(f"<li>(0{one.start // 60:.0f}:{one.start % 60:02.0f}) {one.title}</li>" for one in EXPECTED)
)
PODLOVE = "".join(f'<psc:chapter start="{one.start}" title="{one.title}"/>' for one in EXPECTED)


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback() as running:
        running.add("/touch.vtt", content(VTT.encode(), "text/vtt"))
        running.add("/chapters.json", content(CHAPTERS.encode(), "application/json+chapters"))
        yield running


def drafted(source: str | Path, tmp_path: Path) -> tuple[Findings, str]:
    with Library(tmp_path / "library") as library:
        [result] = draft_notes(source, out=tmp_path / "drafts", library=library)
    assert result.error is None
    assert result.findings is not None
    assert result.transcript is not None
    assert result.transcript.source == "publisher"
    texts = [draft.path.read_text("utf-8") for draft in result.drafts if draft.path.suffix == ".md"]
    return result.findings, "".join(texts)


def used(findings: Findings, text: str) -> None:
    assert {passage.chapter for passage in findings.passages} == {"Touch"}
    assert "Slow touch calms the nervous system" in text
    [skipped] = [one for one in findings.skipped if one.kind == "ad"]
    assert (skipped.start, skipped.end) == (60.0, 100.0)
    assert "Back pain went away" not in text


def test_without_chapters_the_words_are_taken_for_talk(server: Loopback, tmp_path: Path) -> None:
    findings, text = drafted(server.add("/feed", content(FEED.format("").encode())), tmp_path)
    assert {passage.chapter for passage in findings.passages} == {None}
    assert "pain" in text
    assert not [one for one in findings.skipped if one.kind == "ad"]


@pytest.mark.parametrize(
    "named",
    [
        '<podcast:chapters url="/chapters.json" type="application/json+chapters"/>',
        f"<description>In this episode:{NOTES}</description>",
        f"<psc:chapters version='1.2'>{PODLOVE}</psc:chapters>",
        f'<podcast:chapters url="/missing.json"/><description>{NOTES}</description>',
        f"<podcast:chapters url='/touch.vtt'/><psc:chapters>{PODLOVE}</psc:chapters>",
    ],
    ids=["chapters file", "show notes", "Podlove", "missing file", "broken file"],
)
def test_chapters_of_the_feed(server: Loopback, tmp_path: Path, named: str) -> None:
    used(*drafted(server.add("/feed", content(FEED.format(named).encode())), tmp_path))


def test_chapters_inside_an_mp3_with_its_transcript_beside(tmp_path: Path) -> None:
    shutil.copy(next((SAMPLE_PODCAST / "audio").glob("*.mp3")), tmp_path / "talk.mp3")
    tags = id3.ID3()
    ids = [f"chp{number}" for number in range(len(EXPECTED))]
    tags.add(id3.CTOC(element_id="toc", flags=3, child_element_ids=ids, sub_frames=[]))
    for name, one in zip(ids, EXPECTED, strict=True):
        title = id3.TIT2(encoding=3, text=[one.title])
        start, end = int(one.start * 1000), int((one.end or 0) * 1000)
        tags.add(id3.CHAP(element_id=name, start_time=start, end_time=end, sub_frames=[title]))
    tags.save(tmp_path / "talk.mp3")
    (tmp_path / "talk.vtt").write_text(VTT)
    used(*drafted(tmp_path / "talk.mp3", tmp_path))


@pytest.mark.parametrize(("name", "codec"), [("talk.m4a", "aac"), ("talk.mka", "pcm_s16le")])
def test_chapters_inside_other_files(tmp_path: Path, name: str, codec: str) -> None:
    silence(tmp_path / name, codec, chapters=True)
    (tmp_path / "talk.vtt").write_text(VTT)
    used(*drafted(tmp_path / name, tmp_path))
