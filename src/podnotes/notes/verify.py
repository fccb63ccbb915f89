"""Are the quotes of an edited draft still what was said? Each is looked for in the transcript, word for word."""

from __future__ import annotations

import difflib
import re
from bisect import bisect_right
from dataclasses import dataclass
from enum import StrEnum
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from podnotes.text.words import words as words_of
from podnotes.timestamps import clock

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.token import Token

    from podnotes.models import Transcript

_TIME = re.compile(r"(?<![\d:])(?:(\d{1,2}):)?(\d{1,2}):(\d{2})(?![\d:])")
_FRAGMENT = re.compile(r"#t=(\d+(?:\.\d+)?)")
# A quote of hers may begin or end a little off the time it names.
_NEAR = 3.0  # seconds
# Below this share of equal words it is another text, not a changed one.
_RECOGNISED = 0.6
# Shorter ones stand in any transcript somewhere.
_SHORTEST = 4  # words


class Verdict(StrEnum):
    """What became of a quote."""

    VERBATIM = "verbatim"
    MOVED = "moved"  #: word for word, but at another time than the draft says
    CHANGED = "changed"
    NOT_FOUND = "not found"


@dataclass(frozen=True, slots=True)
class Checked:
    """A quote of a draft, held against the transcript.

    Attributes:
        text: The quote as the draft has it.
        line: Line of the draft where it begins, from 1; 0 in HTML.
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


def verify_draft(draft: str, transcript: Transcript) -> tuple[Checked, ...]:
    """Check the quotes of a draft.

    Quotes are the block quotes of Markdown and of HTML. Case, punctuation, markup and an ellipsis at either end don't
    count; every word does. An ellipsis in the middle ("… ") parts a quote in two that have to follow one another.

    Args:
        draft: Text of a draft, Markdown or HTML, edited as she likes.
        transcript: What was said.

    Returns:
        Every quote in the order of the draft.
    """
    said = _Said(transcript)
    quotes = _html_quotes(draft) if _is_html(draft) else _markdown_quotes(draft)
    return tuple(said.check(text, line, claimed) for text, line, claimed in quotes)


# ------------------------------------------------------------------------------------------------- quotes of a draft


def _is_html(draft: str) -> bool:
    start = draft.lstrip()[:200].lower()
    return start.startswith(("<!doctype", "<html", "<!-- wp:")) or "<blockquote" in draft.lower()


def _markdown_quotes(draft: str) -> Iterator[tuple[str, int, str | None]]:
    """Block quotes with the line where each begins and the time that it names."""
    from markdown_it import MarkdownIt

    depth, first = 0, 0
    lines: list[str] = []
    for token in MarkdownIt("commonmark").parse(_without_front_matter(draft)):
        if token.type == "blockquote_open":
            depth += 1
            if depth == 1:
                first, lines = (token.map[0] if token.map else 0) + 1, []
        elif token.type == "blockquote_close":
            depth -= 1
            if not depth:
                yield from _split(lines, first)
        elif depth and token.type == "inline":
            lines += _lines(token.children or [])


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


def _split(lines: list[str], first: int) -> Iterator[tuple[str, int, str | None]]:
    """The words of a block quote apart from the line that names the speaker and the time."""
    callout = re.match(r"\[!(\w+)\][+-]?\s*(.*)", lines[0]) if lines else None
    if callout and callout[1].lower() != "quote":
        return
    rest = lines[1:] if callout else lines
    words = [line for line in rest if not re.match(r"[—–-]{1,2}\s", line)]
    named = " ".join([callout[2] if callout else "", *(line for line in rest if line not in words)])
    text = " ".join(" ".join(words).split())
    if text:
        yield text, first, _claimed(named)


def _claimed(text: str) -> str | None:
    found = _FRAGMENT.search(text)
    if found:
        return clock(float(found[1]))
    time = _TIME.search(text)
    return time.group(0) if time else None


class _Quotes(HTMLParser):
    """Collects block quotes: their words, and what names speaker and time."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, str]] = []
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
        elif self.depth and tag in {"p", "br", "div"}:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "blockquote" and self.depth:
            self.depth -= 1
            if not self.depth:
                lines = [line.strip() for line in "".join(self.words).split("\n")]
                words = [line for line in lines if line and not line.startswith(("—", "– "))]
                self.named += [line for line in lines if line.startswith(("—", "– "))]
                self.found.append((" ".join(words), " ".join(self.named)))
        elif self.depth and self.aside and tag in {"footer", "cite"}:
            self.aside -= 1

    def handle_data(self, data: str) -> None:
        if self.depth:
            (self.named if self.aside else self.words).append(data.replace("\n", " "))


def _html_quotes(draft: str) -> Iterator[tuple[str, int, str | None]]:
    parser = _Quotes()
    parser.feed(draft)
    parser.close()
    for text, named in parser.found:
        if text.strip():
            yield " ".join(text.split()), 0, _claimed(named)


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
