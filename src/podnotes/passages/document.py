"""An episode prepared for passage selection: segmented into thoughts, with the content of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from podnotes.passages.candidates import cut_costs, units
from podnotes.passages.matching import Matcher
from podnotes.passages.relevance_feedback import vectors
from podnotes.text.stemming import stems
from podnotes.text.stopwords import content_stems

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podnotes.models import Skipped, Topic
    from podnotes.passages.matching import Entry
    from podnotes.passages.relevance_feedback import Vector
    from podnotes.text.sentences import Sentence

# Tolerance for rounded times: a sentence overlapping a skipped span by less than this is outside it.
_TOUCH = 0.05  # seconds
# Personal remarks ("I remember when I …") can contain a topic's words without saying anything quotable on it. They are
# measured by word counts, as in Pennebaker's "Linguistic Inquiry and Word Count": the largest deduction, and the
# first-person words per hundred at which it is reached.
_SELF, _MOST_SELF = 0.3, 10
_FIRST_PERSON = frozenset(["i", "i'm", "i've", "i'd", "i'll", "me", "my", "mine", "myself"])


@dataclass(frozen=True, slots=True)
class Document:
    """An episode segmented into thoughts and analysed in one language.

    Attributes:
        sentences: All sentences of the episode.
        words: Stems of each sentence.
        thoughts: The candidates for passages, each a range of sentences.
        spans: Start and end of each thought in seconds.
        contents: Content words of each thought.
        vectors: tf-idf vector of each thought's content words.
        substances: Share of each thought's evidence that counts: less than 1 if it is partly about the speaker.
    """

    sentences: Sequence[Sentence]
    words: Sequence[Sequence[str]]
    thoughts: Sequence[range]
    spans: Sequence[tuple[float, float]]
    contents: Sequence[Sequence[str]]
    vectors: Sequence[Vector]
    substances: Sequence[float]

    @classmethod
    def read(cls, sentences: Sequence[Sentence], skipped: Sequence[Skipped], language: str) -> Document:
        """Segment an episode into thoughts, none of which overlaps a skipped span, and weight their words."""
        words = [stems(sentence.text, language) for sentence in sentences]
        content = [content_stems(sentence.text, language) for sentence in sentences]
        thoughts = units(sentences, cut_costs(sentences, content, language), _usable(sentences, skipped))
        inside = [sentences[thought.start : thought.stop] for thought in thoughts]
        said = [[word for at in thought for word in words[at]] for thought in thoughts]
        contents = [[word for at in thought for word in content[at]] for thought in thoughts]
        return cls(
            sentences=sentences,
            words=words,
            thoughts=thoughts,
            spans=[(quoted[0].start, max(sentence.end for sentence in quoted)) for quoted in inside],
            contents=contents,
            vectors=vectors(contents),
            substances=[_substance(of_thought) if language == "en" else 1.0 for of_thought in said],
        )

    def phrases(self, topics: Sequence[Topic]) -> list[list[list[Entry]]]:
        """Return the phrases found, by topic and sentence."""
        matcher = Matcher(topics)
        found = [matcher.find(words) for words in self.words]
        return [[phrases[topic] for phrases in found] for topic in range(len(topics))]


def _substance(words: Sequence[str]) -> float:
    """Return the share of an English thought's evidence that counts, given the stems of its words: 0.7 to 1."""
    about_self = sum(map(_FIRST_PERSON.__contains__, words))
    return 1.0 - _SELF * min(1.0, 100 * about_self / max(1, len(words)) / _MOST_SELF)


def _usable(sentences: Sequence[Sentence], skipped: Sequence[Skipped]) -> list[bool]:
    """Mark the sentences that may be quoted: neither doubtful nor inside a skipped span."""
    usable = [not sentence.doubtful for sentence in sentences]
    for span in skipped:
        for index, sentence in enumerate(sentences):
            if sentence.start < span.end - _TOUCH and sentence.end > span.start + _TOUCH:
                usable[index] = False
    return usable
