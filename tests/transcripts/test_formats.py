"""Transcripts in and out: what publishers serve, and back what was written."""

from __future__ import annotations

import itertools
import json
import re
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import webvtt
from hypothesis import assume, given
from hypothesis import strategies as st

from podnotes.errors import OutputError, TranscriptError, UsageError
from podnotes.models import QualityFlag, Segment, Transcript, Word
from podnotes.sounds import without_sounds
from podnotes.timestamps import parse_time
from podnotes.transcripts.cues import clean
from podnotes.transcripts.formats import format_transcript, parse_transcript, read_transcript, write_transcript

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser


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


# ------------------------------------------------------------------------------------------------------ writing

# Sounds and codes are taken out of every file but podnotes' own WebVTT and JSON.
_texts = (
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=40)
    .map(lambda text: f"x {text} y")
    .filter(lambda text: without_sounds(text) == text and not re.search(r"[-–—]>|>>", text))
)
#: SRT has no escapes for what looks like markup or a speaker's label.
_spoken_texts = st.lists(
    st.sampled_from(["pain", "is", "10:30", "“touch”", "a & b", "über", "well,", "痛み", "no.", "I'm"]),
    min_size=1,
    max_size=6,
).map(lambda words: f"so {' '.join(words)} then")
_plain_names = st.sampled_from(["Anna", "Dr. Bob Berg", "SPEAKER_01", "Mireille B. Reece, Psy.D"])
_any_names = st.text(st.characters(categories=["L", "P", "S", "N"]), min_size=1, max_size=20)
_lines = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=30).map(clean)
_times = st.integers(0, 36_000_000).map(lambda milliseconds: milliseconds / 1000)


@st.composite
def timed_words(draw: st.DrawFn, text: str, start: float, end: float) -> tuple[Word, ...]:
    """Times for the words of a text: one after the other, within a segment, each of some length."""
    texts = text.split()
    first, last = round(start * 1000), round(end * 1000)
    if last - first < 2 * len(texts) + 2:
        return ()
    count = 2 * len(texts)
    marks = sorted(draw(st.lists(st.integers(first, last), min_size=count, max_size=count, unique=True)))
    if draw(st.booleans()):  # no pauses
        marks = sorted([marks[0], *marks[1:-1:2], *marks[1:-1:2], marks[-1]])
    probability = st.none() | st.floats(0, 1)
    return tuple(
        Word(a / 1000, b / 1000, word, draw(probability))
        for word, a, b in zip(texts, marks[::2], marks[1::2], strict=True)
    )


@st.composite
def transcripts(
    draw: st.DrawFn,
    *,
    speakers: st.SearchStrategy[str | None],
    provenance: bool = False,
    texts: st.SearchStrategy[str] = _texts,
) -> Transcript:
    starts = sorted(draw(st.lists(_times, min_size=1, max_size=12)))
    names = draw(st.lists(speakers, min_size=len(starts), max_size=len(starts)))
    segments = []
    for start, name in zip(starts, names, strict=True):
        end = round(start + draw(st.integers(1, 60_000)) / 1000, 3)
        doubt = draw(st.none() | st.sampled_from(QualityFlag))
        text = clean(draw(texts))
        words = draw(timed_words(text, start, end)) if provenance and draw(st.booleans()) else ()
        segments.append(Segment(start, end, text, words, name, doubt))
    last = max(s.end for s in segments)
    transcript = Transcript(tuple(segments), last, language=draw(st.none() | st.sampled_from(["en", "pt-BR"])))
    if not provenance:
        return transcript
    return replace(
        transcript,
        duration=round(last + draw(st.integers(0, 10_000)) / 1000, 3),
        source=draw(st.sampled_from(["recognised", "publisher", "file"])),
        model=draw(st.none() | _lines.filter(bool)),
        origin=draw(st.none() | _lines.filter(bool)),
        details=draw(st.dictionaries(_lines.filter(bool), _lines, max_size=3)),
        warnings=tuple(draw(st.lists(_lines, max_size=3))),
        timed=draw(st.booleans()),
    )


@given(transcripts(speakers=st.none() | _any_names, provenance=True))
def test_webvtt_comes_back_but_for_probabilities_and_the_path(transcript: Transcript) -> None:
    segments = tuple(
        replace(segment, words=tuple(replace(word, probability=None) for word in segment.words))
        for segment in transcript.segments
    )
    expected = replace(transcript, segments=segments, origin=None)
    written = format_transcript(transcript, ".vtt")
    assert parse_transcript(written, name="a.vtt") == expected
    theirs = webvtt.from_string(written).captions
    assert [caption.start_in_seconds for caption in theirs] == [int(segment.start) for segment in segments]


_CUE = re.compile(r"([0-9:.]+) --> ([0-9:.]+)\n(.*?)(?:\n\n|\n?\Z)", re.DOTALL)


