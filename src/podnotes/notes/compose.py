"""From what was found in an episode to a draft: an opening, a section a topic, what to check, where it comes from."""

from __future__ import annotations

import importlib
import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from podnotes.models import Claim, Findings, Note, Passage, Quote, Section, Segment, Topic, Transcript
from podnotes.notes import fluency, people, titles, wording
from podnotes.notes.choosing import Material, TopicMaterial, Window
from podnotes.notes.citation import apa
from podnotes.notes.claims import claim_in
from podnotes.notes.moments import long_date, play_from
from podnotes.notes.options import NoteOptions
from podnotes.timestamps import clock

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from podnotes.models import Episode, Person
    from podnotes.passages.sentences import Sentence

_DEFAULTS = NoteOptions()
# A topic with less than this share of the strongest one's weight is a side remark of the episode.
_SIDE_REMARK = 0.25
# Quotes may take so many words however little there is.
_FEW_WORDS = 30
# So many quotes, and as many sentences that sum up, a section has wherever it can.
_WANTED = 2
# A single quote of so many words makes a section.
_ENOUGH_WORDS = 25
# With fewer sections than these a draft takes what else there is.
_FEW_SECTIONS = 2
# With fewer words than these for all quotes, a section can't have two.
_ROOMY = 160
# Fewer words than these are no quote, even where nothing else is there.
_FEWEST_WORDS = 8
# In an episode so long, passages of which none scores so much, and which all together (seconds times squared score) are
# less than this share of it, are a word in passing: 3 of 30 episodes of software talk had such drafts.
_LONG_EPISODE, _SURE, _PASSING = 900.0, 0.6, 0.005
# What she puts first in her pack matters most to her: each place further down weighs so much.
_NEXT_TOPIC = 0.9


def compose_note(
    episode: Episode,
    findings: Findings,
    transcript: Transcript | None = None,
    topics: Sequence[Topic] | None = None,
    *,
    options: NoteOptions = _DEFAULTS,
) -> Note:
    """Compose a draft from what was found in an episode.

    Every word of the episode that stands in it is the transcript's; nothing is worded on her behalf. Segments with a
    doubt and what was skipped as sponsor read or housekeeping are left out.

    Args:
        episode: Where the words come from.
        findings: What :func:`podnotes.find_passages` found.
        transcript: The words with their times. Without it there are no summaries, and quotes begin where passages do.
        topics: The pack that was searched with, for titles, prompts and glossary; the pack "bodywork" where None.
        options: Bounds and choices.

    Returns:
        The draft. ``sections`` is empty when the episode has nothing on the topics; such a note is not worth rendering.
    """
    sentences, exact = sentences_of(transcript, findings)
    material = Material.of(sentences, findings.skipped, exact=exact)
    known = _topics(topics, findings)
    persons, heard = people.who(episode, sentences if transcript else ())
    candidates = _rank_topics(findings, known)
    total = sum(fluency.count_words(sentence.text) for sentence in sentences) if transcript else 0
    whole = options.quotation_words + options.summary_words
    scale = min(1.0, options.quotation_share * total / whole) if total else 1.0
    quote_words, summary_words = int(scale * options.quotation_words), int(scale * options.summary_words)
    materials = [TopicMaterial(material, topic, passages) for topic, passages in candidates]
    found = _sections(episode, materials, (quote_words, summary_words), options)
    if not found and materials:
        # Nothing stands alone (orders of a recipe, fragments): better a quote that she shortens than no draft.
        found = _plainly(episode, materials, quote_words, options)
    sections = tuple(found[id_] for id_ in known if id_ in found)
    left_out = [topic for id_, topic in known.items() if id_ not in found and any(topic is t for t, _ in candidates)]
    materials = [each for each in materials if each.topic.id in found]
    questions = _questions(episode, materials, options.questions, quote_words - _quoted(sections, summaries=False))
    terms = titles.key_terms(episode, sections)
    names = titles.titles(episode, sections, persons, terms)
    quoted = _quoted(sections) + sum(fluency.count_words(question.passage.text) for question in questions)
    return Note(
        title=names[0],
        episode=episode,
        opening=_opening(episode, sections, persons),
        sections=sections,
        claims=_claims(sections),
        glossary=_glossary(sections, known.values(), options.glossary),
        questions=tuple(_as_question(material.manner.without_opener(question.passage.text)) for question in questions),
        citation=apa(episode, persons),
        tags=_tags(sections, terms),
        provenance=_provenance(transcript),
        notices=_notices(findings, transcript, heard, left_out, sections),
        people=persons,
        question_sources=tuple(questions),
        quoted_words=quoted,
        quoted_share=quoted / total if total else None,
        made=(options.made or datetime.now(UTC).date()).isoformat(),
        titles=names[1:],
        key_terms=terms,
    )


