"""Text of HTML transcripts: Podcasting 2.0 markup (``<cite>``, ``<time>``, ``<p>``), or any page."""

from __future__ import annotations

import html.parser

from podnotes.timestamps import clock
from podnotes.transcripts.cues import clean
from podnotes.transcripts.timecodes import parse_stamp


def transcript_of(page: str) -> str:
    """Extract the text of a transcript from an HTML page.

    Args:
        page: The HTML.

    Returns:
        Paragraphs separated by blank lines, with speakers as "Name: " and times in square brackets.
    """
    reader = _TranscriptPage()
    reader.feed(page)
    reader.close()
    return reader.text()


def marks_transcript(page: str) -> bool:
    """Tell whether elements with "transcript" in their id or class hold more than a fifth of a page's words."""
    reader = _TranscriptPage()
    reader.feed(page)
    reader.close()
    return reader.has_most(2)


class _TranscriptPage(html.parser.HTMLParser):
    """Collects the text of a page, or only of the part marked as transcript, article or main, if there is one."""

    _HIDDEN = frozenset(
        {"script", "style", "head", "nav", "header", "footer", "form", "aside", "template", "svg", "button", "noscript"}
    )
    _BLOCKS = frozenset({
        "p", "div", "br", "li", "ul", "ol", "tr", "td", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "section",
        "article", "main", "body", "dl", "dt", "dd", "hr", "figure",
    })  # fmt: skip
    _VOID = frozenset({
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr",
    })  # fmt: skip

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[tuple[str, int]] = []  # name and rank of each open element
        self._hidden = 0
        self._parts: dict[int, list[str]] = {0: [], 1: [], 2: []}  # by rank: page, article or main, transcript
        self._cite: list[str] | None = None
        self._time: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self._BLOCKS:
            self._add("\n" if tag == "br" else "\n\n")
        if tag in self._VOID:
            return
        names = " ".join(value or "" for name, value in attrs if name in {"id", "class"}).lower()
        rank = 2 if "transcript" in names else 1 if tag in {"article", "main"} else 0
        self._open.append((tag, max(rank, self._open[-1][1] if self._open else 0)))
        # An article's <header> is hidden like the page's; telling them apart isn't worthwhile.
        self._hidden += tag in self._HIDDEN
        if tag == "cite":
            self._add("\n\n")
            self._cite = []
        elif tag == "time":
            self._time = []

    def handle_endtag(self, tag: str) -> None:
        if tag not in (name for name, _ in self._open):
            return
        while self._open:
            name, _ = self._open[-1]
            if name == "cite" and self._cite is not None:
                speaker, self._cite = clean("".join(self._cite)).rstrip(": "), None
                self._add(f"{speaker}: " if speaker else "")
            elif name == "time" and self._time is not None:
                stamp, self._time = clean("".join(self._time)).strip("[]()"), None
                seconds = parse_stamp(stamp)
                self._add(f" {stamp} " if seconds is None else f" [{stamp if ':' in stamp else clock(seconds)}] ")
            elif name in self._BLOCKS:
                self._add("\n\n")
            self._open.pop()
            self._hidden -= name in self._HIDDEN
            if name == tag:
                break

    def handle_data(self, data: str) -> None:
        if self._cite is not None:
            self._cite.append(data)
        elif self._time is not None:
            self._time.append(data)
        else:
            self._add(data.replace("\n", " "))

    def _add(self, text: str) -> None:
        if not self._hidden:
            for rank in range((self._open[-1][1] if self._open else 0) + 1):
                self._parts[rank].append(text)

    def text(self) -> str:
        """Return the collected text of the part most clearly marked as the transcript."""
        return "".join(self._parts[next((rank for rank in (2, 1) if self.has_most(rank)), 0)])

    def has_most(self, rank: int) -> bool:
        """Tell whether parts of a rank hold more than a fifth of the words."""
        whole, part = ("".join(self._parts[one]).split() for one in (0, rank))
        return len(part) > 0.2 * len(whole)
