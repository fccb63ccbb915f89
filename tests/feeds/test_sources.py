"""Whatever she has at hand: pages, OPML, Apple's links, audio, folders."""

from __future__ import annotations

import json
import re
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podnotes import FeedError, FetchError, OutputError, SourceError
from podnotes.feeds.opml import Subscription, read_opml, write_opml
from podnotes.feeds.sources import Reading, read_sources
from tests.conftest import SAMPLE_PODCAST
from tests.http.loopback import Handler, Loopback, Reply, conditional, content, redirect, status

if TYPE_CHECKING:
    from podnotes.models import Podcast

FEED = b"""<rss version="2.0"><channel><title>Touch and Pain</title>
<item><title>Why touch calms</title><guid>1</guid><enclosure url="/one.mp3" type="audio/mpeg"/></item>
</channel></rss>"""
MP3 = b"ID3\x04\x00\x00\x00\x00\x00\x00" + b"\xff\xfb\x90\x00" * 200


def only(source: str | Path) -> Podcast:
    [reading] = read_sources(source)
    assert reading.error is None
    assert reading.podcast is not None
    return reading.podcast


def failure(source: str | Path) -> str:
    [reading] = read_sources(source)
    assert reading.podcast is None
    return str(reading.error)


# --------------------------------------------------------------------------------------------------------- addresses


def test_a_feed(server: Loopback) -> None:
    assert only(server.add("/feed", content(FEED))).title == "Touch and Pain"


def test_a_page_that_links_a_feed(server: Loopback) -> None:
    server.add("/show.xml", content(FEED))
    page = b'<html><head><link rel="alternate" type="application/rss+xml" href="/show.xml"></head></html>'
    [reading] = read_sources(server.add("/", content(page, "text/html")))
    assert reading.podcast is not None
    assert (reading.address, reading.podcast.url) == (server.url("/show.xml"), server.url("/show.xml"))


def test_a_page_whose_first_link_is_broken(server: Loopback) -> None:
    server.add("/second.xml", content(FEED))
    page = b"""<html><link rel=alternate type=application/rss+xml href=/first.xml>
    <link rel=alternate type=application/rss+xml href=/second.xml></html>"""
    assert only(server.add("/", content(page, "text/html"))).title == "Touch and Pain"


BLOG = b"""<rss version="2.0"><channel><title>Touch and Pain: the blog</title>
<item><title>New room</title><guid>9</guid><link>https://example.org/9</link></item></channel></rss>"""
BEFORE = b"""<html><head><link rel="alternate" type="application/rss+xml" title="Blog" href="/blog.xml">
<link rel="alternate" type="application/rss+xml" title="Comments" href="/comments.xml">
<link rel="alternate" type="application/rss+xml" title="Podcast" href="/podcast.xml"></head></html>"""


def test_of_several_feeds_of_a_page_the_one_with_audio_is_taken(server: Loopback) -> None:
    server.add("/blog.xml", content(BLOG))
    server.add("/podcast.xml", content(FEED))
    assert only(server.add("/", content(BEFORE, "text/html"))).title == "Touch and Pain"


def test_without_a_feed_with_audio_the_first_one_is_taken(server: Loopback) -> None:
    server.add("/blog.xml", content(BLOG))
    server.add("/podcast.xml", status(404))
    assert only(server.add("/", content(BEFORE, "text/html"))).title == "Touch and Pain: the blog"


def test_a_page_does_not_lead_into_her_own_network(server: Loopback) -> None:
    with Loopback() as other:
        inside = other.add("/feed", content(FEED))
        page = f'<html><link rel="alternate" type="application/rss+xml" href="{inside}"></html>'.encode()
        assert "local network" in failure(server.add("/", content(page, "text/html")))
        assert other.seen == []


def test_an_audio_address(server: Loopback) -> None:
    podcast = only(server.url("/talks/why_touch%20calms.mp3?x=1"))
    [episode] = podcast.episodes
    assert episode.title == "why touch calms"
    assert episode.audio is not None
    assert (episode.audio.url, episode.audio.type) == (server.url("/talks/why_touch%20calms.mp3?x=1"), "audio/mpeg")
    assert server.seen == []  # nothing is fetched before it is needed


def test_an_audio_address_without_an_extension(server: Loopback) -> None:
    audio = only(server.add("/listen", content(MP3, "audio/mpeg"))).episodes[0].audio
    assert audio is not None
    assert audio.type == "audio/mpeg"


