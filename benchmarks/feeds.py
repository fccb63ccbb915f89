"""Measure the time to read a large feed, compared with feedparser alone, and the cost of hostile feeds.

    python benchmarks/feeds.py [--items 20000] [--runs 3]

Both read the same bytes. feedparser is called as documented (``feedparser.parse`` on a stream); podnotes reads the file
into a complete ``Podcast`` with plain text, dates, durations, checked addresses and chapters. Times are CPU seconds of
the fastest run; memory is the peak of a separate process.
"""

from __future__ import annotations

import argparse
import io
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import feedparser

from podnotes import PodnotesError, read_feed
from podnotes.feeds.reader import FeedOptions

if TYPE_CHECKING:
    from collections.abc import Callable

LIMIT = 1.3


def large_feed(items: int) -> bytes:
    """Return a typical feed of a hosting service, with show notes of a few hundred characters."""
    entries = "".join(
        f"""<item><title>Episode {number}: how touch calms the nervous system</title>
<guid isPermaLink="false">episode-{number}</guid><link>https://example.org/episodes/{number}</link>
<pubDate>Mon, {1 + number % 28:02} Mar {1990 + number % 40} 10:{number % 60:02}:00 GMT</pubDate>
<enclosure url="https://cdn.example/audio/{number}.mp3" type="audio/mpeg" length="{1_000_000 + number}"/>
<itunes:duration>00:{number % 60:02}:30</itunes:duration><itunes:episode>{number}</itunes:episode>
<description><![CDATA[<p>Talk {number} about <b>pain</b> &amp; endorphins, with <a href="https://example.org/x">links</a>.</p>
<ul><li>(00:00) Welcome</li><li>(05:00) Touch</li><li>(20:00) Goodbye</li></ul>]]></description>
<podcast:transcript url="https://cdn.example/{number}.vtt" type="text/vtt"/></item>"""
        for number in range(items)
    )
    head = (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
        ' xmlns:podcast="https://podcastindex.org/namespace/1.0"><channel><title>A large feed</title>'
    )
    return (head + entries + "</channel></rss>").encode()


def seconds(action: Callable[[], object], runs: int) -> float:
    """Return the CPU seconds of the fastest run."""
    times = []
    for _ in range(runs):
        started = time.process_time()
        action()
        times.append(time.process_time() - started)
    return min(times)


def peak_mb(code: str, file: Path) -> float:
    """Return the peak memory in MB of a process that runs the code on the file."""
    tail = "\nimport resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    done = subprocess.run([sys.executable, "-c", code + tail, str(file)], capture_output=True, text=True, check=True)
    unit = 1024 if sys.platform != "darwin" else 1024 * 1024
    return int(done.stdout.split()[-1]) / unit


def hostile(size: int) -> dict[str, bytes]:
    """Return hostile feeds of roughly the given size."""
    head = b'<rss version="2.0"><channel><title>T</title><item><title>a</title>'
    bases = b"".join(b'<b xml:base="x%d/">' % number for number in range(size // 20))
    attributes = b"".join(b'a%d="1" ' % number for number in range(size // 10))
    return {
        "open brackets": head + b"<" * size,
        "ampersands": head + b"&" * size,
        "unclosed CDATA": head + b"<![CDATA[" * (size // 9),
        "deep nesting": head + b"<b>" * (size // 3),
        "growing xml:base": head + bases,
        "attributes of one element": head + b"<x " + attributes + b"/>",
        "an author of dots": head + b"<author>" + b"a." * (size // 2) + b"@</author></item></channel></rss>",
        "a title": head + b"<title>" + b"x" * size + b"</title></item></channel></rss>",
    }


def main() -> int:
    """Print the figures; return 1 if podnotes takes more than 1.3 times as long as feedparser."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--items", type=int, default=20_000, help="number of episodes in the large feed")
    parser.add_argument("--runs", type=int, default=3, help="number of runs; the best counts")
    parser.add_argument("--hostile-mb", type=float, default=1.0, help="size of each hostile feed in MB")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "feed.xml"
        data = large_feed(arguments.items)
        file.write_bytes(data)
        headers = {"content-type": "application/rss+xml; charset=utf-8"}
        alone = seconds(lambda: feedparser.parse(io.BytesIO(data), response_headers=headers), arguments.runs)
        options = FeedOptions(max_episodes=max(arguments.items, 1))
        whole = seconds(lambda: read_feed(file, options=options), arguments.runs)
        assert len(read_feed(file, options=options).episodes) == arguments.items
        code = "import sys; file = sys.argv[1]; "
        memory = peak_mb(code + "import io, feedparser; feedparser.parse(io.BytesIO(open(file, 'rb').read()))", file)
        ours = peak_mb(code + "import podnotes; podnotes.read_feed(file)", file)
        print(f"{arguments.items:,} items, {len(data) / 1e6:.1f} MB")
        print(f"  feedparser alone   {alone:6.2f} s  {memory:5.0f} MB")
        print(f"  podnotes           {whole:6.2f} s  {ours:5.0f} MB   {whole / alone:.2f} times (target: {LIMIT})")
        print(f"hostile feeds of {arguments.hostile_mb:g} MB")
        for name, body in hostile(int(arguments.hostile_mb * 1e6)).items():
            file.write_bytes(body)
            started = time.process_time()
            try:
                outcome = f"{len(read_feed(file).episodes)} episodes"
            except PodnotesError as error:
                outcome = str(error)[:60]
            print(f"  {name:26} {time.process_time() - started:6.2f} s   {outcome}")
        print(f"peak of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    return 0 if whole <= LIMIT * alone else 1


if __name__ == "__main__":
    sys.exit(main())
