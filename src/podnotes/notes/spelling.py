"""Find probable recognition errors in quotes: rare words in neither the dictionary nor the episode's metadata."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from podnotes.text.dictionary import in_dictionary, is_derived
from podnotes.text.stemming import stem
from podnotes.text.words import words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from podnotes.models import Episode, Quote, Topic, Transcript

# A word recognised this often is real: the same error is rarely repeated.
_MEANT = 3
# Shorter words are mostly interjections and abbreviations.
_SHORTEST = 4  # letters
# Words recognised with this probability count as real.
_CERTAIN = 0.9


class Spelling:
    """Known words of an episode.

    Args:
        episode: Words of its title, people and show notes count as known.
        topics: Words of their terms, glossaries and texts count as known.
        transcript: The transcript, or None.
        language: BCP 47 primary tag; in languages other than English no word is reported as unknown.
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
        """Return the words of a quote to check against the audio, without capitalised words, which may be names."""
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
        if key in self._own or self._said[key] >= _MEANT:
            return False
        return not in_dictionary(word) and not is_derived(word)
