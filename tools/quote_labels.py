"""Read a person's annotations of quotable spans, and judge quotes by them.

A file ``NAME.quotes.json`` has ``{"spans": [{"start", "end", "topic", "grade", "text"}, …], "key": [{"start", "end",
"point"}, …]}`` in seconds: all spans worth quoting in a post (grade 3: highlight, 2: good; everything else would be
deleted), and the spans with the main points of the episode. Its transcript is ``NAME.vtt``.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from podnotes.quotability.verdicts import EDITED, KEPT, SHORTEST, WHOLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path


class Judgement(NamedTuple):
    """The annotator's verdict on a quote."""

    worth: float  #: 1 keep, 0.5 edit, 0 delete
    highlight: bool  #: whether the quote contains a span of grade 3
    topic: str  #: topic chosen by the annotator; "" if the quote would be deleted


class Labels(NamedTuple):
    """Annotations of an episode."""

    name: str
    transcript: Path
    spans: list[dict[str, Any]]
    key: list[dict[str, Any]]


def read_labels(folder: Path, transcripts: Sequence[Path] = ()) -> list[Labels]:
    """Read all labels of a folder.

    Args:
        folder: Folder with ``NAME.quotes.json`` files and transcripts.
        transcripts: Additional folders with transcripts.

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
    """Return the overlap of two spans in seconds."""
    return max(0.0, float(min(end, span["end"]) - max(start, span["start"])))


def length(span: dict[str, Any]) -> float:
    """Return the length of a span in seconds, with a small minimum."""
    return float(max(span["end"] - span["start"], SHORTEST))


def judge(start: float, end: float, spans: Iterable[dict[str, Any]]) -> Judgement:
    """Judge a quote by the annotated spans.

    A quote is kept if at least 60 % of it is inside spans and it contains at least one of them except for a word or
    two; it needs editing if at least 40 % of it is inside spans.
    """
    hits = [span for span in spans if overlap(start, end, span) > 0]
    if not hits:
        return Judgement(0.0, highlight=False, topic="")
    covered, until = 0.0, start
    for span in sorted(hits, key=lambda span: float(span["start"])):
        covered += max(0.0, min(span["end"], end) - max(span["start"], until))
        until = max(until, span["end"])
    share = covered / max(end - start, SHORTEST)
    best = max(
        hits,
        key=lambda span: (overlap(start, end, span) >= WHOLE * length(span), span["grade"], overlap(start, end, span)),
    )
    if share >= KEPT and overlap(start, end, best) >= WHOLE * length(best):
        return Judgement(1.0, highlight=best["grade"] == 3, topic=best["topic"])
    return (
        Judgement(0.5, highlight=False, topic=best["topic"])
        if share >= EDITED
        else Judgement(0.0, highlight=False, topic="")
    )
