"""A private feed from one end to the other: read with its password, and neither password nor token shown anywhere."""

from __future__ import annotations

import base64
import logging
import os
import stat
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import pytest

from podnotes import DraftOptions, Library, PodnotesError, draft_notes, fetch_audio, http, read_feed
from podnotes.feeds.opml import Subscription
from podnotes.feeds.sources import read_sources
from podnotes.models import Enclosure, Episode
from podnotes.pipeline.fetching import Job, fetch_material
from tests.http.loopback import Handler, Loopback, Reply, audio, content, status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from podnotes import EpisodeResult, Event

TOKEN = "Zx81QwErTyUiOpAs2DfG"
#: None of these may be anywhere; the password is percent-encoded in the address, since it has a slash in it.
SECRETS = (TOKEN, "topsecret", "hunter2", "p%40ss", "p@ss", "YW5uYTpwQHNz", "anna")
CREDENTIALS = "anna:p%40ss%2Fhunter2"
EXPECTED = "Basic " + base64.b64encode(b"anna:p@ss/hunter2").decode()
CUES = "\n\n".join(
    f"00:{at // 60:02}:{at % 60:02}.000 --> 00:{at // 60:02}:{at % 60:02}.900\n"
    f"Endorphins are the body's own painkillers, and touch calms chronic pain in the nervous system, take {at}."
    for at in range(0, 300, 5)
)


class Private(NamedTuple):
    """A private feed: where it is, and the server that has it."""

    address: str
    server: Loopback


def guarded(reply: Reply) -> Reply:
    """Give this to those who know the password alone."""

    def answer(handler: Handler) -> None:
        known = handler.headers.get("Authorization") == EXPECTED and "auth=key-topsecret" in handler.path
        (reply if known else status(401))(handler)

    return answer


@pytest.fixture
def private(sample_podcast: Path) -> Iterator[Private]:
    with Loopback() as server:
        sound = (sample_podcast / "audio" / "soup-servers-and-a-slow-train.mp3").read_bytes()
        query = "?auth=key-topsecret"
        sounds = server.add(f"/{TOKEN}/talk.mp3", guarded(audio(sound))) + query
        words = server.add(f"/{TOKEN}/talk.vtt", guarded(content(f"WEBVTT\n\n{CUES}\n".encode(), "text/vtt"))) + query
        notes = f"&lt;p&gt;Hear it at {sounds}&lt;/p&gt;"
        feed = f"""<rss version="2.0" xmlns:podcast="https://podcastindex.org/namespace/1.0"><channel>
            <title>Private Talk</title><link>{sounds}</link><item><title>On endorphins</title><guid>{sounds}</guid>
            <pubDate>Sun, 01 Mar 2026 10:00:00 GMT</pubDate><description>{notes}</description>
            <enclosure url="{sounds}" type="audio/mpeg" length="494585"/>
            <podcast:transcript url="{words}" type="text/vtt"/></item></channel></rss>"""
        server.add(f"/{TOKEN}/feed.xml", guarded(content(feed.encode())))
        yield Private(server.url(f"/{TOKEN}/feed.xml{query}", credentials=CREDENTIALS), server)


def leaks(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret in text]


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., str]:
    """Run the command in a process of its own; gives all that it says."""

    def run(*arguments: object) -> str:
        process = subprocess.run(
            [sys.executable, "-m", "podnotes", *map(str, arguments)], capture_output=True, text=True, check=False,
            timeout=300, env={**os.environ, "PODNOTES_LIBRARY": str(tmp_path / "library.sqlite3"), "NO_COLOR": "1"},
        )  # fmt: skip
        assert "Traceback" not in process.stderr
        return f"{process.returncode} {process.stdout}{process.stderr}"

    return run


def test_no_command_shows_a_secret(private: Private, run: Callable[..., str], tmp_path: Path) -> None:
    drafts = tmp_path / "drafts"
    address = private.address
    said = {
        "feed": run("feed", address, "--json"),
        "draft": run("draft", address, "--out", drafts, "--json"),
        "again": run("draft", address, "--out", drafts, "--json"),
        "follow": run("follow", address),
        "feeds": run("feeds"),
        "search": run("search", "endorphins"),
        "search as JSON": run("search", "endorphins", "--json"),
        # The review page is no draft: where the audio isn't on disk, it plays it from its address.
        "review": run("review", "On endorphins", "--file", "--out", tmp_path / "review"),
        "clip": run("clip", "On endorphins", "0:01", "0:05", "--out", drafts),
        "check": run("library", "check", "--json"),
        "cache": run("cache", "--json"),
    }
    assert {name: text for name, text in said.items() if text[0] != "0"} == {}
    # What is for programs has the addresses as they are, or a program couldn't use them; never the password.
    for_programs = {name: said.pop(name) for name in ("feed", "draft", "again", "search as JSON")}
    assert all(TOKEN in text for text in for_programs.values())
    said_to_programs = "".join(for_programs.values())
    assert set(leaks(said_to_programs)) == {TOKEN, "topsecret"}
    said |= {
        "forget what isn't there": run("library", "forget", f"{address}x"),
        "unfollow what isn't there": run("unfollow", f"{address}x"),
        "a feed that isn't there": run("draft", address.replace("feed.xml", "none.xml")),
        "a feed with another password": run("feed", address.replace("hunter2", "hunter2x")),
        "no audio": run("transcribe", address.replace("feed.xml", "none.mp3")),
    }
    assert {name: found for name, text in said.items() if (found := leaks(text))} == {}
    assert "On endorphins" in said["search"]
    written = {str(path): path.read_bytes().decode("latin-1") for path in drafts.rglob("*") if path.is_file()}
    assert len(written) == 3, "a draft as Markdown and as a page, and a clip"
    assert {name: found for name, text in written.items() if (found := leaks(name + text))} == {}


