"""A picture of an episode: time across, a row a topic, how strong where; sponsor reads greyed."""

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

# Eight hues that keep a contrast of 4.5 to 1 on white; the label beside each row says what it is.
_COLOURS = ("#b23a48", "#b5651d", "#1b6a63", "#6a4c93", "#2f5d9b", "#8a6d00", "#3c6e3c", "#7a4a3a")
_STEPS = (30, 60, 120, 300, 600, 900, 1800, 3600)  # seconds between two marks of the time axis


@dataclass(frozen=True, slots=True)
class Row:
    """What an episode has on one topic.

    Attributes:
        topic: The topic.
        passages: In order of time.
    """

    topic: Topic
    passages: tuple[Passage, ...]

    @property
    def best_first(self) -> tuple[Passage, ...]:
        """The passages by their score."""
        return tuple(sorted(self.passages, key=lambda passage: (-passage.score, passage.start)))


def rows(findings: Findings, topics: Sequence[Topic]) -> tuple[Row, ...]:
    """The rows of the picture: the topics that the episode has, in the pack's order.

    Args:
        findings: The passages.
        topics: The pack; a topic that is not in it gets a row with its id as title.

    Returns:
        One row a topic with passages.
    """
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
    """How dark a passage is drawn: never so faint that it is missed."""
    return round(0.3 + 0.7 * min(1.0, max(0.0, score)), 2)


def ticks(seconds: float) -> tuple[int, ...]:
    """Places of the marks on the time axis, in seconds: at most nine, at round times."""
    step = next((step for step in _STEPS if seconds / step <= 8), _STEPS[-1])
    while seconds / step > 8:
        step *= 2
    # A mark at the very end would lie under the edge.
    return tuple(range(0, max(1, int(seconds - 0.04 * seconds)), step))


def alternative(found: Sequence[Row], seconds: float) -> str:
    """The picture in words, for those who don't see it.

    Args:
        found: From :func:`rows`.
        seconds: Length of the episode.

    Returns:
        A sentence or two.
    """
    if not found:
        return f"An episode of {clock(seconds)} with nothing on the topics."
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
    return f"Where an episode of {clock(seconds)} speaks of {listed(parts)}."


def topic_picture(
    episode: Episode, findings: Findings, topics: Sequence[Topic] | None = None, *, width: int = 720
) -> str:
    """Draw where an episode speaks of which topic, for the post itself.

    Args:
        episode: For the name in the alternative text.
        findings: The passages and what was skipped.
        topics: The pack, for titles and order; None for that of the findings.
        width: Width in pixels; the picture can be scaled to any size.

    Returns:
        An SVG document with a title and a description for screen readers. It has its own light background, so that it
        reads in any theme.
    """
    found = rows(findings, findings.topics if topics is None else topics)
    seconds = max(findings.duration, *(passage.end for passage in findings.passages), 1.0) if findings.passages else 1.0
    label, row_height, gap, top = 150, 22, 8, 14
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
