"""Words of a quote that may be none: in no dictionary, not among the episode's own, and said but once or twice."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import TYPE_CHECKING

from podnotes.text.stemming import stem
from podnotes.text.words import words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from podnotes.models import Episode, Quote, Topic, Transcript

# Who says a word this often means it, and recognition that gets it wrong rarely does so twice in the same way.
_MEANT = 3
# Shorter ones are sounds and abbreviations.
_SHORTEST = 4  # letters
# A recognised word this likely is one, whatever the dictionary says.
_CERTAIN = 0.9
# Science makes its words of these and of others that are in the dictionary.
_PREFIXES = (
    *("anti", "auto", "bio", "cardio", "counter", "cyto", "dis", "electro", "endo", "epi", "extra", "hydro", "hyper"),
    *("hypo", "immuno", "inter", "intra", "macro", "mega", "meta", "micro", "mono", "multi", "myo", "nano", "neuro"),
    *("non", "out", "over", "patho", "photo", "physio", "poly", "post", "pre", "pro", "pseudo", "psycho", "re", "self"),
    *("semi", "sub", "super", "trans", "un", "under", "vaso"),
)


class Spelling:
    """What counts as a word in an episode.

    Args:
        episode: Its title, people and show notes spell words that no dictionary has.
        topics: So do terms, glossary and texts of the topics.
        transcript: The words that were said, or None.
        language: BCP 47 primary tag; in other languages than English every word counts as one.
    """

    def __init__(self, episode: Episode, topics: Iterable[Topic], transcript: Transcript | None, language: str) -> None:
        self._checks = language == "en" and transcript is not None
        if transcript is None or not self._checks:
            return
        own = [episode.title, episode.podcast, episode.summary, *(person.name for person in episode.persons)]
        own += [chapter.title for chapter in episode.chapters]
        for topic in topics:
            own += [topic.title, topic.about, *topic.terms, *topic.related, *topic.glossary, *topic.glossary.values()]
        self._own = {stem(word) for text in own for word in words(text)}
        self._said = Counter(stem(word) for segment in transcript.segments for word in words(segment.text))
        self._transcript = transcript

    def unknown_words(self, quote: Quote) -> tuple[str, ...]:
        """The words of a quote that should be held against the audio.

        Names are passed over: no dictionary has them all.
        """
        if not self._checks:
            return ()
        certain = {
            part
            for segment in self._transcript.segments
            if segment.start < quote.passage.end and quote.passage.start < segment.end
            for word in segment.words
            if word.probability is not None and word.probability >= _CERTAIN
            for part in words(word.text)
        }
        found = (word for word in words(quote.passage.text) if word not in certain and self._is_unknown(word))
        return tuple(dict.fromkeys(found))

    def _is_unknown(self, word: str) -> bool:
        if len(word) < _SHORTEST or not (word.isascii() and word.isalpha() and word.islower()):
            return False
        key = stem(word)
        return key not in self._own and self._said[key] < _MEANT and not _in_dictionary(key)


def _in_dictionary(key: str) -> bool:
    """Whether the stem of a word is that of an English one, or made of a prefix or two words that are."""
    known = _dictionary()
    for form in (key, f"{key}e", key.replace("our", "or")):  # a silent "e" that the stem has lost; colour, color
        if form in known or form.removesuffix("like") in known:
            return True
        if any(form.startswith(prefix) and form[len(prefix) :] in known for prefix in _PREFIXES):
            return True
        if any(form[:at] in known and form[at:] in known for at in range(_SHORTEST, len(form) - _SHORTEST + 1)):
            return True
    return False


@cache
def _dictionary() -> frozenset[str]:
    """Stems of English words: those that pyspellchecker (MIT) counts in many texts."""
    from spellchecker import SpellChecker

    return frozenset(map(stem, SpellChecker(language="en").word_frequency.dictionary))
