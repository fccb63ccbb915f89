"""Timeline of an episode: one row per topic with its passages, darker for higher scores; sponsor reads hatched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import escape

from podnotes.notes.escaping import one_line
from podnotes.notes.titles import in_sentence, listed
from podnotes.timestamps import clock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podnotes.models import Episode, Findings, Passage, Topic

# Eight hues with a contrast of at least 4.5:1 on white.
_COLOURS = ("#b23a48", "#b5651d", "#1b6a63", "#6a4c93", "#2f5d9b", "#8a6d00", "#3c6e3c", "#7a4a3a")
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
    seconds = max(findings.duration, *(passage.end for passage in findings.passages), 1.0) if findings.passages else 1.0
    width, label, row_height, gap, top = 720, 150, 22, 8, 14  # pixels; the picture can be scaled
    inner = width - label - 24
    height = top + len(found) * (row_height + gap) + 30
    name = escape(one_line(episode.title))
    words = escape(alternative(found, seconds))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="t d" width="{width}" height="{height}"',
        f'viewBox="0 0 {width} {height}" font-family="Avenir Next, Segoe UI, Liberation Sans, Arial, sans-serif">',
        f'<title id="t">Topics of “{name}”</title>',
        f'<desc id="d">{words}</desc>',
        f'<rect width="{width}" height="{height}" rx="8" fill="#ffffff"/>',
        '<defs><pattern id="s" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">',
        '<rect width="3" height="6" fill="#b9b4a8"/></pattern></defs>',
    ]
    bottom = top + len(found) * (row_height + gap) - gap
    for number, row in enumerate(found):
        y = top + number * (row_height + gap)
        colour = _COLOURS[number % len(_COLOURS)]
        title = escape(one_line(row.topic.title))
        parts.append(
            f'<text x="{label - 10}" y="{y + 15.5}" text-anchor="end" font-size="13" fill="#20252a">{title}</text>'
            f'<rect x="{label}" y="{y}" width="{inner}" height="{row_height}" rx="3" fill="{colour}" opacity="0.1"/>'
        )
        for passage in row.passages:
            x = label + inner * passage.start / seconds
            wide = max(2.0, inner * (passage.end - passage.start) / seconds)
            parts.append(
                f'<rect x="{x:.1f}" y="{y}" width="{wide:.1f}" height="{row_height}" fill="{colour}" '
                f'opacity="{opacity(passage.score)}"/>'
            )
    for span in findings.skipped:
        x = label + inner * span.start / seconds
        wide = inner * (span.end - span.start) / seconds
        parts.append(f'<rect x="{x:.1f}" y="{top}" width="{wide:.1f}" height="{max(0, bottom - top)}" fill="url(#s)"/>')
    for at in ticks(seconds):
        x = label + inner * at / seconds
        anchor = "start" if at == 0 else "middle"
        place = f'x="{x:.1f}" y="{bottom + 19}" text-anchor="{anchor}"'
        parts.append(f'<text {place} font-size="11" fill="#5a626b">{clock(at)}</text>')
    parts.append("</svg>")
    return "\n".join(parts) + "\n"
