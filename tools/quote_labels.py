"""Read a reader's annotations of quotable passages, and judge quotations by them.

A file ``NAME.quotes.json`` has ``{"spans": [{"start", "end", "topic", "grade", "text"}, …], "key": [{"start", "end",
"point"}, …]}`` in seconds: every span that could stand in a post (grade 3 a highlight, 2 good; what is not listed would
be deleted), and the spans that tell what the episode teaches. Its transcript is ``NAME.vtt``.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

# A quotation is whole with this share of a span, and is kept or mended with so much of it inside of spans.
WHOLE, KEPT, MENDED = 0.85, 0.6, 0.4


class Judgement(NamedTuple):
    """A reader's verdict on a quotation."""

    worth: float  #: 1 keep it, 0.5 mend it, 0 delete it
    highlight: bool  #: it holds a span of grade 3
    topic: str  #: where the reader would put it; "" where it would be deleted


class Labels(NamedTuple):
    """A reader's annotations of an episode."""

    name: str
    transcript: Path
    spans: list[dict[str, Any]]
    key: list[dict[str, Any]]


def read_labels(folder: Path, transcripts: Sequence[Path] = ()) -> list[Labels]:
    """Read all labels of a folder.

    Args:
        folder: Has ``NAME.quotes.json`` files, and transcripts.
        transcripts: Further folders with transcripts.

    Raises:
        FileNotFoundError: A transcript is missing.
    """
    found = []
    for path in sorted(folder.glob("*.quotes.json")):
        name = path.name.removesuffix(".quotes.json")
        places = [place / f"{name}.vtt" for place in (folder, *transcripts)]
        transcript = next((place for place in places if place.exists()), None)
        if transcript is None:
            raise FileNotFoundError(f"there is no {name}.vtt in {', '.join(str(place.parent) for place in places)}")
        content = json.loads(path.read_text(encoding="utf-8"))
        found.append(Labels(name, transcript, content["spans"], content.get("key", [])))
    return found


def overlap(start: float, end: float, span: dict[str, Any]) -> float:
    """Overlap of two spans in seconds."""
    return max(0.0, float(min(end, span["end"]) - max(start, span["start"])))


def length(span: dict[str, Any]) -> float:
    """Length of a span in seconds, with a small minimum."""
    return float(max(span["end"] - span["start"], 0.5))


def judge(start: float, end: float, spans: Iterable[dict[str, Any]]) -> Judgement:
    """Judge a quotation by the spans that a reader marked.

    It is kept when at least 60 % of it lies in spans and it has at least one of them whole but for a word or two; it
    would have to be mended when at least 40 % of it lies in spans.
    """
    hits = [span for span in spans if overlap(start, end, span) > 0]
    if not hits:
        return Judgement(0.0, highlight=False, topic="")
    covered, until = 0.0, start
    for span in sorted(hits, key=lambda span: float(span["start"])):
        covered += max(0.0, min(span["end"], end) - max(span["start"], until))
        until = max(until, span["end"])
    share = covered / max(end - start, 0.5)
    best = max(
        hits,
        key=lambda span: (overlap(start, end, span) >= WHOLE * length(span), span["grade"], overlap(start, end, span)),
    )
    if share >= KEPT and overlap(start, end, best) >= WHOLE * length(best):
        return Judgement(1.0, highlight=best["grade"] == 3, topic=best["topic"])
    return (
        Judgement(0.5, highlight=False, topic=best["topic"])
        if share >= MENDED
        else Judgement(0.0, highlight=False, topic="")
    )
