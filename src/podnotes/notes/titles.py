"""What a post is called: its subjects and what it says about them, not the episode's title again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from podnotes.notes import fluency, wording

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podnotes.models import Episode, Person, Section

# A title that a search engine shows whole and a reader takes in at once.
_LONGEST = 90  # characters
_LONGEST_SAYING = 9  # words
# A word of the episode's title that the draft says so often is what it is about.
_REPEATED_WORD = 3
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_ADDRESSED = frozenset(["you", "your", "we", "our", "us", "i", "my", "me"])
_LEADING_ARTICLE = re.compile(r"^the\s+", re.IGNORECASE)
# "Sympathetic", "falling asleep", "depressed": no subject of a title.
_ADJECTIVE = re.compile(r"(?:ic|al|ar|ous|ful|ed|ive|ian|less|ible|able|ile|asleep|like)$")
# What half of all titles of episodes have.
_PLAIN_WORDS = """
    better best body brain build control enhance effect effects everyday guide guest healing health healthy help
    host human improve increase interview knowledge learning life live making master mind optimize optimizing
    overcome people practice process protocols question questions reduce research rewire science scientist secret
    secrets series session show special story talk tips tools training truth understand understanding using work
    world years
"""
_PLAIN = frozenset(_PLAIN_WORDS.split())


def listed(items: Sequence[str]) -> str:
    """Words as a list in a sentence: "pain, touch and sleep"."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def in_sentence(title: str, language: str = "en") -> str:
    """A topic's title inside a sentence: "Pain" as "pain", but "GABA" as it is, and German nouns too."""
    if language == wording.CAPITALISED_NOUNS:
        return title
    first = title.split(" ")[0] if title else ""
    return title if sum(character.isupper() for character in first) > 1 else title[:1].lower() + title[1:]


def key_terms(episode: Episode, sections: Sequence[Section], most: int = 6) -> tuple[str, ...]:
    """What the draft speaks of: names of its topics, words of its packs, words of the episode's title.

    Args:
        episode: A word of its title that the draft repeats is what the episode is about.
        sections: With their quotes and summaries.
        most: How many terms at most.

    Returns:
        Terms as they stand in a sentence, those that occur most first, no two with a word in common.
    """
    language = sections[0].topic.language if sections else "en"
    texts = [text for section in sections for text in [*section.summary, *(q.passage.text for q in section.quotes)]]
    announced = set(wording.content_stems(episode.title, language))
    counts: dict[tuple[str, ...], tuple[float, str]] = {}

    def consider(term: str, least: int) -> None:
        phrase = wording.stems(term, language)
        forms = [form for text in texts for form in wording.as_said(phrase, text, language)]
        if len(forms) < least:
            return
        weight = len(forms) + 0.6 * (len(phrase) - 1)
        if announced & set(phrase):
            weight = 1.5 * weight + 1.0
        if phrase not in counts or weight > counts[phrase][0]:
            counts[phrase] = (weight, _shown(term, forms))

    for section in sections:
        topic = section.topic
        consider(_LEADING_ARTICLE.sub("", in_sentence(topic.title, language)), 1)
        for term in dict.fromkeys([*topic.glossary, *topic.terms]):
            # A plain word ("brain", "nerve") tells no two posts apart, unless the episode's title has it.
            known = term in topic.glossary or " " in term or set(wording.stems(term, language)) <= announced
            if known and not _ADJECTIVE.search(term):
                consider(term, 1)
    for word in _WORD.findall(episode.title):
        if (
            len(word) > 2
            and wording.content_stems(word, language)
            and word.lower() not in _PLAIN
            and not _ADJECTIVE.search(word.lower())
        ):
            consider(in_sentence(word, language), _REPEATED_WORD)
    chosen: list[tuple[tuple[str, ...], str]] = []
    for phrase, (_, term) in sorted(counts.items(), key=lambda item: -item[1][0]):
        if not any(set(phrase) & set(other) for other, _ in chosen):
            chosen.append((phrase, term))
    return tuple(term for _, term in chosen[:most])


def _shown(term: str, forms: Sequence[str]) -> str:
    """The term as the packs have it, in the number in which it is said most: "nociceptors", never "fall asleep"."""
    said = max(forms, key=forms.count)
    return said if said.removesuffix("s").lower() == term.removesuffix("s").lower() else term


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
    language = sections[0].topic.language
    names = [in_sentence(section.topic.title, language) for section in sections]
    guests = [person.name for person in people if "guest" in person.role]
    if len(guests) == 1:
        voice, preposition = f"what {guests[0]} says", " about "
    else:
        voice, preposition = (f"notes from {podcast}" if podcast else "notes"), " on "
    covered = {word for term in terms[:3] for word in wording.content_stems(term, language)}
    items = [with_article(term) for term in terms[:3]]
    items += [name for name in names if not set(wording.content_stems(name, language)) <= covered]
    found = [f"{_capital(listed(items[:count]))}: {voice}" for count in (3, 2, 1)]
    found.append(f"{_capital(listed(names))}: {voice}")
    fitting = [title for title in dict.fromkeys(map(_one_line, found)) if len(title) <= _LONGEST]
    if not fitting:
        return (_one_line(_capital(listed(items[:2]))),)
    others = [f"“{sentence}”: {voice}" for sentence in sayings(sections)]
    others += [found[-1], _capital(f"{voice}{preposition}{listed(items[:2])}")]
    others = [title for title in map(_one_line, others) if len(title) <= _LONGEST]
    return tuple(dict.fromkeys([fitting[0], *others]))


def sayings(sections: Sequence[Section], most: int = 1) -> tuple[str, ...]:
    """Sentences of the summaries that are short and stand so well that they could head the post.

    Args:
        sections: With their summaries.
        most: How many at most.

    Returns:
        The sentences, shortest first, without their full stops; each names the topic that it is on.
    """
    found: list[str] = []
    for section in sections:
        language = section.topic.language
        named = [wording.stems(term, language) for term in [section.topic.title, *section.topic.terms]]
        for text in section.summary:
            words = _WORD.findall(text.lower())
            if (
                4 <= fluency.count_words(text) <= _LONGEST_SAYING
                and text.endswith(".")
                and not _ADDRESSED.intersection(words)
                and not fluency.stumbles(text)
                and not fluency.points_back(text)
                and not fluency.leans_back(text)
                and any(wording.as_said(phrase, text, language) for phrase in named if phrase)
            ):
                found.append(text[:-1])
    return tuple(sorted(found, key=len)[:most])


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _one_line(text: str) -> str:
    return " ".join(text.split())
