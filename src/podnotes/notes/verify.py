"""Are the quotes of an edited draft still what was said? Each is looked for in the transcript, word for word."""

from __future__ import annotations

import difflib
import json
import re
from bisect import bisect_right
from dataclasses import dataclass
from enum import StrEnum
from html.parser import HTMLParser
from typing import TYPE_CHECKING, NamedTuple

from podnotes.errors import UsageError
from podnotes.models import Transcript
from podnotes.text.words import words as words_of
from podnotes.timestamps import clock

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.token import Token


_TIME = re.compile(r"(?<![\d:])(?:(\d{1,2}):)?(\d{1,2}):(\d{2})(?![\d:])")
_FRAGMENT = re.compile(r"#t=(\d+(?:\.\d+)?)")
# An edited quote may begin or end a little off the time it names.
_NEAR = 3.0  # seconds
# Below this share of equal words it is another text, not a changed one.
_RECOGNISED = 0.6
# Shorter ones stand in any transcript somewhere.
_SHORTEST = 4  # words
# So many between quotation marks are no title and no figure of speech.
_MANY = 9  # words
# So near behind words within a paragraph stands the time at which they are said.
_BEHIND = 120  # characters
_INLINE = re.compile(r"“([^“”]+)”|„([^„“”]+)[“”]|[«»]([^«»]+)[«»]|\"([^\"]+)\"")
# The line of a quote that names who says it and when, and an entry of the list to tick off.
_BY = re.compile(r"[—–-]{1,2}\s")
_BOX = re.compile(r"\[[ xX]\]")


class Verdict(StrEnum):
    """What became of a quote."""

    VERBATIM = "verbatim"
    MOVED = "moved"  #: word for word, but at another time than the draft says
    CHANGED = "changed"
    NOT_FOUND = "not found"


_RANKING = (Verdict.VERBATIM, Verdict.MOVED, Verdict.CHANGED, Verdict.NOT_FOUND)


@dataclass(frozen=True, slots=True)
class Checked:
    """A quote of a draft, held against the transcript.

    Attributes:
        text: The quote as the draft has it.
        line: Line of the draft where it begins, from 1; 0 in HTML and JSON.
        verdict: What became of it.
        said: What the transcript has there, or None when nothing like it is said.
        time: When that is said, "1:02:03", or None.
        claimed: When the draft says that it is said, or None.
        difference: The words that differ, "[-left out-]" and "{+put in+}" among those that don't; "" when verbatim.
    """

    text: str
    line: int
    verdict: Verdict
    said: str | None = None
    time: str | None = None
    claimed: str | None = None
    difference: str = ""


def verify_draft(
    draft: str, transcript: Transcript | Sequence[Transcript], *, titles: Sequence[str] = ()
) -> tuple[Checked, ...]:
    """Check the quotes of a draft.

    Quotes are the block quotes of Markdown and of HTML, paragraphs above a line that names a speaker and a time, and
    words between quotation marks within a paragraph, where they were said or something like them was, have a time
    behind them, or are many. Case, punctuation, markup and an ellipsis at either end don't count; every word does. An
    ellipsis in the middle ("… ") parts a quote in two that have to follow one another.

    Args:
        draft: Text of a draft, Markdown, HTML or JSON, edited as one likes.
        transcript: What was said; several for a draft on several episodes.
        titles: Titles of episodes, which stand between quotation marks and are no quotes.

    Returns:
        Every quote in the order of the draft.
    """
    said = [_Said(one) for one in ([transcript] if isinstance(transcript, Transcript) else transcript)]
    known = {" ".join(_words(title)) for title in titles}
    found: list[Checked] = []
    for quote in _quotes(draft):
        if quote.inline and " ".join(_words(quote.text)) in known:
            continue
        checked = min(
            (one.check(quote.text, quote.line, quote.claimed) for one in said),
            key=lambda checked: _RANKING.index(checked.verdict),
            default=Checked(quote.text, quote.line, Verdict.NOT_FOUND, claimed=quote.claimed),
        )
        few = len(_words(quote.text)) < _MANY
        if not (quote.inline and checked.verdict is Verdict.NOT_FOUND and few and quote.claimed is None):
            found.append(checked)
    return tuple(found)


