"""Compose a draft from an episode's passages: opening, one section per topic, checklist, source."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from podnotes.corrections import bracketed
from podnotes.models import (
    OTHER_TOPIC,
    Claim,
    Findings,
    Note,
    Passage,
    QualityFlag,
    Quote,
    Review,
    Section,
    Segment,
    Topic,
    Transcript,
)
from podnotes.notes import titles, wording
from podnotes.notes.citation import apa
from podnotes.notes.fact_check import claim_in
from podnotes.notes.leadins import without_leadin
from podnotes.notes.links import long_date, play_from
from podnotes.notes.options import NoteOptions
from podnotes.notes.selection import Material, choose_quotes
from podnotes.notes.spelling import Spelling
from podnotes.sounds import GAP
from podnotes.text.words import count_words
from podnotes.text.words import words as words_of
from podnotes.timestamps import clock
from podnotes.topics import load_topics
from podnotes.transcripts import people

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from podnotes.models import Episode, Person
    from podnotes.quotability import Window
    from podnotes.text.sentences import Sentence

_DEFAULTS = NoteOptions()
_NO_REVIEW = Review()
#: Heading of the user's quotes that are on none of the topics.
MORE = "More from the episode"
# An episode longer than _LONG_EPISODE (seconds) only touches on the topics if no passage scores _SURE and the sum of
# seconds times squared score is below _PASSING of its duration. 3 of 30 software episodes were of this kind.
_LONG_EPISODE, _SURE, _PASSING = 900.0, 0.6, 0.005
# A self-contained question has this length and refers neither to a guest nor to anything said before.
_QUESTION_WORDS = range(6, 23)
_NOT_ALONE = re.compile(
    r"\b(?:you|your|he|she|they|them|him|his|her|their|it|that|this|these|those|there|I|my|me)\b", re.IGNORECASE
)


def compose_note(
    episode: Episode,
    findings: Findings,
    transcript: Transcript | None = None,
    topics: str | Path | Topic | Sequence[Topic] | None = None,
    *,
    options: NoteOptions = _DEFAULTS,
    review: Review = _NO_REVIEW,
    quotes: Sequence[Quote] | None = None,
) -> Note:
    """Compose a draft from the passages of an episode.

    All quotes are verbatim, and nothing is written in the user's name. Segments with a quality flag, sponsor reads and
    housekeeping are never quoted.

    Args:
        episode: The episode.
        findings: Result of :func:`podnotes.find_passages`.
        transcript: The transcript. Without it, quotes have estimated times.
        topics: The topics, for titles, prompts and glossary; those of the findings if None.
        options: Limits and choices.
        review: The user's choices on the review page. If there are picks, the draft has exactly these quotes.
        quotes: Quotes to use instead of choosing them, each placed under its passage's topic; those on no topic ("")
            come last.

    Returns:
        The draft. ``sections`` is empty if the episode has nothing to quote on the topics; don't render it then.
    """
    sentences = sentences_of(transcript, findings)
    known = _topics(topics, findings)
    material = Material.of(sentences, findings.skipped, language=_language(findings, known))
    persons, heard = people.who(episode, sentences if transcript else ())
    strengths = _strengths(findings, known)
    total = sum(count_words(sentence.text) for sentence in sentences) if transcript else 0
    words = options.quotation_words
    left_out: list[Topic] = []
    if total:
        words = min(words, int(options.quotation_share * total))
    if quotes is None and review.picks:
        quotes = _picked(episode, material, known, findings.passages, review)
    elif quotes is None:
        chosen = choose_quotes(material, strengths, known, findings.passages, options, words=words)
        quotes = [make_quote(episode, material, one.topic.id, one.window, findings.passages) for one in chosen]
        left_out = [known[id_] for id_ in strengths if all(one.topic.id != id_ for one in chosen)]
    every = _sections(quotes, known, options)
    sections = tuple(section for section in every if section.topic.id != OTHER_TOPIC)
    left = words - sum(count_words(quote.passage.text) for quote in _quotes(every))
    questions = _questions(episode, material, sections, options.questions, left)
    terms = titles.key_terms(episode, sections)
    names = titles.titles(episode, sections, persons, terms)
    own_title = dict(review.words).get("title")
    quoted = sum(count_words(quote.passage.text) for quote in [*_quotes(every), *questions])
    claims = _claims(every, transcript, Spelling(episode, known.values(), transcript, _language(findings, known)))
    tags = _tags(sections, terms)
    own_topics = [section.topic for section in every]
    glossary = choose_glossary(_quotes(every), [*own_topics, *known.values()], options.glossary)
    if options.mark_corrections and transcript is not None:
        every, sections = (
            tuple(
                replace(section, quotes=tuple(with_brackets(quote, transcript) for quote in section.quotes))
                for section in some
            )
            for some in (every, sections)
        )
        questions = [with_brackets(question, transcript) for question in questions]
    return Note(
        title=own_title or names[0],
        episode=episode,
        opening=_opening(episode, sections, persons),
        sections=every,
        claims=claims,
        glossary=glossary,
        questions=tuple(questions),
        citation=apa(episode, persons),
        tags=tags,
        provenance=_provenance(transcript),
        notices=_notices(findings, transcript, heard, left_out, every),
        people=persons,
        quoted_words=quoted,
        quoted_share=quoted / total if total else None,
        made=(options.made or datetime.now(UTC).date()).isoformat(),
        titles=names if own_title else names[1:],
        key_terms=terms,
        own_words=review.words,
    )


# ------------------------------------------------------------------------------------------------------------ material


def sentences_of(transcript: Transcript | None, findings: Findings) -> Sequence[Sentence]:
    """Return the sentences to choose quotes from; without a transcript, those of the passages."""
    from podnotes.text.sentences import sentences

    if transcript is not None:
        return sentences(transcript)
    segments: list[Segment] = []
    for passage in sorted(findings.passages, key=lambda passage: (passage.start, -passage.end)):
        if not segments or passage.start >= segments[-1].end:
            if segments:  # no quote bridges the words between two passages
                segments.append(Segment(segments[-1].end, passage.start, GAP, doubt=QualityFlag.UNINTELLIGIBLE))
            segments.append(Segment(passage.start, passage.end, passage.text, speaker=passage.speaker))
    return sentences(Transcript(tuple(segments), findings.duration))


def _topics(topics: str | Path | Topic | Sequence[Topic] | None, findings: Findings) -> dict[str, Topic]:
    topics = findings.topics if topics is None else load_topics(topics)
    known = {topic.id: topic for topic in topics}
    for passage in findings.passages:
        if passage.topic not in known:
            known[passage.topic] = Topic(passage.topic, passage.topic.replace("-", " ").capitalize())
    return known


def _language(findings: Findings, known: dict[str, Topic]) -> str:
    """Return the language of the episode, which is that of the topics with passages."""
    return next((known[passage.topic].language for passage in findings.passages), "en")


def _strengths(findings: Findings, known: dict[str, Topic]) -> dict[str, float]:
    """Sum seconds times squared score over the passages on each topic, in the pack's order."""
    if _is_remark(findings):
        return {}
    return {
        id_: sum((one.end - one.start) * one.score**2 for one in findings.passages if one.topic == id_)
        for id_ in known
        if any(one.topic == id_ for one in findings.passages)
    }


