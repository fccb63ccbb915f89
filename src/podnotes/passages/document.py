"""An episode prepared for passage selection: segmented into thoughts, with the content of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from podnotes.passages.candidates import cut_costs, units
from podnotes.passages.matching import Matcher
from podnotes.passages.relevance_feedback import vectors
from podnotes.passages.self_reference import substance
from podnotes.text.stemming import stems
from podnotes.text.stopwords import content_stems

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podnotes.models import Skipped, Topic
    from podnotes.passages.candidates import Unit
    from podnotes.passages.matching import Entry
    from podnotes.passages.relevance_feedback import Vector
    from podnotes.text.sentences import Sentence

# Tolerance for rounded times: a sentence overlapping a skipped span by less than this is outside it.
_TOUCH = 0.05  # seconds


@dataclass(frozen=True, slots=True)
class Document:
    """An episode segmented into thoughts and analysed in one language.

    Attributes:
        sentences: All sentences of the episode.
        words: Stems of each sentence.
        thoughts: Candidate units for passages.
        spans: Start and end of each thought in seconds.
        contents: Content words of each thought.
        vectors: tf-idf vector of each thought's content words.
        substances: Share of each thought's evidence that counts (see `podnotes.passages.self_reference`).
    """

    sentences: Sequence[Sentence]
    words: Sequence[Sequence[str]]
    thoughts: Sequence[Unit]
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
        inside = [sentences[thought.first : thought.last] for thought in thoughts]
        said = [[word for at in range(thought.first, thought.last) for word in words[at]] for thought in thoughts]
        contents = [[word for at in range(thought.first, thought.last) for word in content[at]] for thought in thoughts]
        return cls(
            sentences=sentences,
            words=words,
            thoughts=thoughts,
            spans=[(quoted[0].start, max(sentence.end for sentence in quoted)) for quoted in inside],
            contents=contents,
            vectors=vectors(contents),
            substances=[substance(of_thought) if language == "en" else 1.0 for of_thought in said],
        )

    def phrases(self, topics: Sequence[Topic]) -> list[list[list[Entry]]]:
        """Return the phrases found, by topic and sentence."""
        matcher = Matcher(topics)
        found = [matcher.find(words) for words in self.words]
        return [[phrases[topic] for phrases in found] for topic in range(len(topics))]


def _usable(sentences: Sequence[Sentence], skipped: Sequence[Skipped]) -> list[bool]:
    """Mark the sentences that may be quoted: neither doubtful nor inside a skipped span."""
    usable = [not sentence.doubtful for sentence in sentences]
    for stretch in skipped:
        for index, sentence in enumerate(sentences):
            if sentence.start < stretch.end - _TOUCH and sentence.end > stretch.start + _TOUCH:
                usable[index] = False
    return usable