def places_left(draft: str) -> tuple[int, ...]:
    """The lines, from 1, on which a draft still has a place for the user's own words (✎).

    Args:
        draft: Text of a draft.
    """
    return tuple(
        number
        for number, line in enumerate(draft.splitlines(), start=1)
        if "✎" in line and not _BOX.match(line.lstrip("-*+ "))
    )


# ------------------------------------------------------------------------------------------------- quotes of a draft


class _Quoted(NamedTuple):
    """Words that a draft quotes: the line where they begin, when they are said as it says, whether within a line."""

    text: str
    line: int
    claimed: str | None
    inline: bool = False


def _quotes(draft: str) -> Iterator[_Quoted]:
    start = draft.lstrip()[:200].lower()
    if start.startswith("{"):
        yield from _json_quotes(draft)
    elif start.startswith(("<!doctype", "<html", "<!-- wp:")) or "<blockquote" in draft.lower():
        yield from _html_quotes(draft)
    else:
        yield from _markdown_quotes(draft)


def _json_quotes(draft: str) -> Iterator[_Quoted]:
    try:
        sections = json.loads(draft)["sections"]
        for quote in (quote for section in sections for quote in section["quotes"]):
            yield _Quoted(str(quote["text"]), 0, clock(float(quote["start"])))
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"The JSON has no sections with quotes as podnotes writes them ({error}).") from error


def _markdown_quotes(draft: str) -> Iterator[_Quoted]:
    """Block quotes, and what was made of them, with the line where each begins and the time that it names."""
    from markdown_it import MarkdownIt

    depth, first = 0, 0
    lines: list[str] = []
    waiting: tuple[list[str], int] = ([], 0)  # a paragraph that may have the line with its speaker below it
    for token in MarkdownIt("commonmark").parse(_without_front_matter(draft)):
        if token.type == "blockquote_open":
            depth += 1
            if depth == 1:
                yield from _inline_quotes(*waiting)
                waiting = ([], 0)
                first, lines = (token.map[0] if token.map else 0) + 1, []
        elif token.type == "blockquote_close":
            depth -= 1
            if not depth:
                yield from _split(lines, first)
        elif depth and token.type == "inline":
            lines += _lines(token.children or [])
        elif token.type == "inline":
            lines = _lines(token.children or [])
            line = (token.map[0] if token.map else 0) + 1
            by = next((place for place, one in enumerate(lines) if _BY.match(one) and _claimed(one)), None)
            if by is None:
                yield from _inline_quotes(*waiting)
                waiting = (lines, line)
            else:
                words, line = (lines[:by], line) if by else waiting
                text = " ".join(" ".join(words).split())
                if text:
                    yield _Quoted(text, line, _claimed(lines[by]))
                waiting = ([], 0)
    yield from _inline_quotes(*waiting)


def _inline_quotes(lines: list[str], first: int) -> Iterator[_Quoted]:
    """What stands between quotation marks in a paragraph; not in what is to be ticked off before publishing."""
    text = "\n".join(lines)
    if _BOX.match(text):
        return
    for found in _INLINE.finditer(text):
        words = next(filter(None, found.groups()))
        if len(_words(words)) > _SHORTEST:
            behind = re.split('[“„«"]', text[found.end() : found.end() + _BEHIND])[0]
            line = first + text.count("\n", 0, found.start())
            yield _Quoted(" ".join(words.split()), line, _claimed(behind), inline=True)


def _without_front_matter(draft: str) -> str:
    """The draft with its front matter blanked, so that lines keep their numbers."""
    found = re.match(r"---\n.*?\n---\n", draft, re.DOTALL)
    return "\n" * found.group(0).count("\n") + draft[found.end() :] if found else draft


