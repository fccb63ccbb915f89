"""Argument checks, so that a wrong value is rejected at once and not when it is used, hours later."""

from __future__ import annotations

from podnotes.errors import UsageError


def check_type(name: str, value: object, expected: str, *kinds: type) -> None:
    """Raise a UsageError if a value has none of the types; ``expected`` names them in words."""
    if not isinstance(value, kinds):
        raise UsageError(f"{name} is {value!r}; give {expected}.")


def check_number(name: str, value: object, *, least: float, real: bool = False) -> None:
    """Raise a UsageError if a value isn't a number (with decimals where ``real``) or is too small."""
    right = isinstance(value, int | float if real else int) and not isinstance(value, bool)
    if not right or value < least:  # type: ignore[operator] # it is a number where it is compared
        raise UsageError(f"{name} is {value!r}; give a {'number' if real else 'whole number'} of {least} or more.")


def check_texts(name: str, value: object) -> tuple[str, ...]:
    """Take texts as a tuple; a UsageError for one text alone, which would be taken for its letters."""
    if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
        return tuple(value)
    shown = f"[{value!r}]" if isinstance(value, str) else "a list of strings"
    raise UsageError(f"{name} is {value!r}; give {shown}.")
