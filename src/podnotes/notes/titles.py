"""Compose titles of posts."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING

from podnotes.notes import wording

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from podnotes.models import Episode, Person, Section

# Longer titles are cut off by search engines.
_LONGEST = 90  # characters
_MOST_TERMS = 6
_SAYING_WORDS = range(4, 10)
# A sentence with one of these words isn't self-contained, so it makes no title.
_NOT_ALONE = re.compile(
    r"\b(?:i|me|my|we|us|our|you|your|he|she|they|them|his|her|their|it|its|that|this|these|those|there|here|so|and|but)\b",
    re.IGNORECASE,
)
# Characters that must not precede the ellipsis of a shortened title.
_LOOSE_END = re.compile(r"[\s,;:&—–-]+…$")
_LEADING_ARTICLE = re.compile(r"^the\s+", re.IGNORECASE)
# "Sympathetic", "falling asleep", "depressed" can't be the subject of a title.
_ADJECTIVE = re.compile(r"(?:ic|al|ar|ous|ful|ed|ive|ian|less|ible|able|ile|asleep|like)$")


def listed(items: Sequence[str]) -> str:
    """Join words as a list in a sentence: "pain, touch and sleep"."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def in_sentence(title: str, language: str = "en") -> str:
    """Convert a topic's title for use inside a sentence: "Pain" becomes "pain"; "GABA" and German nouns stay."""
    if language == wording.CAPITALISED_NOUNS:
        return title
    first = title.split(" ")[0] if title else ""
    return title if sum(character.isupper() for character in first) > 1 else title[:1].lower() + title[1:]


def key_terms(episode: Episode, sections: Sequence[Section]) -> tuple[str, ...]:
    """Return the key terms of a draft: names and terms of its topics that occur in its quotes, most frequent first.

    They are in the form used inside a sentence, and no two have a word in common. Terms in the episode's title weigh
    more.
    """
    texts = [quote.passage.text for section in sections for quote in section.quotes]
    language = sections[0].topic.language if sections else "en"
    announced = set(wording.content_stems(episode.title, language))
    counts: dict[tuple[str, ...], tuple[float, str]] = {}
    for section in sections:
        topic = section.topic
        name = _LEADING_ARTICLE.sub("", in_sentence(topic.title, language))
        # A plain word ("brain", "nerve") is too general for a title.
        telling = [term for term in [*topic.glossary, *topic.terms] if term in topic.glossary or " " in term]
        for term in dict.fromkeys([name, *(term for term in telling if not _ADJECTIVE.search(term))]):
            phrase = wording.stems(term, language)
            forms = [form for text in texts for form in wording.as_said(phrase, text, language)]
            weight = len(forms) * (1.5 if announced & set(phrase) else 1.0) + 0.6 * (len(phrase) - 1)
            if forms and (phrase not in counts or weight > counts[phrase][0]):
                counts[phrase] = (weight, _shown(term, forms))
    chosen: list[tuple[tuple[str, ...], str]] = []
    for phrase, (_, term) in sorted(counts.items(), key=lambda item: -item[1][0]):
        if not any(set(phrase) & set(other) for other, _ in chosen):
            chosen.append((phrase, term))
    return tuple(term for _, term in chosen[:_MOST_TERMS])


def _shown(term: str, forms: Sequence[str]) -> str:
    """Return the term of the pack, or its most frequent form if that differs only in number: "nociceptors"."""
    said = max(forms, key=forms.count)
    return said if said.removesuffix("s").lower() == term.removesuffix("s").lower() else term


# Parts of the body that take a definite article in a sentence.
_WITH_ARTICLE = re.compile(
    r"(?:nerve|cord|brain|brainstem|cortex|amygdala|hypothalamus|hippocampus|cerebellum|insula|thalamus|spine|gut|skin|"
    r"system|axis|ganglion|horn|vagus)",
    re.IGNORECASE,
)


def as_subject(term: str, sections: Sequence[Section]) -> str | None:
    """Return a term of the quotes as the subject of a title: "the vagus nerve", "chronic pain", "nociceptors".

    None for a countable noun in the singular ("a neuromodulator").
    """
    if _WITH_ARTICLE.fullmatch(term.rpartition(" ")[2]):
        return f"the {term}"
    counted = re.compile(rf"\b(?:a|an|the|each|every|one|this|that) {re.escape(term)}\b", re.IGNORECASE)
    return None if any(counted.search(quote.passage.text) for one in sections for quote in one.quotes) else term


def titles(
    episode: Episode, sections: Sequence[Section], people: Sequence[Person], terms: Sequence[str]
) -> tuple[str, ...]:
    """Compose titles for a post, best first: at least one; without sections, the title of the episode.

    No title attributes the quotes to a person: "notes from a talk with …" is true whoever speaks.
    """
    if not sections:
        return (_one_line(episode.title),)
    podcast = _one_line(episode.podcast)
    guests = [person.name for person in people if "guest" in person.role]
    source = f"notes from {podcast}" if podcast else "notes"
    names = [in_sentence(section.topic.title) for section in sections]
    covered = {word for name in names for word in wording.content_stems(name)}
    telling = [term for term in terms if not set(wording.content_stems(term)) & covered]
    focus = [subject for term in telling if (subject := as_subject(term, sections))]
    subjects = [[*focus[:1], *names[:2]], [*focus[:1], *names[:1]], names, focus[:1], names[:1]]
    heads = [_capital(listed(items)) for items in subjects if items]
    # The episode's title distinguishes drafts; so does a guest together with a key term.
    on = _fitting(f"{head}: notes on “{_one_line(episode.title)}”" for head in heads)
    if not on:
        short = textwrap.shorten(episode.title, _LONGEST - len(f"{heads[-1]}: notes on “”"), placeholder=" …")
        on = _fitting([f"{heads[-1]}: notes on “{_LOOSE_END.sub(' …', short)}”"])
    talks = _fitting(f"{head}: notes from a talk with {listed(guests)}" for head in heads if guests)
    first, second = (talks, on) if focus and guests else (on, talks)
    others = [f"{heads[0]}: {source}", *(f"“{sentence}”: {source}" for sentence in _sayings(sections)[:1])]
    fitting = [*first[:3], *second[:2], *_fitting(others)]
    return tuple(fitting) or (_one_line(_capital(listed(names[:2]))),)


def _fitting(found: Iterable[str]) -> list[str]:
    return [title for title in dict.fromkeys(map(_one_line, found)) if len(title) <= _LONGEST]


def _sayings(sections: Sequence[Section]) -> list[str]:
    """Find short sentences of the quotes that could be a title, shortest first; each has a term of its topic."""
    found: list[str] = []
    for section in sections:
        named = [section.topic.title, *section.topic.terms]
        found += [
            text[:-1]
            for quote in section.quotes
            for text in re.split(r"(?<=[.!?])\s+", quote.passage.text)
            if len(text.split()) in _SAYING_WORDS
            and text.endswith(".")
            and not _NOT_ALONE.search(text)
            and any(wording.occurs(term, text) for term in named)
        ]
    return sorted(found, key=len)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _one_line(text: str) -> str:
    return " ".join(text.split())
