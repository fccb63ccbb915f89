"""From a transcript to its passages: what is skipped, where thoughts begin and end, what they say on each topic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from podnotes.errors import UsageError
from podnotes.models import Findings, Passage
from podnotes.passages.choosing import units
from podnotes.passages.feedback import associated, vectors
from podnotes.passages.languages import guess_language, language_name
from podnotes.passages.matching import Entry, Matcher, Tier
from podnotes.passages.repeats import without_repeats
from podnotes.passages.scoring import weigh, worth_quoting
from podnotes.passages.sentences import sentences as cut_sentences
from podnotes.passages.skipping import find_skipped
from podnotes.passages.substance import substance
from podnotes.passages.wording import content, stems

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from podnotes.models import Chapter, Skipped, Topic, Transcript
    from podnotes.passages.choosing import Unit
    from podnotes.passages.feedback import Vector
    from podnotes.passages.sentences import Sentence

# Words that a topic without a lexicon learns from an episode.
_LEARNED = 12
# Terms named with a passage.
_MOST_TERMS = 8


def find_passages(
    transcript: Transcript,
    topics: Sequence[Topic],
    *,
    limit: int | None = None,
    known_reads: Iterable[Collection[int]] = (),
    chapters: Sequence[Chapter] = (),
) -> Findings:
    """Find the passages worth quoting on each topic.

    Passages are whole sentences, word for word, 20 to 90 seconds long. None overlaps a sponsor read, housekeeping or
    words that the speech model made up.

    Args:
        transcript: What is said.
        topics: What is looked for, as :func:`podnotes.load_topics` reads them.
        limit: At most so many passages a topic, the best; None for all above the built-in threshold.
        known_reads: `podnotes.passages.skipping.fingerprints` of other transcripts of the same podcast, one
            collection a transcript: what they share word for word is a read that recurs.
        chapters: Chapters of the episode; a passage names the one it lies in.

    Returns:
        Passages, best first within a topic, topics in the order given; what was skipped; and a notice when the
        transcript's language is another than the topics'.

    Raises:
        UsageError: ``limit`` is below 0.
    """
    if limit is not None and limit < 0:
        raise UsageError(f"limit is {limit}; expected 0 or more, or nothing for all passages.")
    spoken = cut_sentences(transcript)
    skipped = tuple(find_skipped(spoken, known_reads=known_reads, chapters=chapters))
    readable, notice = _readable(transcript, spoken, topics)
    passages: list[Passage] = []
    if readable:
        passages = _passages(spoken, skipped, readable, limit, chapters)
    return Findings(tuple(passages), skipped, transcript.duration, notice)


def _readable(
    transcript: Transcript, spoken: Sequence[Sentence], topics: Sequence[Topic]
) -> tuple[list[Topic], str | None]:
    """Topics in the transcript's language, and a sentence for her when some are not."""
    if not spoken:
        return [], "The transcript has no words, so there are no passages."
    guessed = guess_language([sentence.text for sentence in spoken])
    tagged = transcript.language.split("-")[0].lower() if transcript.language else None
    language = guessed if guessed not in (None, "und") else tagged if guessed is None else None
    if guessed is None and tagged is None:
        return list(topics), None  # too short to tell
    if language is None:
        # No function words of any language known here: the topics' own language is not spoken, unless it is a rare one.
        language = tagged if tagged is not None and tagged not in ("en", "und") else "und"
    readable = [topic for topic in topics if topic.language == language]
    if len(readable) == len(topics):
        return readable, None
    spoken_in = "another language than the topics" if language == "und" else language_name(language)
    wanted = language_name(next(topic.language for topic in topics if topic.language != language))
    what = "there are no passages" if not readable else "only the topics in that language have passages"
    return (
        readable,
        f"The talk is in {spoken_in} and the topics are in {wanted}, so {what}; name a topics file in its language.",
    )


def _passages(
    spoken: Sequence[Sentence],
    skipped: Sequence[Skipped],
    topics: Sequence[Topic],
    limit: int | None,
    chapters: Sequence[Chapter],
) -> list[Passage]:
    usable = _usable(spoken, skipped)
    found: dict[str, list[Passage]] = {}
    for language in {topic.language for topic in topics}:
        alike = [topic for topic in topics if topic.language == language]
        talk = _talk(spoken, usable, language)
        for topic, entries in zip(alike, _phrases_of(alike, talk), strict=True):
            found[topic.id] = _on_topic(topic, entries, talk, chapters)
    return [passage for topic in topics for passage in found[topic.id][:limit]]


