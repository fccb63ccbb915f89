"""Words are put where the voice is."""

from __future__ import annotations

import numpy as np
import pytest

from podnotes.asr.alignment import to_voice
from podnotes.asr.vad import FRAME_SECONDS
from podnotes.models import Word


def starts(words: list[Word], *voiced: tuple[float, float]) -> list[float]:
    """Where words start, in seconds, when somebody speaks in these spans."""
    voice = np.zeros(200, np.float32)
    for start, end in voiced:
        voice[round(start / FRAME_SECONDS) : round(end / FRAME_SECONDS)] = 0.9
    return [word.start for word in to_voice(words, voice)]


@pytest.mark.parametrize(
    "late",
    [Word(2.2, 2.6, "Touch"), Word(2.5, 2.6, "Touch"), Word(2.41, 2.6, "Touch")],
    ids=["before the consonant that closes the mouth", "after it", "while it does"],
)
def test_a_word_after_a_pause_begins_with_the_voice_and_not_after_a_consonant(late: Word) -> None:
    found = starts([Word(0.5, 1.1, "Listen."), late], (0.5, 1.0), (2.0, 2.36), (2.48, 3.0))
    assert found == [pytest.approx(0.5, abs=0.05), pytest.approx(2.0, abs=0.05)]


def test_the_pause_before_a_sentence_is_not_part_of_its_first_word() -> None:
    found = starts([Word(0.5, 1.1, "Listen."), Word(1.1, 2.6, "Touch")], (0.5, 1.0), (2.0, 3.0))
    assert found[1] == pytest.approx(2.0, abs=0.05)
