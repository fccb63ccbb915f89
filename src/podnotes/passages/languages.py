"""Whether a text is in the language of a topic, by its function words.

Function words are a fifth to a half of running text in any language and hardly shared between languages (Ingle 1976, "A
language identification table"); a page is enough to tell.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podnotes.models import Topic

_WORD = re.compile(r"[^\W\d_]+")
_FUNCTION_WORDS = {
    "en": "the and of to in is that it you was for on are with this have be not they we what there but so when i",
    "de": "der die das und ist nicht ein eine zu mit auf für sich den dem ich wir sie es auch aber wenn oder wie wird",
    "fr": "le la les et est un une des du que qui dans pour pas sur ce il elle nous vous avec on mais je au",
    "es": "el la los las y es un una de que en por para no se con del lo como pero más yo muy está su",
    "it": "il la le gli e è un una di che in per non si con del della come ma più sono anche questo io nel",
    "pt": "o a os as e é um uma de que em para não se com do da como mas mais eu na no você isso",
    "nl": "de het een en is niet van dat ik je in op te zijn met voor maar ook we als er aan die was",
    "sv": "och det att är en ett som på för inte med jag av vi har den till man om så men",
    "da": "og det at er en et som på for ikke med jeg af vi har den til man om så men",
    "no": "og det at er en et som på for ikke med jeg av vi har den til man om så men",
    "pl": "i w na nie to się że jest z do jak ale o po co tak za od ja czy przez są",
    "fi": "ja on ei se että hän mutta niin kun myös minä joka oli ovat tämä sitä mitä kuin",
    "ru": "и в не на что я с как это он она но они к у мы за так же из по вы от",
}
_SETS = {language: frozenset(words.split()) for language, words in _FUNCTION_WORDS.items()}
_NAMES = {
    "en": "English", "de": "German", "fr": "French", "es": "Spanish", "it": "Italian", "pt": "Portuguese",
    "nl": "Dutch", "sv": "Swedish", "da": "Danish", "no": "Norwegian", "pl": "Polish", "fi": "Finnish", "ru": "Russian",
    "ja": "Japanese", "zh": "Chinese", "ko": "Korean", "ar": "Arabic", "he": "Hebrew", "tr": "Turkish",
    "hu": "Hungarian",
}  # fmt: skip
# Fewer words than these say nothing sure.
_ENOUGH = 40
# A language's function words are at least this share of its text.
_TELLING = 0.12
# And that many different ones: "com" alone is no Portuguese.
_DIFFERENT = 4


def language_name(language: str) -> str:
    """A language's name in English, or its code."""
    return _NAMES.get(language, language)


def guess_language(texts: Sequence[str]) -> str | None:
    """Tell the language of a transcript.

    Args:
        texts: Its sentences.

    Returns:
        The BCP 47 primary tag; "und" when it is clearly none of those known here; None when there is too little text.
    """
    # A sample from everywhere: an English interview may open with a French song.
    step = max(1, len(texts) // 200)
    counts = Counter(_WORD.findall(" ".join(texts[::step]).lower()))
    if counts.total() < _ENOUGH:
        return None
    shares = {
        language: sum(counts[word] for word in known) / counts.total()
        for language, known in _SETS.items()
        if len(known & counts.keys()) >= _DIFFERENT
    }
    if not shares:
        return "und"
    best = max(shares, key=lambda language: shares[language])
    return best if shares[best] >= _TELLING else "und"


def in_their_language(texts: Sequence[str], tag: str | None, topics: Sequence[Topic]) -> tuple[list[Topic], str | None]:
    """Keep the topics whose language is spoken.

    Args:
        texts: Sentences of the transcript.
        tag: Language as the transcript states it (BCP 47), or None. What the words show goes over it.
        topics: Topics in any languages.

    Returns:
        The topics in the transcript's language, all where it can't be told; and a sentence for her when some are not.
    """
    stated = tag.split("-")[0].lower() if tag else None
    spoken = guess_language(texts)
    if spoken is None:
        if stated is None:
            return list(topics), None
        spoken = stated
    elif spoken == "und" and stated is not None and stated not in _SETS:
        # No function words of a language known here, and the tag names none of those: it may well be right.
        spoken = stated
    readable = [topic for topic in topics if topic.language == spoken]
    if len(readable) == len(topics):
        return readable, None
    talk = "another language than the topics" if spoken == "und" else language_name(spoken)
    wanted = language_name(next(topic.language for topic in topics if topic.language != spoken))
    missing = "only the topics in its language have passages" if readable else "there are no passages"
    where = "name a topics file in the talk's language"
    return readable, f"The talk is in {talk} and the topics are in {wanted}, so {missing}; {where}."
