"""Insert quotes and notes into a draft that the user may have edited; the rest stays the same byte for byte."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from podnotes.notes.compose import MORE
from podnotes.notes.context import quote_values
from podnotes.notes.escaping import ESCAPES, Output
from podnotes.notes.rendering import render_file
from podnotes.notes.verify import is_html, line_offsets, markdown_tokens, quotes_of
from podnotes.text.words import words as words_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podnotes.models import Episode, Quote, Topic
    from podnotes.notes.bookmarks import BookmarkedQuote
    from podnotes.notes.verify import DraftQuote

_TEMPLATES = Path(__file__).parent / "templates"
_HEADING = re.compile(r"<h([1-6])\b[^>]*>(.*?)</h\1>(?:\s*<!-- /wp:heading -->)?", re.IGNORECASE | re.DOTALL)
# Some templates put the attribution below the quote.
_QUOTE_END = re.compile(r"</blockquote>(?:\s*<!-- /wp:quote -->|\s*<p>— .*?</p>)?", re.IGNORECASE | re.DOTALL)
# Characters between the words of a phrase in Markdown, including line breaks.
_GAP = r"[\s>*_,‐–—-]*"
_HTML_END = re.compile(r"</(?:article|main|body)>", re.IGNORECASE)


class _Heading(NamedTuple):
    level: int
    text: str
    first: int
    last: int


class _Outline(NamedTuple):
    """Headings of a draft, and the offsets where its quotes end."""

    headings: list[_Heading]
    quote_ends: list[int]
    end: int


def render_quote(
    episode: Episode, quote: Quote, notes: Sequence[str] = (), *, output: str = "markdown", like: str = ""
) -> str:
    """Render a single quote with its link, and the user's notes on it as ✎ placeholders below.

    The style follows that of a draft (``like``): Obsidian callouts or WordPress blocks.
    """
    suffix = ".html" if output == "html" else ".md"
    values = {
        "quote": quote_values(episode, quote),
        "notes": tuple(notes),
        "callout": "> [!quote]" in like,
        "wordpress": "<!-- wp:" in like,
    }
    return render_file(_TEMPLATES / f"quote{suffix}.j2", Output(output), values)


def insert_quotes(
    draft: str, episode: Episode, quotes: Sequence[tuple[Quote, Sequence[str]]], topics: Sequence[Topic] = ()
) -> str:
    """Insert quotes into a draft: after the last quote of their topic's section, or in a new section.

    Args:
        draft: Markdown or HTML, possibly edited.
        episode: The episode.
        quotes: Quotes, each with the user's notes.
        topics: The topics; their titles are the section headings.

    Returns:
        The draft with the quotes; the rest is unchanged.
    """
    html = is_html(draft)
    newline = "\r\n" if "\r\n" in draft else "\n"
    titles = {topic.id: topic.title for topic in topics}
    for quote, notes in quotes:
        text = render_quote(episode, quote, notes, output="html" if html else "markdown", like=draft)
        outline = _html_outline(draft) if html else _markdown_outline(draft)
        place = _in_section(outline, titles.get(quote.passage.topic))
        place = _in_section(outline, MORE) if place is None else place
        if place is None:
            place = _after_sections(outline)
            text = f"<h2>{MORE}</h2>\n{text}" if html else f"## {MORE}\n\n{text}"
        draft = _put(draft, place, text.replace("\n", newline), newline, blank=not html)
    return draft


def insert_notes(draft: str, quoted: Sequence[BookmarkedQuote]) -> str:
    """Insert the user's notes on bookmarks below their quotes in a new draft in Markdown or HTML."""
    html = is_html(draft)
    for block in reversed(quotes_of(draft)):
        for note in (note for each in quoted if each.quote.time == block.claimed for note in reversed(each.notes)):
            if html and (end := _QUOTE_END.search(draft, block.last)):
                draft = f"{draft[: end.end()]}\n<p>✎ <em>{ESCAPES[Output.HTML](note)}</em></p>{draft[end.end() :]}"
            elif not html:
                draft = _put(draft, block.last, f"✎ *{ESCAPES[Output.MARKDOWN](note)}*\n", "\n", blank=True)
    return draft


def _put(draft: str, place: int, text: str, newline: str, *, blank: bool) -> str:
    """Insert lines at the beginning of a line, in Markdown with blank lines around them."""
    before, after = draft[:place], draft[place:]
    gap = newline * 2 if blank else newline
    while before and not before.endswith(gap):
        before += newline
    if after and not blank:
        text = text if not after.startswith(newline) else text.rstrip()
    elif after:
        text += "" if after.startswith(newline) else newline
    return before + text + after


def _in_section(outline: _Outline, title: str | None) -> int | None:
    """Return the offset for a quote in the section with this title; None if there is no such section."""
    for at, heading in enumerate(outline.headings):
        if title is not None and heading.text.casefold() == title.casefold():
            rest = outline.headings[at + 1 :]
            end = next((other.first for other in rest if other.level <= heading.level), outline.end)
            inside = [place for place in outline.quote_ends if heading.last <= place <= end]
            return inside[-1] if inside else heading.last
    return None


def _after_sections(outline: _Outline) -> int:
    """Return the offset for a new section: after the section with the last quote."""
    last = outline.quote_ends[-1] if outline.quote_ends else outline.end
    return next((heading.first for heading in outline.headings if heading.first >= last), outline.end)


def _markdown_outline(draft: str) -> _Outline:
    offsets = line_offsets(draft)
    headings: list[_Heading] = []
    ends: list[int] = []
    tokens = markdown_tokens(draft)
    for at, token in enumerate(tokens):
        first, last = (offsets[line] for line in token.map or (0, 0))
        if token.type == "heading_open" and not token.level:
            headings.append(_Heading(int(token.tag[1:]), _plain(tokens[at + 1].content), first, last))
        elif token.type == "blockquote_open" and not token.level:
            # Callouts of other kinds aren't quotes.
            start = draft[first : first + 20]
            if "[!" not in start or "[!quote]" in start.lower():
                ends.append(last)
    # The checklist to delete before publishing comes after a rule.
    rules = [offsets[token.map[0]] for token in tokens if token.type == "hr" and token.map]
    end = next((rule for rule in rules if rule >= (ends[-1] if ends else len(draft))), len(draft))
    return _Outline(headings, ends, end)


def _html_outline(draft: str) -> _Outline:
    headings = [
        _Heading(int(found[1]), _plain(re.sub(r"<[^>]*>", "", found[2])), found.start(), found.end())
        for found in _HEADING.finditer(draft)
    ]
    end = _HTML_END.search(draft)
    return _Outline(headings, [found.end() for found in _QUOTE_END.finditer(draft)], end.start() if end else len(draft))


def _plain(text: str) -> str:
    return " ".join(text.replace("\\", "").split())


def replace_words(draft: str, quote: DraftQuote, heard: str, right: str, *, number: int = 0) -> str | None:
    """Replace occurrence ``number`` (from 0) of the words ``heard`` in a quote of a draft.

    Returns None if the quote has no such occurrence, because the user has changed it.
    """
    region = draft[quote.first : quote.last]
    pieces = (re.sub("['’]", "['’]", re.escape(word)) for word in words_of(heard))
    pattern = re.compile(rf"(?<!\w){_GAP.join(pieces)}(?!\w)", re.IGNORECASE)
    found = list(pattern.finditer(region))
    if number >= len(found):
        return None
    escaped = ESCAPES[Output.HTML if is_html(draft) else Output.MARKDOWN](right)
    first, last = (quote.first + offset for offset in found[number].span())
    return f"{draft[:first]}{escaped}{draft[last:]}"