def test_an_hour_of_audio_is_not_fetched_to_see_that_it_is_no_feed(server: Loopback) -> None:
    def reply(handler: Handler) -> None:
        handler.head(200, {"Content-Type": "audio/mp4", "Content-Length": 10**9})
        handler.wfile.write(b"\0\0\0\x20ftypM4A " + bytes(1000))
        handler.pause(20)

    started = time.monotonic()
    audio = only(server.add("/listen", reply)).episodes[0].audio
    assert audio is not None
    assert audio.type == "audio/mp4"
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    "link",
    [
        "https://podcasts.apple.com/us/podcast/touch-and-pain/id1234567890",
        "https://podcasts.apple.com/de/podcast/id1234567890?i=1000600000001",
        "https://itunes.apple.com/podcast/id1234567890",
    ],
)
def test_an_apple_link(server: Loopback, monkeypatch: pytest.MonkeyPatch, link: str) -> None:
    answer = {"resultCount": 1, "results": [{"wrapperType": "track", "feedUrl": "https://feeds.example.org/touch"}]}
    lookup = server.add("/lookup", content(json.dumps(answer).encode(), "text/javascript"))
    monkeypatch.setenv("PODNOTES_APPLE_LOOKUP", lookup)
    [reading] = read_sources(link)
    # The feed itself is beyond this machine; that it was asked for shows in the message.
    assert "feeds.example.org" in str(reading.error)
    single = "&limit=200" if "i=" in link.partition("?")[2] else ""
    assert server.seen[0].path == f"/lookup?id=1234567890&entity=podcast{'Episode' * bool(single)}{single}"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (b'{"resultCount": 0, "results": []}', "no feed for the show"),
        (b'{"results": [{"feedUrl": "javascript:x"}, 7]}', "no feed for the show"),
        (b'{"results": "none"}', "no feed for the show"),
        (b"[]", "no feed for the show"),
        (b"<html>", "unreadable"),
    ],
)
def test_an_apple_link_that_leads_nowhere(
    server: Loopback, monkeypatch: pytest.MonkeyPatch, answer: bytes, expected: str
) -> None:
    monkeypatch.setenv("PODNOTES_APPLE_LOOKUP", server.add("/lookup", content(answer)))
    assert expected in failure("https://podcasts.apple.com/us/podcast/x/id1234567890")


