"""Argument checks, so that an invalid value is rejected at once rather than hours later, when it is used."""

from __future__ import annotations

from podnotes.errors import UsageError


def check_type(name: str, value: object, expected: str, *kinds: type) -> None:
    """Raise a UsageError if a value has none of the given types; ``expected`` describes them in words."""
    if not isinstance(value, kinds):
        raise UsageError(f"{name} is {value!r}; give {expected}.")


def check_number(name: str, value: object, *, least: float, real: bool = False) -> None:
    """Raise a UsageError if a value isn't a number (an integer unless ``real``) or is less than ``least``."""
    right = isinstance(value, int | float if real else int) and not isinstance(value, bool)
    if not right or value < least:  # type: ignore[operator] # it is a number where it is compared
        raise UsageError(f"{name} is {value!r}; give a {'number' if real else 'whole number'} of {least} or more.")


def check_texts(name: str, value: object) -> tuple[str, ...]:
    """Return a sequence of strings as a tuple; raise a UsageError otherwise, also for a single string."""
    if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
        return tuple(value)
    shown = f"[{value!r}]" if isinstance(value, str) else "a list of strings"
    raise UsageError(f"{name} is {value!r}; give {shown}.")
