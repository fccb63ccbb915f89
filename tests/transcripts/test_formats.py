"""Reading the transcripts that publishers serve."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from podnotes.errors import TranscriptError
from podnotes.models import Transcript, Word
from podnotes.transcripts.formats import parse_transcript, read_transcript

if TYPE_CHECKING:
    from pathlib import Path


def said(transcript: Transcript) -> list[tuple[float, float, str | None, str]]:
    return [(s.start, s.end, s.speaker, s.text) for s in transcript.segments]


# ------------------------------------------------------------------------------------------------- reading cues


def test_webvtt_as_the_standard_has_it() -> None:
    transcript = parse_transcript(
        "WEBVTT - Pain and touch\nLanguage: en-GB\n\nNOTE a comment\nover two lines\n\nSTYLE\n::cue { color: red }\n\n"
        "intro\n00:01.000 --> 00:03.500 align:start line:0\n<v.loud Anna Berg>Touch &amp; <i>pain</i></v>\n"
        "meet here.\n\n"
        "01:00:05.250 --> 01:00:06.000\n<v Bob>They do.\n"
    )
    assert said(transcript) == [
        (1.0, 3.5, "Anna Berg", "Touch & pain meet here."),
        (3605.25, 3606.0, "Bob", "They do."),
    ]
    assert transcript.language == "en-GB"
    assert transcript.duration == 3606.0
    assert transcript.timed


def test_two_voices_in_one_cue_share_its_time() -> None:
    transcript = parse_transcript("WEBVTT\n\n00:10.000 --> 00:20.000\n<v Anna>12345</v>\n<v Bob>1234567890\n")
    assert [(s.speaker, s.text) for s in transcript.segments] == [("Anna", "12345"), ("Bob", "1234567890")]
    assert transcript.segments[0].end == transcript.segments[1].start
    assert 12 < transcript.segments[0].end < 15


def test_srt_with_everything_wrong_that_is_found_in_the_wild() -> None:
    transcript = parse_transcript(
        "\ufeff3\r\n00:00:07,000 --> 00:00:07,000\r\n{\\an8}<font color='#fff'>no duration</font>\r\n\r\n"
        "1\r\n0:00:01.5 -> 0:00:02\r\nwith a blank\r\n\r\nline inside\r\n"
        "2\r\n00:00:03,250 --> 00:00:01,000\r\nbackwards\r\n"
    )
    assert said(transcript) == [
        (1.5, 2.0, None, "with a blank line inside"),
        (3.25, 3.85, None, "backwards"),
        (7.0, 7.733, None, "no duration"),
    ]


def test_overlapping_cues_stay_and_come_in_order_of_time() -> None:
    transcript = parse_transcript(
        "WEBVTT\n\n00:05.000 --> 00:09.000\nlater\n\n00:01.000 --> 00:06.000\nfirst\n\n00:05.000 --> 00:06.000\nthird\n"
    )
    assert [s.text for s in transcript.segments] == ["first", "later", "third"]
    assert transcript.duration == 9.0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ANNA: Hello.\n>> BOB: Hi.\n>> Who is it?", [("ANNA", "Hello."), ("BOB", "Hi."), ("Unknown 1", "Who is it?")]),
        ("SPEAKER_00: Hello.\nSPEAKER_01: Hi.", [("SPEAKER_00", "Hello."), ("SPEAKER_01", "Hi.")]),
        ("Dr. Anna Berg: Hello.\nBob: Hi.", [("Dr. Anna Berg", "Hello."), ("Bob", "Hi.")]),
        ("Remember: pain is no damage.\nIt is not.\nNo.", [(None, "Remember: pain is no damage."),
            (None, "It is not."), (None, "No.")]),
        ("So the thing is: it hurts.\nYes.", [(None, "So the thing is: it hurts."), (None, "Yes.")]),
        ("At 10:30 we met.\nThen: nothing.", [(None, "At 10:30 we met."), (None, "Then: nothing.")]),
        ("- Hello: you.\n- Hi.", [("Unknown 1", "Hello: you."), ("Unknown 2", "Hi.")]),
    ],
)  # fmt: skip
def test_names_before_the_words(text: str, expected: list[tuple[str | None, str]]) -> None:
    cues = [f"00:0{index}.000 --> 00:0{index + 1}.000\n{line}" for index, line in enumerate(text.split("\n"))]
    transcript = parse_transcript("WEBVTT\n\n" + "\n\n".join(cues) + "\n")
    assert [(s.speaker, s.text) for s in transcript.segments] == expected


def test_a_name_at_the_change_holds_until_the_next() -> None:
    lines = ["ANNA: One.", "two.", "three.", "BOB: Four.", "five.", "six."]
    cues = [f"00:0{index}.000 --> 00:0{index + 1}.000\n{line}" for index, line in enumerate(lines)]
    transcript = parse_transcript("WEBVTT\n\n" + "\n\n".join(cues) + "\n")
    assert [s.speaker for s in transcript.segments] == ["ANNA"] * 3 + ["BOB"] * 3


ROLLING = """WEBVTT
Kind: captions
Language: en

