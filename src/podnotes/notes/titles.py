"""What a post is called: its subjects and what it says about them, not the episode's title again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from podnotes.notes import wording

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podnotes.models import Episode, Person, Section

# A title that a search engine shows whole and a reader takes in at once.
_LONGEST = 90  # characters


def listed(items: Sequence[str]) -> str:
    """Words as a list in a sentence: "pain, touch and sleep"."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def in_sentence(title: str) -> str:
    """A topic's title inside a sentence: "Pain" as "pain", but "GABA" as it is."""
    first = title.split(" ")[0] if title else ""
    return title if sum(character.isupper() for character in first) > 1 else title[:1].lower() + title[1:]


def key_terms(sections: Sequence[Section], most: int = 6) -> tuple[str, ...]:
    """What the draft speaks of, beyond the names of its topics.

    Args:
        sections: With their quotes and summaries.
        most: How many terms at most.

    Returns:
        Terms of the packs, those that occur most first, none of them a part of another.
    """
    headings = {word for section in sections for word in wording.content_stems(section.topic.title)}
    counts: dict[tuple[str, ...], tuple[float, str]] = {}
    for section in sections:
        topic = section.topic
        texts = [*section.summary, *(quote.passage.text for quote in section.quotes)]
        for term in dict.fromkeys([*topic.glossary, *topic.terms]):
            phrase = wording.stems(term)
            forms = [form for text in texts for form in wording.as_said(phrase, text)]
            # A plain word ("brain", "nerve") tells no two posts apart.
            if not forms or set(phrase) <= headings or (len(phrase) == 1 and term not in topic.glossary):
                continue
            weight = len(forms) + 0.6 * (len(phrase) - 1)
            if phrase not in counts or weight > counts[phrase][0]:
                counts[phrase] = (weight, max(forms, key=forms.count))
    chosen: list[tuple[tuple[str, ...], str]] = []
    for phrase, (_, term) in sorted(counts.items(), key=lambda item: -item[1][0]):
        if any(set(phrase) & set(other) for other, _ in chosen):
            continue
        chosen.append((phrase, term))
    return tuple(term for _, term in chosen[:most])


# Parts of the body of which there is one, or that are spoken of as one: they take an article in a sentence.
_WITH_ARTICLE = re.compile(
    r"(?:nerve|cord|brain|brainstem|cortex|amygdala|hypothalamus|hippocampus|cerebellum|insula|thalamus|spine|gut|skin|"
    r"system|axis|gate|ganglion|horn|vagus)",
    re.IGNORECASE,
)


def with_article(term: str) -> str:
    """A term as it stands in a sentence: "the vagus nerve", but "chronic pain" and "nociceptors"."""
    return f"the {term}" if _WITH_ARTICLE.fullmatch(term.rpartition(" ")[2]) else term


def titles(
    episode: Episode, sections: Sequence[Section], people: Sequence[Person], terms: Sequence[str]
) -> tuple[str, ...]:
    """Titles for a post, best first.

    Args:
        episode: For the podcast's name.
        sections: The topics it has.
        people: For the guest's name.
        terms: From :func:`key_terms`.

    Returns:
        At least one; without sections the one that names the episode.
    """
    podcast = " ".join(episode.podcast.split())
    if not sections:
        return (" ".join(episode.title.split()),)
    names = [in_sentence(section.topic.title) for section in sections]
    subject = listed([names[0][:1].upper() + names[0][1:], *names[1:]])
    guests = [person.name for person in people if "guest" in person.role]
    voice = f"what {guests[0]} says" if len(guests) == 1 else f"notes from {podcast}" if podcast else "notes"
    preposition = "about" if len(guests) == 1 else "on"
    found = [
        f"{subject}: {voice} {preposition} {listed([with_article(term) for term in terms[:count]])}"
        for count in (3, 2, 1)
        if len(terms) >= count
    ]
    found.append(f"{subject}: {listed([with_article(term) for term in terms[:3]])}" if terms else f"{subject}: {voice}")
    found.append(f"{subject}: {voice}")
    fitting = [
        title for title in dict.fromkeys(re.sub(r"\s+", " ", title) for title in found) if len(title) <= _LONGEST
    ]
    return tuple(fitting) or (subject,)
