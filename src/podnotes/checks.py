"""Argument checks, so that a wrong value is rejected at once and not when it is used, hours later."""

from __future__ import annotations

from podnotes.errors import UsageError


def check_type(name: str, value: object, expected: str, *kinds: type) -> None:
    """Raise if a value has the wrong type.

    Args:
        name: Of the argument.
        value: What was given.
        expected: What is right, in words.
        kinds: The types that are right.

    Raises:
        UsageError: It is of none of them.
    """
    if not isinstance(value, kinds):
        raise UsageError(f"{name} is {value!r}; give {expected}.")


def check_number(name: str, value: object, *, least: float, real: bool = False) -> None:
    """Raise if a value isn't a number or is too small.

    Args:
        name: Of the argument.
        value: What was given.
        least: The smallest that is right.
        real: Whether it may have decimals.

    Raises:
        UsageError: It is something else.
    """
    right = isinstance(value, int | float if real else int) and not isinstance(value, bool)
    if not right or value < least:  # type: ignore[operator] # it is a number where it is compared
        raise UsageError(f"{name} is {value!r}; give a {'number' if real else 'whole number'} of {least} or more.")


def check_texts(name: str, value: object) -> tuple[str, ...]:
    """Take texts as a tuple; one text alone would be taken for its letters.

    Args:
        name: Of the argument.
        value: What was given.

    Raises:
        UsageError: It is one text, or no texts at all.
    """
    if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
        return tuple(value)
    shown = f"[{value!r}]" if isinstance(value, str) else "a list of strings"
    raise UsageError(f"{name} is {value!r}; give {shown}.")