def test_apple_does_not_lead_into_her_own_network(server: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = json.dumps({"results": [{"feedUrl": server.add("/feed", content(FEED))}]}).encode()
    monkeypatch.setenv("PODNOTES_APPLE_LOOKUP", server.add("/lookup", content(answer)))
    assert "local network" in failure("https://podcasts.apple.com/us/podcast/x/id1234567890")


def test_an_unchanged_feed_is_marked(server: Loopback) -> None:
    url = server.add("/feed", conditional(FEED))
    first = only(url)
    [reading] = read_sources(url, previous={url: first}.get)
    assert reading == Reading(url, first, unchanged=True)


def test_a_feed_that_is_gone_is_marked(server: Loopback) -> None:
    gone, missing = read_sources([server.add("/gone", status(410)), server.url("/missing")])
    assert (gone.gone, missing.gone) == (True, False)
    assert "gone for good" in str(gone.error)


def test_one_failure_does_not_stop_the_others(server: Loopback, tmp_path: Path) -> None:
    good = server.add("/good", content(FEED))
    readings = list(read_sources([server.url("/nothing"), good, tmp_path / "missing.mp3", good]))
    assert [type(reading.error) for reading in readings] == [FetchError, type(None), SourceError, type(None)]


def test_several_feeds_are_read_at_once(server: Loopback) -> None:
    together = threading.Barrier(4, timeout=10)

    def reply(handler: Handler) -> None:
        together.wait()  # nobody is answered before all have asked
        content(FEED)(handler)

    urls = [server.add(f"/{number}", reply) for number in range(4)]
    assert all(reading.podcast for reading in read_sources(urls))


def test_readings_come_in_the_order_of_the_sources(server: Loopback) -> None:
    def slow(seconds: float) -> Reply:
        def reply(handler: Handler) -> None:
            time.sleep(seconds)
            content(FEED)(handler)

        return reply

    urls = [server.add(f"/{number}", slow(0.2 - number / 20)) for number in range(4)]
    assert [reading.address for reading in read_sources(urls)] == urls


# ------------------------------------------------------------------------------------------------------------- OPML


OPML = """<?xml version="1.0"?>
<opml version="1.0"><head><title>Subscriptions</title></head><body>
<outline text="Science">
<outline type="rss" text="Touch &amp; Pain" xmlUrl="{a}" htmlUrl="https://example.org/"/></outline>
<outline type="rss" title="Sleep" xmlurl="{b}"/>
<outline type="rss" text="twice" xmlUrl="{a}"/><outline text="isn't a feed"/>
<outline type="rss" xmlUrl="file:///etc/passwd"/>
</body></opml>"""


def test_an_opml_file(server: Loopback, tmp_path: Path) -> None:
    file = tmp_path / "export.opml"
    file.write_text(OPML.format(a=server.add("/a", content(FEED)), b=server.add("/b", status(404))))
    readings = list(read_sources(file))
    assert [reading.address for reading in readings] == [server.url("/a"), server.url("/b")]
    assert readings[0].podcast is not None
    assert isinstance(readings[1].error, FetchError)


def test_an_opml_list_from_the_web_is_not_hers(server: Loopback) -> None:
    with Loopback() as other:
        url = server.add("/list", content(OPML.format(a=server.url("/a"), b=other.url("/b")).encode(), "text/x-opml"))
        server.add("/a", content(FEED))
        first, second = read_sources(url)
        assert first.podcast is not None  # on the list's own server
        assert "local network" in str(second.error)
        assert other.seen == []


EXTENDED = """<opml version="1.0"><head><title>All</title></head><body>
<outline text="playlists"><outline type="podcast-playlist" title="All" url="https://app.example/list"/></outline>
<outline text="feeds"><outline type="rss" text="Touch and Pain" xmlUrl="https://a.example/1" htmlUrl="https://a.example/">
<outline type="podcast-episode" title="One" url="https://a.example/one" enclosureUrl="https://a.example/feed/one.mp3"/>
<outline type="podcast-episode" title="Two" url="https://a.example/feed/two.xml"/></outline></outline>
<outline type="link" text="Our page" URL="https://a.example/about"/>
<outline type="link" text="Old show" URL="http://b.example/show/feed.xml"/>
<outline type="link" text="Older show" URL="http://c.example/?feed=rss2"/>
<outline type="include" text="More" url="https://a.example/feeds/more.opml"/>
<outline text="A page" url="https://a.example/podcast"/><outline type="rss" text="By url" url="https://d.example/1"/>
</body></opml>"""


def test_only_the_shows_of_an_extended_list_are_read() -> None:
    found = read_opml(EXTENDED.encode())
    assert {one.title: one.url for one in found} == {
        "Touch and Pain": "https://a.example/1", "Old show": "http://b.example/show/feed.xml",
        "Older show": "http://c.example/?feed=rss2", "By url": "https://d.example/1",
    }  # fmt: skip


def test_what_opml_says_of_each_feed() -> None:
    found = read_opml(OPML.format(a="https://a.example/?x=1&y=2", b="feed://b.example/rss").encode())  # unescaped &
    assert found == (
        Subscription("https://a.example/?x=1&y=2", "Touch & Pain"),
        Subscription("https://b.example/rss", "Sleep"),
    )


@pytest.mark.parametrize(
    "broken",
    [
        '<opml><body><outline xmlUrl="https://a.example/" text="A"><outline',
        '<opml><body><outline xmlUrl="https://a.example/" text="A < B"/></body></opml>',
        '<opml><head><title/><script></head><body><outline xmlUrl="https://a.example/" text="A"/></body></opml>',
        "<opml><body><x:outline/><outline xmlUrl='https://a.example/' text=\"A\"/>",
    ],
)
def test_broken_opml_gives_what_is_whole(broken: str) -> None:
    assert [feed.url for feed in read_opml(broken.encode())] == ["https://a.example/"]


@pytest.mark.parametrize("name", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1251", "koi8-r"])
@pytest.mark.parametrize("said", ["", '<?xml version="1.0" encoding="UTF-8"?>', '<?xml version="1.0" encoding="{}"?>'])
def test_opml_in_any_encoding(tmp_path: Path, name: str, said: str) -> None:
    title = "Боль и прикосновение"
    text = f'{said.format(name)}<opml version="2.0"><body><outline text="{title}" xmlUrl="https://a.example/"/></body></opml>'
    assert read_opml(text.encode(name)) == (Subscription("https://a.example/", title),)
    (tmp_path / "list.opml").write_bytes(text.encode(name))
    [reading] = read_sources(tmp_path / "list.opml")
    assert reading.address == "https://a.example/"


@pytest.mark.parametrize("data", [b"", b"<opml/>", b"\xff\xfe\x00", b"<opml><body></body></opml>"])
def test_opml_without_feeds(data: bytes) -> None:
    with pytest.raises(FeedError, match="no feeds"):
        read_opml(data)


TITLES = st.text(max_size=40)
URLS = st.from_regex(r"https://[a-z]{1,10}\.example/[a-z0-9&=?;%+-]{0,20}", fullmatch=True)


@given(st.dictionaries(URLS, TITLES, min_size=1, max_size=8))
def test_opml_comes_back_as_it_was_written(tmp_path_factory: pytest.TempPathFactory, feeds: dict[str, str]) -> None:
    from podnotes.feeds.values import one_line
    from podnotes.http import cleaned

    written = [Subscription(cleaned(url), one_line(title)) for url, title in feeds.items()]
    written = list({subscription.url: subscription for subscription in reversed(written)}.values())[::-1]
    path = write_opml(written, tmp_path_factory.mktemp("opml") / "feeds.opml")
    found = read_opml(path)
    assert [feed.url for feed in found] == [feed.url for feed in written]
    # A feed without a title is listed under its address.
    assert [feed.title for feed in found] == [feed.title or one_line(feed.url) for feed in written]


def test_writing_opml_replaces_the_file_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "feeds.opml"
    path.write_text("before")
    write_opml([Subscription("https://a.example/")], path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["feeds.opml"]
    assert "https://a.example/" in path.read_text()
    with pytest.raises(OutputError, match="can't be written"):
        write_opml([], path / "feeds.opml")
    with pytest.raises(OutputError, match="already exists"):
        write_opml([], path, replace=False)
    assert "https://a.example/" in path.read_text()


# ------------------------------------------------------------------------------------------------------- local audio


def test_an_audio_file_with_its_transcripts(tmp_path: Path) -> None:
    for name in ("talk.mp3", "talk.vtt", "talk.de.srt", "talk.mp3.txt", "talking.vtt", "TALK.JSON", "other.vtt"):
        (tmp_path / name).write_bytes(MP3)
    podcast = only(str(tmp_path / "talk.mp3"))
    [episode] = podcast.episodes
    assert (episode.title, podcast.title, episode.podcast) == ("talk", tmp_path.name, tmp_path.name)
    assert episode.audio is not None
    assert episode.audio.url == str(tmp_path / "talk.mp3")
    assert [(Path(link.url).name, link.type, link.language) for link in episode.transcripts] == [
        ("TALK.JSON", "application/json", None),
        ("talk.vtt", "text/vtt", None),
        ("talk.mp3.txt", "text/plain", None),
        ("talk.de.srt", "application/srt", "de"),
    ]


def test_an_audio_file_is_known_by_its_content(tmp_path: Path) -> None:
    (tmp_path / "recording").write_bytes(MP3)
    assert only(tmp_path / "recording").episodes[0].title == "recording"


def test_a_folder_in_natural_order(tmp_path: Path) -> None:
    for name in ("talk 10.mp3", "talk 9.mp3", "b/talk 1.m4a", ".hidden.mp3", "notes.txt", "cover.jpg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(MP3)
    podcast = only(tmp_path)
    assert [episode.title for episode in podcast.episodes] == ["talk 1", "talk 9", "talk 10"]
    assert len({episode.guid for episode in podcast.episodes}) == 3


def test_a_file_named_by_its_address() -> None:
    assert len(only((SAMPLE_PODCAST / "feed.xml").as_uri()).episodes) == 3


def test_the_sample_podcast_as_a_folder_and_as_a_feed() -> None:
    for source in (SAMPLE_PODCAST / "feed.xml", SAMPLE_PODCAST):
        podcast = only(source)
        assert len(podcast.episodes) == 3
        for episode in podcast.episodes:
            assert episode.audio is not None
            assert Path(episode.audio.url).is_file()


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda folder: folder / "missing.mp3", "There is no file"),
        (lambda folder: "example.org/feed", "no host called example.org"),
        (lambda folder: "www.example.org", "no host called www.example.org"),
        (lambda folder: folder, "no audio files"),
        (lambda folder: "", "no audio files|There is no file"),
        (lambda folder: "ftp://example.org/feed", "There is no file|use http"),
    ],
)  # fmt: skip
def test_what_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: object, expected: str) -> None:
    monkeypatch.chdir(tmp_path)
    assert callable(make)
    assert re.search(expected, failure(make(tmp_path)))


def test_a_redirect_from_a_page_to_audio(server: Loopback) -> None:
    server.add("/file.mp3", content(MP3, "audio/mpeg"))
    audio = only(server.add("/latest", redirect("/file.mp3"))).episodes[0].audio
    assert audio is not None
