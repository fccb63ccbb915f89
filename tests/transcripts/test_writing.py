"""Writing transcripts, and reading them back."""

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

from podnotes.errors import OutputError, UsageError
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
