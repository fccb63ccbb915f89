"""Writers for WebVTT, SRT, and plain text for reading."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podnotes.timestamps import clock
from podnotes.transcripts.captions import mark_doubt
from podnotes.transcripts.cues import clean
from podnotes.transcripts.timecodes import format_time

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from podnotes.models import Segment

_PARAGRAPH_CHARACTERS, _PARAGRAPH_GAP_SECONDS = 600, 2.0


def write_webvtt(segments: Sequence[Segment], language: str | None = None, *, note: str = "") -> str:
    """Format WebVTT with speakers as voice tags, quality flags as classes (``doubt-REASON``) and word times.

    Args:
        segments: Segments in chronological order.
        language: BCP 47 tag, or None.
        note: Comment to put before the first cue.
    """
    parts = ["WEBVTT\n" + (f"Language: {language}\n" if language else ""), *([note] if note else [])]
    for segment in segments:
        text = _timed(segment) or _escape(clean(segment.text))
        if not text:
            continue
        if segment.doubt is not None:
            text = f"<c.doubt-{segment.doubt}>{text}</c>"
        speaker = clean(segment.speaker or "")
        if speaker:
            text = f"<v {_escape(speaker)}>{text}"
        parts.append(f"{format_time(segment.start)} --> {format_time(max(segment.start, segment.end))}\n{text}\n")
    return "\n".join(parts)


def write_srt(segments: Sequence[Segment]) -> str:
    """Format SubRip with quality flags and speakers ("Name: ") as prefixes."""
    parts: list[str] = []
    for segment in segments:
        text = clean(segment.text).replace("-->", "--&gt;")
        if not text:
            continue
        if speaker := clean(segment.speaker or "").replace(":", ""):
            text = f"{speaker}: {text}"
        start, end = format_time(segment.start, mark=","), format_time(max(segment.start, segment.end), mark=",")
        parts.append(f"{len(parts) + 1}\n{start} --> {end}\n{mark_doubt(segment.doubt)}{text}\n")
    return "\n".join(parts)


def write_text(segments: Sequence[Segment]) -> str:
    """Format paragraphs, each with its time and speaker: ``[1:02] Anna: …``."""
    parts = []
    for first, text in _paragraphs(segments):
        speaker = f"{first.speaker}: " if first.speaker else ""
        parts.append(f"[{clock(first.start)}] {mark_doubt(first.doubt)}{speaker}{text}\n")
    return "\n".join(parts)


def _paragraphs(segments: Sequence[Segment]) -> Iterator[tuple[Segment, str]]:
    """Join segments into paragraphs by speaker, pause and length; yield each with its first segment."""
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
                yield (first, " ".join(texts))
                texts, first = [], None
        first, last = first or segment, segment
        texts.append(text)
    if first is not None:
        yield (first, " ".join(texts))


def _timed(segment: Segment) -> str:
    """Format a segment's words with their times, or return "" if they don't match its text or don't fit into the cue.

    A time before a word is its start; one after it is its end, unless the next word starts there. The standard requires
    times to increase within the cue, so words that overlap or have no duration are moved apart by milliseconds.
    """
    texts = [clean(word.text) for word in segment.words]
    if not texts or " ".join(texts) != clean(segment.text) or any(" " in text or not text for text in texts):
        return ""
    start, end = round(segment.start * 1000), round(segment.end * 1000)
    parts: list[str] = []
    at = start  # last time written
    for index, (word, text) in enumerate(zip(segment.words, texts, strict=True)):
        begins = max(round(word.start * 1000), at)
        if begins > at:
            parts.append(f"<{format_time(begins / 1000)}>")
            at = begins
        parts.append(_escape(text))
        last = index + 1 == len(texts)
        following = end if last else round(segment.words[index + 1].start * 1000)
        ends = max(round(word.end * 1000), at + 1)
        if ends < following:
            parts.append(f"<{format_time(ends / 1000)}>")
            at = ends
        elif not last and following <= at:
            return ""
        parts.append("" if last else " ")
    return "".join(parts) if at < end or at == start else ""


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
