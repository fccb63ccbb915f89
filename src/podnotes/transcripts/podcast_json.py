"""Reading and writing of JSON transcripts: the Podcasting 2.0 format and its variants.

The format (https://github.com/Podcastindex-org/podcast-namespace/blob/main/transcripts/transcripts.md) is
``{"version": "1.0.0", "segments": [{"speaker", "startTime", "endTime", "body"}]}``. Some publishers write one segment
for each word; these are joined, with the word times preserved. Written files have additional members, ignored by other
programs, so that a transcript is read back unchanged.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from podnotes.errors import TranscriptError
from podnotes.models import QualityFlag, Segment, Transcript, Word
from podnotes.timestamps import parse_time
from podnotes.transcripts.captions import read_lines
from podnotes.transcripts.cues import clean, to_segments
from podnotes.transcripts.provenance import to_members, with_members
from podnotes.transcripts.speakers import Cue, Line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_LISTS = ("segments", "transcripts", "transcript", "cues", "captions", "monologues", "utterances", "items", "results")
_STARTS = ("startTime", "start_time", "start", "begin", "from", "offset")
_ENDS = ("endTime", "end_time", "end", "stop", "to")
_TEXTS = ("body", "text", "content", "value", "word", "punctuated_word", "transcript")
_SPEAKERS = ("speaker", "voice", "speakerName", "speaker_name", "author")
_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_JOIN_SECONDS, _JOIN_GAP_SECONDS = 12.0, 1.0
# No whole file has slower speech (characters a second); if it seems so, its times are in hundredths or thousandths.
_SLOWEST_RATE, _FASTEST_RATE = 2.0, 60.0


def parse_json(text: str) -> tuple[Transcript, bool]:
    """Parse a JSON transcript.

    Returns:
        The transcript, with the file's stated duration or else its last segment's end, and whether podnotes wrote it.

    Raises:
        TranscriptError: The text isn't valid JSON or isn't a transcript.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise TranscriptError("The transcript is invalid JSON, perhaps cut off in transit.") from error
    segments: Sequence[Segment] = sorted(_segments(_find_list(data)), key=lambda segment: segment.start)
    about: dict[str, Any] = data if isinstance(data, dict) else {}
    own: dict[str, Any] = about["podnotes"] if isinstance(about.get("podnotes"), dict) else {}
    if not own:
        segments = _from_elsewhere(segments)
    if not segments:
        raise TranscriptError("The JSON file has no transcript segments in it.")
    language = about.get("language")
    transcript = Transcript(
        tuple(segments),
        max(segment.end for segment in segments),
        language=language if isinstance(language, str) else None,
    )
    return with_members(transcript, own), bool(own)


def write_json(transcript: Transcript) -> str:
    """Format JSON of the podcast namespace, with all further data in additional members."""
    segments = []
    for segment in transcript.segments:
        entry: dict[str, Any] = {"speaker": segment.speaker} if segment.speaker else {}
        entry |= {"startTime": segment.start, "endTime": segment.end, "body": segment.text}
        if segment.words:
            entry["words"] = [_write_word(word) for word in segment.words]
        if segment.doubt is not None:
            entry["doubt"] = str(segment.doubt)
        if segment.language is not None:
            entry["language"] = segment.language
        segments.append(entry)
    file = {"version": "1.0.0", "segments": segments, "podnotes": to_members(transcript)}
    return json.dumps(file, ensure_ascii=False, indent=1) + "\n"


def _write_word(word: Word) -> dict[str, Any]:
    entry: dict[str, Any] = {"startTime": word.start, "endTime": word.end, "body": word.text}
    return entry if word.probability is None else entry | {"probability": word.probability}


def _find_list(data: Any) -> list[Any]:
    """Find the list of segments, at most two levels deep."""
    for _ in range(3):
        if isinstance(data, list):
            return data
        if not isinstance(data, dict):
            break
        data = next((data[name] for name in _LISTS if isinstance(data.get(name), list | dict)), None)
    return []


def _segments(entries: list[Any]) -> Iterator[Segment]:
    for entry in entries:
        if not isinstance(entry, dict):
            continue
        text = next((entry[name] for name in _TEXTS if isinstance(entry.get(name), str)), "")
        start = _time(entry, _STARTS)
        if not clean(text) or start is None:
            continue
        end = _time(entry, _ENDS)
        if end is None:
            duration = _time(entry, ("duration", "dur"))
            end = start + (duration or 0.0)
        doubt = entry.get("doubt")
        yield Segment(
            start,
            max(start, end),
            "\n".join(line for line in map(clean, text.split("\n")) if line),
            tuple(_words(entry.get("words"))),
            _speaker(entry),
            QualityFlag(doubt) if isinstance(doubt, str) else None,
            language if isinstance(language := entry.get("language"), str) and _TAG.fullmatch(language) else None,
        )


