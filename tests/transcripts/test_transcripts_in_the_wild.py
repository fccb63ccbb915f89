"""One talk in the many ways that programs and people write it down: the words, their speakers and their times come out.

What is checked of all of them is the same: every spoken word, in order, and nothing else; nobody's words under another
name; times where the file has them.
"""

from __future__ import annotations

import pytest

from tests.transcripts.talk import NAMED, TIMED, UNTIMED, check_speakers, check_times, check_words, read


@pytest.mark.parametrize("kind", TIMED)
def test_words_and_times(kind: str) -> None:
    transcript = read(TIMED[kind])
    check_words(transcript)
    check_times(transcript, 1.01 if "text" in kind else 0.05)


@pytest.mark.parametrize("kind", NAMED)
def test_words_times_and_speakers(kind: str) -> None:
    transcript = read(NAMED[kind])
    check_words(transcript)
    check_speakers(transcript)
    # Two in a cue share its time, and text often has whole seconds.
    check_times(transcript, 3.0 if "two" in kind or "spans" in kind else 1.01)


@pytest.mark.parametrize("kind", UNTIMED)
def test_words_and_speakers_without_times(kind: str) -> None:
    transcript = read(UNTIMED[kind])
    check_words(transcript)
    check_speakers(transcript)
    assert not transcript.timed
