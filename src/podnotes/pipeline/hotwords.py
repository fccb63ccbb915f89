"""Hotwords for an episode: its people, and the topic terms in its show notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podnotes.models import Episode, Topic

#: Few, because a prompt shortens the decoder's context and wrong hints mislead it.
MOST_WORDS = 12


def expected_words(episode: Episode, topics: Sequence[Topic], *, most: int = MOST_WORDS) -> tuple[str, ...]:
    """Choose hotwords for an episode.

    Args:
        episode: The episode.
        topics: The topics.
        most: Maximum number of hotwords.

    Returns:
        The people's names, then the topics' terms in title and show notes, in order of occurrence.
    """
    from podnotes.passages.matching import Matcher, Tier
    from podnotes.text.stemming import stems

    words = [person.name for person in episode.persons]
    notes = f"{episode.title}. {episode.summary}"
    for language in sorted({topic.language for topic in topics}):
        alike = [topic for topic in topics if topic.language == language]
        for entries in Matcher(alike).find(stems(notes, language)):
            words += [entry.phrase for entry in entries if entry.tier in (Tier.CORE, Tier.STRONG)]
    return tuple(dict.fromkeys(word for word in words if word))[:most]
