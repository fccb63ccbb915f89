"""Read and validate topic packs.

The format is TOML 1.0 (https://toml.io/en/v1.0.0), read by the standard library. ``tomllib`` gives no line numbers for
well-formed values, so the line of an invalid key is looked up in the text: accurate enough to guide the user to it.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import re
import tomllib
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from podnotes.checks import check_type
from podnotes.errors import TopicsError
from podnotes.models.findings import TOPIC_ID, Topic
from podnotes.text.toml import explained
from podnotes.topics.lexicons import lexicons

if TYPE_CHECKING:
    from collections.abc import Iterable

_T = TypeVar("_T")

_KEYS = ("title", "about", "terms", "related", "never", "prompts", "glossary", "language", "lexicon", "secondary")
_LISTS = ("terms", "related", "never", "prompts")
_SPACED_ID = re.compile(r"\s*\[\s*topics\s*\.\s*([\w-]+(?:\s+[\w-]+)+)\s*\]")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_LINE_IN_MESSAGE = re.compile(r"\(at line (\d+), column \d+\)")
# A pack is about a page of text; a larger file is probably something else and would slow everything down.
_MAX_BYTES = 1_000_000
_MAX_TERM = 100


def packs() -> tuple[str, ...]:
    """Return the names of the packs included in the package, sorted."""
    folder = resources.files("podnotes.topics") / "packs"
    return tuple(sorted(item.name.removesuffix(".toml") for item in folder.iterdir() if item.name.endswith(".toml")))


def pack_text(name: str = "") -> str:
    """Return the text of a pack, as a starting point for a new one.

    Args:
        name: Name of an included pack; "" for a short example with comments.

    Returns:
        TOML that :func:`load_topics` reads.

    Raises:
        TopicsError: There is no pack with this name.
    """
    if name and name not in packs():
        raise TopicsError(f"There is no pack {name!r}; give the name of one: {', '.join(packs())}.")
    place = f"packs/{name}.toml" if name else "starter.toml"
    return (resources.files("podnotes.topics") / place).read_text(encoding="utf-8")


def load_topics(source: str | Path | Topic | Sequence[Topic] = "bodywork") -> tuple[Topic, ...]:
    """Read and validate a topic pack.

    Args:
        source: Name of an included pack, or path of a TOML file; pack names take precedence. Topics are returned
            unchanged.

    Returns:
        The topics in the order of the file, at least one.

    Raises:
        UsageError: ``source`` has another type.
        TopicsError: The pack or file doesn't exist, can't be read or is invalid; the message states the file, the line
            if known, and the expected content.
    """
    if isinstance(source, Topic):
        return (source,)
    if not isinstance(source, str | Path):
        check_type("topics", source, "a pack's name, a path or topics", Sequence)
        for topic in source:
            check_type("a topic", topic, "a Topic", Topic)
        return tuple(source)
    name = str(source)
    if isinstance(source, str) and source in packs():
        return _Pack(f"{source}.toml", pack_text(source)).topics()
    path = Path(source)
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise TopicsError(
                f"{name} is too large for a topics file (more than 1 MB); check that it is the right file."
            )
        text = path.read_bytes().decode("utf-8-sig")
    except (FileNotFoundError, NotADirectoryError) as error:
        known = ", ".join(packs())
        raise TopicsError(
            f"There is no topics file or pack {name!r}; give the path of a .toml file or the name of a pack: {known}."
        ) from error
    except UnicodeDecodeError as error:
        raise TopicsError(f"{name} is not UTF-8 text; save it again as UTF-8.") from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise TopicsError(f"The topics file {name} can't be read ({reason}); check the path.") from error
    return _Pack(name, text).topics()


def topics_hash(topics: Iterable[Topic]) -> str:
    """Hash the content of topics; equal topics have the same hash on any machine and in any version.

    Args:
        topics: The topics; their order affects the hash.

    Returns:
        The first 16 hex digits of the SHA-256 of all values that a pack can set.
    """
    content = [
        [
            topic.id,
            topic.title,
            topic.about,
            list(topic.terms),
            list(topic.related),
            list(topic.never),
            list(topic.prompts),
            sorted(topic.glossary.items()),
            topic.language,
            topic.lexicon,
            # Appended only if set, so that packs without it keep the hash they had before the key existed.
            *(["secondary"] if topic.secondary else []),
        ]
        for topic in topics
    ]
    packed = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(packed.encode("utf-8", "surrogatepass")).hexdigest()[:16]


class _Pack:
    """Parser for a topics file; keeps the text to report line numbers in errors."""

    def __init__(self, name: str, text: str) -> None:
        self._name = name
        self._lines = text.splitlines()
        try:
            self._data: dict[str, Any] = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            found = _LINE_IN_MESSAGE.search(str(error))
            what = _LINE_IN_MESSAGE.sub("", str(error)).strip()
            line = int(found[1]) if found else len(self._lines)
            named = _SPACED_ID.match(self._lines[line - 1]) if 0 < line <= len(self._lines) else None
            spaced = named and f"write the name with hyphens: [topics.{'-'.join(named[1].lower().split())}]"
            hint = spaced or explained(text, what) or 'expected TOML, for instance  terms = ["massage", "touch"]'
            message = f"{what}; {hint}"
            raise TopicsError(f"{name}, line {max(line, 1)}: {message}") from error
        except RecursionError as error:
            raise TopicsError(f"{name} is nested too deeply; a topics file has [topics.NAME] tables only.") from error

    def _fail(
        self, message: str, *, topic: str | None = None, key: str | None = None, value: str | None = None
    ) -> NoReturn:
        line = self._line(topic, key, value)
        place = f"{self._name}, line {line}" if line else self._name
        raise TopicsError(f"{place}: {message}")

    def _line(self, topic: str | None, key: str | None, value: str | None) -> int | None:
        """Find the line number (from 1) of a value, a key or a topic's header, or the closest match."""
        start = 0
        if topic is not None:
            header = re.compile(rf"\s*\[\s*topics\s*\.\s*[\"']?{re.escape(topic)}[\"']?\s*[\].]")
            start = next((i for i, line in enumerate(self._lines) if header.match(line)), 0)
        if key is None:
            return start + 1 if topic is not None else None
        pattern = re.compile(rf"\s*(\[.*[.\s\"'])?[\"']?{re.escape(key)}[\"']?\s*[\]=]")
        at = next((i for i in range(start, len(self._lines)) if pattern.match(self._lines[i])), start)
        if value is not None:
            at = next((i for i in range(at, len(self._lines)) if value in self._lines[i]), at)
        return at + 1

    def topics(self) -> tuple[Topic, ...]:
        for key in self._data:
            if key not in ("topics", "language"):
                self._fail(f"unknown key {key!r}; expected tables named [topics.NAME]", key=key)
        language = self._language(self._data.get("language", "en"), None)
        tables = self._data.get("topics")
        if not isinstance(tables, dict) or not tables:
            raise TopicsError(f"{self._name} has no topics; expected at least one table such as [topics.touch].")
        return tuple(self._topic(name, table, language) for name, table in tables.items())

    def _topic(self, name: str, table: object, language: str) -> Topic:
        if not isinstance(table, dict):
            self._fail(f"{name!r} is not a table; expected [topics.{name}] on a line of its own", key=name)
        if not TOPIC_ID.fullmatch(name):
            suggestion = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "my-topic"
            self._fail(
                f"the name {name!r} can't be used; expected lower-case letters, digits, hyphens, as in {suggestion!r}",
                topic=name,
            )
        for key in table:
            if key not in _KEYS:
                close = difflib.get_close_matches(key, _KEYS, n=1)
                hint = f"; did you mean {close[0]!r}?" if close else ""
                self._fail(f"unknown key {key!r}; expected one of {', '.join(_KEYS)}{hint}", topic=name, key=key)
        title = self._text(name, table, "title")
        if not title:
            self._fail('a topic needs a title, for instance  title = "Touch"', topic=name)
        lists = {key: self._list(name, table, key) for key in _LISTS}
        if not lists["terms"]:
            self._fail('a topic needs terms, for instance  terms = ["massage", "touch"]', topic=name)
        lexicon = self._text(name, table, "lexicon")
        if lexicon and lexicon not in lexicons():
            message = f"there is no lexicon {lexicon!r}; use one of {', '.join(lexicons())}, or omit the key"
            self._fail(message, topic=name, key="lexicon")
        return Topic(
            id=name,
            title=title,
            about=self._text(name, table, "about"),
            terms=lists["terms"],
            related=lists["related"],
            never=lists["never"],
            prompts=lists["prompts"],
            glossary=self._glossary(name, table),
            language=self._language(table["language"], name) if "language" in table else language,
            lexicon=lexicon,
            secondary=self._value(name, table, "secondary", False, "true or false"),
        )

    def _value(self, topic: str, table: dict[str, Any], key: str, default: _T, expected: str) -> _T:
        """Return the value of a key, which must have the type of the default."""
        value = table.get(key, default)
        if not isinstance(value, type(default)):
            self._fail(f"{key} is {_shown(value)}; expected {expected}", topic=topic, key=key)
        return value

    def _text(self, topic: str, table: dict[str, Any], key: str) -> str:
        return " ".join(self._value(topic, table, key, "", "text in quotes").split())

    def _list(self, topic: str, table: dict[str, Any], key: str) -> tuple[str, ...]:
        empty: list[object] = []
        result: dict[str, str] = {}
        expected = f'a list in square brackets, for instance  {key} = ["…", "…"]'
        for item in self._value(topic, table, key, empty, expected):
            term = " ".join(item.split()) if isinstance(item, str) else ""
            if not any(map(str.isalnum, term)) or (len(term) > _MAX_TERM and key != "prompts"):
                message = f"{key} contains {_shown(item)}; expected words in quotes"
                self._fail(message, topic=topic, key=key, value=str(item)[:40])
            result.setdefault(term.casefold(), term)
        return tuple(result.values())

    def _glossary(self, topic: str, table: dict[str, Any]) -> dict[str, str]:
        empty: dict[str, object] = {}
        entries = self._value(topic, table, "glossary", empty, f"a table [topics.{topic}.glossary]")
        found = {}
        for word, meaning in entries.items():
            if not isinstance(meaning, str) or not meaning.strip():
                message = f"the glossary's {word!r} is {_shown(meaning)}; expected its explanation in quotes"
                self._fail(message, topic=topic, key=word)
            found[" ".join(word.split())] = " ".join(meaning.split())
        return found

    def _language(self, value: object, topic: str | None) -> str:
        if not isinstance(value, str) or not _LANGUAGE.fullmatch(value.split("-", 1)[0].lower()):
            self._fail(f'language is {value!r}; expected a code such as "en" or "de"', topic=topic, key="language")
        return value.split("-", 1)[0].lower()


def _shown(value: object) -> str:
    """Format a TOML value for an error message."""
    shown = json.dumps(value, ensure_ascii=False, default=str)
    return f"{shown[:_MAX_TERM]}…" if len(shown) > _MAX_TERM else shown
