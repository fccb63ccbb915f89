"""The people in an episode: names from the feed, speaker labels and spoken introductions."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from typing import TYPE_CHECKING

from podnotes.models import Person

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from podnotes.models import Episode
    from podnotes.text.sentences import Sentence

# Speaker labels that aren't names.
_LABEL = re.compile(
    r"(?:speaker|spk|voice|unknown|person|host|guest|interviewer|interviewee|narrator|male|female|man|woman|participant|"
    r"intro|outro|announcer|moderator|audience|caller|all|both|multiple|s|a|b|q)?"
    r"[\s_#:.-]*(?:\d+|[a-z])?(?:[\s_-]*(?:voice|speaker))?",
    re.IGNORECASE,
)
_CREDENTIALS = re.compile(
    r"(?:,\s*|\s+\(?)(?:Ph\.?\s?D|Psy\.?\s?D|M\.?D|D\.?O|D\.?C|D\.?P\.?T|Ed\.?D|M\.?Sc|B\.?Sc|M\.?A|B\.?A|R\.?N|P\.?T|L\.?M\.?T|"
    r"L\.?M\.?F\.?T|LCSW|MPH|MBA|FRCP|OBE|CBE|Esq|Jr|Sr)\.?\)?(?=,|\s|$)",
)
_TITLES = re.compile(r"^(?:Dr|Prof|Professor|Doctor|Mr|Mrs|Ms|Mx|Sir|Dame|Rev)\.?\s+", re.IGNORECASE)

_NAME = (
    r"((?:(?:Dr|Prof)\.?\s|Doctor\s|Professor\s)?[A-Z][\w'’-]+"
    r"(?:\s(?:[A-Z]\.|(?:de|del|van|von|der|den|di|da|la|le|bin|al)\b|[A-Z][\w'’-]+)){1,4})"
)
_GUEST = re.compile(
    rf"\b(?:[Mm]y|[Oo]ur) guests?(?: (?:today|this week|for today|on (?:today's|the|this) (?:episode|show|podcast)))?"
    rf"(?: today)? (?:is|are) {_NAME}"
    rf"|\b[Tt]oday'?s guest is {_NAME}"
    rf"|\b[Tt]oday,? (?:I'm|I am|we're|we are) (?:talking|speaking|joined|here|sitting down|chatting)(?: down)?"
    rf" (?:with|by|to) {_NAME}"
    rf"|\b(?:[Ii]'m|[Ww]e're|[Ii] am|[Ww]e are) (?:joined|here)(?: today)? (?:by|with) {_NAME}"
    rf"|\b(?:[Pp]lease )?[Ww]elcome,? {_NAME},? to the (?:show|podcast|program)"
)
_HOST = re.compile(
    rf"\b(?:[Ii]'m|[Ii] am|[Mm]y name is|[Ii]'m your host,?|[Tt]his is your host,?) (?:your host,? )?{_NAME}"
)
# Someone who says their own name may be a guest in a teaser; they are the host if this or an adjacent sentence mentions
# the show.
_SHOW = re.compile(
    r"\b(?:hosts?|[Ww]elcome (?:back )?to|[Yy]ou(?:'re| are) listening to|(?:[Mm]y|[Oo]ur) (?:show|podcast)|"
    r"[Tt]his is (?:the )?[A-Z])"
)
# Introductions are only searched for at the beginning.
_INTRODUCTION = 420.0  # seconds


def plain_name(name: str | None) -> str | None:
    """Return a name suitable for attributing a quote.

    Args:
        name: A speaker label or a name from the feed.

    Returns:
        The name without degrees, or None if it isn't a name ("SPEAKER_01", "Guest").
    """
    if not name:
        return None
    text = " ".join(name.split()).strip(" :,-")
    previous = None
    while text != previous:
        previous, text = text, _CREDENTIALS.sub("", text).strip(" ,")
    if not text or _LABEL.fullmatch(text) or not any(character.isalpha() for character in text):
        return None
    return text


def speaker_name(label: str | None, persons: Sequence[Person]) -> str | None:
    """Return the name of a speaker.

    Args:
        label: Speaker label in the transcript.
        persons: People named in the feed.

    Returns:
        The full name if the label is part of exactly one person's name ("Maria" for "Maria Holm"), else the label if it
        is a name, else None.
    """
    name = plain_name(label)
    if name is None:
        return None
    parts = set(bare_name(name).lower().split())
    fitting = {person.name for person in persons if parts and parts <= set(bare_name(person.name).lower().split())}
    return plain_name(fitting.pop()) if len(fitting) == 1 else name


def bare_name(name: str) -> str:
    """Return the name without titles and degrees, for comparison."""
    return _TITLES.sub("", plain_name(name) or name).strip()


def introduced(sentences: Iterable[Sentence]) -> tuple[Person, ...]:
    """Find hosts and guests who are introduced in the first minutes.

    Args:
        sentences: Sentences of the episode in chronological order.

    Returns:
        At most one host, and the guests, as spelled in the transcript.
    """
    hosts: list[str] = []
    guests: list[str] = []
    texts = [
        sentence.text.replace("’", "'")
        for sentence in itertools.takewhile(lambda sentence: sentence.start <= _INTRODUCTION, sentences)
    ]
    for place, text in enumerate(texts):
        guests += [next(name for name in match.groups() if name) for match in _GUEST.finditer(text)]
        if any(map(_SHOW.search, texts[max(0, place - 1) : place + 2])):
            hosts += [match.group(1) for match in _HOST.finditer(text)]
    named: dict[str, Person] = {}
    for name in guests:
        named.setdefault(bare_name(name).lower(), Person(name, "guest"))
    host = [Person(name, "host") for name in hosts[:1] if bare_name(name).lower() not in named]
    return (*host, *named.values())


def who(episode: Episode, sentences: Sequence[Sentence]) -> tuple[tuple[Person, ...], str | None]:
    """Find the people in an episode.

    Args:
        episode: The episode; names in the feed take precedence.
        sentences: Sentences of the transcript, or () if there is none.

    Returns:
        The people, and a notice for the user if a name comes from a spoken introduction, else None.
    """
    people = [Person(name, person.role) for person in episode.persons if (name := plain_name(person.name))]
    if people:
        return tuple(people), None
    voices: Counter[str] = Counter()  # characters spoken
    for sentence in sentences:
        if name := plain_name(sentence.speaker):
            voices[name] += len(sentence.text)
    heard = introduced(sentences)
    roles = {bare_name(person.name).lower(): person.role for person in heard}
    speakers: dict[str, Person] = {}
    for name, size in voices.most_common():
        if size >= 0.02 * voices.total():  # a speaker with almost no speech is a jingle or a clip
            bare = bare_name(name).lower()
            speakers.setdefault(bare, Person(name, roles.get(bare, "speaker")))
    if speakers:
        return tuple(speakers.values()), None
    if not heard:
        return (), None
    names, verb = " and ".join(person.name for person in heard), "are" if len(heard) > 1 else "is"
    return heard, f"The feed names nobody; {names} {verb} introduced in the episode: check the spelling."
