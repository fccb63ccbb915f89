"""The episode as APA style (7th edition, 10.13, example 94) cites a podcast episode."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from podnotes.notes.moments import apa_date, web_address
from podnotes.notes.people import bare_name, plain_name
from podnotes.web.privacy import publishable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podnotes.models import Episode, Person

_PARTICLES = {"van", "von", "de", "del", "der", "den", "la", "le", "di", "da", "bin", "al", "ter", "ten"}
# An author that is no person stays as it is written.
_ORGANISATION = re.compile(
    r"\b(?:lab|labs|media|podcasts?|studios?|radio|network|inc|llc|ltd|gmbh|company|university|institute|foundation|productions?|"
    r"press|news|bbc|npr|abc|group|team|society|association|college|hospital|center|centre|magazine|the|and|&)\b",
    re.IGNORECASE,
)


def _inverted(name: str) -> str:
    """Turn "Mireille B. Reece" into "Reece, M. B."."""
    parts = bare_name(name).split()
    if len(parts) < 2:
        return " ".join(parts)
    first_of_family = len(parts) - 1
    while first_of_family > 1 and parts[first_of_family - 1].lower() in _PARTICLES:
        first_of_family -= 1
    family = " ".join(parts[first_of_family:])
    initials = " ".join(
        "-".join(f"{piece[0].upper()}." for piece in part.split("-") if piece) for part in parts[:first_of_family]
    )
    return f"{family}, {initials}"


def _authors(episode: Episode, people: Sequence[Person]) -> str:
    hosts = [person.name for person in people if "host" in person.role.lower()]
    if not hosts and all(person.role == "speaker" for person in people):
        names = [person.name for person in people]
        role = ""
    else:
        names = hosts
        role = " (Hosts)" if len(hosts) > 1 else " (Host)"
    if names:
        listed = [_inverted(name) for name in names]
        joined = listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])}, & {listed[-1]}"
        return f"{joined}{role}"
    author = plain_name(episode.author)
    if author is None:
        return ""
    parts = author.split()
    if _ORGANISATION.search(author) or not 2 <= len(parts) <= 4 or author == episode.podcast:
        return author
    return f"{_inverted(author)} (Host)"


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."


def apa(episode: Episode, people: Sequence[Person] = ()) -> str:
    """Cite an episode.

    Args:
        episode: What is known of it; parts that are not known are left out ("n.d." for the date).
        people: Who takes part; hosts stand as authors.

    Returns:
        One line of plain text. In print the title of the podcast is in italics.
    """
    episode = publishable(episode)
    title = " ".join(episode.title.split())
    if episode.number is not None and not re.search(rf"(?<!\d){episode.number}(?!\d)", title):
        title += f" (No. {episode.number})"
    title += " [Audio podcast episode]."
    when = apa_date(episode.published.date()) if episode.published else "n.d."
    author = _authors(episode, people)
    parts = [f"{_sentence(author)} ({when}). {title}"] if author else [f"{title[:-1]}. ({when})."]
    if episode.podcast:
        parts.append(f"In {_sentence(' '.join(episode.podcast.split()))}")
    address = web_address(episode.link) or web_address(episode.audio.url if episode.audio else None)
    if address:
        parts.append(address)
    return " ".join(parts)
