"""Verify drafts: compare each quote of an edited draft with the transcript, word for word."""

from __future__ import annotations

import difflib
import itertools
import json
import math
import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from enum import StrEnum
from html.parser import HTMLParser
from typing import TYPE_CHECKING, NamedTuple

from podnotes.corrections import apply_corrections
from podnotes.errors import UsageError
from podnotes.models import Segment, Transcript
from podnotes.text.words import words as words_of
from podnotes.timestamps import clock

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.token import Token

    from podnotes.models import Correction

_TIME = re.compile(r"(?<![\d:])(?:(\d{1,2}):)?(\d{1,2}):(\d{2})(?![\d:])")
_FRAGMENT = re.compile(r"#t=(\d+(?:\.\d+)?)")
# Tolerance between the stated time of a quote and the time in the transcript.
_NEAR = 3.0  # seconds
# Below this share of equal words, a quote counts as not found rather than changed.
_RECOGNISED = 0.6
# Shorter texts occur in any transcript by chance.
_SHORTEST = 4  # words
# Texts between quotation marks that are this long are neither titles nor figures of speech.
_MANY = 9  # words
# The time of an inline quote follows within this distance.
_BEHIND = 120  # characters
_INLINE = re.compile(r"“([^“”]+)”|„([^„“”]+)[“”]|[«»]([^«»]+)[«»]|\"([^\"]+)\"")
# The attribution line of a quote, and an entry of a checklist.
_BY = re.compile(r"[—–-]{1,2}\s")
_BOX = re.compile(r"\[[ xX]\]")
# The checklist entry that mentions the mark itself, in its current and former wording.
_CHECK = re.compile(r"All ✎ placeholders are filled in\.|No ✎ is left\b")


class Verdict(StrEnum):
    """Result of comparing a quote with the transcript."""

    VERBATIM = "verbatim"
    MOVED = "moved"  #: word for word, but not at the time stated in the draft
    CHANGED = "changed"
    NOT_FOUND = "not found"


_WORD_FOR_WORD = (Verdict.VERBATIM, Verdict.MOVED)
_RANKING = (Verdict.VERBATIM, Verdict.MOVED, Verdict.CHANGED, Verdict.NOT_FOUND)


@dataclass(frozen=True, slots=True)
class Checked:
    """A quote of a draft, compared with the transcript.

    Attributes:
        text: The quote in the draft.
        line: Line of the draft where it begins, from 1; 0 in HTML and JSON.
        verdict: The result.
        said: The matching words of the transcript, or None if there are none.
        time: Time of these words, "1:02:03", or None.
        claimed: Time stated in the draft, or None.
        difference: The quote with "[-deleted-]" and "{+inserted+}" words marked; "" if verbatim.
        as_heard: Whether the quote has words as recognised that have been corrected since.
    """

    text: str
    line: int
    verdict: Verdict
    said: str | None = None
    time: str | None = None
    claimed: str | None = None
    difference: str = ""
    as_heard: bool = False


def verify_draft(
    draft: str,
    transcript: Transcript | Sequence[Transcript],
    corrections: Sequence[Sequence[Correction]] = (),
    *,
    titles: Sequence[str] = (),
) -> tuple[Checked, ...]:
    """Check the quotes of a draft.

    Quotes are block quotes, paragraphs above a line with a speaker and a time, and text between quotation marks within
    a paragraph if it is long, is followed by a time or resembles the transcript. Case, punctuation, markup and an
    ellipsis at either end are ignored; every word counts. An ellipsis in the middle ("… ") splits a quote into parts
    that must occur in this order. Corrected words may occur in either form.

    Args:
        draft: Text of a draft (Markdown, HTML or JSON), possibly edited.
        transcript: The transcript, without corrections; several for a draft on several episodes.
        corrections: The corrections of each transcript.
        titles: Episode titles, which may be in quotation marks without being quotes.

    Returns:
        All quotes, in the order of the draft.
    """
    transcripts = [transcript] if isinstance(transcript, Transcript) else transcript
    checks = [
        _Check(one, right) for one, right in zip(transcripts, corrections or [()] * len(transcripts), strict=True)
    ]
    known = {" ".join(_words(title)) for title in titles}
    found: list[Checked] = []
    for quote in _quotes(draft):
        if quote.inline and " ".join(_words(quote.text)) in known:
            continue
        checked = min(
            (check(quote) for check in checks),
            key=lambda checked: _RANKING.index(checked.verdict),
            default=Checked(quote.text, quote.line, Verdict.NOT_FOUND, claimed=quote.claimed),
        )
        few = len(_words(quote.text)) < _MANY
        if not (quote.inline and checked.verdict is Verdict.NOT_FOUND and few and quote.claimed is None):
            found.append(checked)
    return tuple(found)


