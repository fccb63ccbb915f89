"""Select the quotes of a draft and assign each to a topic.

The value of a quote is predicted by a trained model (:mod:`podnotes.quotability`); its topic is determined by the
topic's terms. Quotes are selected greedily, the best first, with a penalty for repeating earlier ones (maximal marginal
relevance, Carbonell and Goldstein 1998).
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from podnotes.notes import wording
from podnotes.notes.leadins import leadin_length, without_leadin
from podnotes.text.words import count_words, joined

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from podnotes.models import Passage, Skipped, Topic
    from podnotes.notes.options import NoteOptions
    from podnotes.passages.matching import Entry
    from podnotes.quotability import Candidate, Window
    from podnotes.text.sentences import Sentence

# Sentences and passages come from the same transcript; times differ by rounding only.
_SLACK = 0.05  # seconds
#: Added to the value of a quote that is certainly a highlight; proportionally less for lower probabilities.
HIGHLIGHT = 0.7
# Factor for the value of a quote with a word of probability below 0.5. Of 344 sentences transcribed by tiny.en
# (clean, telephone, noise, room), 20 % of those with such a word were entirely correct, and 79 % of the others; a
# sentence that needs correcting counts as half.
_UNCERTAIN_SHARE = 0.67
# Minimum value of further quotes, as a share of the best one's. (Not an absolute value: the model was trained mostly on
# speech about the brain and the body, and scores other subjects lower throughout.)
_SHARE_OF_BEST = 0.45
# Number of top candidates on a topic that are compared with one another.
_MOST_CANDIDATES = 250
# A topic with this share of all topical content of the episode always gets a section.
_MAIN_TOPIC = 0.3
# With fewer quotes than this on a pack's primary topics, its secondary ones are offered too.
_LITTLE = 4
# Cosine similarity (tf-idf) from which two quotes are on the same subject, and from which they repeat each other.
_SAME_THING, _SAME_WORDS = 0.3, 0.6
_REPETITION = 0.5
# Weights of the topic's terms in the quote and within _NEAR seconds of it, and of the score of its passage. The
# logarithm of the share of the episode's sentences with strong terms is subtracted, so that a frequent topic ("nervous
# system") doesn't attract quotes on a rarer one. Of 1,570 quotes that a reader had placed under one of four topics,
# 84 % are assigned to that topic; averaged over the topics, 77 % (67 % without the logarithm).
_IN_QUOTE, _AROUND, _PASSAGE = 2.7, 1.2, 1.8
_RARE = 0.005  # share of sentences, added before taking the logarithm
_NEAR = 45.0  # seconds on each side
_END_MARK = re.compile(r"[.!?…。！？][\"'”’»)]*$")
_QUESTION = re.compile(r"[?？][\"'”’»)]*$")
# Speech models often omit the question mark.
_ASKED = re.compile(
    r"(?:(?:why|how|what|when|where|who)\s+)?(?:can|do|does|did|is|are|was|were|should|would|could|will|have|has)\s+"
    r"(?:you|we|i|they|it|he|she|the|a|an|there|this|that|your|our|my|people)\b",
    re.IGNORECASE,
)
# A conclusion from what was said before. Of 2,187 spans that a reader had marked, 12 begin with one.
_CONCLUSION = re.compile(r"(?:that|this|which)(?:['’]s| is) why\b", re.IGNORECASE)
# A warning, which stays with the instruction before it: quoting the instruction without it could harm the reader.
_WARNING = re.compile(
    r"\b(?:don't|do not|never|shouldn't|should not|mustn't|must not)\s+(?:ever\s+|please\s+)?"
    r"(?:do|try|use|take|attempt|practi[cs]e|perform|drive|combine|mix|exceed|apply|press|give)\b"
    r"|\b(?:be|use) (?:\w+ )?(?:careful|caution|cautious)\b|\bcontraindicat"
    r"|\b(?:talk|speak|check|consult)\b[^.!?]{0,40}\b(?:doctor|physician|clinician)\b"
    r"|\b(?:not|never|don't|nowhere)\b[^.!?]{0,40}\b(?:near|in|under|around) water\b",
    re.IGNORECASE,
)
# Markers of unintelligible words and of sounds ("[inaudible 00:12]", "♪").
_NOT_SAID = re.compile(r"[\[\]♪]")


class Choice(NamedTuple):
    """A selected quote.

    Attributes:
        window: Its sentences.
        topic: The topic under which it is placed.
        value: Predicted value as a quote; higher is better.
    """

    window: Window
    topic: Topic
    value: float


@dataclass
class Material:
    """The sentences of an episode, with the features needed for selection.

    Attributes:
        sentences: The sentences in order of time.
        usable: Whether each sentence may be quoted: reliable, intelligible, and outside sponsor reads and housekeeping.
        language: Language of the topics (BCP 47 primary tag).
    """

    sentences: Sequence[Sentence]
    usable: Sequence[bool]
    language: str

    @classmethod
    def of(cls, sentences: Sequence[Sentence], skipped: Iterable[Skipped], *, language: str = "en") -> Material:
        """Prepare the sentences of an episode; ``language`` is that of the topics."""
        spans = [(span.start, span.end) for span in skipped]
        usable = [
            not sentence.doubtful
            and not _NOT_SAID.search(sentence.text)
            and not any(sentence.start < end - _SLACK and sentence.end > start + _SLACK for start, end in spans)
            for sentence in sentences
        ]
        return cls(sentences, usable, language)

    @cached_property
    def english(self) -> bool:
        """Whether the topics are English and the words, as far as can be determined, are too."""
        from podnotes.text.languages import guess_language

        return self.language == "en" and guess_language([one.text for one in self.sentences]) in {None, "en"}

    @cached_property
    def candidates(self) -> list[Candidate]:
        """All candidate quotes, with their values."""
        from podnotes import quotability

        rated = quotability.rate(self.sentences, self.usable) if self.english else self._rated_by_form()
        return [candidate for candidate in rated if self._can_be_quoted(candidate.window)]

    @cached_property
    def weights(self) -> dict[str, float]:
        """Inverse document frequency of each word of the episode."""
        return wording.weights([wording.content_stems(sentence.text, self.language) for sentence in self.sentences])

    def text(self, window: Window) -> str:
        """Return the text of a window."""
        return joined(sentence.text for sentence in self.sentences[window.first : window.last + 1])

    def seconds(self, window: Window) -> float:
        """Return the duration of a window in seconds."""
        return self.sentences[window.last].end - self.sentences[window.first].start

    def uncertain(self, window: Window) -> bool:
        """Return whether a window has a word that is likely to be misheard."""
        return any(sentence.uncertain for sentence in self.sentences[window.first : window.last + 1])

    def vectors(self, window: Window) -> list[dict[str, float]]:
        """Return the tf-idf vector of a window, followed by those of its sentences if there are several."""
        inside = [sentence.text for sentence in self.sentences[window.first : window.last + 1]]
        texts = [joined(inside), *inside] if len(inside) > 1 else inside
        return [wording.vector(wording.content_stems(text, self.language), self.weights) for text in texts]

    def leadin_length(self, index: int) -> int:
        """Return the length in characters of the lead-in of a sentence; 0 in languages other than English."""
        return leadin_length(self.sentences[index].text) if self.english else 0

    def within(self, passage: Passage) -> list[int]:
        """Return the indices of the sentences of a passage."""
        first = bisect_left(self.sentences, passage.start - _SLACK, key=lambda sentence: sentence.start)
        found = []
        for index in range(first, len(self.sentences)):
            sentence = self.sentences[index]
            if sentence.start > passage.end:
                break
            # Times are rounded, so the text decides at the boundary.
            if sentence.end <= passage.end + _SLACK and sentence.text in passage.text:
                found.append(index)
        return found

    def window(self, start: float, end: float) -> Window | None:
        """Return the sentences whose middle is between two times in seconds; if there are none, the next one.

        None if the transcript has no words.
        """
        from podnotes.quotability import Window

        middles = [(one.start + one.end) / 2 for one in self.sentences]
        first, past = bisect_left(middles, start), bisect_right(middles, end)
        if not middles:
            return None
        first = min(first, len(middles) - 1)
        past = max(past, first + 1)
        return Window(first, past - 1, sum(count_words(one.text) for one in self.sentences[first:past]))

    @cached_property
    def _punctuated(self) -> bool:
        marked = sum(bool(_END_MARK.search(sentence.text)) for sentence in self.sentences)
        return marked >= 0.4 * len(self.sentences)

    def _can_be_quoted(self, window: Window) -> bool:
        """Return whether the form of a window allows quoting it.

        Questions, half sentences, conclusions without their reason, parts of quotations, text read aloud and
        instructions without their warning aren't allowed.
        """
        text = self.text(window)
        last = self.sentences[window.last].text
        balanced = (
            text.count('"') % 2 == 0 and text.count("“") == text.count("”") and text.count("(") == text.count(")")
        )
        # Text read aloud is by another author, but would be attributed to the speaker.
        inside = self.sentences[window.first : window.last + 1]
        read_out = any(sentence.text.startswith(('"', "“", "«")) for sentence in inside)
        ends = not self._punctuated or bool(_END_MARK.search(last))
        # A question without its mark is often another speaker's.
        asked = _QUESTION.search(last) or any(self._lacks_question_mark(sentence.text) for sentence in inside)
        follows = self.english and _CONCLUSION.match(without_leadin(text))
        return balanced and ends and not (read_out or asked or follows or self._leaves_warning_out(window))

    def _lacks_question_mark(self, text: str) -> bool:
        return self.english and not _QUESTION.search(text) and bool(_ASKED.match(without_leadin(text)))

    def _leaves_warning_out(self, window: Window) -> bool:
        """Return whether the same speaker's next sentence is a warning."""
        following = self.sentences[window.last + 1 : window.last + 2]
        return self.english and any(
            one.speaker == self.sentences[window.last].speaker and _WARNING.search(one.text) for one in following
        )

    def _rated_by_form(self) -> list[Candidate]:
        """Rate candidates in languages that the encoder doesn't support; a single sentence of 35 words is best."""
        from podnotes.quotability import Candidate
        from podnotes.quotability.windows import windows

        return [
            Candidate(window, max(0.0, 0.5 - abs(window.words - 35) / 70 - 0.05 * (window.last - window.first)), 0.0)
            for window in windows(self.sentences, self.usable)
        ]