def _lines(tokens: Sequence[Token]) -> list[str]:
    """The lines of a paragraph as they read; an address that leads to a second stands behind its label."""
    parts: list[str] = []
    for token in tokens:
        if token.type in {"softbreak", "hardbreak"}:
            parts.append("\n")
        elif token.type == "link_open" and (second := _FRAGMENT.search(str(token.attrs.get("href", "")))):
            parts.append(f"{second.group(0)} ")
        else:
            parts.append(token.content)
    return "".join(parts).split("\n")


def _split(lines: list[str], first: int) -> Iterator[_Quoted]:
    """The words of a block quote apart from the line that names the speaker and the time."""
    callout = re.match(r"\[!(\w+)\][+-]?\s*(.*)", lines[0]) if lines else None
    if callout and callout[1].lower() != "quote":
        return
    rest = lines[1:] if callout else lines
    words = [line for line in rest if not _BY.match(line)]
    named = " ".join([callout[2] if callout else "", *(line for line in rest if line not in words)])
    text = " ".join(" ".join(words).split())
    if text:
        yield _Quoted(text, first, _claimed(named))


def _claimed(text: str) -> str | None:
    found = _FRAGMENT.search(text)
    if found:
        return clock(float(found[1]))
    time = _TIME.search(text)
    return time.group(0) if time else None


