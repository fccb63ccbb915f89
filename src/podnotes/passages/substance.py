"""How much of a stretch is substance: what is said about the subject, not about the speaker or the programme.

Talk about oneself ("I remember when I …") and announcements ("today we are going to talk about …") stand among the
words of a topic without saying anything on it that could be quoted. Both are counted by plain words, as Pennebaker's
"Linguistic Inquiry and Word Count" does for speech about oneself.
"""

from __future__ import annotations

import re

# What a stretch full of either loses.
_SELF, _MOST_SELF = 0.3, 10  # first-person words in a hundred
_ANNOUNCING, _MOST_ANNOUNCING = 0.15, 4  # announcements in the stretch

_FIRST_PERSON = re.compile(r"\b(?:i|me|my|mine|myself)\b", re.IGNORECASE)
_ANNOUNCEMENT = re.compile(
    r"""\b(?:
      today | episodes? | podcast | my\ guest | in\ a\ (?:moment|minute|bit|few\ minutes)
    | later\ (?:in\ (?:the|this)|on)
    | (?:we|i)(?:'re|\ are|'m|\ am)\ going\ to\ (?:talk|discuss|cover|tell|get|explain|teach|dive)
    | (?:we|i)(?:'ll|\ will)\ (?:talk|discuss|cover|get|explain|tell|return|come\ back)
    | i\ (?:want|would\ like)\ to\ (?:talk|discuss|mention|emphasize)
    | (?:talk|talking|talked|discuss|discussed|discussing|mentioned)\ (?:about|earlier)
    | you(?:'re\ going\ to|\ are\ going\ to|'ll|\ will)\ (?:learn|hear)
    | as\ i\ mentioned | before\ (?:i|we)\ (?:start|begin|go)
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)


def substance(text: str) -> float:
    """Share of a stretch's evidence that counts.

    Args:
        text: English text of a stretch of talk.

    Returns:
        1 where nothing is about the speaker or the programme, and not below 0.55.
    """
    words = max(1, text.count(" ") + 1)
    about_self = min(1.0, len(_FIRST_PERSON.findall(text)) / words * 100 / _MOST_SELF)
    announcing = min(1.0, len(_ANNOUNCEMENT.findall(text)) / _MOST_ANNOUNCING)
    return 1.0 - _SELF * about_self - _ANNOUNCING * announcing