class _Evidence:
    """Relevance of the sentences of an episode to each topic."""

    def __init__(self, material: Material, topics: Sequence[Topic], passages: Iterable[Passage]) -> None:
        from podnotes.passages.matching import Matcher, Tier
        from podnotes.passages.scoring import SCALE, phrase_evidence
        from podnotes.text.stemming import stems

        self._sentences = material.sentences
        self._weights = SCALE.weights
        self._sum = partial(phrase_evidence, weights=self._weights, late=SCALE.repetition)
        # A quote needs at least one term that nearly always indicates the topic, or the same weight in weaker terms.
        self._strong = self._weights[Tier.STRONG]
        self.of: dict[str, list[list[Entry]]] = {}
        self._passages: dict[str, list[Passage]] = {topic.id: [] for topic in topics}
        for passage in passages:
            self._passages.setdefault(passage.topic, []).append(passage)
        self._found = [
            any(
                one.start - _SLACK <= sentence.start and sentence.end <= one.end + _SLACK
                for on_topic in self._passages.values()
                for one in on_topic
            )
            for sentence in material.sentences
        ]
        for language, alike in groupby(sorted(topics, key=lambda topic: topic.language), lambda topic: topic.language):
            same = list(alike)
            found = [Matcher(same).find(stems(sentence.text, language)) for sentence in material.sentences]
            for number, topic in enumerate(same):
                self.of[topic.id] = [each[number] for each in found]
        self._prevalence = {
            topic: sum(any(self._weights[entry.tier] >= self._strong for entry in entries) for entries in each)
            / len(each)
            for topic, each in self.of.items()
        }

    def weight(self, topic: str, first: int, last: int) -> float:
        """Return the weight of a topic's phrases in sentences, ``last`` included; repetitions count less."""
        return self._sum(entry for index in range(first, last + 1) for entry in self.of[topic][index])

    def relevance(self, topic: str, window: Window) -> float:
        """Return the relevance of a window to a topic; minus infinity if it has too few of the topic's terms."""
        own = self.weight(topic, window.first, window.last)
        if own < self._strong:
            return -math.inf
        start, end = self._sentences[window.first].start, self._sentences[window.last].end
        first, last = window.first, window.last
        while first > 0 and self._sentences[first - 1].start > start - _NEAR:
            first -= 1
        while last + 1 < len(self._sentences) and self._sentences[last + 1].end < end + _NEAR:
            last += 1
        passage = max(
            (p.score for p in self._passages[topic] if p.start < end - _SLACK and p.end > start + _SLACK), default=0.0
        )
        around = self.weight(topic, first, last)
        said = _IN_QUOTE * math.log1p(own) + _AROUND * math.log1p(around) + _PASSAGE * passage
        return said - math.log(self._prevalence[topic] + _RARE)

    def in_passages(self, window: Window) -> bool:
        """Return whether passages on any topic cover at least half of a window's sentences."""
        found = self._found[window.first : window.last + 1]
        return 2 * sum(found) >= len(found)


