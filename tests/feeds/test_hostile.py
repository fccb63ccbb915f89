"""Feeds made to hurt: bounded in time and memory, and nothing escapes but a PodnotesError."""

from __future__ import annotations

import contextlib
import dataclasses
import gzip
import random
import re
import time
import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest

from podnotes import PodnotesError, read_feed
from podnotes.feeds.reader import FeedOptions
from tests.feeds.test_corpora import CORPUS
from tests.http.loopback import Loopback, content, endless

if TYPE_CHECKING:
    from pathlib import Path

    from podnotes.models import Podcast

HEAD = b'<rss version="2.0"><channel><title>T</title><item><title>a</title>'
TAIL = b"</item></channel></rss>"
SIZE = 100_000


def many(form: bytes, size: int) -> bytes:
    """Return about SIZE bytes of the same thing, numbered."""
    return b"".join(form % number for number in range(SIZE // size))


TIMES = b"".join(b"%d:%02d x\n" % divmod(second, 60) for second in range(SIZE // 8))
NESTED = b"".join(b"<!ENTITY a%d '%s'>" % (number, b"&a%d;" % (number - 1) * 10) for number in range(1, 12))
LARGE = b"<!ENTITY a '" + b"x" * (SIZE // 2) + b"'>"

HOSTILE = {
    "open brackets": HEAD + b"<" * SIZE,
    "ampersands": HEAD + b"&" * SIZE,
    "unclosed CDATA": HEAD + b"<![CDATA[" * (SIZE // 9),
    "unclosed comments": HEAD + b"<!--" * (SIZE // 4),
    "unclosed declarations": HEAD + b"<!" * (SIZE // 2),
    "doctypes": HEAD + b"<!DOCTYPE " * (SIZE // 10),
    "deep nesting": HEAD + b"<b>" * (SIZE // 3),
    "deep and closed": HEAD + b"<b>" * (SIZE // 7) + b"</b>" * (SIZE // 7) + TAIL,
    "a long title": HEAD + b"<title>" + b"x" * SIZE + b"</title>" + TAIL,
    "a title of brackets": HEAD + b"<title>" + b"&lt;" * (SIZE // 4) + b"</title>" + TAIL,
    "a title of tags": HEAD + b"<title>" + b"&lt;a " * (SIZE // 6) + b"</title>" + TAIL,
    "many attributes": HEAD + b"<x " + many(b'a%d="1" ', 10) + b"/>" + TAIL,
    "a long attribute": HEAD + b'<x a="' + b"y" * SIZE,
    "many namespaces": b"<rss " + many(b'xmlns:a%d="u" ', 16) + b"/>",
    "many prefixes": HEAD + many(b"<p%d:x/>", 12),
    "growing bases": HEAD + many(b'<b xml:base="x%d/">', 20),
    "an author of dots": HEAD + b"<author>" + b"a." * (SIZE // 2) + b"@</author>" + TAIL,
    "an author of signs": HEAD + b"<author>" + b"a@" * (SIZE // 2) + b"</author>" + TAIL,
    "many keywords": HEAD + b"<itunes:keywords>" + many(b"%d,", 7) + b"</itunes:keywords>",
    "many categories": HEAD + many(b"<category>%d</category>", 24) + TAIL,
    "many transcripts": HEAD + many(b'<podcast:transcript url="http://a.b/%d"/>', 45) + TAIL,
    "one guid for all": HEAD + many(b"</item><item><title>%d</title><guid>1</guid>", 40) + TAIL,
    "a long date": HEAD + b"<pubDate>" + b"Mon, " * (SIZE // 5) + b"</pubDate>" + TAIL,
    "a long duration": HEAD + b"<itunes:duration>" + b"1:" * (SIZE // 2) + b"</itunes:duration>" + TAIL,
    "a long list of times": HEAD + b"<description>" + TIMES + b"</description>" + TAIL,
    "entities in entities": b"<!DOCTYPE x [<!ENTITY a0 'ha'>" + NESTED + b"]>" + HEAD + b"&a11;" + TAIL,
    "a large entity often": b"<!DOCTYPE x [" + LARGE + b"]>" + HEAD + b"&a;" * (SIZE // 6) + TAIL,
    "spaces": b"<rss" + b" " * SIZE + b"><channel>" + b" " * SIZE,
    "nested JSON": b'{"items":' + b"[" * SIZE,
    "an author in JSON": b'{"items":[{"id":1,"author":{"name":"' + b"a@." * (SIZE // 3) + b'"}}]}',
    "a page of brackets": b"<html>" + b"<" * SIZE,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_made_to_hurt_is_bounded(tmp_path: Path, name: str) -> None:
    feed = tmp_path / "feed.xml"
    feed.write_bytes(HOSTILE[name])
    started = time.process_time()
    with contextlib.suppress(PodnotesError):
        check(read_feed(feed))
    # Most take a tenth of it; what grows by the square of the size takes many times as long.
    assert time.process_time() - started < 3


def test_memory_is_bounded(tmp_path: Path) -> None:
    feed = tmp_path / "feed.xml"
    feed.write_bytes(HOSTILE["growing bases"][:40_000])
    tracemalloc.start()
    try:
        read_feed(feed)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 20_000_000  # without a bound each base is longer than the last


def test_more_than_the_largest_feed_is_not_taken(tmp_path: Path) -> None:
    feed = tmp_path / "feed.xml"
    feed.write_bytes(HEAD + b"x" * 2000)
    with pytest.raises(PodnotesError, match="too large"):
        read_feed(feed, options=FeedOptions(max_bytes=1000))


@pytest.mark.parametrize("packed", [True, False])
def test_a_body_without_an_end_is_left(server: Loopback, packed: bool) -> None:
    bomb = content(gzip.compress(HEAD + b" " * 60_000_000, 1), Content_Encoding="gzip")
    url = server.add("/feed", bomb if packed else endless(HEAD + b" " * 65_536))
    tracemalloc.start()
    try:
        with pytest.raises(PodnotesError, match="larger than"):
            read_feed(url, options=FeedOptions(max_bytes=2_000_000))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 30_000_000


def test_nothing_outside_the_feed_is_read(server: Loopback, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("a secret of hers")
    file = (tmp_path / "secret.txt").as_uri()
    outside = server.add("/outside.dtd", content(b"<!ENTITY e 'from outside'>"))
    body = (
        f'<!DOCTYPE rss SYSTEM "{outside}" [<!ENTITY a SYSTEM "{outside}"><!ENTITY b SYSTEM "{file}">'
        f'<!ENTITY % c SYSTEM "{outside}"> %c;]><rss xmlns:xi="http://www.w3.org/2001/XInclude"><channel>'
        f'<title>T &a; &b; &e;</title><item><title>A &b;</title><guid>1</guid><xi:include href="{file}" parse="text"/>'
        "</item></channel></rss>"
    )
    podcast = read_feed(server.add("/feed", content(body.encode())))
    assert [seen.path for seen in server.seen] == ["/feed"]
    assert "secret of hers" not in f"{podcast!r}"
    assert "from outside" not in f"{podcast!r}"


def test_the_time_for_parsing_is_bounded_and_what_was_read_is_kept(tmp_path: Path) -> None:
    feed = tmp_path / "feed.xml"
    items = b"".join(b"<item><title>e%d</title><guid>%d</guid></item>" % (i, i) for i in range(60_000))
    feed.write_bytes(b"<rss><channel><title>T</title>" + items + b"</channel></rss>")
    started = time.monotonic()
    podcast = read_feed(feed, options=FeedOptions(parse_s=0.2))
    assert time.monotonic() - started < 10
    assert 0 < len(podcast.episodes) < 60_000
    assert "too large to read in full" in podcast.notices[0]


def test_the_number_of_episodes_is_bounded(tmp_path: Path) -> None:
    feed = tmp_path / "feed.xml"
    items = b"".join(b"<item><title>e%d</title><guid>%d</guid></item>" % (i, i) for i in range(2000))
    feed.write_bytes(b"<rss><channel><title>T</title>" + items + b"</channel></rss>")
    assert len(read_feed(feed).episodes) == 2000
    podcast = read_feed(feed, options=FeedOptions(max_episodes=100))
    assert len(podcast.episodes) == 100
    assert podcast.notices == ("The feed has more than 100 episodes; only that many were read.",)


# --------------------------------------------------------------------------------- damage of all kinds to the corpus

TOKENS = [
    b"<![CDATA[", b"]]>", b"<!--", b"-->", b"&", b"&nbsp;", b"&#0;", b"&#x110000;", b"&#99999999999;", b"\x00",
    b"\xff\xfe", b"<script>alert(1)</script>", b"&lt;svg/onload=alert(1)",
    b"&amp;lt;img src=x onerror=y&amp;gt;", b"\xed\xa0\x80", b'<?xml version="1.0" encoding="utf-16"?>',
    b'<?xml version="1.0" encoding="punycode"?>', b"javascript:alert(1)", b'<!DOCTYPE x [<!ENTITY a "b">]>',
    b"file:///etc/passwd", b"http://[::1", b"http://a:b:c/", b"<item>", b"</item>", b"<psc:chapter/>",
    b"<podcast:person>", b"<media:rating/>", b"</media:restriction>", b"<image>", b"<textInput>",
    b'<source url="x">', b' xml:base="http://[x"', b'<link href="data:x"/>',
    b' mode="base64" type="application/x"', b"<itunes:explicit>yes", b"<pubDate>99999-99-99</pubDate>",
    b"<updated>2020-01-01T00:00:00+99:99</updated>", b"<svg>", b"<category/>", b"<width>x</width>",
    b"<georss:polygon>1 2 x</georss:polygon>", b"<gml:pos>1</gml:pos>", b"<cloud/>", b"<dc:creator>x@y.z (a)",
    b"<media:thumbnail/>", b"<media:credit/>", b'<content type="image/png" mode="base64">#',
]  # fmt: skip


def check(podcast: Podcast) -> None:
    """What holds for every podcast, whatever the feed was."""
    _check(podcast, "")
    assert podcast.title
    guids = [episode.guid for episode in podcast.episodes]
    assert len(set(guids)) == len(guids)
    assert all(episode.title and episode.guid for episode in podcast.episodes)


def _check(value: Any, name: str) -> None:
    assert not isinstance(value, bytes), name
    if isinstance(value, str):
        value.encode("utf-8")
        if name != "description_html":
            assert not re.search(r"<[A-Za-z/!?]", value), (name, value)
        if name in {"url", "link", "image", "next_page", "moved_to", "chapters_url", "feed_url"}:
            assert re.match(r"https?://[^/\s]+(?:/\S*)?$", value), (name, value)
    elif isinstance(value, tuple):
        for item in value:
            _check(item, name)
    elif dataclasses.is_dataclass(value):
        for one in dataclasses.fields(value):
            _check(getattr(value, one.name), one.name)


def damaged(seeds: list[bytes], chance: random.Random) -> bytes:
    data = bytearray(chance.choice(seeds))
    for _ in range(chance.randint(1, 6)):
        borders = [match.start() for match in re.finditer(rb'[<>"]', data)] or [0]
        place = chance.randrange(len(data) + 1)
        if chance.random() < 0.6:
            place = chance.choice(borders) + chance.randint(0, 1)
        kind = chance.random()
        if kind < 0.5:
            data[place:place] = chance.choice(TOKENS)
        elif kind < 0.65:
            del data[place : place + chance.randint(1, 40)]
        elif kind < 0.75:
            del data[place:]
        elif kind < 0.9 and data:
            data[chance.randrange(len(data))] = chance.randrange(256)
        else:
            other = chance.choice(seeds)
            start = chance.randrange(len(other) + 1)
            data[place:place] = other[start : start + chance.randint(1, 300)]
    return bytes(data)


@pytest.mark.parametrize("seed", range(8))
def test_no_damage_makes_a_feed_dangerous(seed: int) -> None:
    from podnotes.feeds.reader import Document, podcast_from

    chance = random.Random(seed)
    seeds = [path.read_bytes() for path in sorted(CORPUS.glob("*.xml"))]
    types = [
        "",
        "text/xml",
        "text/xml; charset=iso-8859-1",
        "text/html",
        "application/xml; charset=bogus",
        '; charset="',
    ]
    for _ in range(150):
        document = Document(damaged(seeds, chance), chance.choice(types), "https://example.org/feed/", None, None, "x")
        try:
            podcast = podcast_from(document, FeedOptions())
        except PodnotesError:
            continue
        check(podcast)
