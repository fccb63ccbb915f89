"""Serialization of data objects to JSON, and of transcripts to compact bytes that can be read without word times.

Fields with their default value are omitted. Reading ignores unknown fields and sets missing ones to their default, so
libraries are readable by older and newer versions.
"""

from __future__ import annotations

import dataclasses
import functools
import itertools
import json
import types
import typing
import zlib
from datetime import UTC, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeVar

from podnotes.errors import LibraryError
from podnotes.models import QualityFlag, Segment, Word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

T = TypeVar("T")


def to_plain(value: Any) -> Any:
    """Convert a data object to JSON types."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: to_plain(held)
            for field in dataclasses.fields(value)
            if (held := getattr(value, field.name)) != _default(field)
        }
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [to_plain(part) for part in value]
    if isinstance(value, dict):
        return {str(key): to_plain(held) for key, held in value.items()}
    if isinstance(value, float):
        return float(value)  # json formats numpy's float64 differently
    return value


def from_plain(kind: type[T], plain: Any) -> T:
    """Convert the output of ``to_plain`` back to an object of class ``kind``.

    Raises:
        TypeError: A field without a default is missing.
        ValueError: A value doesn't fit its field.
    """
    if not isinstance(plain, dict):
        raise ValueError(f"{kind.__name__} is an object in JSON, not {type(plain).__name__}")
    hints = _hints(kind)  # type: ignore[arg-type] # a class is hashable
    return kind(**{name: _revive(hints[name], held) for name, held in plain.items() if name in hints})


def to_json(value: Any) -> str:
    """Convert a data object to JSON on one line, in ASCII."""
    return json.dumps(to_plain(value), separators=(",", ":"))


def from_json(kind: type[T], text: str) -> T:
    """Convert the output of ``to_json`` back to an object of class ``kind``.

    Raises:
        LibraryError: The text is damaged.
    """
    try:
        return from_plain(kind, json.loads(text))
    except (ValueError, TypeError, KeyError) as error:
        raise LibraryError(
            f"A {kind.__name__.lower()} in the library is damaged; run podnotes library check, "
            "and restore the last backup."
        ) from error


def _default(field: dataclasses.Field[Any]) -> Any:
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return field.default


@functools.cache
def _hints(kind: type) -> dict[str, Any]:
    # The models import datetime for type checkers only.
    return typing.get_type_hints(kind, localns={"datetime": datetime})


def _revive(hint: Any, plain: Any) -> Any:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        if plain is None:
            return None
        return _revive(next(part for part in arguments if part is not type(None)), plain)
    if origin is tuple:
        return tuple(_revive(arguments[0], part) for part in plain)
    if origin is dict:
        return dict(plain)
    if hint is datetime:
        moment = datetime.fromisoformat(plain)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if hint is float:
        return float(plain)
    if isinstance(hint, type) and (issubclass(hint, Enum) or hint in (str, int, bool)):
        return hint(plain)
    if dataclasses.is_dataclass(hint):
        return from_plain(typing.cast("type", hint), plain)
    return plain


def clean(text: str) -> str:
    """Replace unpaired surrogates from broken feeds, which aren't valid in UTF-8, so that SQLite accepts the text."""
    return text.encode("utf-8", "replace").decode()


# ----------------------------------------------------------------------------------------------------------- segments


def encode_segments(segments: Sequence[Segment]) -> tuple[bytes, bytes]:
    """Serialize segments to two blocks of compressed JSON; most readers don't need the words.

    Times are stored as differences in whole milliseconds if that is exact. Words are omitted if splitting the segment's
    text yields them.

    Returns:
        The segments without words, and the words.
    """
    starts = [segment.start for segment in segments]
    columns = {
        "text": [segment.text for segment in segments],
        "start": _column(starts, [0.0, *starts]),
        "length": _column([segment.end for segment in segments], starts),
        "speaker": [[speaker, len(list(run))] for speaker, run in itertools.groupby(s.speaker for s in segments)],
        "language": [[place, one.language] for place, one in enumerate(segments) if one.language is not None],
        "doubt": [[place, one.doubt] for place, one in enumerate(segments) if one.doubt is not None],
    }
    words = [word for segment in segments for word in segment.words]
    if not words:
        return _pack(columns), b""
    starts = [word.start for word in words]
    word_columns = {
        "count": [len(segment.words) for segment in segments],
        "text": {
            str(place): spoken
            for place, segment in enumerate(segments)
            if (spoken := [word.text for word in segment.words]) and spoken != segment.text.split()
        },
        "start": _column(starts, [0.0, *starts]),
        "length": _column([word.end for word in words], starts),
        "probability": _column([word.probability for word in words], [0.0] * len(words)),
    }
    return _pack(columns), _pack(word_columns)


