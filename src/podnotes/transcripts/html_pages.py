"""Text of HTML transcripts: Podcasting 2.0 markup (``<cite>``, ``<time>``, ``<p>``), or any page."""

from __future__ import annotations

import html.parser

from podnotes.timestamps import clock
from podnotes.transcripts.cues import clean
from podnotes.transcripts.timecodes import parse_stamp


class Page(html.parser.HTMLParser):
    """A page that may be a transcript.

    Args:
        page: The HTML.

    Attributes:
        title: Title of the page, or "".
        letters: Number of letters on the page.
        clicked: Number of letters in clickable elements.
    """

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

    # Link density separates boilerplate from text (Kohlschütter et al. 2010, "Boilerplate detection using shallow text
    # features").
    _CLICKED = frozenset({"a", "button", "form", "nav", "option", "select"})
    _UNSEEN = frozenset({"script", "style", "noscript", "template"})

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.title = ""
        self.letters = self.clicked = 0
        self._open: list[tuple[str, int]] = []  # name and rank of each open element
        self._hidden = 0
        self._parts: dict[int, list[str]] = {0: [], 1: [], 2: []}  # by rank: page, article or main, transcript
        self._cite: list[str] | None = None
        self._time: list[str] | None = None
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: D102 - HTMLParser's
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

    def handle_endtag(self, tag: str) -> None:  # noqa: D102
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

    def handle_data(self, data: str) -> None:  # noqa: D102
        within = {name for name, _ in self._open}
        if "title" in within:
            self.title = self.title or " ".join(data.split())
        elif not within & self._UNSEEN:
            letters = len("".join(data.split()))
            self.letters += letters
            self.clicked += letters if within & self._CLICKED else 0
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
        """Return the text of the part most clearly marked as the transcript, article or main part, else of the page.

        Paragraphs are separated by blank lines, with speakers as "Name: " and times in square brackets.
        """
        return "".join(self._parts[next((rank for rank in (2, 1) if self._has_most(rank)), 0)])

    def is_marked(self) -> bool:
        """Tell whether elements with "transcript" in their id or class hold more than a fifth of the words."""
        return self._has_most(2)

    def _has_most(self, rank: int) -> bool:
        whole, part = ("".join(self._parts[one]).split() for one in (0, rank))
        return len(part) > 0.2 * len(whole)
