"""Suggest words and phrases for a topic pack, from the user's transcripts."""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from podnotes.ads.detection import find_skipped
from podnotes.passages.document import Document
from podnotes.passages.matching import Tier
from podnotes.passages.multilingual import in_their_language
from podnotes.text.languages import spoken_language
from podnotes.text.sentences import sentences as cut_sentences
from podnotes.text.stemming import stems
from podnotes.text.stopwords import content_stems, content_words
from podnotes.topics.lexicons import lexicon

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from podnotes.models import Topic, Transcript
    from podnotes.passages.matching import Entry

# Minimum number of thoughts on the topic that contain a word, and how many times more frequent it must be there.
_THOUGHTS = 3
_TIMES = 3.0
# A phrase replaces a word if it accounts for at least this share of the word's occurrences.
_STANDS = 0.6

_MARKS = ".,;:!?\"'()[]…“”’"

Key = tuple[str, ...]


class Suggestion(NamedTuple):
    """A word or phrase suggested for a pack."""

    phrase: str  #: in its most frequent form
    thoughts: int  #: number of thoughts on the topic that contain it
    elsewhere: int  #: number of other thoughts that contain it


class _Count:
    """Counts of the thoughts on a topic, and of the others, that contain each word or phrase."""

    def __init__(self) -> None:
        self.inside: Counter[Key] = Counter()
        self.outside: Counter[Key] = Counter()
        self.relevant = self.others = 0


def suggest_terms(
    topics: Sequence[Topic], transcripts: Iterable[Transcript], *, most: int = 15
) -> dict[str, tuple[Suggestion, ...]]:
    """Suggest words and phrases for topics.

    Args:
        topics: The current pack; words in it or in its lexicons are not suggested.
        transcripts: The user's transcripts. For each topic, only those in its language are used.
        most: Maximum number of suggestions per topic.

    Returns:
        Suggestions by topic id, most distinctive first; empty for a topic that the transcripts hardly mention.
    """
    counts = {topic.id: _Count() for topic in topics}
    forms: dict[Key, Counter[str]] = {}
    for transcript in transcripts:
        sentences = cut_sentences(transcript)
        spoken = spoken_language([sentence.text for sentence in sentences], transcript.language)
        readable, _ = in_their_language(spoken, topics)
        skipped = find_skipped(sentences)
        for language in {topic.language for topic in readable}:
            alike = [topic for topic in readable if topic.language == language]
            document = Document.read(sentences, skipped, language)
            said = [_said(document, index, language, forms) for index in range(len(document.thoughts))]
            for topic, phrases in zip(alike, document.phrases(alike), strict=True):
                _count(counts[topic.id], document, phrases, said)
    return {topic.id: _telling(topic, counts[topic.id], forms)[:most] for topic in topics}


def _said(document: Document, index: int, language: str, forms: dict[Key, Counter[str]]) -> set[Key]:
    """Content words of a thought and adjacent pairs of them; records the form in which each is said."""
    unit = document.thoughts[index]
    found: set[Key] = set()
    for sentence in document.sentences[unit.first : unit.last]:
        plain = sentence.text.lower().replace("-", " ").split()
        bares = [word.strip(_MARKS) for word in plain]
        words = [(bare, tuple(content_stems(bare, language))) for bare in bares]
        for bare, key in words:
            if len(key) == 1 and len(key[0]) > 2 and key[0].isalpha():
                found.add(key)
                forms.setdefault(key, Counter())[bare] += 1
        for (bare, key), (following, other) in pairwise(words):
            if len(key) == len(other) == 1 and key != other and bare.isalpha() and following.isalpha():
                found.add((*key, *other))
                forms.setdefault((*key, *other), Counter())[f"{bare} {following}"] += 1
    return found


def _count(count: _Count, document: Document, phrases: Sequence[Sequence[Entry]], said: Sequence[set[Key]]) -> None:
    for unit, keys in zip(document.thoughts, said, strict=True):
        on_topic = any(entry.tier is Tier.CORE for at in range(unit.first, unit.last) for entry in phrases[at])
        (count.inside if on_topic else count.outside).update(keys)
        count.relevant += on_topic
        count.others += not on_topic


def _telling(topic: Topic, count: _Count, forms: dict[Key, Counter[str]]) -> tuple[Suggestion, ...]:
    known = {stem for phrase in _known(topic) for stem in stems(phrase, topic.language)}
    # A phrase that contains a single-word term is already matched by it.
    found = {key[0] for key in (stems(term, topic.language) for term in topic.terms) if len(key) == 1}
    scores: dict[Key, float] = {}
    for key, inside in count.inside.items():
        if inside < _THOUGHTS or set(key) <= known or not found.isdisjoint(key):
            continue
        outside = count.outside[key]
        times = (inside / count.relevant) / ((outside + 0.5) / (count.others + 1))
        if times >= _TIMES:
            scores[key] = math.sqrt(inside) * math.log(times)
    # A word that mostly occurs in one phrase is suggested as that phrase.
    for key in [key for key in scores if len(key) == 2]:
        for word in key:
            if (word,) in scores and forms[key].total() >= _STANDS * forms[(word,)].total():
                scores[key] = max(scores[key], scores.pop((word,)))
    order = sorted(scores, key=lambda key: (-scores[key], key))
    return tuple(Suggestion(forms[key].most_common(1)[0][0], count.inside[key], count.outside[key]) for key in order)


def _known(topic: Topic) -> list[str]:
    """Words and phrases that a topic already has."""
    known = [*topic.terms, *topic.related, *topic.never, *content_words(topic.title, topic.language)]
    if topic.lexicon:
        words = lexicon(topic.lexicon)
        known += [*words.core, *words.strong, *words.related]
    return known