00:00:00.000 --> 00:00:02.000 align:start position:0%
 
so<00:00:00.400><c> pain</c><00:00:00.900><c> is</c>

00:00:02.000 --> 00:00:02.010 align:start position:0%
so pain is
 

00:00:02.010 --> 00:00:04.000 align:start position:0%
so pain is
an<00:00:02.400><c> output</c>

00:00:04.000 --> 00:00:04.010 align:start position:0%
an output
 

00:00:04.010 --> 00:00:06.000 align:start position:0%
an output
of<00:00:04.500><c> the</c><00:00:05.000><c> brain</c>
"""  # noqa: W293 - the lone spaces are what YouTube writes


def test_rolling_captions_say_every_word_once() -> None:
    transcript = parse_transcript(ROLLING)
    assert transcript.text == "so pain is an output of the brain"
    assert transcript.segments[0].words == (
        Word(0.0, 0.4, "so"),
        Word(0.4, 0.9, "pain"),
        Word(0.9, 2.0, "is"),
    )
    starts = [segment.start for segment in transcript.segments]
    assert starts == sorted(starts)


def test_captions_that_grow_word_by_word_say_every_word_once() -> None:
    texts = ["we", "we talk", "we talk about", "we talk about pain"]
    cues = [f"00:0{index}.000 --> 00:0{index + 1}.000\n{text}" for index, text in enumerate(texts)]
    assert parse_transcript("WEBVTT\n\n" + "\n\n".join(cues) + "\n").text == "we talk about pain"


def test_words_that_are_said_twice_stay() -> None:
    texts = ["Right.", "Right.", "It is pain.", "It is not damage.", "Yes.", "Yes."]
    cues = [f"00:0{index}.000 --> 00:0{index + 1}.000\n{text}" for index, text in enumerate(texts)]
    assert parse_transcript("WEBVTT\n\n" + "\n\n".join(cues) + "\n").text == " ".join(texts)


# ------------------------------------------------------------------------------------------------- reading JSON


def test_json_of_the_podcast_namespace() -> None:
    transcript = parse_transcript(
        json.dumps(
            {
                "version": "1.0.0",
                "segments": [
                    {"speaker": "Bob", "startTime": 2.5, "endTime": 4, "body": "Second  line"},
                    {"speaker": "Anna", "startTime": "00:00:00.500", "endTime": 1, "body": "First"},
                ],
            }
        ),
        mime="application/json; charset=utf-8",
    )
    assert said(transcript) == [(0.5, 1.0, "Anna", "First"), (2.5, 4.0, "Bob", "Second line")]


def test_captions_made_of_markdown_have_its_escapes() -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\nThe \\*knee\\* and \\[00:10\\] the hip.\n"
    assert parse_transcript(text).text == "The *knee* and the hip."


def test_json_with_a_word_a_segment_is_joined_and_keeps_the_words() -> None:
    words = ["Pain", "is", "an", "alarm.", "It", "protects", "you."]
    segments = [{"startTime": i / 2, "endTime": i / 2 + 0.4, "body": word} for i, word in enumerate(words)]
    transcript = parse_transcript(json.dumps({"segments": segments}))
    assert [s.text for s in transcript.segments] == ["Pain is an alarm.", "It protects you."]
    assert [w.start for s in transcript.segments for w in s.words] == [i / 2 for i in range(7)]


@pytest.mark.parametrize(
    "data",
    [
        {"text": "x", "segments": [{"id": 0, "start": 1.0, "end": 2.0, "text": " Hello you. "}]},  # whisper
        [{"start": 1.0, "end": 2.0, "text": "Hello you."}],
        {"transcripts": [{"start": "00:00:01.000", "start_ms": 1000, "end": "00:00:02.000", "text": "Hello you."}]},
    ],
)
def test_json_of_other_makers(data: object) -> None:
    assert said(parse_transcript(json.dumps(data))) == [(1.0, 2.0, None, "Hello you.")]


# ------------------------------------------------------------------------------------------- reading running text


def test_plain_text_is_laid_out_over_the_episode() -> None:
    transcript = parse_transcript("Short.\n\nThis is longer by far than that.", duration=40.0)
    assert not transcript.timed
    assert "approximate" in transcript.warnings[0] or "estimated" in transcript.warnings[0]
    first, second = transcript.segments
    assert (first.start, first.end, second.end) == (0.0, second.start, 40.0)
    assert first.end - first.start == pytest.approx(40 * 6 / 38, abs=0.01)


@pytest.mark.parametrize(
    "text",
    [
        "[00:00:01] Anna: Hello there.\n[00:01:00] Bob: Well, hello.",
        "Anna (00:01):\nHello there.\n\nBob (01:00):\nWell, hello.",
        "Anna  0:01\nHello there.\n\nBob  1:00\nWell, hello.",
        "00:01 - Anna: Hello there.\n\n01:00 - Bob: Well, hello.",
        "Anna [00:00:01] Hello there.\n\nBob [00:01:00] Well, hello.",
        "# Transcript\n\n**Anna** [0:00:01]\n\nHello there.\n\n**Bob** [0:01:00]\n\nWell, hello.",
        "<p><cite>Anna:</cite> <time>0:01</time><p>Hello there.</p><cite>Bob:</cite><time>1:00</time><p>Well, hello.",
    ],
)
def test_times_and_names_in_running_text(text: str) -> None:
    transcript = parse_transcript(text, name="x.md" if text.startswith("#") else "")
    assert transcript.timed
    assert [(s.start, s.speaker, s.text) for s in transcript.segments] == [
        (1.0, "Anna", "Hello there."),
        (60.0, "Bob", "Well, hello."),
    ]


def test_a_web_page_gives_its_transcript_and_not_its_menu() -> None:
    transcript = parse_transcript(
        "<!doctype html><html><head><title>x</title><style>p{}</style></head><body><nav>Home About</nav>"
        "<div id='transcript-body'><p><b>Anna:</b> Hello there,<br>you.</p><p><b>Bob:</b> Well &lt;hello&gt;.</p></div>"
        "<p>More episodes</p><footer>Imprint</footer><script>alert(1)</script></body></html>",
        duration=60,
    )
    assert [(s.speaker, s.text) for s in transcript.segments] == [
        ("Anna", "Hello there, you."),
        ("Bob", "Well <hello>."),
    ]


def test_a_time_of_day_is_no_time_stamp() -> None:
    transcript = parse_transcript("We met at noon.\n10:30 is too early for me.\nIt was fine.", duration=30)
    assert not transcript.timed
    assert "10:30" in transcript.text


def test_a_long_paragraph_is_cut_at_sentences() -> None:
    text = " ".join(f"This is sentence number {index} of a very long paragraph." for index in range(60))
    transcript = parse_transcript(text, duration=600)
    assert transcript.text == text
    assert max(len(segment.text) for segment in transcript.segments) < 400


# ---------------------------------------------------------------------------------------------------- encodings


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_encodings(encoding: str) -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\nCafé “naïve” – größer\n"
    assert parse_transcript(text.encode(encoding)).text == "Café “naïve” – größer"


def test_a_declared_encoding_is_used() -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\nзвук и боль\n"
    assert parse_transcript(text.encode("koi8-r"), mime="text/srt; charset=koi8-r").text == "звук и боль"


def test_a_bad_byte_in_utf8_costs_one_character() -> None:
    data = "WEBVTT\n\n00:01.000 --> 00:02.000\nCafé größer naïve\n".encode().replace(b"naive", b"na\xffive")
    assert parse_transcript(data + b"\xff").text.startswith("Café größer naïve")


# ------------------------------------------------------------------------------------------------------- errors


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "a.vtt"),
        (b"  \n\n", "a.srt"),
        (b"WEBVTT\n\nNOTE nothing\n", "a.vtt"),
        (b'{"version": "1.0.0", "segments": [{"startTi', "a.json"),
        (b'{"version": "1.0.0", "segments": []}', "a.json"),
        (b"[" * 100_000, "a.json"),
        (bytes(range(32)) * 200, "a.vtt"),
        (b"<html><head><title>x</title></head><body><script>1</script></body></html>", "a.html"),
    ],
)
def test_what_has_no_words_is_said_in_one_sentence(data: bytes, name: str) -> None:
    with pytest.raises(TranscriptError) as caught:
        parse_transcript(data, name=name)
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)


def test_a_file_that_isnt_there_and_one_that_is_a_folder(tmp_path: Path) -> None:
    with pytest.raises(TranscriptError, match="no file"):
        read_transcript(tmp_path / "none.vtt")
    with pytest.raises(TranscriptError, match="folder"):
        read_transcript(tmp_path)
    with pytest.raises(TranscriptError, match="can't be read"):
        read_transcript("a\0b.vtt")


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    large = tmp_path / "large.vtt"
    with large.open("wb") as file:
        file.truncate(33 * 1024 * 1024)
    with pytest.raises(TranscriptError, match="too large"):
        read_transcript(large)