def _speaker(entry: dict[str, Any]) -> str | None:
    found = next((entry[name] for name in _SPEAKERS if isinstance(entry.get(name), str | int | dict)), None)
    if isinstance(found, dict):
        found = next((found[name] for name in ("name", "label", "id") if isinstance(found.get(name), str)), None)
    if isinstance(found, int) and not isinstance(found, bool):
        return f"Speaker {found}"
    return (clean(found) or None) if isinstance(found, str) else None


def _words(entries: Any) -> Iterator[Word]:
    if not isinstance(entries, list):
        return
    for entry in entries:
        if not isinstance(entry, dict):
            continue
        start, end = _time(entry, _STARTS), _time(entry, _ENDS)
        text = next((entry[name] for name in ("word", *_TEXTS) if isinstance(entry.get(name), str)), "")
        stated = entry.get("probability", entry.get("confidence"))
        probability = float(stated) if isinstance(stated, int | float) and 0 <= stated <= 1 else None
        if start is not None and end is not None and clean(text):
            yield Word(start, max(start, end), clean(text), probability)


def _time(entry: dict[str, Any], names: tuple[str, ...]) -> float | None:
    for name in names:
        value = entry.get(name)
        if isinstance(value, bool):
            continue
        if isinstance(value, int | float) and 0 <= value < 1e7:
            return float(value)
        if isinstance(value, str) and (seconds := parse_time(value)) is not None:
            return seconds
    return None


def _join_words(segments: Sequence[Segment]) -> list[Segment]:
    """Join segments of one word each into segments of about a sentence."""
    joined: list[Segment] = []
    words: list[Word] = []
    speaker: str | None = None

    def flush() -> None:
        if words:
            text = " ".join(word.text for word in words)
            joined.append(Segment(words[0].start, words[-1].end, text, tuple(words), speaker))
            words.clear()

    for segment in segments:
        if words and (
            segment.speaker != speaker
            or segment.start - words[-1].end > _JOIN_GAP_SECONDS
            or segment.end - words[0].start > _JOIN_SECONDS
            or words[-1].text.endswith((".", "?", "!"))
        ):
            flush()
        speaker = segment.speaker
        words.append(Word(segment.start, segment.end, segment.text))
    flush()
    return joined


def _from_elsewhere(segments: Sequence[Segment]) -> Sequence[Segment]:
    """Normalise segments from other programs: one-word segments, other time units, labels and sounds in the text."""
    if not segments:
        return ()
    divisor = _divisor(segments)
    if divisor > 1:
        segments = [_divided(segment, divisor) for segment in segments]
    if sum(" " not in segment.text for segment in segments) > 0.7 * len(segments) and len(segments) > 5:
        segments = _join_words(segments)
    return to_segments(Cue(segment.start, segment.end, _lines(segment), segment.doubt) for segment in segments)


def _lines(segment: Segment) -> tuple[Line, ...]:
    lines = read_lines(segment.text)
    words = segment.words if len(lines) == 1 else ()
    return tuple(replace(line, speaker=line.speaker or segment.speaker, words=words) for line in lines)


def _divisor(segments: Sequence[Segment]) -> float:
    """Infer the number of time units per second from the speech rate."""
    spans = [(segment.end - segment.start, len(segment.text)) for segment in segments if segment.end > segment.start]
    length = sum(span for span, _ in spans)
    characters = sum(size for _, size in spans)
    whole = all(segment.start == int(segment.start) and segment.end == int(segment.end) for segment in segments)
    if not whole or not length or characters / length >= _SLOWEST_RATE:
        return 1.0
    fitting = [unit for unit in (100.0, 1000.0) if _SLOWEST_RATE <= unit * characters / length <= _FASTEST_RATE]
    return fitting[0] if fitting else 1.0


def _divided(segment: Segment, divisor: float) -> Segment:
    words = tuple(Word(word.start / divisor, word.end / divisor, word.text, word.probability) for word in segment.words)
    return replace(segment, start=segment.start / divisor, end=segment.end / divisor, words=words)
