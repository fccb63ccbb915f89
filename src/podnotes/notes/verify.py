"""Are the quotes of an edited draft still what was said? Each is looked for in the transcript, word for word."""

from __future__ import annotations

import difflib
import itertools
import math
import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from enum import StrEnum
from html.parser import HTMLParser
from typing import TYPE_CHECKING, NamedTuple

from podnotes.corrections import apply_corrections
from podnotes.models import Segment, Transcript
from podnotes.text.words import words as words_of
from podnotes.timestamps import clock

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.token import Token

    from podnotes.models import Correction

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


_WORD_FOR_WORD = (Verdict.VERBATIM, Verdict.MOVED)


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
        as_heard: Whether it has words of the transcript that were corrected since.
    """

    text: str
    line: int
    verdict: Verdict
    said: str | None = None
    time: str | None = None
    claimed: str | None = None
    difference: str = ""
    as_heard: bool = False


def verify_draft(draft: str, transcript: Transcript, corrections: Sequence[Correction] = ()) -> tuple[Checked, ...]:
    """Check the quotes of a draft.

    Quotes are the block quotes of Markdown and of HTML. Case, punctuation, markup and an ellipsis at either end don't
    count; every word does. An ellipsis in the middle ("… ") parts a quote in two that have to follow one another.
    Words that were corrected may stand in it either way.

    Args:
        draft: Text of a draft, Markdown or HTML, edited as she likes.
        transcript: What was said; as heard, where there are corrections.
        corrections: What was put right in it.

    Returns:
        Every quote in the order of the draft.
    """
    heard = Said(transcript)
    said = Said(apply_corrections(transcript, corrections)) if corrections else heard
    everywhere = [correction for correction in corrections if correction.at is None]

    def check(text: str, line: int, claimed: str | None) -> Checked:
        checked = said.check(text, line, claimed)
        if checked.verdict in _WORD_FOR_WORD or not corrections:
            return checked
        # A draft may be older than all corrections, or than some of them.
        mended = apply_corrections(Transcript((Segment(0.0, 0.0, text),), 0.0, transcript.language), everywhere).text
        for older in (heard.check(text, line, claimed), said.check(mended, line, claimed)):
            if older.verdict in _WORD_FOR_WORD:
                return replace(older, text=text, as_heard=True)
        return checked

    return tuple(check(quote.text, quote.line, quote.claimed) for quote in quotes_of(draft))


class DraftQuote(NamedTuple):
    """A quote of a draft.

    Attributes:
        text: Its words, on one line.
        line: Line of the draft where it begins, from 1; 0 in HTML.
        claimed: When the draft says that it is said, "1:02:03", or None.
        first: Offset in the draft where it begins.
        last: Offset where it ends.
    """

    text: str
    line: int
    claimed: str | None
    first: int
    last: int


def quotes_of(draft: str) -> tuple[DraftQuote, ...]:
    """The quotes of a draft in their order: block quotes of Markdown or HTML."""
    return tuple(_html_quotes(draft) if is_html(draft) else _markdown_quotes(draft))


# ------------------------------------------------------------------------------------------------- quotes of a draft


def is_html(draft: str) -> bool:
    """Whether a draft is HTML and not Markdown."""
    start = draft.lstrip()[:200].lower()
    return start.startswith(("<!doctype", "<html", "<!-- wp:")) or "<blockquote" in draft.lower()


def _markdown_quotes(draft: str) -> Iterator[DraftQuote]:
    """Block quotes with the line where each begins and the time that it names."""
    depth, place = 0, [0, 0]
    lines: list[str] = []
    offsets = line_offsets(draft)
    for token in markdown_tokens(draft):
        if token.type == "blockquote_open":
            depth += 1
            if depth == 1:
                place, lines = token.map or [0, 0], []
        elif token.type == "blockquote_close":
            depth -= 1
            if not depth and (found := _split(lines)) is not None:
                yield DraftQuote(found[0], place[0] + 1, found[1], offsets[place[0]], offsets[place[1]])
        elif depth and token.type == "inline":
            lines += _lines(token.children or [])


def markdown_tokens(draft: str) -> list[Token]:
    """The blocks of a draft in Markdown without its front matter; their lines are those of the draft."""
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").parse(_without_front_matter(draft))


def line_offsets(draft: str) -> list[int]:
    """Where each line of a draft begins, and where the last one ends."""
    offsets = itertools.accumulate((len(line) + 1 for line in draft.split("\n")), initial=0)
    return [min(offset, len(draft)) for offset in offsets]


def _without_front_matter(draft: str) -> str:
    """The draft with its front matter blanked, so that lines keep their numbers."""
    found = re.match(r"\ufeff?---\r?\n.*?\n---\r?\n", draft, re.DOTALL)
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


def _split(lines: list[str]) -> tuple[str, str | None] | None:
    """The words of a block quote, and the time on the line that names it; None where it is none."""
    callout = re.match(r"\[!(\w+)\][+-]?\s*(.*)", lines[0]) if lines else None
    if callout and callout[1].lower() != "quote":
        return None
    rest = lines[1:] if callout else lines
    words = [line for line in rest if not re.match(r"[—–-]{1,2}\s", line)]
    named = " ".join([callout[2] if callout else "", *(line for line in rest if line not in words)])
    text = " ".join(" ".join(words).split())
    return (text, _claimed(named)) if text else None


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
        self.found: list[tuple[str, str, tuple[int, int], tuple[int, int]]] = []
        self.begun = (1, 0)
        self.depth = 0
        self.aside = 0
        self.words: list[str] = []
        self.named: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "blockquote":
            self.depth += 1
            if self.depth == 1:
                self.words, self.named, self.begun = [], [], self.getpos()
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
                self.found.append((" ".join(words), " ".join(self.named), self.begun, self.getpos()))
        elif self.depth and self.aside and tag in {"footer", "cite"}:
            self.aside -= 1

    def handle_data(self, data: str) -> None:
        if self.depth:
            (self.named if self.aside else self.words).append(data.replace("\n", " "))


def _html_quotes(draft: str) -> Iterator[DraftQuote]:
    parser = _Quotes()
    parser.feed(draft)
    parser.close()
    offsets = line_offsets(draft)
    for text, named, begun, ended in parser.found:
        if text.strip():
            first, last = (offsets[line - 1] + column for line, column in (begun, ended))
            yield DraftQuote(" ".join(text.split()), 0, _claimed(named), first, last)


# ----------------------------------------------------------------------------------------------------- what was said


class Said:
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

    def span(self, text: str, claimed: str | None) -> tuple[float, float] | None:
        """The seconds at which a quote, changed or not, begins and ends; None where nothing like it is said."""
        words = _words(text)
        near = _seconds(claimed)
        place = self._exact(words, 0, near) if words else None
        found = self._alike(words, near) if place is None else (place, place + len(words))
        if found is None:
            return None
        after = self.token[found[1] - 1] + 1
        return self.times[self.token[found[0]]], self.times[after] if after < len(self.times) else math.inf

    def check(self, text: str, line: int, claimed: str | None) -> Checked:
        """Hold a quote against what was said."""
        # "[nociception]" marks a correction, and "[Huberman]'s" is one word.
        text_words = re.sub(r"\[([^\[\]]*\w[^\[\]]*)\]", r"\1", text)
        parts = [words for part in re.split(r"…|\.\.\.|\[[.… ]*\]", text_words) if (words := _words(part))]
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
