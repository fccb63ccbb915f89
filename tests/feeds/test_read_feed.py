"""read_feed over real HTTP, and what it says when there is no feed."""

from __future__ import annotations

import gzip
import http
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from podnotes import FeedError, FetchError, read_feed
from podnotes.feeds.reader import FeedOptions
from tests.http.loopback import Loopback, conditional, content, cut, in_turn, redirect, status

if TYPE_CHECKING:
    from pathlib import Path

FEED = b"""<rss version="2.0"><channel><title>Touch and Pain</title>
<item><title>Why touch calms</title><guid>1</guid><enclosure url="/audio/one.mp3" type="audio/mpeg"/></item>
</channel></rss>"""


def feed(*titles: str, extra: str = "") -> bytes:
    items = "".join(f'<item><title>{t}</title><guid>{t}</guid><enclosure url="/{t}.mp3"/></item>' for t in titles)
    return f'<rss version="2.0"><channel><title>T</title>{extra}{items}</channel></rss>'.encode()


def test_reads_a_feed(server: Loopback) -> None:
    podcast = read_feed(server.add("/feed", content(FEED)))
    assert podcast.title == "Touch and Pain"
    episode = podcast.episodes[0]
    assert episode.audio is not None
    assert episode.audio.url == server.url("/audio/one.mp3")
    assert (podcast.url, episode.feed_url) == (server.url("/feed"), server.url("/feed"))


@pytest.mark.parametrize(
    "content_type",
    ["application/rss+xml", "text/xml", "text/html; charset=iso-8859-1", "text/plain", "application/octet-stream", ""],
)
def test_the_content_type_decides_nothing(server: Loopback, content_type: str) -> None:
    body = FEED.replace(b"calms", "ist schön – €".encode())
    assert read_feed(server.add("/feed", content(body, content_type))).episodes[0].title == "Why touch ist schön – €"


def test_the_servers_charset_is_used_where_the_feed_has_none(server: Loopback) -> None:
    body = FEED.replace(b"calms", "успокаивает".encode("koi8-r"))
    url = server.add("/feed", content(body, "application/xml; charset=KOI8-R"))
    assert read_feed(url).episodes[0].title == "Why touch успокаивает"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig", "cp1252"])
def test_other_encodings_over_the_web(server: Loopback, encoding: str) -> None:
    body = '<?xml version="1.0"?>' + FEED.decode().replace("calms", "beruhigt – für Ältere")
    url = server.add("/feed", content(body.encode(encoding), "text/xml"))
    assert read_feed(url).episodes[0].title == "Why touch beruhigt – für Ältere"


def test_the_oldest_of_those_that_share_a_guid_keeps_it(server: Loopback) -> None:
    def with_date(title: str, day: int) -> str:
        return f"<item><title>{title}</title><guid>same</guid><pubDate>{day:02} Mar 2026 10:00:00 GMT</pubDate></item>"

    def guids(*items: str) -> dict[str, str]:
        body = f"<rss><channel><title>T</title>{''.join(items)}</channel></rss>"
        return {episode.title: episode.guid for episode in read_feed(server.add("/x", content(body.encode()))).episodes}

    first = guids(with_date("a", 1))
    second = guids(with_date("b", 2), with_date("a", 1))
    third = guids(with_date("a", 1), with_date("c", 3), with_date("b", 2), with_date("b", 2))
    assert first["a"] == second["a"] == third["a"] == "same"
    assert second["b"] == third["b"]
    assert len(set(third.values())) == 3


def test_a_packed_file_is_unpacked(server: Loopback, tmp_path: Path) -> None:
    assert read_feed(server.add("/feed.xml.gz", content(gzip.compress(FEED)))).title == "Touch and Pain"
    packed = tmp_path / "feed.xml.gz"
    packed.write_bytes(gzip.compress(FEED))
    assert read_feed(packed).title == "Touch and Pain"


# ------------------------------------------------------------------------------------------- politeness and memory


def test_an_unchanged_feed_costs_nothing(server: Loopback) -> None:
    url = server.add("/feed", conditional(FEED))
    first = read_feed(url)
    assert (first.etag, first.modified) == ('"one"', "Sun, 01 Mar 2026 10:00:00 GMT")
    assert read_feed(url, previous=first) is first
    asked = server.seen[1].headers
    assert (asked["if-none-match"], asked["if-modified-since"]) == ('"one"', "Sun, 01 Mar 2026 10:00:00 GMT")


def test_one_of_the_two_validators_is_enough(server: Loopback) -> None:
    url = server.add("/feed", conditional(FEED))
    for first in (replace(read_feed(url), etag=None), replace(read_feed(url), modified=None)):
        assert read_feed(url, previous=first) is first


