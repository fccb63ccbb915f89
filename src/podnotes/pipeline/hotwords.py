"""Words that the speech model may expect in an episode: who takes part, and what its show notes say of the topics."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podnotes.models import Episode, Topic

#: A few: what the decoder is given takes room from what it hears, and wrong hints mislead it.
MOST_WORDS = 12


def expected_words(episode: Episode, topics: Sequence[Topic], *, most: int = MOST_WORDS) -> tuple[str, ...]:
    """Choose hotwords for an episode.

    Args:
        episode: With its title, people and show notes.
        topics: What is looked for.
        most: How many at most.

    Returns:
        The names of those who take part, then the topics' terms that title and show notes have, in their order there.
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