def choose_quotes(
    material: Material,
    topics: Mapping[str, float],
    known: Mapping[str, Topic],
    passages: Sequence[Passage],
    options: NoteOptions,
    *,
    words: int,
) -> list[Choice]:
    """Select the quotes of a draft, the best first.

    ``topics`` has the amount of content on each topic with passages, by topic id; ``words`` is the maximum number of
    words of all quotes together.
    """
    if not topics or not material.sentences:
        return []
    evidence = _Evidence(material, [known[id_] for id_ in topics], passages)
    ranked = _on_topics(material, evidence, [known[id_] for id_ in topics], options)
    primary = [id_ for id_ in topics if not known[id_].secondary] or list(topics)
    chosen = _Chosen(material, options, words)
    chosen.take([choice for choice in ranked if choice.topic.id in primary])
    if len(chosen.quotes) < _LITTLE:
        chosen.take(ranked)
    total = sum(topics[id_] for id_ in primary)
    for id_ in primary:
        if topics[id_] >= _MAIN_TOPIC * total and not chosen.has(id_):
            chosen.take([choice for choice in ranked if choice.topic.id == id_], most=1)
    return sorted(chosen.quotes, key=lambda choice: -choice.value)


def topics_of(
    material: Material, windows: Sequence[Window], topics: Sequence[Topic], passages: Iterable[Passage] = ()
) -> list[Topic | None]:
    """Return the most relevant topic of each window, or None if it has too few terms of any."""
    if not topics or not windows:
        return [None] * len(windows)
    evidence = _Evidence(material, topics, passages)
    best = [max(topics, key=lambda topic: evidence.relevance(topic.id, window)) for window in windows]
    return [
        topic if evidence.relevance(topic.id, window) > -math.inf else None
        for topic, window in zip(best, windows, strict=True)
    ]


