"""Publishers' transcripts, from a server that says all sorts of things about them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from podnotes.models import Episode, TranscriptLink
from podnotes.speech import fetch_transcript
from tests.web.loopback import Handler, Loopback

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WORDS = "Pain is an alarm that protects the body. " * 3
VTT = f"WEBVTT\n\n00:00.000 --> 00:50.000\n<v Anna>{WORDS}\n\n00:50.000 --> 01:00.000\n<v Bob>Thank you for that.\n"
SRT = f"1\n00:00:00,000 --> 00:00:59,000\n{WORDS}\n"
JSON = json.dumps({"version": "1.0.0", "segments": [{"startTime": 0, "endTime": 59, "body": WORDS, "speaker": "Anna"}]})
HTML = f"<html><body><cite>Anna:</cite><time>0:00</time><p>{WORDS}</p><time>0:50</time><p>Yes.</p></body></html>"


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback() as loopback:
        yield loopback


def episode(server: Loopback, *links: tuple[str, str], duration: float | None = 60.0) -> Episode:
    transcripts = tuple(TranscriptLink(server.url(path), kind) for path, kind in links)
    return Episode("1", "Pain", duration=duration, language="en", transcripts=transcripts, feed_url=server.url("/feed"))


def serve(server: Loopback, path: str, body: str | bytes, kind: str = "text/plain", code: int = 200) -> None:
    data = body.encode() if isinstance(body, str) else body

    def reply(handler: Handler) -> None:
        handler.head(code, {"Content-Type": kind, "Content-Length": len(data)})
        handler.wfile.write(data)

    server.add(path, reply)


@pytest.mark.parametrize(
    ("path", "body", "stated", "served"),
    [
        ("/a.vtt", VTT, "text/vtt", "text/vtt"),
        ("/a", VTT, "application/vtt", "application/octet-stream"),
        ("/a.srt", SRT, "application/srt", "text/plain"),
        ("/a.srt", SRT, "application/x-subrip", "binary/octet-stream"),
        ("/a.srt", SRT, "text/srt", "text/html"),
        ("/a.json", JSON, "application/json", "text/plain"),
        ("/a.json", JSON, "text/vtt", "application/json"),
        ("/a?id=3", HTML, "text/html", "text/html; charset=utf-8"),
        ("/a.txt", WORDS, "text/plain", "text/plain"),
        ("/a.vtt", VTT, "", ""),
    ],
)
def test_every_spelling(server: Loopback, path: str, body: str, stated: str, served: str) -> None:
    serve(server, path.partition("?")[0], body, served or "text/plain")
    transcript = fetch_transcript(episode(server, (path, stated)))
    assert transcript is not None
    assert "Pain is an alarm" in transcript.text
    assert transcript.source == "publisher"
    assert transcript.origin == server.url(path)
    assert transcript.language == "en"
    assert transcript.timed == (stated != "text/plain")


def test_the_best_is_taken_and_broken_ones_are_told(server: Loopback) -> None:
    serve(server, "/a.txt", WORDS)
    serve(server, "/a.json", JSON[:50])
    serve(server, "/a.srt", SRT)
    problems: list[str] = []
    links = (
        ("/a.txt", "text/plain"),
        ("/a.srt", "application/srt"),
        ("/a.json", "application/json"),
        ("/none.vtt", "text/vtt"),
    )
    transcript = fetch_transcript(episode(server, *links), on_problem=problems.append)
    assert transcript is not None
    assert transcript.timed
    assert transcript.origin == server.url("/a.srt")
    assert len(problems) == 2
    assert all(problem.startswith("The publisher's transcript can't be used: ") for problem in problems)


def test_text_without_times_is_better_than_none(server: Loopback) -> None:
    serve(server, "/a.txt", WORDS)
    transcript = fetch_transcript(episode(server, ("/none.vtt", "text/vtt"), ("/a.txt", "text/plain")))
    assert transcript is not None
    assert not transcript.timed
    assert transcript.segments[-1].end == 60.0
    assert transcript.warnings


@pytest.mark.parametrize(
    ("body", "duration"),
    [
        ("WEBVTT\n\n00:00.000 --> 00:10.000\nOnly the beginning of it is here.\n", 600.0),
        ("Transcript coming soon.", 600.0),
        ("", 60.0),
    ],
)
def test_what_is_not_of_the_whole_episode_is_passed_over(server: Loopback, body: str, duration: float) -> None:
    serve(server, "/a.vtt", body)
    problems: list[str] = []
    assert fetch_transcript(episode(server, ("/a.vtt", ""), duration=duration), on_problem=problems.append) is None
    assert len(problems) == 1
    assert problems[0].endswith(".")


def test_her_language_comes_first(server: Loopback) -> None:
    serve(server, "/de.vtt", VTT.replace("Pain", "Schmerz"))
    serve(server, "/en.srt", SRT)
    links = (
        TranscriptLink(server.url("/de.vtt"), "text/vtt", language="de"),
        TranscriptLink(server.url("/en.srt"), "application/srt", language="en-US"),
    )
    it = Episode("1", "Pain", duration=60.0, language="en", transcripts=links, feed_url=server.url("/feed"))
    transcript = fetch_transcript(it)
    assert transcript is not None
    assert transcript.language == "en-US"


def test_a_local_file_beside_the_audio(tmp_path: Path) -> None:
    (tmp_path / "talk.vtt").write_text(VTT, encoding="utf-8")
    it = Episode("1", "Talk", transcripts=(TranscriptLink(str(tmp_path / "talk.vtt")),))
    transcript = fetch_transcript(it)
    assert transcript is not None
    assert {segment.speaker for segment in transcript.segments} == {"Anna", "Bob"}


def test_none_and_a_private_address_in_a_public_feed(server: Loopback) -> None:
    assert fetch_transcript(Episode("1", "Pain")) is None
    serve(server, "/a.vtt", VTT)
    link = TranscriptLink(server.url("/a.vtt"), "text/vtt")
    public = Episode("1", "Pain", transcripts=(link,), feed_url="https://example.org/feed")
    problems: list[str] = []
    assert fetch_transcript(public, on_problem=problems.append) is None
    assert len(problems) == 1
    assert not server.seen