@given(
    st.lists(
        st.tuples(st.sampled_from(["pain", "is", "Remember:", "a", "<b>", "&amp;", "-->"]), _times, _times),
        min_size=1,
        max_size=8,
    ),
    _times,
    st.integers(1, 100_000),
)
def test_times_of_words_that_cant_be_leave_the_words_alone(
    timed: list[tuple[str, float, float]], start: float, length: int
) -> None:
    """Overlapping, backwards, outside of their segment: what is written obeys the standard all the same."""
    words = tuple(Word(a, b, text) for text, a, b in timed)
    segment = Segment(start, round(start + length / 1000, 3), " ".join(word.text for word in words), words)
    written = format_transcript(Transcript((segment,), segment.end), ".vtt")
    (found,) = parse_transcript(written).segments
    assert replace(found, words=()) == replace(segment, words=())
    assert [word.text for word in found.words] in ([], found.text.split())
    cue = _CUE.search(written)
    assert cue is not None
    marks = [parse_time(mark) for mark in re.findall(r"<([0-9:.]+)>", cue[3])]
    times = [parse_time(cue[1]), *marks, parse_time(cue[2])]
    assert all(a is not None and b is not None and a < b for a, b in itertools.pairwise(times))


@given(
    transcripts(speakers=st.none(), provenance=True, texts=_spoken_texts)
    | transcripts(speakers=_plain_names, provenance=True, texts=_spoken_texts)
)
def test_srt_comes_back_with_segments_speakers_and_doubts(transcript: Transcript) -> None:
    back = parse_transcript(format_transcript(transcript, ".srt"), name="a.srt")
    assert back.segments == tuple(replace(segment, words=()) for segment in transcript.segments)
    end = max(segment.end for segment in transcript.segments)
    assert back == Transcript(back.segments, end)  # nothing else has a place in it


@given(transcripts(speakers=st.none() | st.text(st.characters(categories=["L"]), min_size=1), provenance=True))
def test_json_comes_back_with_everything(transcript: Transcript) -> None:
    assert parse_transcript(format_transcript(transcript, ".json"), name="a.json") == transcript


@given(transcripts(speakers=st.none()) | transcripts(speakers=_plain_names))
def test_running_text_comes_back_with_its_words_in_order(transcript: Transcript) -> None:
    # Text of unknown origin is unescaped when it is read, and what recurs before a colon names a speaker.
    assume(not re.search(r"&#?\w+;|[:：]", transcript.text))
    back = parse_transcript(format_transcript(transcript, ".txt"), name="a.txt")
    assert back.text.split() == transcript.text.split()
    assert {s.doubt for s in back.segments} == {s.doubt for s in transcript.segments}
    assert {s.speaker for s in back.segments} == {s.speaker for s in transcript.segments}
    assert back.segments[0].start == int(transcript.segments[0].start)


def sample() -> Transcript:
    return Transcript(
        (
            Segment(0.0, 2.5, "Welcome to the show & friends."),
            Segment(2.5, 4.0, "Pain is <not> damage.", speaker="Anna Berg"),
            Segment(3725.004, 3727.0, "Remember: move -->  gently.", speaker="Bob"),
            Segment(3728.0, 3729.0, "Thanks for watching!", doubt=QualityFlag.PHANTOM),
            Segment(
                3729.0,
                3731.0,
                "Look: it <eases>.",
                (Word(3729.0, 3729.4, "Look:"), Word(3729.6, 3729.9, "it"), Word(3729.9, 3730.5, "<eases>.", 0.9)),
                "Anna Berg",
            ),
        ),
        3732.0,
        language="en",
        model="small.en",
        details={"engine": "faster-whisper 1.2.1"},
        warnings=("2.0 seconds --> missing.",),
    )


def test_webvtt_says_where_it_comes_from() -> None:
    header, _, note = format_transcript(sample(), ".vtt").partition("-->")[0].partition("NOTE podnotes transcript\n")
    assert header == "WEBVTT\nLanguage: en\n\n"
    assert "\n\n" not in note.rpartition("}")[0]
    members = json.loads(note.rpartition("}")[0] + "}")
    assert (members["model"], members["warnings"], members["origin"]) == (
        "small.en",
        ["2.0 seconds --> missing."],
        None,
    )


def test_a_note_that_is_broken_or_somebody_elses_is_passed_over() -> None:
    cue = "00:01.000 --> 00:02.000\nHello.\n"
    plain = parse_transcript(f"WEBVTT\n\n{cue}")
    for note in (
        "NOTE model: large",
        "NOTE podnotes transcript",
        "NOTE podnotes transcript\nsource: heaven\nduration: long\nmodel large\n: x",
    ):
        assert parse_transcript(f"WEBVTT\n\n{note}\n\n{cue}") == plain