def _on_topics(material: Material, evidence: _Evidence, topics: Sequence[Topic], options: NoteOptions) -> list[Choice]:
    """Return the candidates with terms of a topic, each with its most relevant topic, the best first."""
    found: list[Choice] = []
    for candidate in sorted(material.candidates, key=lambda each: -each.worth):
        if len(found) == _MOST_CANDIDATES:
            break
        window = candidate.window
        if material.seconds(window) > options.quote_seconds or not evidence.in_passages(window):
            continue
        relevances = {topic.id: evidence.relevance(topic.id, window) for topic in topics}
        best = max(topics, key=lambda topic: relevances[topic.id])
        # Candidates rated by form alone need a term of the topic in each sentence.
        if not material.english and not all(
            evidence.weight(best.id, i, i) for i in range(window.first, window.last + 1)
        ):
            continue
        if relevances[best.id] > -math.inf:
            value = candidate.worth + HIGHLIGHT * candidate.highlight
            found.append(Choice(window, best, value * (_UNCERTAIN_SHARE if material.uncertain(window) else 1.0)))
    return sorted(found, key=lambda choice: -choice.value)


class _Chosen:
    """The quotes selected so far, and the number of words left."""

    def __init__(self, material: Material, options: NoteOptions, words: int) -> None:
        self.quotes: list[Choice] = []
        self._material = material
        self._options = options
        self._left = words
        self._vectors: list[list[dict[str, float]]] = []

    def has(self, topic: str) -> bool:
        """Return whether a quote on a topic has been selected."""
        return any(choice.topic.id == topic for choice in self.quotes)

    def take(self, choices: Sequence[Choice], *, most: int | None = None) -> None:
        """Select the best of ``choices``, sorted by value, while they are good enough and there is room.

        There is room for the number of quotes in the options, or for ``most`` further ones.
        """
        least = _SHARE_OF_BEST * choices[0].value if choices else 0.0
        waiting = [(choice, self._material.vectors(choice.window)) for choice in choices if choice.value >= least]
        end = self._options.quotes if most is None else len(self.quotes) + most
        while waiting and len(self.quotes) < end:
            waiting = [each for each in waiting if self._fits(each[0])]
            scored = [
                (choice.value - _REPETITION * repeated, choice, vectors)
                for choice, vectors in waiting
                if (repeated := self._repeated(vectors)) is not None
            ]
            if not scored:
                return
            value, choice, vectors = max(scored, key=lambda each: each[0])
            if value < least:
                return
            self.quotes.append(choice)
            self._vectors.append(vectors)
            self._left -= choice.window.words

    def _fits(self, choice: Choice) -> bool:
        window = choice.window
        if window.words > self._left:
            return False
        if any(window.first <= other.window.last and other.window.first <= window.last for other in self.quotes):
            return False
        return self.has(choice.topic.id) or len({other.topic.id for other in self.quotes}) < self._options.sections

    def _repeated(self, vectors: list[dict[str, float]]) -> float | None:
        """Return the highest similarity to a selected quote; None for a repetition or a third quote on one subject."""
        whole = sorted((wording.likeness(vectors[0], other[0]) for other in self._vectors), reverse=True)
        if len(whole) > 1 and whole[1] >= _SAME_THING:
            return None
        parts = (wording.likeness(one, two) for one in vectors for other in self._vectors for two in other)
        if any(likeness >= _SAME_WORDS for likeness in parts):
            return None
        return whole[0] if whole else 0.0
