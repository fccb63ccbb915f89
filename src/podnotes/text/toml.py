"""What usually went wrong in a TOML file that can't be read, for those who don't write TOML every day."""

from __future__ import annotations


def explained(text: str, message: str) -> str:
    """What to do about a common mistake in TOML, given tomllib's message, as a clause; "" for others."""
    if any(mark in text for mark in "“”„‘’"):
        return 'text stands between straight quotation marks ("), not curly ones'
    if "\\" in text and ("escape" in message.lower() or "hex" in message.lower() or "\\" in message):
        return "write a Windows path between single quotation marks: 'C:\\Users\\you\\Documents'"
    return ""
