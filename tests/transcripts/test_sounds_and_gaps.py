"""Sounds are no words, and a sentence with a gap is marked."""

from __future__ import annotations

import json
import re

import pytest

from podnotes.models import QualityFlag
from podnotes.sounds import has_gap
from podnotes.text.sentences import sentences
from podnotes.transcripts.formats import parse_transcript
from tests.transcripts.talk import MONOLOGUE, clock, cues, told


@pytest.mark.parametrize(
    "sound",
    [
        "[Music]", "(SIGHS)", "*laughs*", "{laughter}", "♪", "♪ ♪", "[crosstalk]", "[crosstalk 00:12:30]", "(chuckles)",
        "[upbeat music playing]", "[LAUGHTER]", "<i>(coughs)</i>", "[♪ gentle piano ♪]", "(clears throat)", "[Applaus]",
        "（笑）", "[rires]", "(risas)", "[door slams]", "(laughs softly)", "[BLANK_AUDIO]", "[00:12:30]", "[sic]", "🎵",
        "[SOUND]", "(both laugh)", "[phone ringing]", "(audience applauds)", "[12]",
    ],
)  # fmt: skip
def test_sounds_are_no_words(sound: str) -> None:
    for text in (f"The knee {sound} is swollen.", f"{sound} The knee is swollen.", f"The knee is swollen. {sound}"):
        for name, file in (("a.srt", cues(text)), ("a.vtt", f"WEBVTT\n\n{clock(1, '.')} --> {clock(4, '.')}\n{text}")):
            assert told(file, name) == [(None, "The knee is swollen.")]
    assert told(cues("Before.", sound, "After.")) == [(None, "Before."), (None, "After.")]
    if "<" not in sound:
        assert parse_transcript(f"The knee {sound} is swollen.\n\nIt is.").text == "The knee is swollen. It is."
        data = json.dumps([{"start": 1, "end": 4, "text": f"The knee {sound} is swollen."}])
        assert parse_transcript(data).text == "The knee is swollen."


@pytest.mark.parametrize(
    "text",
    [
        "The knee (or elbow) is swollen.", "The [left] knee is swollen.", "The knee *really* is swollen.",
        "Endorphins (the body's own) are released.", "He hummed (and sang along to the radio) all day.",
        "Central sensitization (CS) is known.", "Take 2 * 3 * 4 steps.",
    ],
)  # fmt: skip
def test_what_is_said_in_brackets_stays(text: str) -> None:
    assert told(cues(text)) == [(None, text)]


def test_a_name_is_no_sound() -> None:
    names = ("Laughlin", "Moana", "Clapton", "Sobel", "Lachlan", "Drummond")
    found = told(cues(*[f"[{name}] {line}" for name in names for line in MONOLOGUE[:3]]))
    assert {name for name, _ in found} == set(names)


@pytest.mark.parametrize(
    "gap",
    [
        "[inaudible]", "[inaudible 00:01:02]", "(unintelligible)", "[INDISTINCT]", "[unclear 12:05]", "[??]", "[?]",
        "[unverständlich]", "(inaudible)", "[ __ ]", "[...]", "[speaking German]", "[foreign language]", "<inaudible>",
        "[knee cap? 00:12]", "[audio cuts out]", "(indistinct chatter)", "[inaudible 00:01:02 - 00:01:05]", "[bleep]",
    ],
)  # fmt: skip
def test_a_sentence_with_a_gap_is_marked(gap: str) -> None:
    transcript = parse_transcript(cues("The first one is whole.", f"The knee is {gap} and swollen.", "So is the last."))
    assert not re.search(r"\d\d:\d\d", transcript.text)
    assert [has_gap(segment.text) for segment in transcript.segments] == [False, True, False]
    assert [sentence.doubt for sentence in sentences(transcript)] == [None, QualityFlag.UNINTELLIGIBLE, None]


def test_a_gap_may_go_over_two_cues() -> None:
    transcript = parse_transcript(cues("The knee is [inaudible", "00:12:28.21] and swollen."))
    assert transcript.text == "The knee is [inaudible] and swollen."


def test_a_sung_line_stays_and_is_not_quoted() -> None:
    transcript = parse_transcript(cues("Here it comes.", "♪ Oh my knees,\noh my knees ♪", "Wasn't it nice?"))
    assert [sentence.doubtful for sentence in sentences(transcript)] == [False, True, False]
