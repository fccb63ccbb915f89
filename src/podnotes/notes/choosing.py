"""Which sentences of an episode stand in the draft: quotes and summaries, a topic at a time, without repeating."""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from podnotes.notes import fluency, wording
from podnotes.notes.manner import Manner

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from podnotes.models import Passage, Skipped, Topic
    from podnotes.passages.sentences import Sentence

# Sentences and passages come from the same transcript; times differ by rounding only.
_SLACK = 0.05  # seconds
# Enough for centrality; more costs time and adds little.
_MOST_CANDIDATES = 120
# A quote has at least so many words and at most so many; from the middle number on it is long enough to say something.
_SHORTEST_QUOTE, _GOOD_QUOTE, _LONGEST_QUOTE = 12, 36, 60
# Below this a quote is not worth its place.
_LEAST_QUOTE = 0.9
# Two are wanted, so that the first two need less.
_LEAST_FIRST_QUOTES = 0.75
_UNFIT = -math.inf
# Below this a sentence says too little to stand in a summary.
_LEAST_SUMMARY = 0.45
_WANTED_SENTENCES = 2
_SHORTEST_SUMMARY = 5  # words
# So short a sentence that speaks to the listeners ("We all want to sleep.") says nothing.
_SHORT = 7  # words
_ADDRESSED = re.compile(r"\b(?:you|your|we|us|our)\b", re.IGNORECASE)
# Nobody reads a spoken sentence of so many words twice.
_LONG_SENTENCE = 44
# Two texts that share so many of the shorter one's telling words say the same.
_REPEATED = 0.6
# A sentence that only goes on with the one before it is worth a little less than one that stands.
_FOLLOWING = 0.25
# Without one of the topic's own words, related ones have to weigh so much.
_RELATED_ENOUGH = 1.5
_TO_YOU = re.compile(r"you\b|your\b|if you\b|when you\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Window:
    """Consecutive sentences, candidates for a quote.

    Attributes:
        first: Index of the first sentence.
        last: One past the index of the last.
        score: How well it would do.
    """

    first: int
    last: int
    score: float


@dataclass(slots=True)
class Material:
    """The sentences of an episode, with what choosing needs to know of each.

    Attributes:
        sentences: In order of time.
        usable: Whether each may stand in a draft: trusted, and in no sponsor read or housekeeping.
        exact: Whether the times of sentences are known; where they are not, only the start of a passage is.
        stems: Of each sentence.
        content: Stems of the words that carry a subject.
        vectors: Tf-idf of each sentence.
        manner: How the words are written down.
        used: Indices of the sentences that the draft already has.
    """

    sentences: Sequence[Sentence]
    usable: list[bool]
    exact: bool
    stems: list[tuple[str, ...]]
    content: list[tuple[str, ...]]
    vectors: list[dict[str, float]]
    manner: Manner
    used: set[int] = field(default_factory=set)

    @classmethod
    def of(
        cls, sentences: Sequence[Sentence], skipped: Iterable[Skipped], *, exact: bool = True, language: str = "en"
    ) -> Material:
        """Prepare the sentences of an episode."""
        spans = [(span.start, span.end) for span in skipped]
        usable = [
            not sentence.doubtful
            and not any(sentence.start < end - _SLACK and sentence.end > start + _SLACK for start, end in spans)
            for sentence in sentences
        ]
        content = [wording.content_stems(sentence.text, language) for sentence in sentences]
        idf = wording.weights(content)
        return cls(
            sentences=sentences,
            usable=usable,
            exact=exact,
            stems=[wording.stems(sentence.text, language) for sentence in sentences],
            content=content,
            vectors=[wording.vector(words, idf) for words in content],
            manner=Manner.of([sentence.text for sentence in sentences]),
        )

    def within(self, passage: Passage) -> list[int]:
        """Indices of the sentences of a passage."""
        first = bisect_left(self.sentences, passage.start - _SLACK, key=lambda sentence: sentence.start)
        found = []
        for index in range(first, len(self.sentences)):
            sentence = self.sentences[index]
            if sentence.start > passage.end:
                break
            # The text decides where a sentence straddles the end.
            if sentence.end <= passage.end + _SLACK and sentence.text in passage.text:
                found.append(index)
        return found


class TopicMaterial:
    """What an episode has on one topic, sentence by sentence.

    Attributes:
        topic: The topic.
        passages: Best first.
        indices: Sentences that lie in a passage, in order of time.
        rank: How much each says of what the passages say, 0 to 1.
        hits: How many of the topic's words each has.
        words: How many words all of these sentences have.
        others: The other topics of the draft, so that a sentence goes where it belongs.
    """

    def __init__(self, material: Material, topic: Topic, passages: Sequence[Passage]) -> None:
        self.material = material
        self.topic = topic
        self.passages = passages
        self.score_of: dict[int, float] = {}
        self.runs: list[list[int]] = []
        for passage in passages:
            run = [index for index in material.within(passage) if material.usable[index]]
            self.runs.append(run)
            for index in run:
                self.score_of[index] = max(passage.score, self.score_of.get(index, 0.0))
        best = sorted(self.score_of, key=lambda index: -self.score_of[index])[:_MOST_CANDIDATES]
        self.indices = sorted(best)
        strong = self.terms = _phrases([*topic.terms, topic.title], topic.language)
        weak = _phrases([*topic.related, *topic.glossary], topic.language)
        faint = _phrases([term for passage in passages for term in passage.terms], topic.language)
        self.strong = {index: _count(strong, material.stems[index]) for index in self.indices}
        self.hits = {
            index: self.strong[index]
            + 0.5 * _count(weak, material.stems[index], besides=strong)
            + 0.25 * _count(faint, material.stems[index], besides={**weak, **strong})
            for index in self.indices
        }
        heading = {word for term in [topic.title, *topic.terms] for word in wording.content_stems(term, topic.language)}
        self.practice = {
            word for prompt in topic.prompts for word in wording.content_stems(prompt, topic.language)
        } - heading
        bias = [self.score_of[index] * (0.1 + min(2.0, self.hits[index])) for index in self.indices]
        ranks = wording.centrality([material.vectors[index] for index in self.indices], bias)
        self.rank = dict(zip(self.indices, ranks, strict=True))
        self.others: list[TopicMaterial] = []
        self.words = sum(fluency.count_words(material.sentences[index].text) for index in self.indices)

    # ------------------------------------------------------------------------------------------------------- quotes

    def quotes(self, *, most: int, words: int, seconds: float, having: Sequence[Window] = ()) -> list[Window]:
        """Choose quotes.

        Args:
            most: How many at most.
            words: How many words all of them have at most.
            seconds: How long one lasts at most.
            having: Those that were chosen before; they count.

        Returns:
            The chosen ones, in order of time; their sentences are marked as used.
        """
        longest = max(_SHORTEST_QUOTE * 2, min(_LONGEST_QUOTE, words if most == 1 else words // 2))
        windows = list(self._windows(longest=longest, seconds=seconds))
        chosen = list(having)
        left = words - sum(self._length(window) for window in chosen)
        while windows and len(chosen) < most:
            best, best_score = None, _LEAST_QUOTE if len(chosen) > 1 else _LEAST_FIRST_QUOTES
            for window in windows:
                if (
                    self._length(window) > left
                    or any(i in self.material.used for i in range(window.first, window.last))
                    or self._repeats(range(window.first, window.last), self.material.used)
                ):
                    continue
                score = window.score - 0.8 * max((self._likeness(window, other) for other in chosen), default=0.0)
                # Two quotes out of one breath say less than two from apart.
                if any(abs(window.first - other.last) < 3 or abs(other.first - window.last) < 3 for other in chosen):
                    score -= 0.4
                if score > best_score:
                    best, best_score = window, score
            if best is None:
                break
            chosen.append(best)
            left -= self._length(best)
            self.material.used.update(range(best.first, best.last))
        return sorted(chosen, key=lambda window: window.first)

    def _windows(self, *, longest: int, seconds: float) -> Iterable[Window]:
        sentences = self.material.sentences
        seen: set[tuple[int, int]] = set()
        for run in self.runs:
            for place, first in enumerate(run):
                if place and not self.material.exact:
                    break
                for size in range(1, 5):
                    last = first + size
                    if (first, last) in seen:
                        continue
                    if run[place : place + size] != list(range(first, last)):
                        break
                    if sentences[last - 1].speaker != sentences[first].speaker:
                        break
                    if sentences[last - 1].end - sentences[first].start > seconds:
                        break
                    window = Window(first, last, 0.0)
                    length = self._length(window)
                    if length > longest:
                        break
                    seen.add((first, last))
                    opening = sentences[first].text
                    lead = fluency.count_words(opening[: self.material.manner.opener_length(opening)])
                    if length - lead >= _SHORTEST_QUOTE:
                        yield Window(first, last, self._score(window))

    def _repeats(self, indices: Iterable[int], others: Iterable[int]) -> bool:
        """Whether sentences say again what one of the others says."""
        words = {word for i in indices for word in self.material.content[i]}
        for other in others:
            said = set(self.material.content[other])
            smaller = min(len(words), len(said))
            if smaller > 1 and len(words & said) >= _REPEATED * smaller + 0.5:
                return True
        return False

    def _length(self, window: Window) -> int:
        return sum(fluency.count_words(self.material.sentences[i].text) for i in range(window.first, window.last))

    def _likeness(self, one: Window, other: Window) -> float:
        vectors = self.material.vectors
        return max(
            wording.likeness(vectors[i], vectors[j])
            for i in range(one.first, one.last)
            for j in range(other.first, other.last)
        )

    def _score(self, window: Window) -> float:
        manner = self.material.manner
        texts = [self.material.sentences[i].text for i in range(window.first, window.last)]
        size = len(texts)
        ranks = [self.rank.get(i, 0.0) for i in range(window.first, window.last)]
        hits = sum(self.hits.get(i, 0.0) for i in range(window.first, window.last))
        passage = max(self.score_of.get(i, 0.0) for i in range(window.first, window.last))
        words = self._length(window)
        strong = sum(self.strong.get(i, 0) for i in range(window.first, window.last))
        # A related word or two alone ("dopamine") are not the topic yet.
        if (
            (not strong and hits < _RELATED_ENOUGH)
            or self._belongs_elsewhere(window)
            or any(manner.is_talk_about_talk(text) or manner.breaks_off(text) for text in texts)
            or not manner.stands(texts[0])
            or not fluency.is_balanced(" ".join(texts))
            # What somebody reads out is not theirs, but their name would stand under it.
            or texts[0].startswith(('"', "“", "«"))
            or manner.is_question(texts[-1])
            or not manner.is_complete(texts[-1])
        ):
            return _UNFIT
        score = 0.4 * sum(ranks) / size + 0.4 * max(ranks) + 0.8 * passage + 0.1 * min(3.0, hits)
        score -= 0.0 if strong else 0.4
        score += 0.12 * min(3, sum(manner.explains(text) for text in texts))
        score += 0.4 * min(words, _GOOD_QUOTE) / _GOOD_QUOTE
        # What follows may say what is meant.
        score -= (0.6 if size > 1 else 0.8) if manner.points_back(texts[0]) else 0.0
        score -= 0.1 if manner.opener_length(texts[0]) else 0.0
        score -= 0.1 * sum(manner.is_personal(text) for text in texts)
        # An "I" under which the podcast stands and no name says little.
        if manner.is_personal(" ".join(texts)):
            score -= 0.2 if self.material.sentences[window.first].speaker else 0.35
        if manner.english and any(
            fluency.points_at_unnamed_source(texts[i], " ".join(texts[:i])) for i in range(1, size)
        ):
            score -= 0.5
        score -= 0.25 * sum(manner.is_anecdote(text) for text in texts) / math.sqrt(size)
        score -= 0.4 if any(manner.is_question(text) for text in texts) else 0.0
        score -= 0.4 if any(manner.trails_off(text) for text in texts) else 0.0
        score -= 0.3 * sum(not manner.is_complete(text) and not manner.is_question(text) for text in texts)
        score -= 0.3 if any(fluency.count_words(text) > _LONG_SENTENCE for text in texts) else 0.0
        score -= 0.25 * manner.stumbles(" ".join(texts))
        score -= 0.3 if manner.without_opener(texts[0]).startswith(("You ", "Your ")) else 0.0
        return score + self._practical(window)

    def _practical(self, window: Window) -> float:
        """How much the words have to do with what her prompts speak of: the table, the breath, the hands."""
        found = {word for i in range(window.first, window.last) for word in self.material.content[i]}
        return 0.08 * min(3, len(found & self.practice))

    def _belongs_elsewhere(self, window: Window) -> bool:
        """Whether the words name another topic of the draft more often than this one."""
        indices = range(window.first, window.last)
        here = sum(self.mentions(i) for i in indices)
        return any(sum(other.mentions(i) for i in indices) > here for other in self.others)

    def names_topic(self, text: str) -> bool:
        """Whether a text has one of the topic's own words."""
        return bool(_count(self.terms, wording.stems(text, self.topic.language)))

    def mentions(self, index: int) -> int:
        """How often a sentence names the topic; "back pain" is one mention, not two."""
        text, count, at = self.material.stems[index], 0, 0
        while at < len(text):
            fits = [len(phrase) for phrase in self.terms.get(text[at], ()) if text[at : at + len(phrase)] == phrase]
            count += bool(fits)
            at += max(fits, default=1)
        return count

    # ------------------------------------------------------------------------------------------------------ summary

    def summary(self, *, most: int, words: int, having: Sequence[int] = ()) -> list[int]:
        """Choose sentences that sum up the passages.

        Args:
            most: How many at most.
            words: How many words all of them have at most.
            having: Those that were chosen before; they count.

        Returns:
            Indices of sentences, in order of time; they are marked as used.
        """
        if not self.material.exact:
            return []
        quoted = [self.material.vectors[i] for i in self.indices if i in self.material.used and i not in having]
        scores = {i: score for i in self.indices if (score := self._summary_score(i)) is not None}
        # Two sentences are wanted; where few say much, the better of the others will do.
        least = _LEAST_SUMMARY if sum(score > _LEAST_SUMMARY for score in scores.values()) > 1 else _LEAST_SUMMARY / 2
        free = sum(score > least for i, score in scores.items() if i not in self.material.used)
        if len(having) + free < _WANTED_SENTENCES:
            for i in self.indices:
                if i not in scores and (score := self._summary_score(i, strict=False)) is not None:
                    scores[i] = score - 0.2
        candidates = {i: score for i, score in scores.items() if score > least}
        chosen = list(having)
        left = words - sum(fluency.count_words(self.material.sentences[i].text) for i in chosen)
        while candidates and len(chosen) < most:
            if chosen and (after := self._following(chosen[-1])) is not None:
                candidates.setdefault(*after)
            best, best_score = None, 0.0
            for i, score in candidates.items():
                if i in self.material.used or fluency.count_words(self.material.sentences[i].text) > left:
                    continue
                if self._repeats((i,), self.material.used):
                    continue
                vector = self.material.vectors[i]
                alike = max(
                    (
                        wording.likeness(vector, other)
                        for other in [*quoted, *(self.material.vectors[j] for j in chosen)]
                    ),
                    default=0.0,
                )
                value = score - 0.7 * alike if alike < 0.6 else 0.0
                if value > best_score:
                    best, best_score = i, value
            if best is None:
                break
            chosen.append(best)
            left -= fluency.count_words(self.material.sentences[best].text)
            self.material.used.add(best)
        return sorted(chosen)

    def _following(self, index: int) -> tuple[int, float] | None:
        """The sentence after one of the summary, with its score, when it goes on with it."""
        manner, after = self.material.manner, index + 1
        if after not in self.hits or self.material.sentences[after].speaker != self.material.sentences[index].speaker:
            return None
        text = self.material.sentences[after].text
        if not self.hits[after] and not manner.explains(text):
            return None
        if (
            not 6 <= fluency.count_words(text) <= 30
            or not manner.follows(text)
            or manner.is_personal(text)
            or manner.is_question(text)
            or manner.breaks_off(text)
            or manner.trails_off(text)
            or manner.stumbles(text) > 1.0
            or (fluency.count_words(manner.without_opener(text)) <= _SHORT and _ADDRESSED.search(text))
            or not fluency.is_balanced(text)
            or self._belongs_elsewhere(Window(after, after + 1, 0.0))
        ):
            return None
        score = self.rank[after] + 0.3 * self.score_of[after] + 0.1 * min(2.0, self.hits[after])
        return after, score + 0.15 * min(3, manner.explains(text)) - _FOLLOWING

    def _summary_score(self, index: int, *, strict: bool = True) -> float | None:
        """How well a sentence sums up, or None when it can't stand alone.

        Less strictly, it may be longer, stumble more, and point back later in the sentence.
        """
        manner, text = self.material.manner, self.material.sentences[index].text
        words = fluency.count_words(text)
        if (
            not _SHORTEST_SUMMARY <= words <= (34 if strict else 42)
            or not (self.strong[index] or self.hits[index] >= (1.0 if strict else 0.75))
            or not fluency.is_balanced(text)
            or text.startswith(('"', "“", "«"))
            or manner.is_question(text)
            or manner.breaks_off(text)
            or manner.trails_off(text)
            or not manner.stands(text)
        ):
            return None
        if fluency.count_words(manner.without_opener(text)) <= _SHORT and _ADDRESSED.search(text):
            return None
        # The summary names no speaker, so that an "I" in it would be hers.
        if manner.is_personal(text) or (strict and manner.points_back(text)):
            return None
        if self._belongs_elsewhere(Window(index, index + 1, 0.0)):
            return None
        stumbling = manner.stumbles(text)
        if stumbling > (1.5 if strict else 2.5):
            return None
        score = self.rank[index] + 0.3 * self.score_of[index] + 0.1 * min(2.0, self.hits[index])
        score += 0.15 * min(3, manner.explains(text))
        score += self._practical(Window(index, index + 1, 0.0))
        score -= 0.0 if self.strong[index] else 0.3
        # "You" is the guest as often as the reader.
        score -= 0.4 if _TO_YOU.match(manner.without_opener(text)) else 0.0
        score -= 0.2 * stumbling + (0.1 if words > 26 else 0.0)
        return score

    def asked(self) -> list[tuple[float, int]]:
        """Questions that the passages ask on the topic: how well each would do, and its index."""
        found = []
        for i in self.indices:
            text = self.material.sentences[i].text
            on_topic = self.strong[i] or self.hits[i] >= 1
            if i in self.material.used or not on_topic or not self.material.exact:
                continue
            if self.material.manner.is_open_question(text):
                found.append((self.hits[i] + self.rank[i], i))
        return found


def _phrases(terms: Iterable[str], language: str) -> dict[str, set[tuple[str, ...]]]:
    """Stemmed terms by their first stem."""
    found: dict[str, set[tuple[str, ...]]] = {}
    for term in terms:
        phrase = wording.stems(term, language)
        if phrase:
            found.setdefault(phrase[0], set()).add(phrase)
    return found


def _count(
    phrases: dict[str, set[tuple[str, ...]]],
    text: Sequence[str],
    *,
    besides: dict[str, set[tuple[str, ...]]] | None = None,
) -> int:
    """How many different terms a text has, without those that are counted elsewhere."""
    known = besides or {}
    return len(
        {
            phrase
            for index, word in enumerate(text)
            for phrase in phrases.get(word, ())
            if tuple(text[index : index + len(phrase)]) == phrase and phrase not in known.get(word, ())
        }
    )