def _is_remark(findings: Findings) -> bool:
    """Return whether a long episode about something else only touches on the topics."""
    weight = sum((passage.end - passage.start) * passage.score**2 for passage in findings.passages)
    best = max((passage.score for passage in findings.passages), default=0.0)
    return findings.duration >= _LONG_EPISODE and best < _SURE and weight < _PASSING * findings.duration


# ------------------------------------------------------------------------------------------------------------- sections


def _picked(
    episode: Episode, material: Material, known: dict[str, Topic], passages: Sequence[Passage], review: Review
) -> list[Quote]:
    """Return the quotes that the user picked, with the user's remarks."""
    quotes = []
    for pick in sorted(review.picks, key=lambda pick: pick.place):
        window = material.window(pick.start, pick.end)
        if window is not None:
            topic = pick.topic if pick.topic in known else OTHER_TOPIC
            quote = make_quote(episode, material, topic, window, passages)
            speakers = {one.speaker for one in material.sentences[window.first : window.last + 1]}
            speaker = quote.speaker if len(speakers) == 1 else None
            quotes.append(replace(quote, speaker=speaker, remark=pick.remark.strip()))
    return quotes


def _sections(quotes: Sequence[Quote], known: dict[str, Topic], options: NoteOptions) -> tuple[Section, ...]:
    """Compose a section for each topic of the quotes, in the pack's order; those on none of the topics come last."""
    sections = []
    for topic in [*known.values(), Topic(OTHER_TOPIC, MORE)]:
        own = tuple(quote for quote in quotes if (quote.passage.topic or OTHER_TOPIC) == topic.id)
        if own:
            text = " ".join(quote.passage.text for quote in own)
            sections.append(Section(topic, own, choose_prompts(topic, text, options.prompts)))
    return tuple(sections)


