"""Explain common mistakes in TOML, for users who rarely write it."""

from __future__ import annotations


def explained(text: str, message: str) -> str:
    """Explain in a clause how to fix a common mistake in TOML, given tomllib's message; "" for other mistakes."""
    if any(mark in text for mark in "“”„‘’"):
        return 'text stands between straight quotation marks ("), not curly ones'
    if "\\" in text and ("escape" in message.lower() or "hex" in message.lower() or "\\" in message):
        return "write a Windows path between single quotation marks: 'C:\\Users\\you\\Documents'"
    return ""
