"""The data objects as JSON and back.

Fields that hold their default are left out. Reading ignores fields it doesn't know and gives missing ones their
default, so that a library outlives changes of the models in both directions.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import types
import typing
from datetime import UTC, datetime
from enum import Enum
from typing import Any, TypeVar

from podnotes.errors import LibraryError

T = TypeVar("T")


def to_plain(value: Any) -> Any:
    """Turn a data object into what JSON knows."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: to_plain(held)
            for field in dataclasses.fields(value)
            if (held := getattr(value, field.name)) != _default(field) or _required(field)
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
        return float(value)  # numpy's float64 is a float that json writes in its own way
    return value


def from_plain(kind: type[T], plain: Any) -> T:
    """Turn what ``to_plain`` made of an object of class ``kind`` into an equal object.

    Raises:
        TypeError: A field without a default is missing.
        ValueError: A value doesn't fit its field.
    """
    if not isinstance(plain, dict):
        raise ValueError(f"{kind.__name__} is an object in JSON, not {type(plain).__name__}")
    hints = _hints(kind)  # type: ignore[arg-type] # a class is hashable
    return kind(**{name: _revive(hints[name], held) for name, held in plain.items() if name in hints})


def to_json(value: Any) -> str:
    """Turn a data object into JSON on one line, in ASCII."""
    return json.dumps(to_plain(value), separators=(",", ":"))


def from_json(kind: type[T], text: str) -> T:
    """Turn what ``to_json`` made of an object of class ``kind`` into an equal object.

    Raises:
        LibraryError: The text is damaged.
    """
    try:
        return from_plain(kind, json.loads(text))
    except (ValueError, TypeError, KeyError) as error:
        raise LibraryError(
            f"A {kind.__name__.lower()} in the library is damaged; run podnotes library check, "
            "and go back to the last backup."
        ) from error


def _required(field: dataclasses.Field[Any]) -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def _default(field: dataclasses.Field[Any]) -> Any:
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return field.default


@functools.cache
def _hints(kind: type) -> dict[str, Any]:
    # The models name datetime for type checkers only.
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
