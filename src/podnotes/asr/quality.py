"""Signs of hallucination: words in the transcript that were never said.

Whisper fills silence and music with stock phrases, gets into loops, and sometimes writes fluent nonsense. Each sign
below is known from the literature (Koenecke et al., "Careless Whisper", FAccT 2024; Barański et al., "Investigation of
Whisper ASR Hallucinations Induced by Non-Speech Audio", ICASSP 2025) or is plainly impossible.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from typing import TYPE_CHECKING, TypeAlias

from podnotes.asr.vad import FRAME_SECONDS
from podnotes.models import QualityFlag

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from podnotes.asr.engine import Hypothesis

#: A hypothesis, with the reason not to trust it, or None.
Checked: TypeAlias = "tuple[Hypothesis, QualityFlag | None]"

# Whisper's own limits (Radford et al. 2022, section 4.5).
_COMPRESSION, _LOGPROB = 2.4, -1.0
# Nobody speaks this fast for long: fast podcast speech is about 4 words per second, auctioneers reach 7. The time of a
# phrase of a few words may be too short by mistake; a whole sentence in a fraction of a second was never said.
_WORDS_PER_SECOND, _CHARACTERS_PER_SECOND, _FEW_WORDS = 8.0, 40.0, 3
# Threshold of speech; text with less speech than this in its time span, as a share and in seconds, was never said.
_VOICE_PROBABILITY, _LEAST_SHARE, _LEAST_SECONDS = 0.5, 0.12, 0.25
# Fewer words for so much speech are a stock phrase, or the rest was not recognised.
_SPARSE_SECONDS, _FEWEST_WORDS_PER_SECOND = 4.0, 0.5
# Stock phrases need more speech than other words: people do say "thank you" now and then.
_PHANTOM_SHARE = 0.5
_FOREIGN_SHARE = 0.3

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
# Whisper's most frequent hallucinations in silence and music (Barański et al., table 2), and captioners' signatures.
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
    """Return the reason not to trust a hypothesis.

    Args:
        hypothesis: Words with times from the start of ``voice``.
        voice: Probability of speech for each 32 ms.
        language: Language of the speech (primary subtag), to detect letters of other scripts; "" if unknown.
        may_repeat: Whether the same words are known to be really said repeatedly.

    Returns:
        The reason, or None if nothing suggests that the words are wrong.
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
    """Split a text into words for comparison: lower case, without punctuation."""
    return _WORD.findall(text.lower().replace("’", "'"))


def is_loop(words: list[str]) -> bool:
    """Return whether the same words are repeated again and again.

    Args:
        words: Lower case.
    """
    if len(words) < 6:
        return False
    text = " ".join(words).encode()
    if len(text) > 60 and len(text) / len(zlib.compress(text)) > _COMPRESSION:
        return True
    for size in range(1, min(16, len(words) // 3) + 1):
        # The same phrase three times in a row, and much of the text: "no, no, no" in a sentence is real speech.
        run = longest = 0
        for index in range(size, len(words)):
            run = run + 1 if words[index] == words[index - size] else 0
            longest = max(longest, run)
        if longest >= 2 * size and longest + size >= 6 and longest + size > 0.4 * len(words):
            return True
    return False


def _is_foreign(text: str, language: str) -> bool:
    """Return whether a text is written in a script that its language doesn't use."""
    letters = [character for character in text if character.isalpha()]
    if len(letters) < 4:
        return False
    latin = sum(character < "\u0250" or unicodedata.name(character, "").startswith("LATIN") for character in letters)
    if _LATIN_LANGUAGE.fullmatch(language):
        return latin < (1 - _FOREIGN_SHARE) * len(letters)
    # Other scripts often keep names and terms in Latin letters, but not whole sentences.
    return _OTHER_SCRIPT_LANGUAGE.fullmatch(language) is not None and latin > 0.9 * len(letters)
