"""What she types into a search, read with care and turned into FTS5's own language.

    words side by side        all of them, near each other
    "a phrase"                these words in this order
    neuro*                    words that begin so
    AND  OR  NOT  ( )         in capitals; NOT binds closest, then AND, then OR
    -word                     the same as NOT word

Everything else is taken as words to look for. Every word reaches FTS5 in quotes, so that nothing she types is ever
syntax there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from podnotes.errors import UsageError

#: The longest search, in characters, and the most words and the deepest parentheses in one.
LONGEST = 1000
MOST_WORDS = 60
DEEPEST = 20
#: The fewest letters before a ``*``: every word begins with some letter.
SHORTEST_PREFIX = 2

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<open>\() | (?P<close>\))
      | (?P<minus>-(?=["“”„«\w(]))
      | ["“”„«](?P<phrase>[^"“”„«»]*)["“”»](?P<after>\*?)
      | (?P<quote>["“”„«»])
      | (?P<word>[^\s()"“”„«»]+)
    )""",
    re.VERBOSE,
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Query:
    """A search that FTS5 understands.

    Attributes:
        expression: The whole of it, for MATCH.
        wanted: Any of the words and phrases that are looked for (not those after NOT): what to show.
        words: The same, phrases taken apart.
    """

    expression: str
    wanted: str
    words: str


def parse(text: str) -> Query:
    """Read a search.

    Args:
        text: What she typed.

    Returns:
        The search for FTS5.

    Raises:
        UsageError: It can't be understood; says where and what was expected.
    """
    if len(text) > LONGEST:
        raise UsageError(f"The search is longer than {LONGEST} characters; shorten it.")
    return _Parser(_CONTROL.sub(" ", text)).query()


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str


class _Parser:
    """Recursive descent, one method for each strength of binding."""

    def __init__(self, text: str) -> None:
        self._tokens = [_token(match) for match in _TOKEN.finditer(text.rstrip())]
        self._place = 0
        self._depth = 0
        self._phrases: list[str] = []
        self._words: list[str] = []

    def query(self) -> Query:
        if not self._tokens:
            raise UsageError("There is nothing to search for; name a word.")
        expression = self._any()
        if self._next is not None:
            raise UsageError("The search closes a parenthesis that it never opened; remove the “)”.")
        return Query(expression, " OR ".join(self._phrases), " OR ".join(self._words))

    @property
    def _next(self) -> _Token | None:
        return self._tokens[self._place] if self._place < len(self._tokens) else None

    def _next_is(self, *kinds: str) -> bool:
        return self._next is not None and self._next.kind in kinds

    def _any(self) -> str:
        parts = [self._all()]
        while self._next_is("OR"):
            self._place += 1
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else f"({' OR '.join(parts)})"

    def _all(self) -> str:
        parts, unwanted = [self._one()], []
        while True:
            if self._next_is("AND"):
                self._place += 1
                if self._next_is("NOT", "minus"):
                    continue
                parts.append(self._one())
            elif self._next_is("NOT", "minus"):
                self._place += 1
                unwanted.append(self._unwanted())
            elif self._next_is("word", "phrase", "open"):
                parts.append(self._one())
            else:
                break
        wanted = parts[0] if len(parts) == 1 else f"({' AND '.join(parts)})"
        if not unwanted:
            return wanted
        return f"({wanted} NOT {unwanted[0] if len(unwanted) == 1 else '(' + ' OR '.join(unwanted) + ')'})"

    def _unwanted(self) -> str:
        phrases, words = len(self._phrases), len(self._words)
        found = self._one()
        del self._phrases[phrases:], self._words[words:]
        return found

    def _one(self) -> str:
        token = self._next
        if token is None:
            last = self._tokens[-1] if self._tokens else None
            after = f" after {last.kind if last.kind in {'AND', 'OR', 'NOT'} else f'“{last.text}”'}" if last else ""
            raise UsageError(f"The search ends too early: a word is missing{after}.")
        self._place += 1
        if token.kind == "open":
            return self._parenthesis()
        if token.kind == "close":
            raise UsageError("A word is missing before the “)” in the search.")
        if token.kind in {"AND", "OR"}:
            raise UsageError(
                f"A word is missing before {token.text} in the search; write “{token.text.lower()}” in small letters "
                "to look for the word itself."
            )
        if token.kind in {"NOT", "minus"}:
            raise UsageError(
                "A search can't only say what is not wanted; name a word before NOT, as in: pain NOT chronic."
            )
        if token.kind == "quote":
            raise UsageError("The search opens a quotation that it doesn't close; add the missing quotation mark.")
        return self._leaf(token)

    def _parenthesis(self) -> str:
        self._depth += 1
        if self._depth > DEEPEST:
            raise UsageError(f"The search has more than {DEEPEST} parentheses in each other; make it simpler.")
        if self._next_is("close"):
            raise UsageError("There is nothing between the parentheses in the search.")
        inside = self._any()
        if not self._next_is("close"):
            raise UsageError("The search opens a parenthesis that it doesn't close; add the missing “)”.")
        self._place += 1
        self._depth -= 1
        return inside

    def _leaf(self, token: _Token) -> str:
        prefix = token.text.endswith("*")
        text = token.text.rstrip("*")
        parts = [part for part in text.split() if any(letter.isalnum() for letter in part)]
        if not parts:
            raise UsageError(f"“{token.text}” in the search has no letter or digit to look for.")
        if prefix and sum(letter.isalnum() for letter in parts[-1]) < SHORTEST_PREFIX:
            raise UsageError(f"“{token.text}” matches nearly every word; give at least {SHORTEST_PREFIX} letters.")
        star = " *" if prefix else ""
        leaf = _quoted(" ".join(parts)) + star
        self._phrases.append(leaf)
        self._words += [_quoted(part) for part in parts[:-1]] + [_quoted(parts[-1]) + star]
        if len(self._words) > MOST_WORDS:
            raise UsageError(f"The search has more than {MOST_WORDS} words; shorten it.")
        return leaf


def _token(match: re.Match[str]) -> _Token:
    kind = match.lastgroup or ""
    if match["phrase"] is not None:
        return _Token("phrase", match["phrase"] + match["after"])
    text = match[kind]
    if kind == "word" and text in {"AND", "OR", "NOT"}:
        return _Token(text, text)
    return _Token(kind, text)


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
