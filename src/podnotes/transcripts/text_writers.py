"""Writers for reading: plain text and Markdown, in paragraphs with their time and speaker."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from podnotes.timestamps import clock
from podnotes.transcripts.captions import mark_doubt
from podnotes.transcripts.cues import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from podnotes.models import Segment, Transcript

_MARKDOWN_LIST = re.compile(r"^(\d*)([-+.)])")
_MARKDOWN_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~&])")
_PARAGRAPH_CHARACTERS, _PARAGRAPH_GAP_SECONDS = 600, 2.0


class _Paragraph(NamedTuple):
    """Segments that are written together: the first of them, and the words of all."""

    first: Segment
    text: str


def write_text(transcript: Transcript) -> str:
    """Write paragraphs, each with its time and speaker: ``[1:02] Anna: …``."""
    parts = []
    for paragraph in _compose(transcript.segments):
        speaker = f"{paragraph.first.speaker}: " if paragraph.first.speaker else ""
        parts.append(f"[{clock(paragraph.first.start)}] {mark_doubt(paragraph.first.doubt)}{speaker}{paragraph.text}\n")
    return "\n".join(parts)


def write_markdown(transcript: Transcript) -> str:
    """Write Markdown: a heading, where the words come from, and paragraphs under their speaker and time."""
    about = [f"{clock(transcript.duration)} long"]
    if transcript.model:
        about.append(f"recognised with {transcript.model}")
    elif transcript.source == "publisher":
        about.append("the publisher's own transcript")
    if not transcript.timed:
        about.append("times are approximate")
    parts = ["# Transcript\n", f"_{_escape(', '.join(about))}_\n"]
    for paragraph in _compose(transcript.segments):
        name = f"**{_escape(paragraph.first.speaker)}** " if paragraph.first.speaker else ""
        text = _MARKDOWN_LIST.sub(r"\1\\\2", _escape(paragraph.text))
        parts.append(f"{name}[{clock(paragraph.first.start)}]\n\n{mark_doubt(paragraph.first.doubt)}{text}\n")
    return "\n".join(parts)


def _escape(text: str) -> str:
    return _MARKDOWN_SPECIAL.sub(r"\\\1", text)


def _compose(segments: Sequence[Segment]) -> Iterator[_Paragraph]:
    """Join segments into paragraphs: at a new speaker, after a pause, or at a sentence's end when long enough."""
    texts: list[str] = []
    first = last = None
    for segment in segments:
        text = clean(segment.text)
        if not text:
            continue
        if first is not None and last is not None:
            length = sum(map(len, texts))
            ended = texts[-1].endswith((".", "?", "!", "…"))
            if (
                (segment.speaker, segment.doubt) != (first.speaker, first.doubt)
                or (ended and segment.start - last.end > _PARAGRAPH_GAP_SECONDS)
                or (length > _PARAGRAPH_CHARACTERS and ended)
                or length > 3 * _PARAGRAPH_CHARACTERS
            ):
                yield _Paragraph(first, " ".join(texts))
                texts, first = [], None
        first, last = first or segment, segment
        texts.append(text)
    if first is not None:
        yield _Paragraph(first, " ".join(texts))