def test_nothing_else_shows_a_secret(
    private: Private, tmp_path: Path, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    events: list[Event] = []
    results: list[EpisodeResult] = []
    with Library(tmp_path / "library.sqlite3") as library:
        for options in (DraftOptions(), DraftOptions(again=True)):
            results += draft_notes(
                private.address, out=tmp_path / "drafts", library=library, options=options, on_event=events.append
            )
        podcast = read_feed(private.address)
        job = Job(1, podcast.episodes[0], podcast.title, feed=podcast.url)
        search = library.search("endorphins")
        library.follow(private.address)
        said = [
            caplog.text, *capsys.readouterr(), repr(podcast), repr(podcast.episodes[0]), repr(job), repr(search),
            *map(repr, results), *map(repr, events), repr(Subscription(private.address)), repr(library.feeds()),
            repr(list(read_sources([private.address]))),
            repr(http.fetch(private.address, trusted=True, max_bytes=10**6, deadline_s=60)),
        ]  # fmt: skip
    assert podcast.url == private.address, "what is kept for the next request is whole"
    assert [(secret, text[max(0, text.find(secret) - 200) :][:400]) for text in said for secret in leaks(text)] == []


def test_no_error_has_a_secret_in_it_or_behind_it(private: Private, tmp_path: Path) -> None:
    address = private.address
    episode = read_feed(address).episodes[0]
    assert episode.audio is not None
    private.server.add(f"/{TOKEN}/talk.mp3", status(404))
    feed = private.server.url(f"/{TOKEN}/moved.xml?auth=key-topsecret", credentials=CREDENTIALS)
    private.server.add(f"/{TOKEN}/moved.xml", status(302, Location=f"ftp://{CREDENTIALS}@a.example/{TOKEN}"))
    calls: list[Callable[[], object]] = [
        lambda: fetch_audio(episode, tmp_path),
        lambda: fetch_audio(replace(episode, audio=Enclosure(address.replace("127.0.0.1", "localhost"))), tmp_path),
        lambda: fetch_audio(replace(episode, audio=Enclosure(f"{address}%zz\x00 ")), tmp_path),
        lambda: read_feed(feed),
        lambda: read_feed(address.replace("http:", "https:")),
        lambda: read_feed(address.replace("127.0.0.1", "nowhere.invalid")),
        lambda: read_feed(address.replace("feed.xml", "talk.vtt")),
        lambda: read_feed(address.replace("http:", "gopher:")),
        lambda: fetch_audio(replace(episode, audio=Enclosure(address.replace("http:", "gopher:"))), tmp_path),
    ]
    for call in calls:
        with pytest.raises(PodnotesError) as caught:
            call()
        error: BaseException | None = caught.value
        while error is not None:
            assert leaks(f"{error} {error!r} {error.args!r}") == []
            error = error.__cause__ or error.__context__


def test_a_library_keeps_the_password_and_nobody_else_can_read_it(private: Private, tmp_path: Path) -> None:
    path = tmp_path / "library.sqlite3"
    with Library(path) as library:
        list(draft_notes(private.address, out=tmp_path / "drafts", library=library))
        (known,) = library.find_episodes()
        assert library.feed_address(known.id) == private.address
        assert known.episode.feed_url is not None
        assert "anna" not in known.episode.feed_url
        library.follow(private.address)
        assert [(feed.url, feed.episodes) for feed in library.feeds()] == [(private.address, 1)]
        remembered = library.podcast(private.address)
        assert remembered is not None
        assert len(remembered.episodes) == 1
        backup = library.backup(tmp_path / "backup.sqlite3")
        export = library.export(tmp_path / "export.jsonl")
        for file in (path, backup, export):
            assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0
        # An export is made to be handed on; its tokens can't be left out, since they tell the feed and its episodes.
        assert not [secret for secret in ("hunter2", "p%40ss", "anna") if secret in export.read_text("utf-8")]
        assert library.forget_feed(private.address) == 1


def test_another_process_knows_the_password_from_the_library(private: Private, tmp_path: Path) -> None:
    # As a cluster's worker, and as a command that finds the episode in the library.
    code = """
import pickle, sys, pathlib
from podnotes.pipeline.fetching import fetch_material
job = pickle.load(sys.stdin.buffer)
print(fetch_material(job, pathlib.Path(sys.argv[1]), publisher_transcripts=False).audio.stat().st_size)
"""
    import pickle

    podcast = read_feed(private.address)
    job = Job(1, podcast.episodes[0], podcast.title, feed=podcast.url)
    assert fetch_material(job, tmp_path / "here", publisher_transcripts=True).transcript is not None
    process = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "there")], input=pickle.dumps(job), capture_output=True, check=True,
        timeout=300,
    )  # fmt: skip
    assert int(process.stdout) == 494_585


def test_ordinary_addresses_are_shown_as_they_are() -> None:
    episode = Episode("1", "A talk", audio=Enclosure("https://cdn.example.org/2026/talk.mp3?v=2"), chapters_url=None)
    assert repr(episode.audio) == "Enclosure(url='https://cdn.example.org/2026/talk.mp3?v=2', type='', length=None)"
    assert repr(episode).startswith("Episode(guid='1', title='A talk', podcast='', published=None, duration=None,")
