"""Finding passages within a run: remembered under what they depend on, helped by the earlier episodes of the feed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from podnotes import __version__
from podnotes.interruption import interruptible
from podnotes.pipeline.results import Event, Step

if TYPE_CHECKING:
    from collections.abc import Callable

    from podnotes.library import Library
    from podnotes.models import Episode, Findings, Topic, Transcript

#: Earlier episodes of a feed whose words are compared to find sponsor reads that are said again.
COMPARED_EPISODES = 8


@dataclass
class Finder:
    """Finds the passages of episodes on the same topics.

    Attributes:
        topics: What is looked for.
        tell: Told every half second that an episode is being searched.
        key: Under what the library remembers the findings: another version of podnotes may find other passages.
    """

    topics: tuple[Topic, ...]
    tell: Callable[[Event], None] = lambda _: None
    key: str = field(init=False)
    _fingerprints: dict[int, frozenset[int]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Name what the findings depend on."""
        from podnotes.topics import topics_hash

        self.key = f"{topics_hash(self.topics)}-{__version__}"

    def recall(self, number: int, episode: Episode, transcript: Transcript, library: Library) -> Findings:
        """The findings of an episode: those that are remembered, else new ones, which are remembered from now on.

        Args:
            number: The episode's number in the library.
            episode: The episode.
            transcript: Its words.
            library: What remembers.
        """
        findings = library.findings(number, self.key)
        if findings is None:
            findings = self.find(number, episode, transcript, library)
            library.save_findings(number, findings, self.key)
        return replace(findings, topics=self.topics)

    def find(self, number: int, episode: Episode, transcript: Transcript, library: Library) -> Findings:
        """The findings of an episode, made anew and not remembered."""
        from podnotes.passages import find_passages

        known_reads = self._heard_before(number, episode, library)
        find = partial(find_passages, transcript, self.topics, chapters=episode.chapters, known_reads=known_reads)
        return interruptible(find, lambda: self.tell(Event(episode, Step.FIND)))

    def _heard_before(self, number: int, episode: Episode, library: Library) -> list[frozenset[int]]:
        """Fingerprints of the episodes before this one: sponsor reads are said again, word for word.

        Only earlier ones count, so that an interrupted run that goes on finds the same as one that was not.
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
