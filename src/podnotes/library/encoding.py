"""Transcripts as bytes: small, exact, and quick to read without their word times.

The segments are columns of JSON, compressed: texts, starts, ends. Columns of times are written as whole milliseconds,
each as the difference to the one before, where that is exact, else as the floats they are. The words are a second
block, since most readers need none; their texts are left out where splitting the segment's text gives them.
"""

from __future__ import annotations

import itertools
import json
import zlib
from typing import TYPE_CHECKING, Any

from podnotes.errors import LibraryError
from podnotes.models import Doubt, Segment, Word

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def encode_segments(segments: Sequence[Segment]) -> tuple[bytes, bytes]:
    """Turn segments into two blocks of bytes.

    Returns:
        The segments without their words, and the words.
    """
    columns = {
        "text": [segment.text for segment in segments],
        "start": numbers([segment.start for segment in segments]),
        "length": _differences([segment.start for segment in segments], [segment.end for segment in segments]),
        "speaker": [[speaker, len(list(run))] for speaker, run in itertools.groupby(s.speaker for s in segments)],
        "language": [
            [place, segment.language] for place, segment in enumerate(segments) if segment.language is not None
        ],
        "doubt": [[place, segment.doubt] for place, segment in enumerate(segments) if segment.doubt is not None],
    }
    words = [word for segment in segments for word in segment.words]
    word_columns = {
        "count": [len(segment.words) for segment in segments],
        "text": {
            str(place): [word.text for word in segment.words]
            for place, segment in enumerate(segments)
            if segment.words and [word.text for word in segment.words] != segment.text.split()
        },
        "start": numbers([word.start for word in words]),
        "length": _differences([word.start for word in words], [word.end for word in words]),
        "probability": _shares([word.probability for word in words]),
    }
    return pack(columns), pack(word_columns) if words else b""


def decode_segments(segments: bytes, words: bytes = b"") -> tuple[Segment, ...]:
    """Turn what ``encode_segments`` made back into equal segments; without ``words`` they have none.

    Raises:
        LibraryError: The bytes are damaged.
    """
    columns = unpack(segments)
    texts = columns["text"]
    starts = read_numbers(columns["start"])
    ends = _read_differences(starts, columns["length"])
    speakers = itertools.chain.from_iterable([speaker] * count for speaker, count in columns["speaker"])
    languages = dict(columns.get("language", ()))  # which older versions didn't note
    doubts = {place: Doubt(doubt) for place, doubt in columns["doubt"]}
    spoken: Iterable[tuple[Word, ...]] = _decode_words(words, texts) if words else itertools.repeat(())
    return tuple(
        Segment(start, end, text, own, speaker, doubts.get(place), languages.get(place))
        for place, (start, end, text, own, speaker) in enumerate(
            zip(starts, ends, texts, spoken, speakers, strict=False)
        )
    )


def _decode_words(words: bytes, texts: list[str]) -> list[tuple[Word, ...]]:
    columns = unpack(words)
    starts = read_numbers(columns["start"])
    ends = _read_differences(starts, columns["length"])
    probabilities = _read_shares(columns["probability"], len(starts))
    named = columns["text"]
    result, first = [], 0
    for place, count in enumerate(columns["count"]):
        last = first + count
        own: list[str] = (named.get(str(place)) or texts[place].split()) if count else []
        times = zip(starts[first:last], ends[first:last], own, probabilities[first:last], strict=True)
        result.append(tuple(Word(*parts) for parts in times))
        first = last
    return result


def pack(columns: dict[str, Any]) -> bytes:
    """Turn columns into compressed JSON."""
    # Half of a surrogate pair can come out of a broken feed; it is kept as it is.
    text = json.dumps(columns, ensure_ascii=False, separators=(",", ":"))
    return zlib.compress(text.encode("utf-8", "surrogatepass"), 9)


def unpack(packed: bytes) -> dict[str, Any]:
    """Turn what ``pack`` made back into columns.

    Raises:
        LibraryError: The bytes are damaged.
    """
    try:
        columns: dict[str, Any] = json.loads(zlib.decompress(packed).decode("utf-8", "surrogatepass"))
    except (zlib.error, ValueError) as error:
        raise LibraryError(
            "A transcript in the library is damaged; run podnotes library check, and go back to the last backup."
        ) from error
    return columns


def _thousandths(values: Sequence[float]) -> list[int] | None:
    """Whole thousandths of the values where they are exactly that, else None."""
    try:
        whole = [round(value * 1000) for value in values]
    except (OverflowError, ValueError):  # infinite, or no number
        return None
    if all(part / 1000 == value for part, value in zip(whole, values, strict=True)):
        return whole
    return None


def numbers(values: list[float]) -> dict[str, Any]:
    """A column of times."""
    whole = _thousandths(values)
    if whole is None:
        return {"s": [float(value) for value in values]}
    return {"ms": [part - before for part, before in zip(whole, [0, *whole], strict=False)]}


def read_numbers(column: dict[str, Any]) -> list[float]:
    """The times in a column."""
    if "s" in column:
        return [float(value) for value in column["s"]]
    return [part / 1000 for part in itertools.accumulate(column["ms"])]


def _differences(starts: list[float], ends: list[float]) -> dict[str, Any]:
    first, last = _thousandths(starts), _thousandths(ends)
    if first is None or last is None:
        return {"s": [float(value) for value in ends]}
    return {"ms": [after - before for before, after in zip(first, last, strict=True)]}


def _read_differences(starts: list[float], column: dict[str, Any]) -> list[float]:
    if "s" in column:
        return [float(value) for value in column["s"]]
    return [(round(start * 1000) + part) / 1000 for start, part in zip(starts, column["ms"], strict=True)]


def _shares(values: list[float | None]) -> Any:
    if all(value is None for value in values):
        return None
    known = [value for value in values if value is not None]
    whole = _thousandths(known)
    if whole is None or len(known) < len(values):
        return [None if value is None else float(value) for value in values]
    return {"permille": whole}


def _read_shares(column: Any, count: int) -> list[float | None]:
    if column is None:
        return [None] * count
    if isinstance(column, dict):
        return [part / 1000 for part in column["permille"]]
    return [None if value is None else float(value) for value in column]
