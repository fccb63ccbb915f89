"""Text without markup, durations, dates: invariants over anything a feed may have."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podnotes.feeds import values
from podnotes.feeds.chapters import chapters_in_notes

MARKUP = st.text(
    st.one_of(
        st.sampled_from(list("<>/&;!?-=\"' \n\x00\u202e[]")),
        st.characters(),
    ),
    max_size=80,
)
PIECES = st.lists(
    st.sampled_from(
        ["<", ">", "</", "&lt;", "&amp;lt;", "&#60;", "&#x3c;", "script", "svg", "img", " onload=x", "<!--", "-->",
         "<![CDATA[", "]]>", "&", "text", " ", "\n", "\x00", "\u00a0", "'", '"', "=", "/", "&nbsp;"]
    ),
    max_size=30,
).map("".join)  # fmt: skip


@given(st.one_of(MARKUP, PIECES))
def test_plain_text_has_nothing_a_browser_would_act_on(markup: str) -> None:
    for text in (values.plain_text(markup), values.one_line(markup)):
        assert not re.search(r"<[A-Za-z/!?]", text)
        assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e]", text)
        assert text == text.strip()
        text.encode("utf-8")
    assert "\n" not in values.one_line(markup)


@given(st.text(st.characters(whitelist_categories=["L", "N"]), max_size=200))
def test_plain_words_stay_as_they_are(text: str) -> None:
    assert values.plain_text(text) == text


def test_text_is_cut_at_its_limit() -> None:
    started = time.process_time()
    assert len(values.one_line("x" * 5_000_000)) == values.LONGEST_LINE
    assert len(values.plain_text("<b>x</b> " * 1_000_000)) <= values.LONGEST_TEXT
    assert time.process_time() - started < 2


@given(st.integers(0, 40 * 3600 - 1))
def test_durations_are_read_in_every_usual_form(seconds: int) -> None:
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    expected = float(seconds)
    forms = [f"{seconds}", f"{hours}:{minutes:02}:{left:02}", f"{hours:02}:{minutes:02}:{left:02}.0",
             f"{seconds // 60}:{left:02}", f"PT{hours}H{minutes}M{left}S", f"{hours}h {minutes}m {left}s"]  # fmt: skip
    assert [values.time_in_episode(form) for form in forms] == [expected] * len(forms)


@given(st.text(max_size=40))
def test_a_duration_is_a_number_or_nothing(text: str) -> None:
    seconds = values.time_in_episode(text)
    assert seconds is None or 0 <= seconds <= 48 * 3600


@pytest.mark.parametrize(
    ("value", "expected"),
    [("12", 12), (" #12 ", 12), ("012", 12), ("7.0", 7), ("0", None), ("-1", None), ("1e9", None), ("twelve", None)],
)
def test_numbers(value: str, expected: int | None) -> None:
    assert values.whole_number(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [("en", "en"), ("EN_us", "en-US"), ("zh-hant-tw", "zh-Hant-TW"), ("english please", None), ("", None), ("x", None)],
)
def test_languages(value: str, expected: str | None) -> None:
    assert values.language_tag(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [("123456", 123456), ("1,234,567", 1234567), ("0", None), ("-1", None), ("1", None), ("big", None)],
)
def test_sizes(value: str, expected: int | None) -> None:
    assert values.size_in_bytes(value) == expected


# ------------------------------------------------------------------------------------------- chapters in show notes


@pytest.mark.parametrize(
    "form", ["{} {}", "({}) {}", "[{}] - {}", "• {} – {}", "{}: {}", "{} | {}", "⏱ {} {}", "* {} {}"]
)
def test_a_list_of_times_is_a_table_of_contents(form: str) -> None:
    notes = "\n".join(["About touch.", form.format("00:00", "Welcome"), form.format("1:30", "Touch calms"),
                       form.format("1:02:03", "Goodbye"), "Follow us!"])  # fmt: skip
    found = chapters_in_notes(notes, 4000.0)
    assert [(chapter.start, chapter.title, chapter.end) for chapter in found] == [
        (0.0, "Welcome", 90.0), (90.0, "Touch calms", 3723.0), (3723.0, "Goodbye", 4000.0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "notes",
    [
        "0:00 Welcome\n5:10 Touch\n20:00 Goodbye",
        "• 00:00 → Welcome\n• 05:10 → Touch\n• 20:00 → Goodbye",
        "⏱️ 00:00:00 Welcome\n⏱️ 00:05:10 Touch\n⏱️ 00:20:00 Goodbye",
        "00:00:00 - 00:05:10 | Welcome\n00:05:10 - 00:20:00 | Touch\n00:20:00 - 00:30:00 | Goodbye",
    ],
)
def test_the_same_list_in_other_shapes(notes: str) -> None:
    found = chapters_in_notes(notes, 1800.0)
    assert [(chapter.start, chapter.title) for chapter in found] == [(0, "Welcome"), (310, "Touch"), (1200, "Goodbye")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("MÃ¼llers â€žSchmerzâ€œ", "Müllers „Schmerz“"),  # all of it encoded twice
        ("Ð‘Ð¾Ð»ÑŒ", "Боль"),
        ("ÃƒÂ¼ber", "über"),  # three times
        ("„Spaß“ und „Ä“, NÃO e MAÇÔ, 5 Â", "„Spaß“ und „Ä“, NÃO e MAÇÔ, 5 Â"),  # text of its own right
        ("Doña Ángela – ¿qué tal?", "Doña Ángela – ¿qué tal?"),
    ],
)
def test_text_that_was_encoded_twice(text: str, expected: str) -> None:
    assert values.plain_text(text) == expected


def test_times_at_the_end_of_the_line() -> None:
    found = chapters_in_notes("Welcome 00:00\nTouch (12:30)\nGoodbye - 59:10", None)
    assert [(chapter.start, chapter.title) for chapter in found] == [(0, "Welcome"), (750, "Touch"), (3550, "Goodbye")]


@pytest.mark.parametrize(
    "notes",
    [
        "",
        "We talk at 12:30 about pain.",
        "12:30 Touch\n45:00 Pain",  # two are no table
        "45:00 Pain\n12:30 Touch\n05:00 Sleep",  # not in order
        "Monday 10:00 Yoga\nTuesday 9:00 Massage\nWednesday 8:00 Rest",
        "1:30:00 a\n1:40:00 b\n1:50:00 c",  # begins far into the episode
        "We met at 9:00, had lunch at 12:00 and parted at 15:00.",  # in one line only from 0:00 on
        f"0:00 {'a ' * 100} 5:10 b 20:00 c",
    ],
)
def test_other_times_are_none(notes: str) -> None:
    assert chapters_in_notes(notes, 7200.0) == ()
