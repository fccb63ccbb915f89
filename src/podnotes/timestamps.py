"""Formatting times within an episode, for drafts, messages and tags."""

from __future__ import annotations


def clock(seconds: float) -> str:
    """Format seconds as players do: "0:07", "12:30" or "1:02:03".

    Fractions are truncated, so that a link never skips the first words.
    """
    whole = max(0, int(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, second = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{second:02}" if hours else f"{minutes}:{second:02}"