def test_somebody_elses_reader_reads_our_webvtt(tmp_path: Path) -> None:
    write_transcript(sample(), tmp_path / "a.vtt")
    captions = webvtt.read(str(tmp_path / "a.vtt")).captions
    starts = ["00:00:00.000", "00:00:02.500", "01:02:05.004", "01:02:08.000", "01:02:09.000"]
    assert [caption.start for caption in captions] == starts
    assert [caption.voice for caption in captions] == [None, "Anna Berg", "Bob", None, "Anna Berg"]
    # That reader leaves the standard's escapes as they are.
    assert captions[0].text == "Welcome to the show &amp; friends."


@pytest.mark.browser
def test_a_browser_plays_our_webvtt(browser: Browser) -> None:
    cues = format_transcript(sample(), ".vtt")
    page = browser.new_page()
    page.set_content("<video id=v></video>")
    found = page.evaluate(
        """async (cues) => {
            const track = document.createElement('track');
            track.kind = 'captions'; track.default = true;
            track.src = URL.createObjectURL(new Blob([cues], {type: 'text/vtt'}));
            const loaded = new Promise((yes, no) => { track.onload = yes; track.onerror = no; });
            document.getElementById('v').append(track);
            track.track.mode = 'hidden';
            await loaded;
            const marks = cue => {
                const walker = document.createTreeWalker(cue, NodeFilter.SHOW_PROCESSING_INSTRUCTION);
                const found = [];
                while (walker.nextNode()) found.push(walker.currentNode.data);
                return found;
            };
            return [...track.track.cues].map(cue => {
                const html = cue.getCueAsHTML();
                return [cue.startTime, cue.endTime, html.textContent, marks(html)];
            });
        }""",
        cues,
    )
    page.close()
    *found, timed = found
    assert found == [
        [0, 2.5, "Welcome to the show & friends.", []],
        [2.5, 4, "Pain is <not> damage.", []],
        [3725.004, 3727, "Remember: move --> gently.", []],
        [3728, 3729, "Thanks for watching!", []],
    ]
    marks = ["01:02:09.400", "01:02:09.600", "01:02:09.900", "01:02:10.500"]  # it colours the words as they are said
    assert timed == [3729, 3731, "Look: it <eases>.", marks]


def test_running_text_reads_well() -> None:
    assert format_transcript(sample(), ".txt") == (
        "[0:00] Welcome to the show & friends.\n\n[0:02] Anna Berg: Pain is <not> damage.\n\n"
        "[1:02:05] Bob: Remember: move --> gently.\n\n[1:02:08] (doubtful: phantom) Thanks for watching!\n\n"
        "[1:02:09] Anna Berg: Look: it <eases>.\n"
    )


def test_writing_is_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "talk.vtt"
    target.write_text("old", encoding="utf-8")
    with pytest.raises(UsageError, match=r"\.docx.*\.vtt"):
        write_transcript(sample(), tmp_path / "talk.docx")
    with pytest.raises(OutputError, match="can't be written"):
        write_transcript(sample(), target / "talk.vtt")
    (tmp_path / "folder.vtt").mkdir()
    with pytest.raises(OutputError):
        write_transcript(sample(), tmp_path / "folder.vtt")
    with pytest.raises(OutputError, match="already exists"):
        write_transcript(sample(), target, replace=False)
    assert target.read_text(encoding="utf-8") == "old"
    write_transcript(sample(), target)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder.vtt", "talk.vtt"]
    assert read_transcript(target).segments == parse_transcript(format_transcript(sample(), ".vtt")).segments


def test_a_long_transcript_is_read_in_no_time() -> None:
    cue = (
        "{}\n{:02d}:{:02d}:{:02d}.000 --> {:02d}:{:02d}:{:02d}.900\n"
        "<v Anna>Pain is an alarm that protects the body &amp; more.\n"
    )
    text = "WEBVTT\n\n" + "\n".join(
        cue.format(i, *(i // 3600, i // 60 % 60, i % 60) * 2) for i in range(2500)
    )  # fmt: skip
    assert len(text) > 200_000
    parse_transcript(text)
    best = min(_seconds_of(text) for _ in range(5))
    assert best < 0.25, f"{best:.3f} s for {len(text)} characters"


def _seconds_of(text: str) -> float:
    began = time.process_time()
    parse_transcript(text)
    return time.process_time() - began


def test_a_doubt_of_another_version_stays_a_doubt() -> None:
    text = (
        '{"version": "1.0.0", "segments": [{"startTime": 0, "endTime": 2, "body": "Soup is a hat.", "doubt": "odd"},'
        ' {"startTime": 2, "endTime": 4, "body": "Soup is warm."}]}'
    )
    transcript = parse_transcript(text)
    assert [segment.doubt for segment in transcript.segments] == [QualityFlag.UNSURE, None]
