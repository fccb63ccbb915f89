"""Digests: posts on one topic across many episodes, with quotes grouped by subject."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from podnotes.notes import titles, wording
from podnotes.notes.citation import apa
from podnotes.notes.compose import choose_glossary, choose_prompts, make_quote, sentences_of, with_brackets
from podnotes.notes.fact_check import claim_in
from podnotes.notes.links import long_date
from podnotes.notes.options import NoteOptions
from podnotes.notes.selection import Material, choose_quotes
from podnotes.text.words import count_words
from podnotes.transcripts import people

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from podnotes.models import Claim, Episode, Findings, Quote, Topic, Transcript
    from podnotes.text.sentences import Sentence

_DEFAULTS = NoteOptions()
# Words of candidate quotes per episode; the best of all candidates are used.
_CANDIDATE_WORDS = 320
_SAME = 0.62  # cosine similarity from which two quotes are merged
_MOST_GROUPS = 5
_REST = "Also said"
_COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


@dataclass(frozen=True, slots=True)
class Source:
    """An episode for a digest.

    Attributes:
        episode: The episode.
        findings: Its findings.
        transcript: Its transcript, or None.
    """

    episode: Episode
    findings: Findings
    transcript: Transcript | None = None


@dataclass(frozen=True, slots=True)
class DigestQuote:
    """A quote in a digest, with its episode.

    Attributes:
        quote: The quote.
        source: Index of its episode in the digest's sources.
        also: Equivalent quotes from other episodes, each with the index of its episode.
    """

    quote: Quote
    source: int
    also: tuple[tuple[Quote, int], ...] = ()


@dataclass(frozen=True, slots=True)
class DigestGroup:
    """Quotes on one subject.

    Attributes:
        title: The subject.
        quotes: The quotes, ordered by date of the episode.
    """

    title: str
    quotes: tuple[DigestQuote, ...]


@dataclass(frozen=True, slots=True)
class Digest:
    """A digest before rendering.

    Attributes:
        title: Title of the post.
        topic: The topic.
        opening: One sentence with the number of episodes, the podcasts and the dates.
        groups: Groups of quotes, the largest subject first.
        sources: The quoted episodes, oldest first.
        citations: APA citation of each source.
        prompts: Questions that prompt the user's own text.
        claims: Claims for the user to verify.
        glossary: Glossary terms that occur in the quotes, with their explanations.
        tags: Tags in lower case.
        quoted_words: Number of quoted words.
        made: ISO date of the digest.
        silent: Titles of episodes that were searched but not quoted.
    """

    title: str
    topic: Topic
    opening: str
    groups: tuple[DigestGroup, ...]
    sources: tuple[Episode, ...]
    citations: tuple[str, ...]
    prompts: tuple[str, ...] = ()
    claims: tuple[Claim, ...] = ()
    glossary: tuple[tuple[str, str], ...] = ()
    tags: tuple[str, ...] = ()
    quoted_words: int = 0
    made: str = ""
    silent: tuple[str, ...] = ()


@dataclass(slots=True)
class _Candidate:
    quote: Quote
    source: int
    score: float
    vector: dict[str, float]
    also: list[tuple[Quote, int]]


def compose_digest(topic: Topic, sources: Sequence[Source], *, options: NoteOptions = _DEFAULTS) -> Digest:
    """Compose a post on one topic across many episodes.

    Args:
        topic: The topic.
        sources: The episodes with their findings; episodes without a passage on the topic are allowed.
        options: Limits; ``quotation_words`` applies to the whole post, ``quotes`` to each group.

    Returns:
        The digest. ``groups`` is empty if no episode has anything to quote on the topic.
    """
    ordered = sorted(sources, key=lambda source: source.episode.published or datetime.min.replace(tzinfo=UTC))
    groups = _groups(topic, _merged(_candidates(topic, ordered, options)), options)
    chosen = [each for _, candidates in groups for each in candidates]
    used = sorted({source for each in chosen for source in (each.source, *(other for _, other in each.also))})
    place = {old: new for new, old in enumerate(used)}

    def quoted(each: _Candidate) -> DigestQuote:
        transcript = ordered[each.source].transcript if options.mark_corrections else None
        quote = with_brackets(each.quote, transcript) if transcript else each.quote
        return DigestQuote(quote, place[each.source], tuple((other, place[source]) for other, source in each.also))

    episodes = tuple(ordered[index].episode for index in used)
    quotes = [each.quote for each in chosen]
    text = " ".join(quote.passage.text for quote in quotes)
    names = [title for title, _ in groups if title not in {topic.title, _REST}]
    persons = [people.who(ordered[index].episode, _spoken(ordered[index]))[0] for index in used]
    return Digest(
        title=_title(topic, episodes, names),
        topic=topic,
        opening=_opening(topic, episodes),
        groups=tuple(DigestGroup(title, tuple(map(quoted, candidates))) for title, candidates in groups),
        sources=episodes,
        citations=tuple(apa(episode, who) for episode, who in zip(episodes, persons, strict=True)),
        prompts=choose_prompts(topic, text, options.prompts),
        claims=tuple(claim for quote in quotes if (claim := claim_in(quote))),
        glossary=choose_glossary(quotes, [topic], options.glossary),
        tags=tuple(dict.fromkeys([topic.id, *("-".join(name.lower().split()) for name in names[:4])])),
        quoted_words=sum(count_words(quote.passage.text) for quote in quotes),
        made=(options.made or datetime.now(UTC).date()).isoformat(),
        silent=tuple(source.episode.title for index, source in enumerate(ordered) if index not in place),
    )


# ---------------------------------------------------------------------------------------------------------- candidates


def _spoken(source: Source) -> Sequence[Sentence]:
    return sentences_of(source.transcript, source.findings) if source.transcript else ()


def _candidates(topic: Topic, sources: Sequence[Source], options: NoteOptions) -> list[_Candidate]:
    """Return the best quotes of each episode, by value."""
    found: list[_Candidate] = []
    for number, source in enumerate(sources):
        passages = sorted(
            (passage for passage in source.findings.passages if passage.topic == topic.id),
            key=lambda passage: -passage.score,
        )
        if not passages:
            continue
        sentences = sentences_of(source.transcript, source.findings)
        material = Material.of(sentences, source.findings.skipped, language=topic.language)
        for choice in choose_quotes(
            material, {topic.id: 1.0}, {topic.id: topic}, passages, options, words=_CANDIDATE_WORDS
        ):
            quote = make_quote(source.episode, material, topic.id, choice.window, passages)
            found.append(_Candidate(quote, number, choice.value, {}, []))
    content = [wording.content_stems(candidate.quote.passage.text, topic.language) for candidate in found]
    idf = wording.weights(content)
    for candidate, words in zip(found, content, strict=True):
        candidate.vector = wording.vector(words, idf)
    return sorted(found, key=lambda candidate: -candidate.score)


def _merged(candidates: Sequence[_Candidate]) -> list[_Candidate]:
    """Merge candidates that make the same statement, such as those from a rerun."""
    kept: list[_Candidate] = []
    for candidate in candidates:
        same = next((other for other in kept if wording.likeness(candidate.vector, other.vector) >= _SAME), None)
        if same is None:
            kept.append(candidate)
        elif same.source != candidate.source:
            same.also.append((candidate.quote, candidate.source))
    return kept


# --------------------------------------------------------------------------------------------------------------- groups


def _groups(topic: Topic, candidates: list[_Candidate], options: NoteOptions) -> list[tuple[str, list[_Candidate]]]:
    """Group the best candidates by the term that they share; each group has a title and is in order of time."""
    left, words = list(candidates), options.quotation_words
    groups: list[tuple[str, list[_Candidate]]] = []
    heading = set(wording.content_stems(topic.title, topic.language))
    terms = [
        phrase
        for term in dict.fromkeys([*topic.glossary, *topic.terms, *topic.related])
        if (phrase := wording.stems(term, topic.language)) and not set(phrase) <= heading
    ]
    while left and len(groups) < _MOST_GROUPS:
        best: tuple[float, tuple[str, ...], list[_Candidate]] | None = None
        for phrase in terms:
            having = [each for each in left if wording.as_said(phrase, each.quote.passage.text, topic.language)]
            episodes = len({each.source for each in having})
            # Prefer groups that span several episodes, and longer phrases.
            value = sum(max(0.1, each.score) for each in having) * (0.5 + 0.5 * episodes) * (0.8 + 0.2 * len(phrase))
            if len(having) > 1 and (best is None or value > best[0]):
                best = (value, phrase, having)
        if best is None:
            break
        _, phrase, having = best
        chosen, words = _within(having, words, options.quotes, share=len(groups) + 1 < _MOST_GROUPS)
        terms = [other for other in terms if other != phrase]
        left = [each for each in left if each not in having]
        if chosen:
            groups.append((_name(phrase, chosen, topic.language), chosen))
    chosen, words = _within(left, words, options.quotes, share=False)
    if chosen:
        groups.append((_REST if groups else topic.title, chosen))
    return groups


def _within(candidates: Sequence[_Candidate], words: int, most: int, *, share: bool) -> tuple[list[_Candidate], int]:
    """Choose the best candidates that fit, one per episode first; also return the number of words left.

    With ``share``, they use at most two fifths of the words, so that some are left for further groups.
    """
    room = words * 2 // 5 if share else words
    chosen: list[_Candidate] = []
    for once in (True, False):
        for candidate in candidates:
            length = count_words(candidate.quote.passage.text)
            seen = any(candidate.source == other.source for other in chosen)
            if candidate in chosen or len(chosen) == most or length > room or (once and seen):
                continue
            chosen.append(candidate)
            room -= length
            words -= length
    return sorted(chosen, key=lambda each: (each.source, each.quote.passage.start)), words


def _name(phrase: tuple[str, ...], candidates: Iterable[_Candidate], language: str) -> str:
    forms = [form for each in candidates for form in wording.as_said(phrase, each.quote.passage.text, language)]
    name = max(forms, key=forms.count)
    return name[:1].upper() + name[1:]


# ------------------------------------------------------------------------------------------------------ title, opening


def _title(topic: Topic, episodes: Sequence[Episode], names: Sequence[str]) -> str:
    count = _count(len(episodes))
    about = [titles.in_sentence(name, topic.language) for name in names[:3]]
    if not episodes:
        return topic.title
    return f"{topic.title}: what {count} say{'s' if len(episodes) == 1 else ''}" + (
        f" about {titles.listed(about)}" if about else ""
    )


def _count(number: int) -> str:
    word = _COUNTS[number] if number < len(_COUNTS) else str(number)
    return f"{word} episode" if number == 1 else f"{word} episodes"


def _opening(topic: Topic, episodes: Sequence[Episode]) -> str:
    if not episodes:
        return f"None of the episodes has anything to quote on {titles.in_sentence(topic.title, topic.language)}."
    podcasts = list(dict.fromkeys(" ".join(episode.podcast.split()) for episode in episodes if episode.podcast))
    dates = sorted(episode.published for episode in episodes if episode.published)
    count = _count(len(episodes)).capitalize()
    text = f"{count} of {titles.listed(podcasts)}" if podcasts else count
    if dates and dates[0].date() != dates[-1].date():
        text += f", from {long_date(dates[0].date())} to {long_date(dates[-1].date())}"
    elif dates:
        text += f", from {long_date(dates[0].date())}"
    text += ", " if dates else " "
    verb = "talk" if len(episodes) > 1 else "talks"
    return f"{text}{verb} about {titles.in_sentence(topic.title, topic.language)}."