@dataclass(frozen=True, slots=True)
class _Talk:
    """An episode cut into thoughts, read in one language.

    Attributes:
        spoken: Its sentences.
        words: Stems of each sentence.
        thoughts: What passages are chosen from.
        contents: Content words of each thought.
        vectors: The same, weighted.
        substances: Share of each thought that is about its subject.
    """

    spoken: Sequence[Sentence]
    words: Sequence[Sequence[str]]
    thoughts: Sequence[Unit]
    contents: Sequence[Sequence[str]]
    vectors: Sequence[Vector]
    substances: Sequence[float]


def _talk(spoken: Sequence[Sentence], usable: Sequence[bool], language: str) -> _Talk:
    words = [stems(sentence.text, language) for sentence in spoken]
    thoughts = units(spoken, words, usable)
    contents = [[word for at in range(unit.first, unit.last) for word in content(words[at])] for unit in thoughts]
    texts = [" ".join(sentence.text for sentence in spoken[unit.first : unit.last]) for unit in thoughts]
    substances = [substance(text) if language == "en" else 1.0 for text in texts]
    return _Talk(spoken, words, thoughts, contents, vectors(contents), substances)


def _usable(spoken: Sequence[Sentence], skipped: Sequence[Skipped]) -> list[bool]:
    """Which sentences may be quoted: not doubtful, not inside what is skipped."""
    usable = [not sentence.doubtful for sentence in spoken]
    for stretch in skipped:
        for index, sentence in enumerate(spoken):
            if sentence.start < stretch.end - 0.05 and sentence.end > stretch.start + 0.05:
                usable[index] = False
    return usable


def _phrases_of(topics: Sequence[Topic], talk: _Talk) -> list[list[list[Entry]]]:
    """For each topic and each thought the phrases of the topic in it."""
    matcher = Matcher(topics)
    found = [matcher.find(words) for words in talk.words]
    return [
        [[entry for at in range(unit.first, unit.last) for entry in found[at][index]] for unit in talk.thoughts]
        for index in range(len(topics))
    ]


def _on_topic(
    topic: Topic, found: Sequence[Sequence[Entry]], talk: _Talk, chapters: Sequence[Chapter]
) -> list[Passage]:
    spans = [(talk.spoken[unit.first].start, talk.spoken[unit.last - 1].end) for unit in talk.thoughts]
    if not topic.lexicon:
        found = _with_learned(found, talk.contents)
    evidences = weigh(found, spans, talk.vectors, talk.substances, few_words=not topic.lexicon)
    chosen = without_repeats(worth_quoting(evidences), talk.contents)
    return [
        _passage(
            topic,
            talk.spoken[talk.thoughts[index].first : talk.thoughts[index].last],
            evidences[index].score,
            found[index],
            chapters,
        )
        for index in chosen
    ]


def _with_learned(found: Sequence[Sequence[Entry]], contents: Sequence[Sequence[str]]) -> list[list[Entry]]:
    """Add the words that go with a topic in this episode to those that its pack names."""
    relevant = {index for index, entries in enumerate(found) if any(entry.tier is Tier.CORE for entry in entries)}
    learned = {word: Entry(word, Tier.LEARNED, 1) for word in associated(relevant, contents, most=_LEARNED)}
    return [
        [*entries, *(learned[word] for word in words if word in learned)]
        for entries, words in zip(found, contents, strict=True)
    ]


def _passage(
    topic: Topic, quoted: Sequence[Sentence], value: float, found: Sequence[Entry], chapters: Sequence[Chapter]
) -> Passage:
    start, end = quoted[0].start, max(sentence.end for sentence in quoted)
    speakers = {sentence.speaker for sentence in quoted}
    telling = sorted(
        {entry.phrase: entry for entry in found if entry.tier not in (Tier.NEVER, Tier.LEARNED)}.values(),
        key=lambda entry: (-entry.tier, -entry.length),
    )
    chapter = next((one.title for one in reversed(chapters) if one.start <= (start + end) / 2), None)
    return Passage(
        topic=topic.id,
        start=round(start, 3),
        end=round(end, 3),
        score=round(value, 4),
        text=" ".join(sentence.text for sentence in quoted),
        terms=tuple(entry.phrase for entry in telling[:_MOST_TERMS]),
        speaker=next(iter(speakers)) if len(speakers) == 1 else None,
        chapter=chapter or None,
    )