def make_quote(episode: Episode, material: Material, topic: str, window: Window, passages: Sequence[Passage]) -> Quote:
    """Make a quote of consecutive sentences, without the lead-in of the first; ``passages`` may be on any topic."""
    sentences = material.sentences[window.first : window.last + 1]
    cut = material.leadin_length(window.first)
    text = material.text(window)[cut:]
    start, end = sentences[0].start, sentences[-1].end
    on_topic = [passage for passage in passages if passage.topic == topic]
    around = [passage for passage in on_topic if passage.start < end and passage.end > start]
    passage = max(around, key=lambda passage: passage.score, default=Passage(topic, start, end, 0.0, text))
    terms = dict.fromkeys(term for passage in on_topic for term in passage.terms)
    language = material.language
    return Quote(
        passage=Passage(
            topic=topic,
            start=start,
            end=end,
            score=passage.score,
            text=text,
            terms=tuple(term for term in terms if wording.occurs(term, text, language)),
            speaker=sentences[0].speaker,
            chapter=passage.chapter,
        ),
        time=clock(start),
        url=play_from(episode, start),
        speaker=people.speaker_name(sentences[0].speaker, episode.persons),
        cut=cut > 0,
    )


def with_brackets(quote: Quote, transcript: Transcript) -> Quote:
    """Put brackets around the corrected words of a quote."""
    passage = quote.passage
    return replace(
        quote, passage=replace(passage, text=bracketed(passage.text, passage.start, passage.end, transcript))
    )


def choose_prompts(topic: Topic, text: str, most: int) -> tuple[str, ...]:
    """Choose the prompts that share the most words with the quotes, in the pack's order.

    The topic's name doesn't count. If the last of several prompts shares no words with the quotes, it is replaced by a
    request to explain one of their glossary terms.
    """
    language = topic.language
    own = {word for term in [topic.title, topic.id] for word in wording.content_stems(term, language)}
    said = set(wording.content_stems(text, language)) - own
    prompts = [set(wording.content_stems(prompt, language)) for prompt in topic.prompts]
    # Words that several prompts share ("body", "client") don't count either.
    fits = [sum(word in said and sum(word in other for other in prompts) == 1 for word in prompt) for prompt in prompts]
    ranked = sorted(range(len(topic.prompts)), key=lambda index: (-fits[index], index))
    kept = ranked[:most]
    word = next((word for word in topic.glossary if wording.occurs(word, text, language)), None)
    explain: tuple[str, ...] = ()
    if word and len(kept) > 1 and not fits[kept[-1]] and language == "en":
        kept.pop()
        explain = (f"How would you explain “{word}” to a client, in one sentence?",)
    return (*(prompt for index, prompt in enumerate(topic.prompts) if index in kept), *explain)


def _questions(episode: Episode, material: Material, sections: Sequence[Section], most: int, words: int) -> list[Quote]:
    """Find self-contained questions in the episode on the topics of the draft."""
    from podnotes.quotability import Window

    if not material.english:
        return []
    quoted = " ".join(quote.passage.text for quote in _quotes(sections))
    found: list[Quote] = []
    for section in sections:
        named = [section.topic.title, *section.topic.terms]
        for index, sentence in enumerate(material.sentences):
            text = without_leadin(sentence.text)
            if (
                material.usable[index]
                and text.endswith("?")
                and len(text.split()) in _QUESTION_WORDS
                and not _NOT_ALONE.search(text)
                and text not in quoted
                and any(wording.occurs(term, text) for term in named)
            ):
                window = Window(index, index, len(text.split()))
                found.append(make_quote(episode, material, section.topic.id, window, ()))
    unlike: list[Quote] = []
    for quote in found:
        said = set(wording.content_stems(quote.passage.text))
        words -= count_words(quote.passage.text)
        if words < 0 or len(unlike) == most:
            break
        if all(len(said & set(wording.content_stems(other.passage.text))) <= len(said) / 2 for other in unlike):
            unlike.append(quote)
    return [
        replace(quote, passage=replace(quote.passage, text=without_leadin(quote.passage.text)))
        for quote in sorted(unlike, key=lambda quote: quote.passage.start)
    ]


# --------------------------------------------------------------------------------------------------- around the quotes


def _quotes(sections: Iterable[Section]) -> list[Quote]:
    return [quote for section in sections for quote in section.quotes]