class _Check:
    """Compares quotes with a transcript, both as recognised and as corrected."""

    def __init__(self, transcript: Transcript, corrections: Sequence[Correction]) -> None:
        self.language = transcript.language
        self.heard = Said(transcript)
        self.said = Said(apply_corrections(transcript, corrections)) if corrections else self.heard
        self.everywhere = [correction for correction in corrections if correction.at is None]

    def __call__(self, quote: DraftQuote) -> Checked:
        text, line, claimed = quote.text, quote.line, quote.claimed
        checked = self.said.check(text, line, claimed)
        if checked.verdict in _WORD_FOR_WORD or self.said is self.heard:
            return checked
        # A draft may be older than some or all of the corrections.
        mended = apply_corrections(Transcript((Segment(0.0, 0.0, text),), 0.0, self.language), self.everywhere).text
        for older in (self.heard.check(text, line, claimed), self.said.check(mended, line, claimed)):
            if older.verdict in _WORD_FOR_WORD:
                return replace(older, text=text, as_heard=True)
        return checked


def places_left(draft: str) -> tuple[int, ...]:
    """Return the numbers, from 1, of the lines of a draft that still have a ✎ placeholder."""
    return tuple(
        number
        for number, line in enumerate(_CHECK.sub("", draft).splitlines(), start=1)
        if "✎" in line and not _BOX.match(line.lstrip("-*+ "))
    )


class DraftQuote(NamedTuple):
    """A quote of a draft.

    Attributes:
        text: Its words, on one line.
        line: Line of the draft where it begins, from 1; 0 in HTML and JSON.
        claimed: Time stated in the draft, "1:02:03", or None.
        first: Offset in the draft where it begins.
        last: Offset where it ends; equal to ``first`` for inline quotes and in JSON.
        inline: Whether it is between quotation marks within a paragraph.
    """

    text: str
    line: int
    claimed: str | None
    first: int = 0
    last: int = 0
    inline: bool = False


def quotes_of(draft: str) -> tuple[DraftQuote, ...]:
    """Return the block quotes of a Markdown or HTML draft in order, without inline quotes."""
    return tuple(quote for quote in _quotes(draft) if quote.first < quote.last)


# ------------------------------------------------------------------------------------------------- quotes of a draft


def is_html(draft: str) -> bool:
    """Return whether a draft is HTML and not Markdown."""
    start = draft.lstrip()[:200].lower()
    return start.startswith(("<!doctype", "<html", "<!-- wp:")) or "<blockquote" in draft.lower()


def _quotes(draft: str) -> Iterator[DraftQuote]:
    if draft.lstrip().startswith("{"):
        yield from _json_quotes(draft)
    elif is_html(draft):
        yield from _html_quotes(draft)
    else:
        yield from _markdown_quotes(draft)


def _json_quotes(draft: str) -> Iterator[DraftQuote]:
    try:
        sections = json.loads(draft)["sections"]
        for quote in (quote for section in sections for quote in section["quotes"]):
            yield DraftQuote(str(quote["text"]), 0, clock(float(quote["start"])))
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"The JSON doesn't have the sections and quotes that podnotes writes ({error}).") from error


def _markdown_quotes(draft: str) -> Iterator[DraftQuote]:
    """Generate block quotes, paragraphs with an attribution line below them, and inline quotes."""
    depth, place = 0, [0, 0]
    lines: list[str] = []
    offsets = line_offsets(draft)
    waiting: tuple[list[str], list[int]] = ([], [0, 0])  # a paragraph that an attribution line may follow
    for token in markdown_tokens(draft):
        if token.type == "blockquote_open":
            depth += 1
            if depth == 1:
                yield from _inline_quotes(*waiting)
                waiting = ([], [0, 0])
                place, lines = token.map or [0, 0], []
        elif token.type == "blockquote_close":
            depth -= 1
            if not depth and (found := _split(lines)) is not None:
                yield DraftQuote(found[0], place[0] + 1, found[1], offsets[place[0]], offsets[place[1]])
        elif depth and token.type == "inline":
            lines += _lines(token.children or [])
        elif token.type == "inline":
            lines = _lines(token.children or [])
            here = token.map or [0, 0]
            by = next((number for number, one in enumerate(lines) if _BY.match(one) and _claimed(one)), None)
            if by is None:
                yield from _inline_quotes(*waiting)
                waiting = (lines, here)
            else:
                words, place = (lines[:by], here) if by else waiting
                text = " ".join(" ".join(words).split())
                if text:
                    yield DraftQuote(text, place[0] + 1, _claimed(lines[by]), offsets[place[0]], offsets[here[1]])
                waiting = ([], [0, 0])
    yield from _inline_quotes(*waiting)


