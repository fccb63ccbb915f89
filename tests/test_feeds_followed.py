"""Feeds over weeks, as she meets them: what is new, what hasn't changed, what moved, what is gone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from podnotes import cli
from podnotes.library import Library
from tests.http.loopback import Handler, Loopback, Reply, conditional, content, in_turn, redirect, status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

VTT = """WEBVTT

00:00:00.000 --> 00:00:20.000
<v Anna Berg>Welcome to the show. Today we talk about endorphins and about pain.

00:00:20.000 --> 00:00:50.000
<v Tom Riis>Endorphins are the body's own painkillers. The brain releases them when you run or laugh.

00:00:50.000 --> 00:01:20.000
<v Tom Riis>Chronic pain is pain that lasts for longer than three months, and the nervous system has learned it by then.

00:01:20.000 --> 00:01:50.000
<v Tom Riis>Slow touch calms the nervous system, because fibres in the skin tell the brain that all is well.
"""


class Answer:
    def __init__(self, code: int, out: str, err: str) -> None:
        self.status, self.out, self.err = code, out, err


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Answer]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PODNOTES_LIBRARY", str(tmp_path / "library.sqlite3"))

    def call(*arguments: object) -> Answer:
        code = cli.main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err
        return Answer(code, captured.out, captured.err)

    return call


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback() as running:
        running.add("/talk.vtt", content(VTT.encode(), "text/vtt"))
        yield running


def feed(*titles: str, show: str = "The Nerve Hour") -> bytes:
    items = "".join(
        f"<item><title>{title}</title><guid>{title}</guid><pubDate>0{day} Mar 2026 10:00:00 GMT</pubDate>"
        f'<enclosure url="/{day}.mp3" type="audio/mpeg"/><podcast:transcript url="/talk.vtt" type="text/vtt"/></item>'
        for day, title in enumerate(titles, 1)
    )
    head = '<rss version="2.0" xmlns:podcast="https://podcastindex.org/namespace/1.0">'
    return f"{head}<channel><title>{show}</title><language>en</language>{items}</channel></rss>".encode()


def drafts(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "drafts").glob("*.md"))


def followed(run: Callable[..., Answer]) -> list[dict[str, object]]:
    found = json.loads(run("feeds", "--json").out)
    assert isinstance(found, list)
    return found


def test_an_unchanged_feed_is_asked_and_nothing_more(
    run: Callable[..., Answer], server: Loopback, tmp_path: Path
) -> None:
    run("follow", server.add("/feed", conditional(feed("One"))))
    assert run("update").status == 0
    assert drafts(tmp_path) == ["2026-03-01-One.md"]
    with Library() as library:
        before = library.find_episodes()
    server.seen.clear()
    assert run("update").status == 0
    assert [(seen.path, seen.headers.get("if-none-match")) for seen in server.seen] == [("/feed", '"one"')]
    with Library() as library:
        assert library.find_episodes() == before


def test_what_is_new_is_done(run: Callable[..., Answer], server: Loopback, tmp_path: Path) -> None:
    run("follow", server.add("/feed", conditional(feed("One"), '"1"', "x")))
    run("update")
    server.add("/feed", conditional(feed("One", "Two"), '"2"', "y"))
    assert run("update").status == 0
    assert drafts(tmp_path) == ["2026-03-01-One.md", "2026-03-02-Two.md"]


@pytest.mark.parametrize(
    ("hops", "remembered"),
    [
        ([301, 308], "/c"),
        ([308], "/b"),
        ([301, 302], "/b"),  # only as far as all hops are permanent
        ([302, 301], "/a"),
        ([307, 308], "/a"),
        ([303], "/a"),
    ],
)
def test_a_feed_that_moved_is_asked_there_from_now_on(
    run: Callable[..., Answer], server: Loopback, hops: list[int], remembered: str
) -> None:
    run("follow", server.add("/a", conditional(feed("One"))))
    run("update")
    for here, there, code in zip("ab", "bc", hops, strict=False):
        server.add(f"/{here}", redirect(f"/{there}", code))
    server.add(f"/{'abc'[len(hops)]}", conditional(feed("One", "Two"), '"2"', "y"))
    assert run("update").status == 0
    assert [one["url"] for one in followed(run)] == [server.url(remembered)]
    assert [one["episodes"] for one in followed(run)] == [2]
    server.seen.clear()
    run("update")
    assert server.seen[0].path == remembered


def test_a_feed_that_is_gone_is_marked_and_left_alone(
    run: Callable[..., Answer], server: Loopback, tmp_path: Path
) -> None:
    run("follow", server.add("/feed", conditional(feed("One"))))
    run("follow", server.add("/other", conditional(feed("Two", show="Skin"))))
    run("update")
    made = drafts(tmp_path)
    server.add("/feed", status(410))
    first = run("update")
    assert first.status == 1
    assert "gone for good" in first.err
    assert "follow it again" in first.err
    marks = {one["title"]: one["gone"] for one in followed(run)}
    assert marks["Skin"] is None
    assert str(marks["The Nerve Hour"]).startswith("20")
    assert "gone since" in run("feeds").out
    server.seen.clear()
    second = run("update")
    assert (second.status, [seen.path for seen in server.seen]) == (0, ["/other"])
    # What is here of it stays.
    assert drafts(tmp_path) == made
    assert "Endorphins are the body's own painkillers" in run("search", "endorphins").out
    # It is asked again on request, and is as before if it is back.
    assert run("follow", server.url("/feed")).status == 1
    assert marks == {one["title"]: one["gone"] for one in followed(run)}
    server.add("/feed", conditional(feed("One", "Three"), '"3"', "z"))
    assert run("follow", server.url("/feed")).status == 0
    assert [one["gone"] for one in followed(run)] == [None, None]
    assert run("update").status == 0
    assert len(drafts(tmp_path)) == len(made) + 1


def test_the_only_feed_is_gone(run: Callable[..., Answer], server: Loopback) -> None:
    run("follow", server.add("/feed", conditional(feed("One"))))
    server.add("/feed", status(410))
    assert "gone for good" in run("update").err
    last = run("update")
    assert last.status == 0
    assert "podnotes feeds" in last.err
    assert run("unfollow", "nerve").status == 0
    assert followed(run) == []


@pytest.mark.parametrize("code", [404, 403])
def test_a_feed_that_fails_today_is_asked_again_tomorrow(
    run: Callable[..., Answer], server: Loopback, code: int
) -> None:
    run("follow", server.add("/feed", conditional(feed("One"))))
    server.add("/feed", status(code, Retry_After=0))
    assert run("update").status == 1
    assert [one["gone"] for one in followed(run)] == [None]
    server.add("/feed", conditional(feed("One"), '"2"', "y"))
    assert run("update").status == 0


def test_one_feed_that_hangs_keeps_nobody_waiting(run: Callable[..., Answer], server: Loopback, tmp_path: Path) -> None:
    def once_the_others_are_read(handler: Handler) -> None:
        # Answers only after every other feed was asked: reading one after the other would never get there.
        while not {"/1", "/2", "/3"} <= {seen.path for seen in server.seen}:
            handler.pause(0.02)
            if handler.server.over.is_set():
                return
        status(404)(handler)

    replies: dict[str, Reply] = {"/0": once_the_others_are_read}
    replies |= {f"/{number}": conditional(feed(f"Talk {number}", show=f"Show {number}")) for number in (1, 2, 3)}
    for path, reply in replies.items():
        server.add(path, reply)
    answer = run("draft", *(server.url(path) for path in replies))
    assert answer.status == 1
    assert "404" in answer.err
    assert len(drafts(tmp_path)) == 3


def test_a_page_and_its_feed_are_one(run: Callable[..., Answer], server: Loopback) -> None:
    server.add("/feed", conditional(feed("One")))
    page = b'<html><head><link rel="alternate" type="application/rss+xml" href="/feed"></head></html>'
    server.add("/", content(page, "text/html"))
    for _ in range(2):
        assert run("draft", server.url("/")).status == 0
    assert server.seen[-1].headers.get("if-none-match") == '"one"'


def test_retry_after_is_honoured(run: Callable[..., Answer], server: Loopback) -> None:
    url = server.add("/feed", in_turn(status(429, Retry_After=0), conditional(feed("One"))))
    assert run("feed", url).status == 0
    # So long a wait is hers to decide on.
    server.add("/feed", status(429, Retry_After=3600))
    server.seen.clear()
    answer = run("feed", url)
    assert "60 minutes" in answer.err
    assert len(server.seen) == 1


# ------------------------------------------------------------------------------------------------- what is at hand


def test_a_link_from_apple_podcasts(
    run: Callable[..., Answer], server: Loopback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = {"resultCount": 1, "results": [{"kind": "podcast", "feedUrl": server.url("/feed")}]}
    monkeypatch.setenv("PODNOTES_APPLE_LOOKUP", server.add("/lookup", content(json.dumps(found).encode())))
    monkeypatch.setenv("PODNOTES_PRIVATE_HOSTS", "127.0.0.1")
    server.add("/feed", conditional(feed("One")))
    link = "https://podcasts.apple.com/us/podcast/the-nerve-hour/id1234567890"
    assert run("draft", link).status == 0
    assert drafts(tmp_path) == ["2026-03-01-One.md"]
    assert "Following The Nerve Hour" in run("follow", link).out
    assert [one["url"] for one in followed(run)] == [server.url("/feed")]
    server.seen.clear()
    assert run("draft", link).status == 0
    assert [seen.headers.get("if-none-match") for seen in server.seen] == [None, '"one"']


@pytest.mark.parametrize(
    ("listed", "drafted", "told"),
    [
        ({"trackId": 1000600000001, "episodeGuid": "One", "trackName": "Another title"}, "2026-03-01-One.md", False),
        ({"trackId": 1000600000001, "episodeGuid": "", "trackName": "One"}, "2026-03-01-One.md", False),
        ({"trackId": 1000600000002, "episodeGuid": "Two", "trackName": "Two"}, "2026-03-03-Three.md", True),
        ({"trackId": None}, "2026-03-03-Three.md", True),
    ],
)
def test_a_link_to_one_episode_in_apple_podcasts(
    run: Callable[..., Answer], server: Loopback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    listed: dict[str, object], drafted: str, told: bool,
) -> None:  # fmt: skip
    found = {"results": [{"kind": "podcast", "feedUrl": server.url("/feed")}, listed]}
    monkeypatch.setenv("PODNOTES_APPLE_LOOKUP", server.add("/lookup", content(json.dumps(found).encode())))
    monkeypatch.setenv("PODNOTES_PRIVATE_HOSTS", "127.0.0.1")
    server.add("/feed", conditional(feed("One", "Two", "Three")))
    answer = run("draft", "https://podcasts.apple.com/us/podcast/one/id1234567890?i=1000600000001")
    assert answer.status == 0
    assert drafts(tmp_path) == [drafted]
    assert ("The link's episode couldn't be identified" in answer.err) is told
    # The others are no less known for it.
    run("follow", server.url("/feed"))
    assert [one["episodes"] for one in followed(run)] == [3]
    assert run("draft", server.url("/feed"), "--episodes", 3).status == 0
    assert len(drafts(tmp_path)) == 3


def test_a_folder_of_recordings_with_their_transcripts(
    run: Callable[..., Answer], tmp_path: Path, sample_podcast: Path
) -> None:
    talks = tmp_path / "talks"
    (talks / "older").mkdir(parents=True)
    sound = next((sample_podcast / "audio").glob("*.mp3")).read_bytes()
    for name in ("Talk 1", "Talk 2", "older/Talk 0"):
        (talks / f"{name}.mp3").write_bytes(sound)
        (talks / f"{name}.vtt").write_text(VTT)
    first = run("draft", talks)
    assert (first.status, len(drafts(tmp_path))) == (0, 3)
    (talks / "Talk 3.mp3").write_bytes(sound)
    (talks / "Talk 3.en.srt").write_text(VTT.removeprefix("WEBVTT"))
    assert run("draft", talks, "--json").status == 0
    assert len(drafts(tmp_path)) == 4


def test_a_list_from_her_app_with_folders_in_it(run: Callable[..., Answer], server: Loopback, tmp_path: Path) -> None:
    for name in ("one", "two"):
        server.add(f"/{name}", conditional(feed(name, show=name)))
    (tmp_path / "export.opml").write_text(
        f"""<?xml version="1.0"?><OPML version="1.1"><body><outline text="Science"><outline text="Brain">
        <outline type="rss" text="one" xmlUrl="{server.url("/one")}"/></outline></outline>
        <outline text='two' type='RSS' XMLURL='{server.url("/two")}'/><outline type="link" url="{server.url("/no")}"/>
        <outline xmlUrl="javascript:alert(1)"/><outline xmlUrl="{server.url("/gone")}"/></body></OPML>"""
    )
    answer = run("draft", tmp_path / "export.opml")
    assert answer.status == 1
    assert "/gone" in answer.err
    assert drafts(tmp_path) == ["2026-03-01-one.md", "2026-03-01-two.md"]