def _opening(episode: Episode, sections: Sequence[Section], persons: Sequence[Person]) -> str:
    """Compose one sentence with the episode, podcast, date, people and topics."""
    hosts = [person.name for person in persons if "host" in person.role]
    guests = [person.name for person in persons if "guest" in person.role]
    speakers = [person.name for person in persons if person.name not in hosts and person.name not in guests]
    title = " ".join(episode.title.split())
    podcast = " ".join(episode.podcast.split())
    where = f"“{title}”"
    if podcast:
        where += f", an episode of {podcast}"
    if episode.published:
        day = long_date(episode.published.date())
        where += f" from {day}" if podcast else f" ({day})"
    about = titles.listed([titles.in_sentence(section.topic.title, section.topic.language) for section in sections])
    talking = hosts or guests or speakers
    talk = f"{titles.listed(talking)} {'talk' if len(talking) > 1 else 'talks'}" if talking else ""
    if hosts and guests:
        talk += f" with {titles.listed(guests)}"
    comma = "," if podcast or episode.published else ""
    if not about:
        return f"These notes are about {where}."
    if not talk:
        return f"These notes are about {where}{comma} and what it says about {about}."
    return f"In {where}{comma} {talk} about {about}."


def _claims(sections: Iterable[Section], transcript: Transcript | None, spelling: Spelling) -> tuple[Claim, ...]:
    """List the points to check in the quotes, in order of time: claims, uncertain words and unknown words."""
    found: list[Claim] = []
    for quote in sorted(_quotes(sections), key=lambda quote: quote.passage.start):
        claim = claim_in(quote)
        if claim:
            found.append(claim)
        uncertain = transcript.uncertain_words(quote.passage.start, quote.passage.end) if transcript else ()
        if uncertain:
            words = " … ".join(word.text.strip() for word in uncertain)
            found.append(Claim(words, "possibly misheard words", quote.time, quote.url))
        unknown = [
            word for word in spelling.unknown_words(quote) if all(word not in words_of(one.text) for one in uncertain)
        ]
        if unknown:
            found.append(Claim(" … ".join(unknown), "words not in any dictionary", quote.time, quote.url))
    return tuple(found)


def choose_glossary(quotes: Sequence[Quote], topics: Iterable[Topic], most: int) -> tuple[tuple[str, str], ...]:
    """Return the most frequent glossary terms of the quotes; of topics that explain the same term, the first counts."""
    texts = [quote.passage.text for quote in quotes]
    counts: dict[str, int] = {}
    meanings: dict[str, str] = {}
    for topic in topics:
        for word, meaning in topic.glossary.items():
            phrase = wording.stems(word, topic.language)
            times = sum(len(wording.as_said(phrase, text, topic.language)) for text in texts)
            if times and word not in meanings:
                counts[word], meanings[word] = times, meaning
    chosen = sorted(counts, key=lambda word: -counts[word])[:most]
    return tuple((word, meanings[word]) for word in sorted(chosen, key=str.lower))


def _tags(sections: Sequence[Section], terms: Sequence[str]) -> tuple[str, ...]:
    tags = [section.topic.id for section in sections]
    tags += [
        "-".join("".join(c if c.isalnum() else " " for c in term.lower().replace("'", "")).split())
        for term in terms[:4]
    ]
    return tuple(dict.fromkeys(tag for tag in tags if tag))


def _provenance(transcript: Transcript | None) -> str:
    if transcript is None:
        return "The quotes come from passages found earlier, without the transcript, so that their times are estimates."
    if transcript.source == "recognised":
        engine = transcript.details.get("engine") or "faster-whisper"
        model = f" with the model {transcript.model}" if transcript.model else ""
        return (
            f"The transcript was made by speech recognition ({engine}{model}): listen to each quote before publishing."
        )
    if transcript.source == "publisher":
        return "The transcript is the publisher's."
    return "The transcript was read from a file."


def _notices(
    findings: Findings,
    transcript: Transcript | None,
    heard: str | None,
    left_out: Sequence[Topic],
    sections: Sequence[Section],
) -> tuple[str, ...]:
    notices: list[str] = []
    if findings.notice:
        notices.append(findings.notice)
    if transcript is not None:
        notices += transcript.warnings
        if not transcript.timed and not transcript.warnings:
            notices.append("The times are estimates, because the transcript has none.")
    if heard:
        notices.append(heard)
    quotes = _quotes(sections)
    if quotes and not any(quote.speaker for quote in quotes):
        notice = "The transcript does not name the speakers, so the quotes are attributed to the podcast."
        told_apart = any(quote.passage.speaker for quote in quotes)
        notices.append(f"{notice} In podnotes review, you can name them." if told_apart else notice)
    if left_out:
        named = titles.listed([titles.in_sentence(topic.title, topic.language) for topic in left_out])
        notices.append(
            f"The episode also touches on {named}, but with too little to quote, or there was no space left."
        )
    return tuple(dict.fromkeys(notices))