class _Quotes(HTMLParser):
    """Collects block quotes: their words, and what names speaker and time; and paragraphs beside them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[_Quoted] = []
        self.paragraph: list[str] | None = None
        self.depth = 0
        self.aside = 0
        self.words: list[str] = []
        self.named: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "blockquote":
            self.depth += 1
            if self.depth == 1:
                self.words, self.named = [], []
                self.named.append(dict(attrs).get("cite") or "")
        elif self.depth and tag in {"footer", "cite"}:
            self.aside += 1
        elif not self.depth and tag == "p":
            self.paragraph = []
        elif self.paragraph is not None and (second := _FRAGMENT.search(dict(attrs).get("href") or "")):
            self.paragraph.append(f"{second.group(0)} ")
        elif self.depth and tag in {"p", "br", "div"}:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "blockquote" and self.depth:
            self.depth -= 1
            if not self.depth:
                lines = [line.strip() for line in "".join(self.words).split("\n")]
                words = [line for line in lines if line and not line.startswith(("—", "– "))]
                self.named += [line for line in lines if line.startswith(("—", "– "))]
                text = " ".join(" ".join(words).split())
                if text:
                    self.found.append(_Quoted(text, 0, _claimed(" ".join(self.named))))
        elif self.depth and self.aside and tag in {"footer", "cite"}:
            self.aside -= 1
        elif tag == "p" and self.paragraph is not None:
            self.found += [one._replace(line=0) for one in _inline_quotes([" ".join(self.paragraph)], 0)]
            self.paragraph = None

    def handle_data(self, data: str) -> None:
        if self.depth:
            (self.named if self.aside else self.words).append(data.replace("\n", " "))
        elif self.paragraph is not None:
            self.paragraph.append(data.replace("\n", " "))


def _html_quotes(draft: str) -> Iterator[_Quoted]:
    parser = _Quotes()
    parser.feed(draft)
    parser.close()
    yield from parser.found


# ----------------------------------------------------------------------------------------------------- what was said


class _Said:
    """The words of a transcript with their times."""

    def __init__(self, transcript: Transcript) -> None:
        self.shown: list[str] = []
        self.times: list[float] = []
        for segment in sorted(transcript.segments, key=lambda segment: segment.start):
            tokens = segment.text.split()
            span = max(0.0, segment.end - segment.start) / max(1, len(tokens))
            exact = [word.start for word in segment.words] if len(segment.words) == len(tokens) else None
            for place, token in enumerate(tokens):
                self.shown.append(token)
                self.times.append(exact[place] if exact else segment.start + place * span)
        # One token may hold two words ("skin—and") or none ("—").
        self.words: list[str] = []
        self.token: list[int] = []
        for place, token in enumerate(self.shown):
            for word in _words(token):
                self.words.append(word)
                self.token.append(place)
        self.places: dict[str, list[int]] = {}
        for place, word in enumerate(self.words):
            self.places.setdefault(word, []).append(place)

    def check(self, text: str, line: int, claimed: str | None) -> Checked:
        parts = [words for part in re.split(r"…|\.\.\.|\[[.… ]*\]", text) if (words := _words(part))]
        near = _seconds(claimed)
        start, at = None, 0
        for words in parts:
            place = self._exact(words, at, near if start is None else None)
            if place is None:
                return self._changed(text, line, claimed, [word for part in parts for word in part])
            start = place if start is None else start
            at = place + len(words)
        if start is None:
            return Checked(text, line, Verdict.NOT_FOUND, claimed=claimed)
        seconds = self.times[self.token[start]]
        off = near is not None and not near - _NEAR <= seconds <= near + _NEAR + 1
        said = self._shown(start, at)
        return Checked(text, line, Verdict.MOVED if off else Verdict.VERBATIM, said, clock(seconds), claimed)

    def _exact(self, words: Sequence[str], after: int, near: float | None) -> int | None:
        """Where the words stand side by side: the place nearest to the time, the first one without."""
        places = [
            place
            for place in self.places.get(words[0], [])
            if place >= after and self.words[place : place + len(words)] == list(words)
        ]
        if not places:
            return None
        return places[0] if near is None else min(places, key=lambda place: abs(self.times[self.token[place]] - near))

    def _changed(self, text: str, line: int, claimed: str | None, words: list[str]) -> Checked:
        span = self._alike(words, _seconds(claimed))
        if span is None:
            return Checked(text, line, Verdict.NOT_FOUND, claimed=claimed)
        first, last = span
        said = self._shown(first, last)
        difference = _difference(said.split(), text.split())
        return Checked(text, line, Verdict.CHANGED, said, clock(self.times[self.token[first]]), claimed, difference)

    def _alike(self, words: list[str], near: float | None) -> tuple[int, int] | None:
        """The stretch that shares most words in order with the quote."""
        if len(words) < _SHORTEST:
            return None
        rare = sorted({word for word in words if word in self.places}, key=lambda word: len(self.places[word]))[:6]
        starts = {max(0, place - words.index(word)) for word in rare for place in self.places[word][:60]}
        if near is not None:
            starts.add(min(bisect_right([self.times[token] for token in self.token], near), len(self.words) - 1))
        best: tuple[float, int, int] | None = None
        for start in starts:
            low = max(0, start - len(words) // 3)
            window = self.words[low : start + len(words) + len(words) // 3 + 2]
            matcher = difflib.SequenceMatcher(None, window, words, autojunk=False)
            blocks = [block for block in matcher.get_matching_blocks() if block.size]
            share = sum(block.size for block in blocks) / len(words)
            if blocks and share >= _RECOGNISED and (best is None or share > best[0]):
                best = (share, low + blocks[0].a, low + blocks[-1].a + blocks[-1].size)
        return None if best is None else (best[1], best[2])

    def _shown(self, first: int, last: int) -> str:
        return " ".join(self.shown[self.token[first] : self.token[last - 1] + 1])


def _words(text: str) -> list[str]:
    return [word.lower().replace("’", "'") for word in words_of(text)]


def _seconds(time: str | None) -> float | None:
    found = _TIME.fullmatch(time) if time else None
    return int(found[1] or 0) * 3600 + int(found[2]) * 60 + int(found[3]) if found else None


def _difference(said: list[str], quoted: list[str]) -> str:
    """Both texts in one: words of the transcript that were left out, words of the draft that were put in."""
    keys = [" ".join(_words(token)) for token in said], [" ".join(_words(token)) for token in quoted]
    parts: list[str] = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, *keys, autojunk=False).get_opcodes():
        if tag == "equal":
            parts += quoted[c:d]
            continue
        if any(keys[0][a:b]):
            parts.append(f"[-{' '.join(said[a:b])}-]")
        if any(keys[1][c:d]):
            parts.append(f"{{+{' '.join(quoted[c:d])}+}}")
    return " ".join(parts)
