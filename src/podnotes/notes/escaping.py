"""Escape values by output format, so that no external title, name or word becomes markup, a link or code."""

from __future__ import annotations

import json
import re
import unicodedata
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from collections.abc import Callable


class Output(StrEnum):
    """Output format of a template; decides how values are escaped."""

    MARKDOWN = "markdown"
    HTML = "html"
    JSON = "json"
    TEXT = "text"


class Address(str):
    """A web address that :func:`podnotes.notes.links.web_address` has checked and cleaned."""

    __slots__ = ()


# A backslash escapes these in every Markdown dialect, including the original of 2004.
_MARKDOWN_SPECIAL = re.compile(r"([\\`*\[\]])|(?<![^\W_])(_)|(_)(?![^\W_])")
_LINE_START = re.compile(r"^(?:([#>+=~:|-])|(\d{1,9})([.)])(?=\s|$))")
_AMPERSAND = re.compile(r"&(?=#?\w+;)")
# Doubled characters that some dialect treats as markup: Liquid, Hugo, Obsidian, GFM.
_DOUBLED = re.compile(r"([{=%~$|^])(?=\1)|\{(?=[%#<])|(?<=[%#])\}")


def one_line(value: object) -> str:
    """Convert a value to one line of text, without control characters and bidirectional formatting characters."""
    text = unicodedata.normalize("NFC", str(value))
    kept = "".join(
        " " if character.isspace() else character
        for character in text
        if character.isspace()
        or (unicodedata.category(character) not in {"Cc", "Cs", "Co", "Cn"} and character not in _BIDI)
    )
    return " ".join(kept.split())


_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def markdown(value: object) -> Markup:
    """Escape for Markdown, so that CommonMark and its dialects show the text literally, on one line.

    The result is safe in running text, headings, list items, link labels and table cells. Markup (from a filter or a
    macro) is returned unchanged.
    """
    if value is None:
        return Markup("")
    if isinstance(value, Address):
        return Markup(_AMPERSAND.sub("&amp;", value))  # noqa: S704 - checked and cleaned by web_address
    if hasattr(value, "__html__"):
        return Markup(value)  # noqa: S704 - is markup already
    text = one_line(value)
    text = _AMPERSAND.sub("&amp;", text)
    text = text.replace("<", "&lt;").replace("\u0000", "")
    text = _MARKDOWN_SPECIAL.sub(lambda match: "\\" + match.group(0), text)
    text = _DOUBLED.sub(lambda match: f"&#{ord(match.group(0))};", text)
    text = _LINE_START.sub(
        lambda match: f"\\{match.group(1)}" if match.group(1) else f"{match.group(2)}\\{match.group(3)}", text
    )
    return Markup(text)  # noqa: S704 - escaped here


def html(value: object) -> Markup:
    """Escape for HTML, in text and in quoted attributes."""
    if value is None:
        return Markup("")
    if hasattr(value, "__html__"):
        return Markup(value)  # noqa: S704 - is markup already
    return escape(one_line(value))


def as_json(value: object, *, compact: bool = False) -> Markup:
    """Convert to JSON that is also safe inside a script element."""
    if isinstance(value, Markup):
        return value
    layout: dict[str, Any] = {"separators": (",", ":")} if compact else {"indent": 2}
    text = json.dumps(value, ensure_ascii=False, **layout)
    for character, code in (
        ("<", "\\u003c"),
        (">", "\\u003e"),
        ("&", "\\u0026"),
        ("\u2028", "\\u2028"),
        ("\u2029", "\\u2029"),
    ):
        text = text.replace(character, code)
    return Markup(text)  # noqa: S704 - JSON needs no other escaping


def text(value: object) -> Markup:
    """Convert to plain text on one line; there is nothing to escape."""
    return Markup("") if value is None else Markup(one_line(value))  # noqa: S704 - plain text has no markup


ESCAPES: dict[Output, Callable[[object], Markup]] = {
    Output.MARKDOWN: markdown,
    Output.HTML: html,
    Output.JSON: as_json,
    Output.TEXT: text,
}
