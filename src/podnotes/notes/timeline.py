"""Timeline of an episode: one row per topic with its passages, darker for higher scores; sponsor reads hatched."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from podnotes.notes.escaping import Output
from podnotes.notes.rendering import render_file
from podnotes.notes.titles import in_sentence, listed
from podnotes.timestamps import clock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podnotes.models import Episode, Findings, Passage, Topic

_STEPS = (30, 60, 120, 300, 600, 900, 1800, 3600)  # seconds between ticks of the time axis


@dataclass(frozen=True, slots=True)
class Row:
    """One topic of the timeline.

    Attributes:
        topic: The topic.
        passages: Its passages in order of time.
    """

    topic: Topic
    passages: tuple[Passage, ...]

    @property
    def best_first(self) -> tuple[Passage, ...]:
        """The passages by score, best first."""
        return tuple(sorted(self.passages, key=lambda passage: (-passage.score, passage.start)))


def rows(findings: Findings, topics: Sequence[Topic]) -> tuple[Row, ...]:
    """Return the rows of the timeline: the pack's topics with passages, then unknown ones with their id as title."""
    from podnotes.models import Topic

    found: dict[str, list[Passage]] = {topic.id: [] for topic in topics}
    for passage in findings.passages:
        found.setdefault(passage.topic, []).append(passage)
    known = {topic.id: topic for topic in topics}
    return tuple(
        Row(
            known.get(id_) or Topic(id_, id_.replace("-", " ").capitalize()),
            tuple(sorted(passages, key=lambda passage: passage.start)),
        )
        for id_, passages in found.items()
        if passages
    )


def opacity(score: float) -> float:
    """Return the opacity of a passage with a score, 0.3 to 1."""
    return round(0.3 + 0.7 * min(1.0, max(0.0, score)), 2)


def ticks(seconds: float) -> tuple[int, ...]:
    """Return the ticks of the time axis in seconds: at most nine, at round times."""
    step = next((step for step in _STEPS if seconds / step <= 8), _STEPS[-1])
    while seconds / step > 8:
        step *= 2
    # A tick at the very end would be cut off.
    return tuple(range(0, max(1, int(seconds - 0.04 * seconds)), step))


def alternative(found: Sequence[Row], seconds: float) -> str:
    """Describe the timeline of an episode of ``seconds`` in one sentence, as alternative text."""
    if not found:
        return f"An episode of {clock(seconds)} with no passages on the topics."
    parts = []
    for row in found:
        count = len(row.passages)
        best = row.best_first[0]
        places = (
            f"one passage, at {clock(best.start)}"
            if count == 1
            else f"{count} passages, the strongest at {clock(best.start)}"
        )
        parts.append(f"{in_sentence(row.topic.title, row.topic.language)} ({places})")
    return f"Timeline of an episode of {clock(seconds)}: {listed(parts)}."


def topic_picture(episode: Episode, findings: Findings, topics: Sequence[Topic] | None = None) -> str:
    """Draw the timeline of an episode's topics, for use in a post.

    Args:
        episode: The episode, for the title.
        findings: The passages and skipped spans.
        topics: The topics, for titles and order; those of the findings if None.

    Returns:
        An SVG document with a title and a description for screen readers, with a light background.
    """
    found = rows(findings, findings.topics if topics is None else topics)
    seconds = max(findings.duration, 1.0, *(passage.end for passage in findings.passages))
    return render_file(
        Path(__file__).parent / "templates" / "topics.svg.j2",
        Output.HTML,
        {
            "title": episode.title,
            "alternative": alternative(found, seconds),
            "rows": found,
            "skipped": findings.skipped,
            "seconds": seconds,
            "ticks": [(at, clock(at)) for at in ticks(seconds)],
            "opacity": opacity,
        },
    )
