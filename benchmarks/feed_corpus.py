"""Read every feed in a folder with podnotes and with feedparser, and compare the results.

    python benchmarks/feed_corpus.py FOLDER [--verbose]

For each feed, it compares the number of items, and reports exceptions other than ``PodnotesError``, addresses that are
neither http(s) nor files in the feed's folder, markup or control characters in plain text, and bytes. A suitable corpus
is the source package of feedparser with 2,242 feeds in ``tests`` (``pip download --no-deps --no-binary feedparser
feedparser``).
"""

from __future__ import annotations

import argparse
import dataclasses
import re
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import feedparser

from podnotes import PodnotesError, read_feed

if TYPE_CHECKING:
    from collections.abc import Iterator

_ENDINGS = frozenset({".xml", ".rss", ".atom", ".rdf", ".json"})
_ADDRESSES = frozenset({"url", "link", "image", "chapters_url", "feed_url", "next_page", "moved_to"})
_MARKUP = re.compile(r"<[A-Za-z/!?]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def fields(value: object, name: str = "") -> Iterator[tuple[str, str | bytes]]:
    """Yield name and value of all text fields of a podcast."""
    if isinstance(value, str | bytes):
        yield name, value
    elif isinstance(value, tuple):
        for item in value:
            yield from fields(item, name)
    elif dataclasses.is_dataclass(value):
        for one in dataclasses.fields(value):
            yield from fields(getattr(value, one.name), one.name)


def faults(podcast: object, folder: Path) -> Iterator[str]:
    """List the problems in a podcast."""
    for name, text in fields(podcast):
        if isinstance(text, bytes):
            yield f"bytes in {name}"
        elif name in _ADDRESSES:
            if not text.startswith(("http://", "https://", f"{folder}/")):
                yield f"{name} is {text[:60]!r}"
        elif name != "description_html" and (_MARKUP.search(text) or _CONTROL.search(text)):
            yield f"{name} has {text[:60]!r}"


def items_by_feedparser(file: Path) -> int | None:
    """Count the items found by feedparser; None if it fails."""
    try:
        parsed: Any = feedparser.parse(str(file))
    except Exception:  # noqa: BLE001 - any exception is a result
        return None
    return len(parsed.entries)


def main() -> int:
    """Print the figures; return 1 if there are any problems."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--verbose", action="store_true", help="list the feeds that differ or are rejected")
    arguments = parser.parse_args()
    counts: Counter[str] = Counter()
    for file in sorted(path for path in arguments.folder.rglob("*") if path.suffix in _ENDINGS and path.is_file()):
        counts["feeds"] += 1
        said: list[str] = []
        try:
            podcast = read_feed(file)
        except PodnotesError as error:
            counts["refused"] += 1
            said = [str(error)]
        except Exception as error:  # noqa: BLE001 - must never happen
            counts["exceptions"] += 1
            said = [repr(error)]
        else:
            wrong = list(faults(podcast, file.parent.resolve()))
            counts["faults"] += len(wrong)
            theirs = items_by_feedparser(file)
            counts["feedparser fails"] += theirs is None
            if theirs is not None and theirs != len(podcast.episodes):
                counts["other number of items"] += 1
                wrong.append(f"{len(podcast.episodes)} items, feedparser has {theirs}")
            said = wrong
        for line in said if arguments.verbose else ():
            print(f"{file}: {line}")
    for name in ("feeds", "refused", "exceptions", "faults", "other number of items", "feedparser fails"):
        print(f"{counts[name]:7,} {name}")
    return 1 if counts["exceptions"] or counts["faults"] else 0


if __name__ == "__main__":
    sys.exit(main())