# ------------------------------------------------------------------------------------------------- what there is to use


def sentences_of(transcript: Transcript | None, findings: Findings) -> tuple[Sequence[Sentence], bool]:
    """The sentences to choose from, and whether their times are known to the second inside passages too."""
    from podnotes.passages.sentences import sentences

    if transcript is not None:
        return sentences(transcript), True
    # Without the transcript the passages are all there is; only where each begins is known to the second.
    segments: list[Segment] = []
    for passage in sorted(findings.passages, key=lambda passage: (passage.start, -passage.end)):
        if not segments or passage.start >= segments[-1].end:
            segments.append(Segment(passage.start, passage.end, passage.text, speaker=passage.speaker))
    return sentences(Transcript(tuple(segments), findings.duration)), False


def _topics(topics: Sequence[Topic] | None, findings: Findings) -> dict[str, Topic]:
    if topics is None:
        from podnotes.topics import load_topics

        topics = load_topics("bodywork")
    known = {topic.id: topic for topic in topics}
    for passage in findings.passages:
        if passage.topic not in known:
            known[passage.topic] = Topic(passage.topic, passage.topic.replace("-", " ").capitalize())
    return known


def _rank_topics(findings: Findings, known: dict[str, Topic]) -> list[tuple[Topic, list[Passage]]]:
    """The topics that the episode speaks of, strongest first, each with its passages, best first."""
    if _is_remark(findings):
        return []
    passages: dict[str, list[Passage]] = {}
    for passage in findings.passages:
        passages.setdefault(passage.topic, []).append(passage)
    strengths: dict[str, float] = {}
    for place, id_ in enumerate(known):
        if id_ in passages:
            seconds = sum((passage.end - passage.start) * passage.score**2 for passage in passages[id_])
            strengths[id_] = math.sqrt(seconds) * _NEXT_TOPIC**place
    least = _SIDE_REMARK * max(strengths.values(), default=0.0)
    return [
        (known[id_], sorted(passages[id_], key=lambda passage: -passage.score))
        for id_ in sorted(strengths, key=lambda id_: -strengths[id_])
        if strengths[id_] >= least
    ]


# ------------------------------------------------------------------------------------------------------------- sections


def _is_remark(findings: Findings) -> bool:
    """Whether an hour of talk about something else has but a word in passing on her topics ("touched memory")."""
    weight = sum((passage.end - passage.start) * passage.score**2 for passage in findings.passages)
    best = max((passage.score for passage in findings.passages), default=0.0)
    return findings.duration >= _LONG_EPISODE and best < _SURE and weight < _PASSING * findings.duration


def _sections(
    episode: Episode, materials: Sequence[TopicMaterial], words: tuple[int, int], options: NoteOptions
) -> dict[str, Section]:
    """A section each for the strongest topics with enough to say; the next one takes the place of one without."""
    taken, waiting = list(materials[: options.sections]), list(materials[options.sections :])
    first = found = _compose_each(episode, taken, words, options)
    while taken:
        enough = [
            each
            for each in taken
            if _says_enough(found.get(each.topic.id), each, words, late=each in materials[options.sections :])
        ]
        if len(enough) == len(taken):
            break
        # One short quote makes no section.
        waiting, more = waiting[len(taken) - len(enough) :], waiting[: len(taken) - len(enough)]
        taken = [*enough, *more]
        found = _compose_each(episode, taken, words, options)
    if len(found) < _FEW_SECTIONS and len(first) > len(found):
        # Unless little else is there.
        longest = sorted(materials[: options.sections], key=lambda each: -_quoted_words(first.get(each.topic.id)))
        taken = [each for each in longest if _quoted_words(first.get(each.topic.id)) >= _ENOUGH_WORDS] or longest[:1]
        found = _compose_each(episode, taken, words, options)
    return found


