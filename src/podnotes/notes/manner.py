"""How an episode's words are written down, and what can be asked of a sentence accordingly.

The rules of :mod:`podnotes.notes.fluency` are for English with full stops. In other languages only what holds for all
is asked; where nobody set full stops, neither they nor capital letters are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from podnotes.notes import fluency

if TYPE_CHECKING:
    from collections.abc import Sequence

# Below this share of sentences with an end mark the transcript counts as written without.
_MARKED = 0.4
_END = re.compile(r"[.!?…。！？][\"'”’»)]*$")
_FEWEST_WORDS = 5


@dataclass(frozen=True, slots=True)
class Manner:
    """What is known of the writing.

    Attributes:
        english: Whether the words are English.
        punctuated: Whether sentences end with full stops.
    """

    english: bool = True
    punctuated: bool = True

    @classmethod
    def of(cls, texts: Sequence[str]) -> Manner:
        """Tell the manner from the sentences of an episode."""
        from podnotes.text.languages import guess_language

        marked = sum(bool(_END.search(text)) for text in texts)
        return cls(
            english=guess_language(texts) in {None, "en"},
            punctuated=not texts or marked >= _MARKED * len(texts),
        )

    def opener_length(self, text: str) -> int:
        """See :func:`podnotes.notes.fluency.opener_length`."""
        return fluency.opener_length(text) if self.english else 0

    def without_opener(self, text: str) -> str:
        """See :func:`podnotes.notes.fluency.without_opener`."""
        rest = text[self.opener_length(text) :]
        return rest[:1].upper() + rest[1:]

    def stands(self, text: str) -> bool:
        """Whether a quote or a summary can begin with the sentence."""
        if not self.is_complete(text):
            return False
        return not self.english or not (
            fluency.leans_back(text)
            or fluency.begins_with_pronoun(text)
            or fluency.names_nobody(text)
            or self.is_talk_about_talk(text)
        )

    def follows(self, text: str) -> bool:
        """Whether the sentence reads well when the one before it stands before it."""
        if self.english and fluency.points_back_again(text):
            return False
        return self.is_complete(text) and not self.is_talk_about_talk(text)

    def is_complete(self, text: str) -> bool:
        """Whether it is a whole sentence, as far as can be told."""
        if self.english and self.punctuated:
            return fluency.is_complete(text)
        if self.english:
            # The rules want a capital letter and an end; the rest of them holds without.
            return fluency.is_complete(f"{text[:1].upper()}{text[1:].rstrip('.,;:!?')}.")
        if not self.punctuated:
            return fluency.count_words(text) >= _FEWEST_WORDS
        return bool(_END.search(text)) and fluency.count_words(text) >= _FEWEST_WORDS and not text[:1].islower()

    def is_talk_about_talk(self, text: str) -> bool:
        """Whether it speaks of the talk, or of the room in which it is held."""
        return self.english and (fluency.is_talk_about_talk(text) or fluency.is_in_the_room(text))

    def breaks_off(self, text: str) -> bool:
        """See :func:`podnotes.notes.fluency.breaks_off`."""
        return self.english and fluency.breaks_off(text)

    def trails_off(self, text: str) -> bool:
        """See :func:`podnotes.notes.fluency.trails_off`."""
        return self.english and fluency.trails_off(text)

    def is_question(self, text: str) -> bool:
        """See :func:`podnotes.notes.fluency.is_question`; other languages need the question mark."""
        return fluency.is_question(text) if self.english else fluency.has_question_mark(text)

    def is_personal(self, text: str) -> bool:
        """See :func:`podnotes.notes.fluency.is_personal`."""
        return self.english and fluency.is_personal(text)

    def points_back(self, text: str) -> bool:
        """See :func:`podnotes.notes.fluency.points_back`."""
        return self.english and fluency.points_back(text)

    def is_open_question(self, text: str) -> bool:
        """See :func:`podnotes.notes.fluency.is_open_question`."""
        if self.english:
            return fluency.is_open_question(text)
        return fluency.has_question_mark(text) and 5 <= fluency.count_words(text) <= 26

    def is_anecdote(self, text: str) -> bool:
        """See :func:`podnotes.notes.fluency.is_anecdote`."""
        return self.english and fluency.is_anecdote(text)

    def explains(self, text: str) -> int:
        """See :func:`podnotes.notes.fluency.explains`."""
        return fluency.explains(text) if self.english else 0

    def stumbles(self, text: str) -> float:
        """See :func:`podnotes.notes.fluency.stumbles`."""
        return fluency.stumbles(text) if self.english else 0.0
