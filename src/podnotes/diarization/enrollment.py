"""Enrollment: recognise the voices of a show's earlier episodes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from podnotes.diarization.clustering import Voice

# Between episodes a microphone or a room changes; two people on one microphone come closer to one another than this
# only rarely. A voice that is like two that are known is neither for certain.
_SAME_VOICE, _CLEAR_MARGIN = 0.6, 0.1
# Less speech doesn't show a voice well enough to be known again.
_LEAST_SECONDS = 3.0


@dataclass(frozen=True, slots=True, eq=False)
class KnownVoice:
    """A known voice from earlier episodes of a show.

    Attributes:
        id: Number in the library.
        vector: Embedding of length 1.
        name: Who it is, or None as long as nobody has said.
        episodes: In how many episodes it was heard.
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
        voices: Of the episode.
        known: Of the show.

    Returns:
        By index of the voice; each known voice once at most, and none where it isn't clear.
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
