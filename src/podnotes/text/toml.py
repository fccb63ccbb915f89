"""What usually went wrong in a TOML file that can't be read, for those who don't write TOML every day."""

from __future__ import annotations


def explained(text: str, message: str) -> str:
    """Say what to do about a mistake in TOML.

    Args:
        text: The file.
        message: What tomllib says of it.

    Returns:
        A clause with the remedy for a common mistake, else "".
    """
    if any(mark in text for mark in "“”„‘’"):
        return 'text stands between straight quotation marks ("), not curly ones'
    if "\\" in text and ("escape" in message.lower() or "hex" in message.lower() or "\\" in message):
        return "write a Windows path between single quotation marks: 'C:\\Users\\you\\Documents'"
    return ""