def decode_segments(segments: bytes, words: bytes = b"") -> tuple[Segment, ...]:
    """Decode the output of ``encode_segments``; without ``words``, segments have no words.

    Raises:
        LibraryError: The bytes are damaged.
    """
    try:
        columns = _unpack(segments)
        texts: list[str] = columns["text"]
        starts = _read_column(columns["start"])
        ends = _read_column(columns["length"], starts)
        speakers = itertools.chain.from_iterable([speaker] * count for speaker, count in columns["speaker"])
        languages = dict(columns.get("language", ()))  # missing in older versions
        doubts = {place: QualityFlag(doubt) for place, doubt in columns["doubt"]}
        spoken: Iterable[tuple[Word, ...]] = _decode_words(words, texts) if words else itertools.repeat(())
        return tuple(
            Segment(start, end, text, own, speaker, doubts.get(place), languages.get(place))
            for place, (start, end, text, own, speaker) in enumerate(
                zip(starts, ends, texts, spoken, speakers, strict=False)
            )
        )
    except (zlib.error, KeyError, TypeError, ValueError, IndexError) as error:
        raise LibraryError(
            "A transcript in the library is damaged; run podnotes library check, and restore the last backup."
        ) from error


def _decode_words(packed: bytes, texts: list[str]) -> Iterator[tuple[Word, ...]]:
    columns = _unpack(packed)
    starts = _read_column(columns["start"])
    shares = columns["probability"]
    if shares is None:  # format of older versions
        shares = [None] * len(starts)
    elif isinstance(shares, dict):
        shares = [share / 1000 for share in shares["permille"]] if "permille" in shares else _read_column(shares, ZEROS)
    rows = zip(starts, _read_column(columns["length"], starts), shares, strict=True)
    for place, count in enumerate(columns["count"]):
        own: list[str] = (columns["text"].get(str(place)) or texts[place].split()) if count else []
        times = itertools.islice(rows, count)
        yield tuple(Word(start, end, text, share) for (start, end, share), text in zip(times, own, strict=True))


#: Reference for absolute values.
ZEROS: Iterable[float] = itertools.repeat(0.0)


def _column(values: Sequence[float | None], before: Sequence[float]) -> dict[str, Any]:
    """Encode values as differences from ``before`` in whole thousandths; unchanged if that isn't exact."""
    try:
        whole = [round(value * 1000) for value in values if value is not None]
        origins = [round(value * 1000) for value in before]
    except (OverflowError, ValueError):  # infinite or not a number
        whole, origins = [], []
    if [part / 1000 for part in whole] == values:
        return {"ms": [part - origin for part, origin in zip(whole, origins, strict=False)]}
    return {"s": [None if value is None else float(value) for value in values]}


def _read_column(column: dict[str, Any], before: Iterable[float] | None = None) -> list[Any]:
    """Decode the output of ``_column``; without ``before``, each value is relative to the previous one."""
    if "s" in column:
        return list(column["s"])
    if before is None:
        return [whole / 1000 for whole in itertools.accumulate(column["ms"])]
    return [(round(origin * 1000) + part) / 1000 for origin, part in zip(before, column["ms"], strict=False)]


def _pack(columns: dict[str, Any]) -> bytes:
    # Preserves unpaired surrogates from broken feeds.
    text = json.dumps(columns, ensure_ascii=False, separators=(",", ":"))
    return zlib.compress(text.encode("utf-8", "surrogatepass"), 9)


def _unpack(packed: bytes) -> dict[str, Any]:
    columns: dict[str, Any] = json.loads(zlib.decompress(packed).decode("utf-8", "surrogatepass"))
    return columns
