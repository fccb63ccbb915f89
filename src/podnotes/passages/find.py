"""Find passages in a transcript: skip ads, segment into thoughts, score each thought on each topic."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from podnotes.ads.detection import find_skipped, unsearched
from podnotes.errors import UsageError
from podnotes.models import Findings, Passage, QualityFlag
from podnotes.passages.document import Document
from podnotes.passages.matching import Entry, Tier
from podnotes.passages.multilingual import in_their_language, only_in, spoken_languages, unsearched_parts
from podnotes.passages.relevance_feedback import associated
from podnotes.passages.scoring import SCALE, weigh, worth_quoting
from podnotes.text.languages import primary, spoken_language
from podnotes.text.sentences import sentences as cut_sentences
from podnotes.text.words import joined
from podnotes.topics import load_topics

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from pathlib import Path

    from podnotes.models import Chapter, Topic, Transcript
    from podnotes.passages.scoring import Evidence, Scale

# Maximum number of words that a topic without a lexicon learns from an episode.
_LEARNED = 12
# Maximum number of terms listed with a passage.
_MOST_TERMS = 8
# Introduction of each tier's phrases in the reasons for a score, and the minimum evidence to be mentioned.
_SAYS = {Tier.CORE: "is the topic", Tier.STRONG: "closely tied to the topic", Tier.RELATED: "related"}
_LITTLE = 0.3


def find_passages(
    transcript: Transcript,
    topics: str | Path | Topic | Sequence[Topic],
    *,
    limit: int | None = None,
    known_reads: Iterable[Collection[int]] = (),
    chapters: Sequence[Chapter] = (),
) -> Findings:
    """Find the passages worth quoting on each topic.

    Passages consist of whole sentences, verbatim, and last 20 to 90 seconds. None overlaps a sponsor read, housekeeping
    or words that the speech model hallucinated.

    Args:
        transcript: The transcript to search.
        topics: Topics, or the name or path of a topic pack, as in :func:`podnotes.load_topics`.
        limit: Maximum number of passages per topic, best first; None for all above the built-in threshold.
        known_reads: Sentence fingerprints of other transcripts of the same podcast, one collection per transcript.
            Text shared verbatim with them is treated as a recurring read.
        chapters: Chapters of the episode; each passage names the one it is in.

    Returns:
        Passages in the order of the topics, best first within each; the skipped spans; and a notice if the
        transcript's language differs from the topics', or is one in which sponsor reads can't be recognised.

    Raises:
        TopicsError: The pack or file does not exist or is invalid.
        UsageError: ``limit`` is below 0, or ``topics`` is none of the above.
    """
    topics = load_topics(topics)
    found = _find(transcript, topics, limit, known_reads, chapters)
    return replace(found, topics=topics)


def _find(
    transcript: Transcript,
    topics: Sequence[Topic],
    limit: int | None,
    known_reads: Iterable[Collection[int]],
    chapters: Sequence[Chapter],
) -> Findings:
    if limit is not None and limit < 0:
        raise UsageError(f"limit is {limit}; expected 0 or more, or None for all passages.")
    if languages := spoken_languages(transcript):
        return _in_each_language(languages, transcript, topics, limit, list(known_reads), chapters)
    sentences = cut_sentences(transcript)
    skipped = tuple(find_skipped(sentences, known_reads=known_reads, chapters=chapters))
    if not sentences:
        notice: str | None = "The transcript has no words, so there are no passages."
        return Findings((), skipped, transcript.duration, notice)
    texts = [sentence.text for sentence in sentences if sentence.doubt is not QualityFlag.LANGUAGE]
    spoken = spoken_language(texts, transcript.language)
    readable, notice = in_their_language(spoken, topics)
    found: dict[str, list[Passage]] = {}
    for language in {topic.language for topic in readable}:
        alike = [topic for topic in readable if topic.language == language]
        document = Document.read(sentences, skipped, language)
        for topic, phrases in zip(alike, document.phrases(alike), strict=True):
            chosen = choose(topic, phrases, document)[:limit]
            found[topic.id] = [_passage(topic, document, choice, chapters) for choice in chosen]
    passages = tuple(passage for topic in readable for passage in found[topic.id])
    if passages:
        notice = " ".join(filter(None, (notice, unsearched(spoken)))) or None
    return Findings(passages, skipped, transcript.duration, notice)


def _in_each_language(
    languages: Sequence[str],
    transcript: Transcript,
    topics: Sequence[Topic],
    limit: int | None,
    known_reads: Sequence[Collection[int]],
    chapters: Sequence[Chapter],
) -> Findings:
    """Find passages in a multilingual transcript, searching for each topic in its own language."""
    wanted = [language for language in languages if any(primary(topic.language) == language for topic in topics)]
    found = []
    for language in wanted or languages[:1]:
        alike = [topic for topic in topics if primary(topic.language) == language] or topics
        view = only_in(language, transcript)
        found.append(_find(view, alike, limit, known_reads, chapters))
    places = {topic.id: place for place, topic in enumerate(topics)}
    passages = sorted((one for part in found for one in part.passages), key=lambda one: places[one.topic])
    notices = [*(part.notice for part in found), unsearched_parts(transcript, topics) if wanted else None]
    return Findings(tuple(passages), found[0].skipped, transcript.duration, " ".join(filter(None, notices)) or None)


class Choice(NamedTuple):
    """Sentences worth quoting on a topic."""

    thought: range  #: the sentences
    evidence: Evidence  #: their evidence
    phrases: Sequence[Entry]  #: the topic's phrases in them, one entry per occurrence


def choose(topic: Topic, phrases: Sequence[Sequence[Entry]], document: Document, scale: Scale = SCALE) -> list[Choice]:
    """Choose the sentences worth quoting on a topic, best first, by its phrases in each sentence of an episode."""
    found = [[entry for at in thought for entry in phrases[at]] for thought in document.thoughts]
    few_words = not topic.lexicon
    if few_words:
        found = _with_learned(found, document.contents)
    evidences = weigh(found, document, scale=scale, few_words=few_words)
    return [
        Choice(document.thoughts[index], evidences[index], found[index]) for index in worth_quoting(evidences, scale)
    ]


def _with_learned(found: Sequence[Sequence[Entry]], contents: Sequence[Sequence[str]]) -> list[list[Entry]]:
    """Add the words associated with the topic in this episode to those from its pack."""
    relevant = {index for index, entries in enumerate(found) if any(entry.tier is Tier.CORE for entry in entries)}
    learned = {word: Entry(word, Tier.LEARNED, 1) for word in associated(relevant, contents, most=_LEARNED)}
    return [
        [*entries, *(learned[word] for word in words if word in learned)]
        for entries, words in zip(found, contents, strict=True)
    ]


def _passage(topic: Topic, document: Document, choice: Choice, chapters: Sequence[Chapter]) -> Passage:
    quoted = document.sentences[choice.thought.start : choice.thought.stop]
    start, end = quoted[0].start, max(sentence.end for sentence in quoted)
    speakers = {sentence.speaker for sentence in quoted}
    counts = Counter(entry for entry in choice.phrases if entry.tier not in (Tier.NEVER, Tier.LEARNED))
    telling = sorted(counts, key=lambda entry: (-entry.tier, -entry.length, -counts[entry]))
    chapter = next((one.title for one in reversed(chapters) if one.start <= (start + end) / 2), None)
    return Passage(
        topic=topic.id,
        start=round(start, 3),
        end=round(end, 3),
        score=round(choice.evidence.score, 4),
        text=joined(sentence.text for sentence in quoted),
        terms=tuple(dict.fromkeys(entry.phrase for entry in telling))[:_MOST_TERMS],
        speaker=next(iter(speakers)) if len(speakers) == 1 else None,
        chapter=chapter or None,
        reasons=tuple(_reasons(choice.evidence, counts)),
    )


def _reasons(evidence: Evidence, counts: Counter[Entry]) -> Iterator[str]:
    """Generate the reasons for the score of a passage, without negligible ones."""
    for tier, says in _SAYS.items():
        phrases = sorted((entry for entry in counts if entry.tier is tier), key=lambda entry: (-counts[entry], entry))
        if phrases:
            named = (one.phrase + (f" ×{counts[one]}" if counts[one] > 1 else "") for one in phrases)
            yield f"{says}: {', '.join(named)}"
    yield f"score from these words: {evidence.own:.1f}"
    if evidence.around >= _LITTLE:
        yield f"the topic comes up just before or after: +{evidence.around:.1f}"
    if abs(evidence.alike) >= _LITTLE:
        like = "like" if evidence.alike > 0 else "unlike"
        yield f"{like} the rest of the episode on this topic: {evidence.alike:+.1f}"
    if (lost := 1 - evidence.substance) > 0.01:
        yield f"partly about the speaker: −{lost:.0%}"
