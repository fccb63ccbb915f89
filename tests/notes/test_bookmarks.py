"""Moments become quotes: lists are read as apps write them, and the thought before the moment is found."""

from __future__ import annotations

import pytest

from podnotes import Segment, Transcript, UsageError, load_topics, quote_bookmarks, read_bookmarks
from podnotes.notes.bookmarks import Bookmark
from tests.notes import material


@pytest.mark.parametrize(
    ("line", "start", "note"),
    [
        ("12:30", 750, ""),
        ("12:30 on touch", 750, "on touch"),
        ("- [00:12:30] on touch", 750, "on touch"),
        ("* 1:02:03 – on touch", 3723, "on touch"),
        ("1. 12:30 | on touch", 750, "on touch"),
        ("at 12m30s on touch", 750, "on touch"),
        ("1h2m3s", 3723, ""),
        ("On touch (12:30)", 750, "On touch"),
        ("[12:30](https://example.org/a.mp3#t=750) on touch", 750, "on touch"),
        ("on touch https://video.example/watch?v=x&t=12m30s", 750, "on touch"),
        ("https://podcasts.example/+AbC-d/12:30 on touch", 750, "on touch"),
        ('"00:12:30","on touch"', 750, "on touch"),
        ("On touch;12:30;bookmark", 750, "On touch bookmark"),
        ("750", 750, ""),
        ("75:00 late", 4500, "late"),
        ("12:30.5 half", 750.5, "half"),
    ],
)
def test_a_line_of_a_list(line: str, start: float, note: str) -> None:
    assert read_bookmarks(line) == (Bookmark(start, None, note),)


def test_a_range_has_an_end() -> None:
    assert read_bookmarks("10:00–11:30 touch\n00:01:00,500 --> 00:02:00,000") == (
        Bookmark(600, 690, "touch"),
        Bookmark(60.5, 120, ""),
    )


def test_a_list_with_headings_dates_and_notes_below() -> None:
    heading = "\ufeff# Why it hurts\r\nExported 2026-11-20 at 14:30\r\n- Duration: 58:10\r\n\r\n"
    exported = f"{heading}12:30 pain\r\nand touch\r\n\r\nsomething else\r\n13:00\r\n"
    assert read_bookmarks(exported) == (Bookmark(750, None, "pain and touch"), Bookmark(780))


@pytest.mark.parametrize("text", ["", "\n\n", "nothing here", "12:99 is no time", "2026-11-20 14:30", "at 3:15 pm"])
def test_a_list_without_a_time_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="no time"):
        read_bookmarks(text)


def transcript() -> Transcript:
    """Small talk, a thought from 0:30 to 0:44, small talk."""
    lines = [
        (0, 10, "Yeah, so, um, we were going to do the thing with the other one there."),
        (10, 30, "Right, right, and then he was like, okay, let us go on with that."),
        (30, 37, "Pain is an alarm that the brain makes to protect the body."),
        (37, 44, "Chronic pain does not tell how much is damaged, and it can stay when the injury has healed."),
        (44, 60, "Okay, so, anyway, I mean, that is kind of where we are with it."),
        (60, 80, "Um, and then we had the thing with the coffee, you know."),
    ]
    return Transcript(tuple(Segment(float(a), float(b), text) for a, b, text in lines), 80.0, "en")


@pytest.mark.parametrize("moment", [33.0, 42.0, 50.0, 56.0])
def test_a_moment_marked_late_finds_the_thought_before_it(moment: float) -> None:
    (found,) = quote_bookmarks(material.episode(), transcript(), [Bookmark(moment)], load_topics("bodywork"))
    assert found.quote.passage.text.startswith("Pain is an alarm")
    assert found.quote.passage.topic == "pain"
    assert found.quote.url is not None
    assert found.quote.url.endswith("#t=30")
    assert not found.doubtful


def test_moments_on_one_thought_share_a_quote() -> None:
    marked = [Bookmark(45.0, note="second"), Bookmark(40.0, note="first")]
    (found,) = quote_bookmarks(material.episode(), transcript(), marked)
    assert found.notes == ("first", "second")


def test_moments_of_which_nothing_comes_do_not_lose_the_others() -> None:
    marked = [Bookmark(40.0), Bookmark(4000.0)]
    with pytest.raises(UsageError, match="1:06:40 is after the end"):
        quote_bookmarks(material.episode(), transcript(), marked)
    failed: list[UsageError] = []
    assert len(quote_bookmarks(material.episode(), transcript(), marked, on_error=failed.append)) == 1
    assert len(failed) == 1
    silence = Transcript(
        (Segment(500.0, 510.0, "Only now somebody speaks about the nerve and the skin."),), 600.0, "en"
    )
    with pytest.raises(UsageError, match="There is no speech"):
        quote_bookmarks(material.episode(), silence, [Bookmark(100.0)])


def test_where_there_is_no_quotation_the_words_are_given_with_a_doubt() -> None:
    short = Transcript((Segment(0.0, 2.0, "Why?"), Segment(2.0, 3.0, "Because.")), 3.0, "en")
    (found,) = quote_bookmarks(material.episode(), short, [Bookmark(2.5)])
    assert found.doubtful
    assert found.quote.passage.text in {"Why?", "Because."}
