"""MIME types of transcripts as feeds write them."""

from __future__ import annotations

import pytest

from podnotes.models import TranscriptLink
from podnotes.transcript_types import is_timed, transcript_kind, transcript_order, transcript_type


@pytest.mark.parametrize(
    ("mime", "name", "kind"),
    [
        ("text/vtt", "x", "vtt"),
        ("application/webvtt", "", "vtt"),
        ("TEXT/WebVTT; charset=utf-8", "", "vtt"),
        ("application/x-subrip", "", "srt"),
        ("application/srt", "", "srt"),
        ("text/x-srt", "", "srt"),
        ("application/subrip", "", "srt"),
        ("srt", "", "srt"),
        ("application/json", "", "json"),
        ("application/json+podcast", "", "json"),
        ("text/html", "", "html"),
        ("application/xhtml+xml", "", "html"),
        ("text/markdown", "", "markdown"),
        ("text/plain", "", "text"),
        ("text/plain", "https://a.example/talk.srt?x=1", "srt"),
        ("application/octet-stream", "https://a.example/talk.VTT", "vtt"),
        ("", "talk.json", "json"),
        ("", "https://a.example/transcripts.json/talk", ""),
        ("application/pdf", "https://a.example/talk.pdf", ""),
        ("", "", ""),
    ],
)
def test_kinds(mime: str, name: str, kind: str) -> None:
    assert transcript_kind(mime, name) == kind


def test_the_type_is_what_is_stated_or_else_what_the_name_says() -> None:
    assert transcript_type("application/x-subrip; charset=utf-8", "a.srt") == "application/x-subrip"
    assert transcript_type("text/plain", "https://a.example/a.vtt") == "text/vtt"
    assert transcript_type("vtt", "https://a.example/a") == "text/vtt"
    assert transcript_type("application/pdf", "https://a.example/a.pdf") == "application/pdf"
    assert transcript_type("<script>", "https://a.example/a") == ""
    assert transcript_type("<item>application/x-subrip", "https://a.example/a") == "application/srt"


def test_which_one_to_try_first() -> None:
    links = [
        TranscriptLink("https://a.example/1", "application/srt", rel="captions"),
        TranscriptLink("https://a.example/2", "application/json"),
        TranscriptLink("https://a.example/3", "text/vtt", language="en-GB"),
        TranscriptLink("https://a.example/4", "application/srt"),
        TranscriptLink("https://a.example/5", ""),
        TranscriptLink("https://a.example/6", "text/html"),
        TranscriptLink("https://a.example/7", "text/plain"),
        TranscriptLink("https://a.example/8", "text/vtt", language="de"),
    ]
    assert (
        sorted([links[place] for place in (3, 1, 7, 0, 5, 2, 6, 4)], key=lambda link: transcript_order(link, "en-us"))
        == links
    )
    assert [is_timed(link) for link in links] == [True, True, True, True, False, False, False, True]
