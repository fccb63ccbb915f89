"""Citations of podcast episodes in APA style (7th edition, section 10.13, example 94)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from podnotes.models import publishable
from podnotes.notes.links import apa_date, web_address
from podnotes.transcripts.people import bare_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podnotes.models import Episode, Person

_PARTICLES = {"van", "von", "de", "del", "der", "den", "la", "le", "di", "da", "bin", "al", "ter", "ten"}


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
    """Return the hosts, or the podcast if none is known (not ``itunes:author``, which may be a company or a guest)."""
    hosts = [_inverted(person.name) for person in people if "host" in person.role.lower()]
    if not hosts:
        return " ".join(episode.podcast.split())
    if len(hosts) == 1:
        return f"{hosts[0]} (Host)"
    return f"{', '.join(hosts[:-1])}, & {hosts[-1]} (Hosts)"


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."


def apa(episode: Episode, people: Sequence[Person] = ()) -> str:
    """Cite an episode on one line, without the italics that APA style prescribes for the podcast's title.

    Unknown parts are left out ("n.d." for the date). Hosts are cited as authors; without hosts, the podcast is.
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