def test_a_changed_feed_is_read_anew(server: Loopback) -> None:
    url = server.add("/feed", in_turn(conditional(feed("a"), '"1"', "x"), conditional(feed("a", "b"), '"2"', "y")))
    second = read_feed(url, previous=read_feed(url))
    assert [episode.title for episode in second.episodes] == ["a", "b"]
    assert second.etag == '"2"'


@pytest.mark.parametrize(("code", "moves"), [(301, True), (308, True), (302, False), (303, False), (307, False)])
def test_only_a_permanent_redirect_changes_what_is_remembered(server: Loopback, code: int, moves: bool) -> None:
    server.add("/new", conditional(FEED))
    podcast = read_feed(server.add("/old", redirect("/new", code)))
    assert podcast.url == server.url("/new" if moves else "/old")
    assert podcast.episodes[0].audio is not None
    assert podcast.episodes[0].feed_url == server.url("/new")


def test_a_permanent_redirect_is_noticed_when_nothing_else_changed(server: Loopback) -> None:
    url = server.add("/old", conditional(FEED))
    first = read_feed(url)
    server.add("/new", conditional(FEED))
    server.add("/old", redirect("/new", 301))
    assert read_feed(url, previous=first) == replace(first, url=server.url("/new"))


def test_a_feed_that_is_gone_says_so(server: Loopback) -> None:
    with pytest.raises(FetchError, match="gone for good") as caught:
        read_feed(server.add("/feed", status(http.HTTPStatus.GONE)))
    assert caught.value.status == 410


def test_follows_a_feed_that_says_it_has_moved(server: Loopback) -> None:
    moved = '<itunes:new-feed-url xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd">{}</itunes:new-feed-url>'
    server.add("/new", content(feed("a", "b", extra=moved.format(server.url("/old")))))
    podcast = read_feed(server.add("/old", content(feed("a", extra=moved.format(server.url("/new"))))))
    assert podcast.url == server.url("/new")
    assert len(podcast.episodes) == 2
    # Where there is no such feed, the old one is still good.
    podcast = read_feed(server.add("/other", content(feed("a", extra=moved.format(server.url("/nothing"))))))
    assert podcast.url == server.url("/other")


# -------------------------------------------------------------------------------------------------------- paged feeds


def page(number: int, last: int) -> bytes:
    following = f'<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="next" href="/feed?page={number + 1}"/>'
    return feed(f"e{number}", extra=following if number < last else "")


def test_all_pages_are_read(server: Loopback) -> None:
    url = server.add("/feed", in_turn(*[content(page(number, 4)) for number in range(1, 5)]))
    podcast = read_feed(url)
    assert [episode.title for episode in podcast.episodes] == ["e1", "e2", "e3", "e4"]
    assert podcast.next_page is None


def test_pages_are_bounded_and_not_read_in_circles(server: Loopback) -> None:
    server.add("/feed", content(page(1, 9)))  # whatever page is asked for, this one comes
    read_feed(server.url("/feed"))
    assert len(server.seen) == 2  # itself, and ?page=2, which names ?page=2 once more
    podcast = read_feed(
        server.add("/feed", in_turn(*[content(page(number, 9)) for number in range(1, 10)])),
        options=FeedOptions(max_pages=3),
    )
    assert len(podcast.episodes) == 3
    assert podcast.next_page == server.url("/feed?page=4")
    podcast = read_feed(
        server.add("/feed", in_turn(*[content(page(number, 9)) for number in range(1, 10)])),
        options=FeedOptions(max_episodes=2),
    )
    assert len(podcast.episodes) == 2


def test_a_broken_page_keeps_the_others(server: Loopback) -> None:
    url = server.add("/feed", in_turn(content(page(1, 3)), status(404)))
    assert [episode.title for episode in read_feed(url).episodes] == ["e1"]


# ------------------------------------------------------------------------------------------------------ what is no feed


def test_a_web_page_names_its_feeds(server: Loopback) -> None:
    body = b"""<!DOCTYPE html><html><head><title>My show</title>
    <link rel="alternate" type="application/rss+xml" title="Comments" href="/comments/feed">
    <link rel="alternate" type="application/rss+xml" href="/show.xml"><link rel="stylesheet" href="x.css">
    </head><body><a href="/other/feed/">RSS</a></body></html>"""
    with pytest.raises(FeedError, match="web page, not a feed") as caught:
        read_feed(server.add("/", content(body, "text/html")))
    assert caught.value.alternatives == (
        server.url("/show.xml"), server.url("/other/feed/"), server.url("/comments/feed"),
    )  # fmt: skip
    assert server.url("/show.xml") in str(caught.value)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"<html><body>Hello</body></html>", "web page, not a feed, and links to none"),
        (b"", "is empty"),
        (b" \n ", "is empty"),
        (b"ID3\x04" + b"\0" * 100, "audio or video file"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "isn't a feed"),
        (b"Just a sentence.", "isn't a feed"),
        (b'{"error": "not found"}', "no list of items"),
        (b"{oops", "starts like JSON"),
        (b"[1, 2", "starts like JSON"),
        (b'<?xml version="1.0"?><opml version="2.0"><body/></opml>', "list of feeds"),
        (b'<?xml version="1.0"?><sitemap><url/></sitemap>', "isn't a feed"),
        (b"\x1f\x8b\x08\x00damaged", "damaged"),
    ],
)
def test_what_is_no_feed_is_named(server: Loopback, tmp_path: Path, body: bytes, expected: str) -> None:
    with pytest.raises(FeedError, match=expected):
        read_feed(server.add("/x", content(body)))
    file = tmp_path / "x.xml"
    file.write_bytes(body)
    with pytest.raises(FeedError, match=expected):
        read_feed(file)


