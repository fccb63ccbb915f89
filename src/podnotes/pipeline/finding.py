"""Finding passages: results are cached in the library, and earlier episodes help to detect sponsor reads."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from podnotes import __version__
from podnotes.errors import LibraryError
from podnotes.interruption import interruptible
from podnotes.pipeline.results import Event, Step

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from podnotes.library import Library
    from podnotes.models import Episode, Findings, Topic, Transcript

#: Number of earlier episodes of a feed that are searched for repeated sponsor reads.
COMPARED_EPISODES = 8


@dataclass
class Finder:
    """Finds the passages of episodes on given topics.

    ``key`` is the cache key of the findings; it includes the version of podnotes, since results differ between
    versions.
    """

    topics: tuple[Topic, ...]
    tell: Callable[[Event], None] = lambda _: None
    key: str = field(init=False)
    _fingerprints: dict[int, frozenset[int]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Compute the cache key."""
        from podnotes.topics import topics_hash

        self.key = f"{topics_hash(self.topics)}-{__version__}"

    def findings(self, number: int, episode: Episode, transcript: Transcript, library: Library) -> Findings:
        """Return the findings of an episode, given its number in the library, from the cache if possible."""
        findings = library.findings(number, self.key)
        if findings is None:
            findings = self._compute(number, episode, transcript, library)
            library.save_findings(number, findings, self.key)
        return replace(findings, topics=self.topics)

    def _compute(self, number: int, episode: Episode, transcript: Transcript, library: Library) -> Findings:
        """Compute the findings of an episode without caching them."""
        from podnotes.passages import find_passages

        known_reads = self._earlier_fingerprints(number, episode, library)
        find = partial(find_passages, transcript, self.topics, chapters=episode.chapters, known_reads=known_reads)
        return interruptible(find, lambda: self.tell(Event(episode, Step.FIND)))

    def _earlier_fingerprints(self, number: int, episode: Episode, library: Library) -> list[frozenset[int]]:
        """Return fingerprints of earlier episodes, to detect sponsor reads that are repeated verbatim.

        Later episodes are not used, so that interrupted and uninterrupted runs have the same results.
        """
        from podnotes.ads.detection import fingerprints
        from podnotes.text.sentences import sentences

        if episode.feed_url is None or episode.published is None:
            return []
        near = library.find_episodes(podcast=episode.feed_url, until=episode.published, limit=4 * COMPARED_EPISODES)
        earlier = [one.id for one in near if one.transcribed and one.id != number][:COMPARED_EPISODES]
        for one in earlier:
            if one not in self._fingerprints and (transcript := library.transcript(one)) is not None:
                self._fingerprints[one] = fingerprints(sentences(transcript))
        return [self._fingerprints[one] for one in earlier if one in self._fingerprints]


def transcript_of(library: Library, episode_id: int) -> Transcript:
    """Return the transcript of an episode; raise a ``LibraryError`` if there is none yet."""
    transcript = library.transcript(episode_id)
    if transcript is None:
        title = library.episode(episode_id).title
        raise LibraryError(f"“{title}” has not been transcribed yet; make its draft first (podnotes draft).")
    return transcript


def findings_of(library: Library, episode_id: int, topics: tuple[Topic, ...]) -> tuple[Episode, Transcript, Findings]:
    """Return an episode with its transcript and findings on the topics; raises like ``transcript_of``."""
    episode, transcript = library.episode(episode_id), transcript_of(library, episode_id)
    return episode, transcript, Finder(topics).findings(episode_id, episode, transcript, library)


def episodes_of_draft(library: Library, draft: Path, text: str) -> list[int]:
    """Return the numbers of a draft's episodes, found by the ids in its text, else by its path; empty if unknown."""
    # Even outside front matter, twelve hexadecimal digits that equal an episode's id are no coincidence.
    ids = set(re.findall(r"(?<![\w-])[0-9a-f]{12}(?![\w-])", text))
    named = [one for one in library.find_episodes() if one.episode.id in ids] if ids else []
    if named and len({one.episode.id for one in named}) == len(named):  # two podcasts may share ids
        return [one.id for one in named]
    number = library.episode_of_draft(draft)
    return [] if number is None else [number]
