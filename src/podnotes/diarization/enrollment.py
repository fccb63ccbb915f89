"""Enrollment: recognise voices from earlier episodes of a show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from podnotes.diarization.clustering import Voice

# Microphone and room change between episodes; two people on one microphone are rarely more similar than this. A voice
# that is similar to two known ones is not matched.
_SAME_VOICE, _CLEAR_MARGIN = 0.6, 0.1
# Minimum speech for a match; with less, an embedding isn't reliable.
_LEAST_SECONDS = 3.0


@dataclass(frozen=True, slots=True, eq=False)
class KnownVoice:
    """A known voice from earlier episodes of a show.

    Attributes:
        id: Number in the library.
        vector: Embedding of length 1.
        name: Name of the person, or None if not named yet.
        episodes: Number of episodes with this voice.
        seconds: Speech in all of them.
    """

    id: int
    vector: NDArray[np.float32]
    name: str | None = None
    episodes: int = 0
    seconds: float = 0.0


def match_voices(voices: Sequence[Voice], known: Sequence[KnownVoice]) -> dict[int, KnownVoice]:
    """Match the voices of an episode with the show's known voices.

    Args:
        voices: Voices of the episode.
        known: Known voices of the show.

    Returns:
        Known voices by index of the episode's voice, without unclear matches; each known voice at most once.
    """
    found: dict[int, KnownVoice] = {}
    pairs = sorted(
        (
            (float(voice.vector @ one.vector), index, one)
            for index, voice in enumerate(voices)
            if voice.seconds >= _LEAST_SECONDS
            for one in known
        ),
        key=lambda pair: -pair[0],
    )
    for cosine, index, one in pairs:
        if cosine < _SAME_VOICE:
            break
        if index in found or any(other is one for other in found.values()):
            continue
        rival = max((c for c, i, other in pairs if (i == index) != (other is one)), default=-1.0)
        if cosine - rival >= _CLEAR_MARGIN:
            found[index] = one
    return found