def test_a_cut_answer_is_no_shorter_feed(server: Loopback) -> None:
    with pytest.raises(FetchError, match="cut"):
        read_feed(server.add("/feed", cut(FEED, len(FEED) - 30)))


@pytest.mark.parametrize("name", ["missing.xml", ".", "\x00", "x" * 5000])
def test_a_file_that_cannot_be_read(tmp_path: Path, name: str) -> None:
    with pytest.raises(FeedError):
        read_feed(str(tmp_path / name))


# ------------------------------------------------------------------------------------------------------- local feeds


def test_a_local_feed_leads_to_files_in_its_own_folder(tmp_path: Path) -> None:
    shows = tmp_path / "show"
    (shows / "audio").mkdir(parents=True)
    (tmp_path / "show-private").mkdir()
    for name in ("show/audio/one.mp3", "show/audio/a b.mp3", "other.mp3", "show-private/one.mp3"):
        (tmp_path / name).write_bytes(b"ID3")
    addresses = {
        "audio/one.mp3": str(shows / "audio" / "one.mp3"),
        "./audio/a%20b.mp3": str(shows / "audio" / "a b.mp3"),
        f"file://{shows}/audio/one.mp3": str(shows / "audio" / "one.mp3"),
        "https://cdn.example/one.mp3": "https://cdn.example/one.mp3",
        "audio/missing.mp3": None,
        "audio": None,
        "../other.mp3": None,
        "../show-private/one.mp3": None,
        "audio/../../other.mp3": None,
        "/etc/passwd": None,
        "file:///etc/passwd": None,
        "file://server/share/one.mp3": None,
    }
    items = "".join(
        f'<item><title>{number}</title><guid>{number}</guid><enclosure url="{address}" type="audio/mpeg"/></item>'
        for number, address in enumerate(addresses)
    )
    (shows / "feed.xml").write_text(f"<rss><channel><title>T</title>{items}</channel></rss>")
    podcast = read_feed(shows / "feed.xml")
    found = {episode.title: episode.audio.url if episode.audio else None for episode in podcast.episodes}
    assert found == {str(n): expected for n, expected in enumerate(addresses.values())}
    assert podcast.url is None


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.mp3"
    secret.write_bytes(b"ID3")
    show = tmp_path / "show"
    show.mkdir()
    (show / "one.mp3").symlink_to(secret)
    (show / "feed.xml").write_text(
        '<rss><channel><title>T</title><item><title>a</title><enclosure url="one.mp3"/></item></channel></rss>'
    )
    assert read_feed(show / "feed.xml").episodes[0].audio is None


@pytest.mark.parametrize("address", ["file:///etc/passwd", "/etc/passwd", "../../etc/passwd", "C:\\secret.mp3"])
def test_a_feed_from_the_web_never_leads_to_a_file(server: Loopback, address: str) -> None:
    body = feed("a").replace(b"/a.mp3", address.encode())
    audio = read_feed(server.add("/feed", content(body))).episodes[0].audio
    assert audio is None or audio.url.startswith(server.url("/"))


# ------------------------------------------------------------------------------------------------------ private feeds


def test_credentials_are_remembered_with_the_feed_and_kept_out_of_its_episodes(server: Loopback) -> None:
    server.add("/feed", conditional(FEED))
    url = server.url("/feed", credentials="anna:hunter2")
    podcast = read_feed(url)
    assert podcast.url == url
    assert "hunter2" not in repr(podcast.episodes)
    assert "hunter2" not in repr(replace(podcast, url=None))
    assert server.seen[0].headers["authorization"].startswith("Basic ")


def test_importing_the_package_of_feeds_loads_no_parser() -> None:
    heavy = "{'feedparser', 'httpx2', 'nh3', 'av'}"
    code = f"import sys, podnotes.feeds, podnotes.audio; assert not {heavy} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