def _inline_quotes(lines: Sequence[str], place: Sequence[int]) -> Iterator[DraftQuote]:
    """Generate the texts between quotation marks in a paragraph; none for an entry of a checklist."""
    text = "\n".join(lines)
    if _BOX.match(text):
        return
    for found in _INLINE.finditer(text):
        words = next(filter(None, found.groups()))
        if len(_words(words)) > _SHORTEST:
            behind = re.split('[“„«"]', text[found.end() : found.end() + _BEHIND])[0]
            line = place[0] + 1 + text.count("\n", 0, found.start())
            yield DraftQuote(" ".join(words.split()), line, _claimed(behind), inline=True)


def markdown_tokens(draft: str) -> list[Token]:
    """Parse a Markdown draft without its front matter; line numbers are those of the draft."""
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").parse(_without_front_matter(draft))


def line_offsets(draft: str) -> list[int]:
    """Return the offset of each line of a draft, and of its end."""
    offsets = itertools.accumulate((len(line) + 1 for line in draft.split("\n")), initial=0)
    return [min(offset, len(draft)) for offset in offsets]


def _without_front_matter(draft: str) -> str:
    """Blank the front matter of a draft, which preserves line numbers."""
    found = re.match(r"\ufeff?---\r?\n.*?\n---\r?\n", draft, re.DOTALL)
    return "\n" * found.group(0).count("\n") + draft[found.end() :] if found else draft


def _lines(tokens: Sequence[Token]) -> list[str]:
    """Return the lines of a paragraph as plain text, with the ``#t=`` of a link before its label."""
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
    """Return the words and the stated time of a block quote; None if it is not a quote."""
    callout = re.match(r"\[!(\w+)\][+-]?\s*(.*)", lines[0]) if lines else None
    if callout and callout[1].lower() != "quote":
        return None
    rest = lines[1:] if callout else lines
    words = [line for line in rest if not _BY.match(line)]
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
    """Collects block quotes with their attribution, and inline quotes of paragraphs outside them."""

    def __init__(self, offsets: Sequence[int]) -> None:
        super().__init__(convert_charrefs=True)
        self.offsets = offsets
        self.found: list[DraftQuote] = []
        self.begun = (1, 0)
        self.paragraph: list[str] | None = None
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
                    first, last = (self.offsets[line - 1] + column for line, column in (self.begun, self.getpos()))
                    self.found.append(DraftQuote(text, 0, _claimed(" ".join(self.named)), first, last))
        elif self.depth and self.aside and tag in {"footer", "cite"}:
            self.aside -= 1
        elif tag == "p" and self.paragraph is not None:
            self.found += [one._replace(line=0) for one in _inline_quotes([" ".join(self.paragraph)], (0, 0))]
            self.paragraph = None

    def handle_data(self, data: str) -> None:
        if self.depth:
            (self.named if self.aside else self.words).append(data.replace("\n", " "))
        elif self.paragraph is not None:
            self.paragraph.append(data.replace("\n", " "))


def _html_quotes(draft: str) -> Iterator[DraftQuote]:
    parser = _Quotes(line_offsets(draft))
    parser.feed(draft)
    parser.close()
    yield from parser.found


# ----------------------------------------------------------------------------------------------------- comparison


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
        # A token may contain two words ("skin—and") or none ("—").
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
        """Return start and end in seconds of the words that match a quote, exactly or nearly; None without a match."""
        words = _words(text)
        near = _seconds(claimed)
        place = self._exact(words, 0, near) if words else None
        found = self._alike(words, near) if place is None else (place, place + len(words))
        if found is None:
            return None
        after = self.token[found[1] - 1] + 1
        return self.times[self.token[found[0]]], self.times[after] if after < len(self.times) else math.inf

    def check(self, text: str, line: int, claimed: str | None) -> Checked:
        """Compare a quote with the transcript."""
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
        """Find the words as a sequence: the occurrence nearest to the time, or the first if there is no time."""
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
        """Find the span that shares the most words with the quote, in the same order."""
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
    """Mark deleted and inserted words in a quote."""
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
