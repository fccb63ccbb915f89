"""Signs of hallucination: words in the transcript that were never said.

Whisper fills silence and music with stock phrases, falls into loops, and now and then writes fluent nonsense. Each
sign below is known from the literature (Koenecke et al., "Careless Whisper", FAccT 2024; Barański et al.,
"Investigation of Whisper ASR Hallucinations Induced by Non-Speech Audio", ICASSP 2025) or is a plain impossibility.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from typing import TYPE_CHECKING

from podnotes.asr.vad import FRAME_SECONDS
from podnotes.models import QualityFlag

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from podnotes.asr.engine import Hypothesis

# Whisper's own limits (Radford et al. 2022, section 4.5).
_COMPRESSION, _LOGPROB = 2.4, -1.0
# Nobody keeps this up: fast podcast speech is about 4 words a second, auctioneers reach 7. A phrase of a few words
# may be timed too short by a model; a whole sentence in a blink was not said there.
_WORDS_PER_SECOND, _CHARACTERS_PER_SECOND, _FEW_WORDS = 8.0, 40.0, 3
# Seconds of voice under a text below which nobody said it: the share of its time, and time itself.
_VOICE_PROBABILITY, _LEAST_SHARE, _LEAST_SECONDS = 0.5, 0.12, 0.25
# So few words for so much talk are a stock phrase, or the rest was not heard.
_SPARSE_SECONDS, _FEWEST_WORDS_PER_SECOND = 4.0, 0.5
# Stock phrases need more to be believed than other words: somebody does say "thank you" now and then.
_PHANTOM_SHARE = 0.5
_FOREIGN_SHARE = 0.3

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
# What Whisper writes into silence and music most (Barański et al., table 2), and captioners' signatures.
_PHANTOM = re.compile(
    r"(?:thank(?:s| you)(?: (?:so|very) much)?(?: (?:guys|everyone|all))?"
    r"(?: for (?:watching|listening|viewing|your attention))?(?: (?:this|the|today's) (?:video|episode))?"
    r"|(?:please |don't forget to |like and |and )*(?:like and )?subscribe(?: to (?:my|the|our) channel)?"
    r"|(?:i'll )?see you (?:in the |in )?next (?:time|video|week|one)(?: bye)?|bye(?: bye)*|you|okay|ok|oh|uh|um|hmm|so"
    r"|the end|music(?: playing)?|applause|silence|foreign|i'm sorry|we'll be right back"
    r"|(?:subtitles|captions|captioning|transcription|transcribed|translated|translation) by .*|.*amara org.*"
    r"|.*otter ai.*|.*www \w+ (?:com|org|co uk).*)"
)
_LATIN_LANGUAGE = re.compile(
    "en|de|fr|es|it|pt|nl|sv|da|no|nn|fi|pl|cs|sk|hu|ro|tr|id|ms|vi|ca|eu|gl|hr|sl|et|lv|lt|is|ga|cy|sq|af|sw|tl"
)
_OTHER_SCRIPT_LANGUAGE = re.compile("ru|uk|bg|el|he|ar|fa|ja|zh|ko|hi|th")


def doubt_about(
    hypothesis: Hypothesis, voice: NDArray[np.float32], language: str = "", *, may_repeat: bool = False
) -> QualityFlag | None:
    """Return the reason not to trust what was recognised.

    Args:
        hypothesis: The words, with times from the start of what ``voice`` covers.
        voice: Probability of speech for each 32 ms.
        language: Primary subtag of what is spoken, to notice letters that it isn't written with; "" when unknown.
        may_repeat: Whether it is known that the same words are really said over and over.

    Returns:
        The reason, or None when nothing speaks against the words.
    """
    words = words_of(hypothesis.text)
    if not words:
        return None
    if not may_repeat and is_loop(words):
        return QualityFlag.LOOP
    if language and _is_foreign(hypothesis.text, language):
        return QualityFlag.LANGUAGE
    seconds = max(hypothesis.end - hypothesis.start, 0.02)
    heard = voice[int(hypothesis.start / FRAME_SECONDS) : int(hypothesis.end / FRAME_SECONDS) + 1]
    share = float((heard > _VOICE_PROBABILITY).mean()) if len(heard) else 0.0
    phantom = _PHANTOM.fullmatch(" ".join(words)) is not None
    if phantom and share < _PHANTOM_SHARE:
        return QualityFlag.PHANTOM
    if share < _LEAST_SHARE or (share * len(heard) * FRAME_SECONDS < _LEAST_SECONDS and len(words) > _FEW_WORDS):
        return QualityFlag.NO_SPEECH
    if len(words) > _FEW_WORDS and (
        len(words) / seconds > _WORDS_PER_SECOND or len(hypothesis.text) / seconds > _CHARACTERS_PER_SECOND
    ):
        return QualityFlag.TOO_FAST
    voiced = share * len(heard) * FRAME_SECONDS
    if voiced > _SPARSE_SECONDS and len(words) < _FEWEST_WORDS_PER_SECOND * voiced:
        return QualityFlag.UNSURE
    if hypothesis.logprob is not None and hypothesis.logprob < _LOGPROB:
        return QualityFlag.UNSURE
    return None


def words_of(text: str) -> list[str]:
    """Split a text into words as they are compared: lower case, without punctuation."""
    return _WORD.findall(text.lower().replace("’", "'"))


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
    for size in range(1, min(16, len(words) // 3) + 1):
        # The same phrase three times running, and much of the text: "no, no, no" in a sentence is talk.
        run = longest = 0
        for index in range(size, len(words)):
            run = run + 1 if words[index] == words[index - size] else 0
            longest = max(longest, run)
        if longest >= 2 * size and longest + size >= 6 and longest + size > 0.4 * len(words):
            return True
    return False


def _is_foreign(text: str, language: str) -> bool:
    """Tell whether a text is in another script than its language is written in."""
    letters = [character for character in text if character.isalpha()]
    if len(letters) < 4:
        return False
    latin = sum(character < "\u0250" or unicodedata.name(character, "").startswith("LATIN") for character in letters)
    if _LATIN_LANGUAGE.fullmatch(language):
        return latin < (1 - _FOREIGN_SHARE) * len(letters)
    # Names and terms are often left in Latin letters elsewhere; a whole sentence isn't.
    return _OTHER_SCRIPT_LANGUAGE.fullmatch(language) is not None and latin > 0.9 * len(letters)
