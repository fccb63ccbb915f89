"""What isn't understood is refused, codes and counters are cut out, and nothing else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podnotes.errors import TranscriptError
from podnotes.transcripts.formats import parse_transcript
from tests.transcripts.talk import MONOLOGUE, check_words, clock, cues, full_width, paragraphs, ttml

if TYPE_CHECKING:
    from collections.abc import Sequence


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("{\\rtf1\\ansi\\deff0 {\\fonttbl{\\f0 Arial;}}\n\\pard Mara: Good morning.\\par\n}", "a.rtf"),
        ("{\\rtf1\\ansi Mara: Good morning.\\par}", "a.txt"),
        ("%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n", "a.pdf"),
        ("<SAMI><BODY><SYNC Start=1000><P Class=ENCC>Good morning.</BODY></SAMI>", "a.smi"),
        ("[Script Info]\nTitle: x\n\n[Events]\nDialogue: 0,0:00:01.00,0:00:05.00,Default,Mara,0,0,0,,Hello.", "a.ass"),
        ("{25}{125}Good morning.\n{150}{250}Welcome.\n", "a.sub"),
        ("start\tend\ttext\n0\t4000\tGood morning.\n4000\t9000\tWelcome.\n", "a.tsv"),
        ("0.000000\t4.500000\tGood morning.\n4.500000\t9.000000\tWelcome.\n", "labels.txt"),
        ('Speaker Name;Start Time;End Time;Text\n"Mara";"00:00:01:00";"00:00:05:00";"Good morning."\n', "a.csv"),
        ("Scenarist_SCC V1.0\n\n00:00:01:00\t9420 9420 c8e5 ecec\n", "a.scc"),
        ("<?xml version='1.0'?><rss><channel><title>Knees</title></channel></rss>", "a.xml"),
        ("<?xml version='1.0'?><!DOCTYPE tt [<!ENTITY a 'b'>]><tt><body><p begin='1s'>&a;</p></body></tt>", "a.ttml"),
        ("<tt xmlns='http://www.w3.org/ns/ttml'><body><div><p begin='1s'>Good mor", "a.ttml"),
        ("PK\x03\x04\x14\x00\x06\x00\x08\x00" + "\x00\x01" * 400, "a.docx"),
        ("".join(f"00:00:0{n},000 | 00:00:0{n},900 | word number {n}\n" for n in range(9)), "a.txt"),
    ],
)
def test_what_isnt_understood_is_refused_in_one_sentence(content: str, name: str) -> None:
    with pytest.raises(TranscriptError) as caught:
        parse_transcript(content.encode(), name=name)
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)


def test_a_few_codes_are_cut_out_and_said() -> None:
    lines = [*MONOLOGUE, "The knee 00:01:02,500 is swollen {\\x1}.", *MONOLOGUE]
    transcript = parse_transcript(cues(*lines))
    assert "The knee is swollen ." in transcript.text or "The knee is swollen." in transcript.text
    assert transcript.warnings
    assert not parse_transcript(cues(*MONOLOGUE)).warnings


def test_a_cue_whose_times_are_broken_keeps_its_words() -> None:
    text = cues(*MONOLOGUE).replace("00:00:12,000 --> 00:00:15,500", "00:00:1x,000 --> 00:00:15,500")
    assert parse_transcript(text, name="a.srt").text == " ".join(MONOLOGUE)


def test_numbers_that_are_said_are_no_counters() -> None:
    lines = ["How many?", "20", "And now?", "7", "Thank you."]
    for text in (cues(*lines), srt_without_numbers(lines), "WEBVTT\n\n" + srt_without_numbers(lines).replace(",", ".")):
        assert parse_transcript(text).text == " ".join(lines)


def srt_without_numbers(texts: Sequence[str]) -> str:
    return "\n\n".join(f"{clock(4 * n)} --> {clock(4 * n + 3.5)}\n{text}" for n, text in enumerate(texts, 1))


def test_a_time_of_day_is_said() -> None:
    text = paragraphs(lambda t: f"{t.name}: {t.text}").replace("Good morning", "10:30 is early, good morning")
    assert "10:30 is early, good morning" in parse_transcript(text).text


def test_stamps_that_fall_back_are_no_speech() -> None:
    text = paragraphs(lambda t: f"{clock(t.start, '', hours=False)}\n{t.text}").replace("00:29\n", "09:59\n", 1)
    transcript = parse_transcript(text, name="a.txt")
    check_words(transcript)
    assert transcript.timed


def test_ttml_counts_times_from_what_they_stand_in() -> None:
    body = (
        '<p begin="1s" end="2s">One <span begin="0s">two</span>.</p>'
        '<p begin="3s" end="4s" xml:space="preserve">  Three. </p>'
    )
    text = ttml(body).replace("<body>", '<body begin="10s">').replace("<div>", '<div begin="5s">')
    assert [(s.start, s.end, s.text) for s in parse_transcript(text).segments] == [
        (16.0, 17.0, "One two."), (18.0, 19.0, "Three."),
    ]  # fmt: skip


def test_apples_ttml_counts_sentences_from_the_beginning() -> None:
    words = '<span podcasts:unit="word" begin="{0}" end="{0}">{1}</span>'
    sentences = [(61.0, 62.0, ["Yes."]), (62.5, 65.0, ["Slow", "touch", "calms."])]
    body = "".join(
        f'<span podcasts:unit="sentence" begin="{start}" end="{end}">'
        f"{''.join(words.format(start, word) for word in said)}</span>"
        for start, end, said in sentences
    )
    root = 'xmlns:podcasts="http://podcasts.apple.com/transcript-ttml-internal"'
    transcript = parse_transcript(ttml(f'<p begin="61" end="1:05.0" ttm:agent="SPEAKER_1">{body}</p>', root=root))
    assert [(s.start, s.end, s.speaker, s.text) for s in transcript.segments] == [
        (start, end, "SPEAKER_1", " ".join(said)) for start, end, said in sentences
    ]


# ------------------------------------------------------------------------------------------------ whatever the file is

_word = st.text("abcdefghijklmnopqrstuvwxyzäéñøß", min_size=1, max_size=8)
_sentence = st.lists(_word, min_size=1, max_size=8).map(lambda words: " ".join(words).capitalize() + ".")
_TIME_OR_CODE = re.compile(r"\d+[:：;]\d|-->|[–—-]>|[<>{}\\]|&\w+;")
_styles = st.fixed_dictionaries(
    {
        "time": st.sampled_from(
            [
                clock,
                lambda s: clock(s, "."),
                lambda s: clock(s, hours=False),
                lambda s: full_width(clock(s)),
                lambda s: clock(s) + "4999999999",
                lambda s: clock(s).replace(":", ": "),
            ]
        ),
        "arrow": st.sampled_from([" --> ", "-->", " –> ", " -> ", " → ", " --&gt; "]),
        "number": st.sampled_from(["", "{n}\n", "#{n}\n"]),
        "open": st.sampled_from(["", "\n", "<i>", "{{\\an8}}", "&lrm;", "[Music] "]),
        "break": st.sampled_from([" ", "\n", "\n\n", "<br>", "\\N", " (SIGHS) "]),
        "between": st.sampled_from(["\n", "\n\n", "\n\n\n", "\n \n"]),
        "head": st.sampled_from(
            ["", "WEBVTT\n\n", "WEBVTT - Knees\nLanguage: en\n\nSTYLE\n::cue {{ color: red }}\n\n", "\ufeff"]
        ),
    }
)


@given(st.lists(_sentence, min_size=2, max_size=16, unique=True), _styles)
def test_every_spoken_word_of_every_cue_and_nothing_else(sentences_said: list[str], style: dict[str, Any]) -> None:
    said = list(zip(sentences_said[::2], sentences_said[1::2], strict=False))
    parts = []
    for n, (first, second) in enumerate(said, 1):
        time, number = style["time"], style["number"].format(n=n)
        text = style["open"].replace("{{", "{").replace("}}", "}") + first + style["break"] + second
        parts.append(f"{number}{time(4.0 * n)}{style['arrow']}{time(4.0 * n + 3.25)}\n{text}")
    file = style["head"].replace("{{", "{").replace("}}", "}") + style["between"].join(parts) + "\n"
    transcript = parse_transcript(file)
    assert transcript.text == " ".join(text for pair in said for text in pair)
    assert [segment.start for segment in transcript.segments] == [4.0 * n for n in range(1, len(said) + 1)]


_SCRAPS = (
    "00:00:01,000 --> 00:00:02,000", "00:00:05;16 --> 00:00:07;02", "1", "2", "WEBVTT", "", "NOTE x", "- and you",
    "Mara: hello there", "[Music]", "<v Bo>fine", "{\\an8}good", "&amp;gt;&amp;gt; so", "0:00:01.000,0:00:05.000",
    "[00:12.00]la", "12:30", "00:01", "1 minutes 5 seconds", "[inaudible 00:12]", "00:00:09,000 -> ", "\\par",
    "00：00：01，000 --> 00：00：02，000", "--> 00:00:09,000", "**Bo:** well", "<p begin='1s'>", "STYLE",
    "X-TIMESTAMP-MAP=LOCAL:0", "Mara 0:05",
)  # fmt: skip


@given(st.lists(st.sampled_from(_SCRAPS), max_size=14))
def test_whatever_is_mixed_no_time_or_code_is_spoken(lines: list[str]) -> None:
    try:
        transcript = parse_transcript("\n".join(lines), name="a.txt")
    except TranscriptError:  # refused
        return
    assert all(segment.start <= segment.end for segment in transcript.segments)
    for segment in transcript.segments:
        assert not _TIME_OR_CODE.search(re.sub(r"12:30|00:01|Mara 0:05", "", segment.text)), segment