def _quoted_words(section: Section | None) -> int:
    return sum(fluency.count_words(quote.passage.text) for quote in section.quotes) if section else 0


def _compose_each(
    episode: Episode, taken: Sequence[TopicMaterial], words: tuple[int, int], options: NoteOptions
) -> dict[str, Section]:
    """Compose the sections. A topic with few sentences chooses before one that has plenty to choose from."""
    found: dict[str, Section] = {}
    for each in taken:
        each.others = [other for other in taken if other is not each]
        each.material.used.clear()
    for_quotes, for_summary = words
    for place, each in enumerate(sorted(taken, key=lambda each: each.words)):
        rest = len(taken) - place
        section = _section(episode, each, (for_quotes // rest, for_summary // rest), options)
        if section.quotes:
            found[each.topic.id] = section
            for_quotes -= sum(fluency.count_words(quote.passage.text) for quote in section.quotes)
            for_summary -= sum(fluency.count_words(quote.passage.text) for quote in section.summary_sources)
    return found


def _plainly(
    episode: Episode, materials: Sequence[TopicMaterial], words: int, options: NoteOptions
) -> dict[str, Section]:
    """A section with the beginning of the best passage on the strongest topic that has one."""
    for each in materials:
        material = each.material
        for passage in each.passages:
            quoted: list[int] = []
            for index in material.within(passage):
                if not material.usable[index] or (quoted and index != quoted[-1] + 1):
                    break
                first = material.sentences[quoted[0] if quoted else index]
                length = sum(fluency.count_words(material.sentences[one].text) for one in [*quoted, index])
                if length > words or material.sentences[index].end - first.start > options.quote_seconds:
                    break
                quoted.append(index)
            if sum(fluency.count_words(material.sentences[one].text) for one in quoted) >= _FEWEST_WORDS:
                quote = make_quote(episode, each, Window(quoted[0], quoted[-1] + 1, 0.0))
                prompts = choose_prompts(each.topic, quote.passage.text, options.prompts)
                return {each.topic.id: Section(each.topic, (), (quote,), prompts, terms=passage.terms)}
    return {}


def _section(episode: Episode, material: TopicMaterial, words: tuple[int, int], options: NoteOptions) -> Section:
    topic = material.topic
    for_quotes, for_summary = words
    # Where the episode says little on the topic, quotes leave something to sum up.
    for_quotes = min(for_quotes, max(_FEW_WORDS, material.words // 2))
    bounds = for_quotes, for_summary
    taken = set(material.material.used)
    windows, chosen = _choose(material, bounds, options)
    if windows and not chosen and options.summary_sentences:
        # The quotes took every sentence that stands alone: let the summary go first.
        material.material.used.clear()
        material.material.used.update(taken)
        chosen = material.summary(most=_WANTED, words=for_summary)
        others, sentences = _choose(material, bounds, options, summary=chosen)
        if sentences and len(others) >= min(_WANTED, len(windows)):
            windows, chosen = others, sentences
        else:
            material.material.used.clear()
            material.material.used.update(taken)
            windows, chosen = _choose(material, bounds, options)
    sources = [make_quote(episode, material, Window(i, i + 1, 0.0)) for i in chosen]
    quotes = [make_quote(episode, material, window) for window in windows]
    terms = tuple(dict.fromkeys(term for passage in material.passages for term in passage.terms))
    text = " ".join(quote.passage.text for quote in [*quotes, *sources])
    return Section(
        topic=topic,
        summary=tuple(material.material.manner.without_opener(source.passage.text) for source in sources),
        quotes=tuple(quotes),
        prompts=choose_prompts(topic, text, options.prompts),
        summary_sources=tuple(sources),
        terms=terms,
    )


def _choose(
    material: TopicMaterial, words: tuple[int, int], options: NoteOptions, *, summary: Sequence[int] = ()
) -> tuple[list[Window], list[int]]:
    """Quotes and sentences that sum up: two of each first, as a third quote is worth less than a first summary."""
    windows: list[Window] = []
    chosen = list(summary)
    for most in (_WANTED, max(options.quotes, options.summary_sentences)):
        quotes, sentences = min(most, options.quotes), min(most, options.summary_sentences)
        windows = material.quotes(most=quotes, words=words[0], seconds=options.quote_seconds, having=windows)
        chosen = material.summary(most=sentences, words=words[1], having=chosen)
    return windows, chosen


def _says_enough(
    section: Section | None, material: TopicMaterial, words: tuple[int, int], *, late: bool = False
) -> bool:
    """Whether a section is worth its heading, and speaks of what the heading says.

    One that comes ``late``, in the place of another, has to have all: quotes that name the topic, and a summary.
    """
    if section is None:
        return False
    naming = sum(material.names_topic(quote.passage.text) for quote in section.quotes)
    if late and (naming < max(_WANTED, len(section.quotes)) or not section.summary):
        return False
    if 2 * naming < len(section.quotes):
        return False
    if len(section.quotes) > 1:
        return True
    length = _quoted_words(section)
    # A short episode has room for little more.
    return bool(section.summary) and (len(section.summary) > 1 or length >= _ENOUGH_WORDS or words[0] < _ROOMY)


def make_quote(episode: Episode, material: TopicMaterial, window: Window) -> Quote:
    """Sentences of a passage as a quote, less what only leads into the first."""
    sentences = material.material.sentences[window.first : window.last]
    whole = " ".join(sentence.text for sentence in sentences)
    cut = material.material.manner.opener_length(sentences[0].text)
    text = whole[cut:]
    start, end = sentences[0].start, sentences[-1].end
    passage = max(
        (passage for passage in material.passages if passage.start <= start + 0.5 and end <= passage.end + 0.5),
        key=lambda passage: passage.score,
    )
    stems = wording.stems(text)
    return Quote(
        passage=Passage(
            topic=material.topic.id,
            start=start,
            end=end,
            score=passage.score,
            text=text,
            terms=tuple(term for term in passage.terms if wording.occurs(term, stems)),
            speaker=sentences[0].speaker,
            chapter=passage.chapter,
        ),
        time=clock(start),
        url=play_from(episode, start),
        speaker=people.speaker_name(sentences[0].speaker, episode.persons),
        cut=cut > 0,
    )


def choose_prompts(topic: Topic, text: str, most: int) -> tuple[str, ...]:
    """The prompts that have most to do with what is quoted, in the pack's order.

    The topic's own name tells nothing. Where no second prompt has anything to do with the
    words, she is asked to explain one of them that the glossary has.
    """
    own = {word for term in [topic.title, topic.id] for word in wording.content_stems(term)}
    said = set(wording.content_stems(text)) - own
    prompts = [set(wording.content_stems(prompt)) for prompt in topic.prompts]
    # What several of them have ("body", "client") tells nothing either.
    fits = [sum(word in said and sum(word in other for other in prompts) == 1 for word in prompt) for prompt in prompts]
    ranked = sorted(range(len(topic.prompts)), key=lambda index: (-fits[index], index))
    kept = ranked[:most]
    stems = wording.stems(text)
    word = next((word for word in topic.glossary if wording.occurs(word, stems)), None)
    explain: tuple[str, ...] = ()
    if word and len(kept) > 1 and not fits[kept[-1]] and topic.language == "en":
        kept.pop()
        explain = (f"How would you explain “{word}” to a client, in one sentence?",)
    return (*(prompt for index, prompt in enumerate(topic.prompts) if index in kept), *explain)


def _as_question(text: str) -> str:
    """A question with its mark, which speech models forget."""
    return f"{text[:-1]}?" if text.endswith(".") else text


def _questions(episode: Episode, materials: Iterable[TopicMaterial], most: int, words: int) -> list[Quote]:
    asked = sorted(
        ((score, index, material) for material in materials for score, index in material.asked()),
        key=lambda item: -item[0],
    )
    chosen: list[Quote] = []
    vectors: list[dict[str, float]] = []
    for _, index, material in asked:
        if len(chosen) == most:
            break
        length = fluency.count_words(material.material.sentences[index].text)
        vector = material.material.vectors[index]
        if index in material.material.used or length > words:
            continue
        if any(wording.likeness(vector, other) > 0.5 for other in vectors):
            continue
        material.material.used.add(index)
        vectors.append(vector)
        words -= length
        chosen.append(make_quote(episode, material, Window(index, index + 1, 0.0)))
    return sorted(chosen, key=lambda quote: quote.passage.start)


# ------------------------------------------------------------------------------------------------ what stands around it


def _quoted(sections: Iterable[Section], *, summaries: bool = True) -> int:
    return sum(
        fluency.count_words(quote.passage.text)
        for section in sections
        for quote in [*section.quotes, *(section.summary_sources if summaries else ())]
    )


def _opening(episode: Episode, sections: Sequence[Section], persons: Sequence[Person]) -> str:
    """Where it comes from, when, and who is heard."""
    hosts = [person.name for person in persons if "host" in person.role]
    guests = [person.name for person in persons if "guest" in person.role]
    speakers = [person.name for person in persons if person.name not in hosts and person.name not in guests]
    title = " ".join(episode.title.split())
    podcast = " ".join(episode.podcast.split())
    where = f"“{title}”"
    if podcast:
        where += f", an episode of {podcast}"
    if episode.published:
        where += (
            f" from {long_date(episode.published.date())}" if podcast else f" ({long_date(episode.published.date())})"
        )
    about = titles.listed([titles.in_sentence(section.topic.title) for section in sections])
    if hosts and guests:
        talk = f"{titles.listed(hosts)} {'talk' if len(hosts) > 1 else 'talks'} with {titles.listed(guests)}"
    elif hosts:
        talk = f"{titles.listed(hosts)} {'talk' if len(hosts) > 1 else 'talks'}"
    elif guests:
        talk = f"{titles.listed(guests)} {'are guests and talk' if len(guests) > 1 else 'is the guest and talks'}"
    elif speakers:
        talk = f"{titles.listed(speakers)} {'talk' if len(speakers) > 1 else 'talks'}"
    else:
        talk = ""
    comma = "," if podcast or episode.published else ""
    if not about:
        return f"These notes are about {where}."
    if not talk:
        return f"These notes are about {where}{comma} and what it says about {about}."
    return f"In {where}{comma} {talk} about {about}."


def _claims(sections: Iterable[Section]) -> tuple[Claim, ...]:
    """What of the quoted words should be checked: the sentences, in order of time."""
    quotes = [quote for section in sections for quote in [*section.quotes, *section.summary_sources]]
    quotes.sort(key=lambda quote: quote.passage.start)
    return tuple(claim for quote in quotes if (claim := claim_in(quote)))


def _glossary(sections: Sequence[Section], topics: Iterable[Topic], most: int) -> tuple[tuple[str, str], ...]:
    """Science words that occur in the draft, also those of topics that have no section; the most used ones."""
    texts = [quote.passage.text for section in sections for quote in [*section.quotes, *section.summary_sources]]
    own = [section.topic for section in sections]
    counts: dict[str, int] = {}
    meanings: dict[str, str] = {}
    for topic in [*own, *(topic for topic in topics if all(topic is not known for known in own))]:
        for word, meaning in topic.glossary.items():
            times = sum(len(wording.as_said(wording.stems(word), text)) for text in texts)
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
        return "The words come from passages that were found earlier; the transcript itself was not at hand."
    if transcript.source == "recognised":
        engine = transcript.details.get("engine") or "faster-whisper"
        model = f" with the model {transcript.model}" if transcript.model else ""
        return f"The transcript was made by machine ({engine}{model}): listen to each quote before you publish it."
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
            notices.append("The times are approximate: the transcript has none.")
    if heard:
        notices.append(heard)
    quotes = [quote for section in sections for quote in section.quotes]
    if quotes and not any(quote.speaker for quote in quotes):
        notices.append("The transcript does not say who speaks: the quotes name the podcast, not a person.")
    if left_out:
        named = titles.listed([titles.in_sentence(topic.title) for topic in left_out])
        notices.append(f"The episode also touches on {named}, for which there was no room or too little to quote.")
    return tuple(dict.fromkeys(notices))


def version() -> str:
    """Version of podnotes, for the record in a draft."""
    found: str = importlib.import_module("podnotes").__version__
    return found
