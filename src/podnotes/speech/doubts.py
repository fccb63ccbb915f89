"""Words that were never said: the signs by which they are told, and what is marked in a transcript.

Whisper fills silence and music with stock phrases, falls into loops, and now and then writes fluent nonsense. Each
sign below is known from the literature (Koenecke et al., "Careless Whisper", FAccT 2024; Barański et al.,
"Investigation of Whisper ASR Hallucinations Induced by Non-Speech Audio", ICASSP 2025) or is a plain impossibility.
"""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING

from podnotes.models import Doubt
from podnotes.speech.voice import FRAME_SECONDS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from podnotes.speech.engine import Hypothesis

# Whisper's own limits (Radford et al. 2022, section 4.5).
_COMPRESSION, _LOGPROB = 2.4, -1.0
# Nobody keeps this up: fast podcast speech is about 4 words a second, auctioneers reach 7.
_WORDS_PER_SECOND, _CHARACTERS_PER_SECOND = 8.0, 40.0
_VOICE_PROBABILITY, _LEAST_VOICE = 0.5, 0.1

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_PHANTOM = re.compile(
    r"(?:thank(?:s| you)(?: (?:so|very) much)?(?: (?:guys|everyone|all))?"
    r"(?: for (?:watching|listening|your attention))?"
    r"(?: (?:this|the|today's) (?:video|episode))?"
    r"|(?:please |don't forget to |like and |and )*subscribe(?: to (?:my|the|our) channel)?"
    r"|(?:i'll )?see you (?:in the )?next (?:time|video|week)(?: bye)?|bye(?: bye)*|you|okay|oh|uh|so|the end|music"
    r"|(?:subtitles|captions|transcription|transcribed|translated) by .*|.*amara org.*|.*otter ai.*)"
)


def doubt_about(hypothesis: Hypothesis, voice: NDArray[np.float32]) -> Doubt | None:
    """Tell why what was recognised is not to be trusted.

    Args:
        hypothesis: The words, with times from the start of what ``voice`` covers.
        voice: Probability of speech for each 32 ms.

    Returns:
        The reason, or None when nothing speaks against the words.
    """
    text = hypothesis.text
    words = _WORD.findall(text.lower())
    if not words:
        return None
    heard = voice[int(hypothesis.start / FRAME_SECONDS) : int(hypothesis.end / FRAME_SECONDS) + 1]
    spoken = float((heard > _VOICE_PROBABILITY).mean()) if len(heard) else 0.0
    plain = " ".join(words)
    seconds = max(hypothesis.end - hypothesis.start, 0.02)
    if is_loop(words):
        return Doubt.LOOP
    if spoken < _LEAST_VOICE:
        return Doubt.PHANTOM if _PHANTOM.fullmatch(plain) else Doubt.NO_SPEECH
    if _PHANTOM.fullmatch(plain) and spoken < 3 * _LEAST_VOICE:
        return Doubt.PHANTOM
    if len(words) > 3 and (len(words) / seconds > _WORDS_PER_SECOND or len(text) / seconds > _CHARACTERS_PER_SECOND):
        return Doubt.TOO_FAST
    if hypothesis.logprob is not None and hypothesis.logprob < _LOGPROB:
        return Doubt.UNSURE
    return None


def is_loop(words: list[str]) -> bool:
    """Tell whether the same words come over and over.

    Args:
        words: Lower case.
    """
    if len(words) < 6:
        return False
    text = " ".join(words).encode()
    if len(text) > 60 and len(text) / len(zlib.compress(text)) > _COMPRESSION:
        return True
    for size in range(1, min(12, len(words) // 3) + 1):
        # The same phrase three times running and most of the text.
        run = longest = 0
        for index in range(size, len(words)):
            run = run + 1 if words[index] == words[index - size] else 0
            longest = max(longest, run)
        if longest >= 2 * size and longest + size >= 6 and longest + size > 0.6 * len(words):
            return True
    return False
