"""fetch_audio against servers that cut, drip, lie and change their minds."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from podnotes import AudioError, FetchError, OutputError, PodnotesError, SourceError, fetch_audio
from podnotes.audio.transfer import DownloadOptions, DownloadProgress
from podnotes.feeds.chapters import fetch_chapters
from podnotes.models import Chapter, Enclosure, Episode
from tests.audio.sounds import noise_in_mp3
from tests.conftest import SAMPLE_PODCAST
from tests.http.loopback import (
    Handler,
    Loopback,
    Reply,
    audio,
    content,
    dripping,
    endless,
    garbage,
    in_turn,
    redirect,
    silent,
    status,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

QUICK = DownloadOptions(deadline_s=10, tries=3, pause_s=0.01)
MP3 = noise_in_mp3(1, 720)
OTHER = noise_in_mp3(2, 670)


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback() as running:
        yield running


def episode(url: str, *, length: int | None = None, feed: str | None = None, **fields: Any) -> Episode:
    """An episode of a feed on the same server, which is what permits the private address."""
    return Episode(**{
        "guid": "1", "title": "Why touch calms", "podcast": "Touch and Pain",
        "audio": Enclosure(url, "audio/mpeg", length), "feed_url": feed or url, **fields,
    })  # fmt: skip


def sounds(folder: Path) -> list[Path]:
    """The files in a folder of downloads, but for the notes beside them."""
    return sorted(path for path in folder.iterdir() if not path.name.startswith("."))


def parts(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if ".part" in path.name)


def test_fetches_the_file_and_finds_it_again(server: Loopback, tmp_path: Path) -> None:
    one = episode(server.add("/one.mp3", audio(MP3)))
    path = fetch_audio(one, tmp_path / "audio", options=QUICK)
    assert path.read_bytes() == MP3
    assert path.name.startswith("Why-touch-calms-")
    assert path.suffix == ".mp3"
    assert fetch_audio(one, tmp_path / "audio", options=QUICK) == path
    assert len(server.seen) == 1
    assert sounds(path.parent) == [path]


def test_tells_how_far_it_is(server: Loopback, tmp_path: Path) -> None:
    told: list[DownloadProgress] = []
    body = MP3 * 4
    fetch_audio(
        episode(server.add("/one.mp3", audio(body, pause_s=0.3))), tmp_path, options=QUICK, on_progress=told.append
    )
    assert len(told) > 2
    assert [state.done for state in told] == sorted(state.done for state in told)
    assert told[-1].done == told[-1].total == len(body)
    assert all(state.speed > 0 and state.left_s is not None for state in told if state.done)
    assert told[-1].left_s == 0


# -------------------------------------------------------------------------------------------------------- resumption


def test_goes_on_after_each_cut(server: Loopback, tmp_path: Path) -> None:
    path = fetch_audio(
        episode(server.add("/one.mp3", audio(MP3, cut_after=50_000))), tmp_path, options=QUICK
    )  # fmt: skip
    assert path.read_bytes() == MP3
    asked = [seen.headers.get("range") for seen in server.seen]
    assert asked == [None, *(f"bytes={start}-" for start in range(50_000, len(MP3), 50_000))]
    assert {seen.headers.get("if-range") for seen in server.seen[1:]} == {'"copy-1"'}


def test_goes_on_in_a_later_run(server: Loopback, tmp_path: Path) -> None:
    one = episode(server.add("/one.mp3", in_turn(audio(MP3, cut_after=50_000), status(500))))
    with pytest.raises(FetchError):
        fetch_audio(one, tmp_path, options=QUICK)
    assert len(parts(tmp_path)) == 2
    server.add("/one.mp3", audio(MP3))
    assert fetch_audio(one, tmp_path, options=QUICK).read_bytes() == MP3
    assert server.seen[-1].headers["range"] == "bytes=50000-"
    assert parts(tmp_path) == []


def test_goes_on_after_being_killed(server: Loopback, tmp_path: Path) -> None:
    url = server.add("/one.mp3", audio(MP3, pause_s=0.3))
    code = textwrap.dedent(f"""
        from podnotes import fetch_audio
        from podnotes.models import Enclosure, Episode
        fetch_audio(Episode("1", "Why touch calms", "Touch and Pain", audio=Enclosure({url!r}, "audio/mpeg"),
                            feed_url={url!r}), {str(tmp_path)!r})
    """)
    process = subprocess.Popen([sys.executable, "-c", code])
    try:
        deadline = time.monotonic() + 20
        while not any(p.stat().st_size > 60_000 for p in tmp_path.glob("*.part")) and time.monotonic() < deadline:
            time.sleep(0.02)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    held = next(tmp_path.glob("*.part")).stat().st_size
    assert 0 < held < len(MP3)
    server.add("/one.mp3", audio(MP3))
    assert fetch_audio(episode(url), tmp_path, options=QUICK).read_bytes() == MP3
    assert server.seen[-1].headers["range"] == f"bytes={held}-"


def test_starts_again_when_the_copy_has_changed(server: Loopback, tmp_path: Path) -> None:
    one = episode(server.add("/one.mp3", in_turn(audio(MP3, cut_after=50_000), audio(OTHER, etag='"copy-2"'))))
    assert fetch_audio(one, tmp_path, options=QUICK).read_bytes() == OTHER


def test_never_joins_two_copies(server: Loopback, tmp_path: Path) -> None:
    # A server that knows nothing of If-Range and gives the rest of another copy.
    def careless(handler: Handler) -> None:
        del handler.headers["If-Range"]
        audio(OTHER, etag='"copy-2"')(handler)

    one = episode(server.add("/one.mp3", in_turn(audio(MP3, cut_after=50_000), careless)))
    assert fetch_audio(one, tmp_path, options=QUICK).read_bytes() == OTHER


def test_never_joins_copies_of_different_length(server: Loopback, tmp_path: Path) -> None:
    def careless(handler: Handler) -> None:
        del handler.headers["If-Range"]
        audio(OTHER, etag="")(handler)

    one = episode(server.add("/one.mp3", in_turn(audio(MP3, cut_after=50_000), careless)))
    assert fetch_audio(one, tmp_path, options=QUICK).read_bytes() == OTHER


def test_a_part_in_the_wrong_place_is_not_taken(server: Loopback, tmp_path: Path) -> None:
    one = episode(
        server.add("/one.mp3", in_turn(audio(MP3, cut_after=50_000), audio(MP3, honest=False), audio(MP3)))
    )  # fmt: skip
    assert fetch_audio(one, tmp_path, options=QUICK).read_bytes() == MP3


def test_a_server_without_ranges_or_validators(server: Loopback, tmp_path: Path) -> None:
    plain = audio(MP3, ranges=False, etag="")
    one = episode(server.add("/one.mp3", in_turn(audio(MP3, cut_after=50_000, ranges=False, etag=""), plain)))
    assert fetch_audio(one, tmp_path, options=QUICK).read_bytes() == MP3
    assert "range" not in server.seen[1].headers


def test_a_complete_part_is_not_fetched_again(server: Loopback, tmp_path: Path) -> None:
    # Killed between the last byte and the renaming.
    one = episode(server.add("/one.mp3", in_turn(audio(MP3, cut_after=50_000), status(500))))
    with pytest.raises(FetchError):
        fetch_audio(one, tmp_path, options=QUICK)
    next(tmp_path.glob("*.part")).write_bytes(MP3)
    server.add("/one.mp3", audio(MP3))
    assert fetch_audio(one, tmp_path, options=QUICK).read_bytes() == MP3


@pytest.mark.parametrize("note", ["{}", "not JSON", '{"etag": 1, "modified": null, "total": "x"}', "[]"])
def test_a_damaged_note_beside_a_part(server: Loopback, tmp_path: Path, note: str) -> None:
    one = episode(server.add("/one.mp3", in_turn(audio(MP3, cut_after=50_000), status(500))))
    with pytest.raises(FetchError):
        fetch_audio(one, tmp_path, options=QUICK)
    next(tmp_path.glob("*.part.json")).write_text(note)
    server.add("/one.mp3", audio(MP3))
    assert fetch_audio(one, tmp_path, options=QUICK).read_bytes() == MP3


def answer(code: int, body: bytes = b"", **headers: str | int) -> Reply:
    """The same answer whatever is asked for, ranges included."""
    return status(code, body, **{"Content_Type": "audio/mpeg", **headers})


#: What a server may say when it is asked for the rest after 50,000 bytes; afterwards it does what it should.
RESTS: dict[str, Reply] = {
    "a part without saying which": answer(206, MP3[50_000:], ETag='"copy-1"'),
    "several parts": answer(206, b"--x\r\n", Content_Type="multipart/byteranges; boundary=x", ETag='"copy-1"'),
    "a part that begins earlier": answer(206, MP3, Content_Range=f"bytes 0-{len(MP3) - 1}/{len(MP3)}"),
    "a part that begins later": answer(206, MP3[60_000:], Content_Range=f"bytes 60000-{len(MP3) - 1}/{len(MP3)}"),
    "a part in other units": answer(206, MP3[50_000:], Content_Range=f"pages 50000-{len(MP3) - 1}/{len(MP3)}"),
    "a part of another length": answer(206, OTHER[50_000:], Content_Range=f"bytes 50000-{len(OTHER) - 1}/{len(OTHER)}"),
    "a part of another copy": answer(
        206, MP3[50_000:], Content_Range=f"bytes 50000-{len(MP3) - 1}/{len(MP3)}", ETag='"copy-2"'
    ),
    "a short part": answer(206, MP3[50_000:70_000], Content_Range=f"bytes 50000-69999/{len(MP3)}", ETag='"copy-1"'),
    "that there is no rest": answer(416, Content_Range="bytes */20000"),
    "nothing": answer(200, b""),
    "wait": answer(429, Retry_After=0),
    "an error of its own": answer(502, b"<html>Bad gateway</html>"),
    "half a header": garbage(b"HTTP/1.1 206 Partial"),
}


@pytest.mark.parametrize("name", RESTS)
def test_whatever_a_server_says_of_the_rest_the_file_is_right(server: Loopback, tmp_path: Path, name: str) -> None:
    one = episode(server.add("/one.mp3", in_turn(audio(MP3, cut_after=50_000), RESTS[name], audio(MP3))))
    assert fetch_audio(one, tmp_path, options=QUICK).read_bytes() == MP3
    assert parts(tmp_path) == []


@pytest.mark.parametrize(
    "page",
    [
        content(b"<html>Welcome to our hotel</html>", "text/html"),
        content(b"Welcome to our hotel", "text/html; charset=utf-8"),
        content(b'{"error": "quota"}', "application/json"),
    ],
)
def test_a_login_page_does_not_cost_what_has_come(server: Loopback, tmp_path: Path, page: Reply) -> None:
    one = episode(server.add("/one.mp3", in_turn(audio(MP3, cut_after=50_000), page)))
    with pytest.raises(AudioError, match="instead of audio: it may need a login"):
        fetch_audio(one, tmp_path, options=QUICK)
    server.add("/one.mp3", audio(MP3))
    assert fetch_audio(one, tmp_path, options=QUICK).read_bytes() == MP3
    assert server.seen[-1].headers["range"] == "bytes=50000-"


def test_a_copy_is_gone_on_with_by_its_date_where_it_has_no_tag(server: Loopback, tmp_path: Path) -> None:
    date = "Sun, 01 Mar 2026 10:00:00 GMT"
    one = episode(server.add("/one.mp3", audio(MP3, etag="", modified=date, cut_after=200_000)))
    assert fetch_audio(one, tmp_path, options=QUICK).read_bytes() == MP3
    assert [seen.headers.get("if-range") for seen in server.seen] == [None, date]
    # A date that is that of the request says nothing of the copy: all of it is asked for again.
    fresh = audio(OTHER, etag="", modified="now")
    two = episode(server.add("/two.mp3", in_turn(audio(MP3, etag="", modified="now", cut_after=9), fresh)), guid="2")
    assert fetch_audio(two, tmp_path, options=QUICK).read_bytes() == OTHER
    assert "range" not in server.seen[-1].headers


def test_progress_goes_on_where_the_download_does(server: Loopback, tmp_path: Path) -> None:
    told: list[DownloadProgress] = []
    one = episode(server.add("/one.mp3", in_turn(audio(MP3, cut_after=100_000), audio(MP3, pause_s=0.3))))
    fetch_audio(one, tmp_path, options=QUICK, on_progress=told.append)
    first, *_, last = told
    assert 100_000 < first.done < len(MP3)
    assert all(state.left_s == pytest.approx((len(MP3) - state.done) / state.speed) for state in told)
    assert (last.done, last.total, last.left_s) == (len(MP3), len(MP3), 0)
    # What was there before the cut has not been fetched now: it counts for no speed.
    assert all(state.speed < (state.done - 100_000) / 0.25 for state in told)


def test_a_length_that_is_stated_too_low_is_seen_by_what_the_feed_says(server: Loopback, tmp_path: Path) -> None:
    def understating(handler: Handler) -> None:
        handler.head(200, {"Content-Type": "audio/mpeg", "Content-Length": 9000})
        handler.wfile.write(MP3)

    one = episode(server.add("/one.mp3", in_turn(understating, audio(MP3))), length=len(MP3))
    assert fetch_audio(one, tmp_path, options=QUICK).read_bytes() == MP3


def test_a_wait_that_is_too_long_is_not_begun(server: Loopback, tmp_path: Path) -> None:
    one = episode(server.add("/one.mp3", in_turn(status(503, Retry_After=86_400), audio(MP3))))
    with pytest.raises(FetchError, match="server problem"):
        fetch_audio(one, tmp_path, options=QUICK)
    assert len(server.seen) == 1


# ---------------------------------------------------------------------------------------- what goes wrong, as a matrix


def stalling(handler: Handler) -> None:
    handler.head(200, {"Content-Length": len(MP3)})
    handler.wfile.write(MP3[:1000])
    handler.pause(20)


def trickling(handler: Handler) -> None:
    handler.head(200, {"Content-Length": 10**6, "Content-Type": "audio/mpeg"})
    while not handler.server.over.is_set():
        handler.wfile.write(MP3[:1000])
        handler.pause(0.1)


MISBEHAVIOUR: dict[str, tuple[Reply, type[PodnotesError], str]] = {
    "gives nothing": (content(b"", "audio/mpeg"), AudioError, "empty"),
    "gives a login page": (content(b"<!DOCTYPE html><html>Log in</html>", "text/html"), AudioError, "a web page"),
    "gives an error in JSON": (content(b'{"error": "expired"}', "audio/mpeg"), AudioError, "JSON"),
    "gives an error in XML": (content(b'<?xml version="1.0"?><Error><Code>Denied</Code></Error>'), AudioError, "XML"),
    "trickles, fast enough and for ever": (trickling, FetchError, "took too long"),
    "gives an error page that says it is audio": (
        content(b"  <!doctype HTML><title>404</title>", "audio/mpeg"),
        AudioError,
        "a web page",
    ),
    "wants a login on another page": (in_turn(redirect("/login"), status(404)), FetchError, "nothing at"),
    "drips": (dripping(MP3[:5000], every_s=0.02), FetchError, "took too long"),
    "falls silent in the middle": (stalling, FetchError, "took too long"),
    "never answers": (silent, FetchError, "took too long"),
    "has no end": (endless(b"\xff\xfb\x90\x00" * 16384), FetchError, "larger than"),
    "promises terabytes": (status(200, b"", Content_Length=10**13), FetchError, "more than the"),
    "isn't there": (status(404), FetchError, "nothing at"),
    "is gone": (status(410), FetchError, "gone for good"),
    "forbids": (status(403), FetchError, "blocks this address or programs"),
    "stays broken": (status(503), FetchError, "server problem"),
    "turns in a circle": (redirect("/one.mp3"), FetchError, "redirects more than"),
    "leads to a file": (redirect("file:///etc/passwd"), FetchError, "isn't a web address"),
    "leads into her network": (redirect("http://127.0.0.1:9/one.mp3"), FetchError, "local network"),
}


@pytest.mark.parametrize("name", MISBEHAVIOUR)
def test_every_failure_is_one_sentence_in_time(server: Loopback, tmp_path: Path, name: str) -> None:
    reply, kind, expected = MISBEHAVIOUR[name]
    options = DownloadOptions(max_bytes=2_000_000, deadline_s=2.5, tries=2, pause_s=0.01)
    started = time.monotonic()
    with pytest.raises(kind, match=expected) as caught:
        fetch_audio(episode(server.add("/one.mp3", reply)), tmp_path, options=options)
    assert time.monotonic() - started < 30  # on a busy machine; without bounds it is for ever
    assert "\n" not in str(caught.value)
    assert not [path for path in tmp_path.iterdir() if path.suffix == ".mp3"]


def test_a_server_that_drips_is_given_up(server: Loopback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("podnotes.audio.transfer._WINDOW_S", 0.5)
    one = episode(server.add("/one.mp3", dripping(MP3, every_s=0.02)))
    with pytest.raises(FetchError, match="less than 4 KB a second"):
        fetch_audio(one, tmp_path, options=DownloadOptions(deadline_s=60))


def test_tries_again_what_may_pass(server: Loopback, tmp_path: Path) -> None:
    one = episode(server.add("/one.mp3", in_turn(status(503), status(429, Retry_After=0), audio(MP3))))
    assert fetch_audio(one, tmp_path, options=QUICK).read_bytes() == MP3


def test_a_packed_answer_is_bounded_and_unpacked(server: Loopback, tmp_path: Path) -> None:
    import gzip

    one = episode(server.add("/one.mp3", content(gzip.compress(MP3), "audio/mpeg", Content_Encoding="gzip")))
    assert fetch_audio(one, tmp_path, options=QUICK).read_bytes() == MP3
    bomb = gzip.compress(b"\xff\xfb\x90\x00" * 10_000_000)
    two = episode(server.add("/two.mp3", content(bomb, "audio/mpeg", Content_Encoding="gzip")), guid="2")
    with pytest.raises(FetchError, match="larger than"):
        fetch_audio(two, tmp_path, options=DownloadOptions(max_bytes=1_000_000))
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 2_000_000


def test_a_preview_instead_of_the_whole_is_noticed(server: Loopback, tmp_path: Path) -> None:
    sample = next((SAMPLE_PODCAST / "audio").glob("*.mp3")).read_bytes()
    url = server.add("/one.mp3", audio(sample))
    cut_off = episode(url, length=20 * len(sample), duration=3600.0)
    with pytest.raises(AudioError, match=r"is cut off: . of the 60 minutes"):
        fetch_audio(cut_off, tmp_path, options=QUICK)
    assert [path.suffix for path in tmp_path.iterdir()] == [".lock"]
    # Where only one of the two numbers says so, the number is wrong and not the file.
    for guid, length, duration in (("2", 20 * len(sample), 180.0), ("3", len(sample), 3600.0), ("4", 10**9, None)):
        one = episode(url, guid=guid, length=length, duration=duration)
        assert fetch_audio(one, tmp_path, options=QUICK).read_bytes() == sample


def test_without_a_length_the_feeds_one_shows_a_cut(server: Loopback, tmp_path: Path) -> None:
    def hanging_up(body: bytes) -> Reply:
        def reply(handler: Handler) -> None:
            handler.head(200, {"Content-Type": "audio/mpeg"})
            handler.wfile.write(body)

        return reply

    one = episode(server.add("/one.mp3", in_turn(hanging_up(MP3[:90_000]), hanging_up(MP3))), length=len(MP3))
    assert fetch_audio(one, tmp_path, options=QUICK).read_bytes() == MP3
    # The same length twice is the length, whatever the feed says.
    two = episode(server.add("/two.mp3", hanging_up(OTHER)), length=len(MP3), guid="2")
    assert fetch_audio(two, tmp_path, options=QUICK).read_bytes() == OTHER


def test_a_file_a_little_off_what_the_feed_says_is_fine(server: Loopback, tmp_path: Path) -> None:
    # Advertisements are put in when the file is fetched, so that lengths differ a little, or a lot upwards.
    for guid, length in (("1", len(MP3) + 20_000), ("2", 1024), ("3", None)):
        one = episode(server.add("/one.mp3", audio(MP3)), length=length, guid=guid)
        assert fetch_audio(one, tmp_path, options=QUICK).read_bytes() == MP3


# ------------------------------------------------------------------------------------------------ whom and where


def test_a_feed_does_not_lead_into_her_network(server: Loopback, tmp_path: Path) -> None:
    url = server.add("/one.mp3", audio(MP3))
    for feed in ("https://example.org/feed", server.url("/feed").replace("http:", "https:"), "http://127.0.0.1:9/feed"):
        with pytest.raises(FetchError, match="local network"):
            fetch_audio(episode(url, feed=feed), tmp_path, options=QUICK)
    assert server.seen == []


def test_a_local_file_is_used_in_place(tmp_path: Path) -> None:
    file = tmp_path / "talk.mp3"
    file.write_bytes(MP3)
    assert fetch_audio(episode(str(file)), tmp_path / "audio") == file
    assert not (tmp_path / "audio").exists()
    with pytest.raises(SourceError, match="There is no file"):
        fetch_audio(episode(str(tmp_path / "missing.mp3")), tmp_path)


def test_an_episode_without_audio(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="has no audio"):
        fetch_audio(Episode("1", "Why touch calms"), tmp_path)


def test_a_folder_that_cannot_be_made(server: Loopback, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="can't be created"):
        fetch_audio(episode(server.add("/one.mp3", audio(MP3))), tmp_path / "file" / "audio")


def test_a_full_disk(server: Loopback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="No space left"):
        fetch_audio(episode(server.add("/one.mp3", audio(MP3))), tmp_path, options=QUICK)


def test_secrets_stay_out_of_messages_and_notes(server: Loopback, tmp_path: Path) -> None:
    token = "aB3dE5gH7jK9mN1pQ3sT5v"
    server.add(f"/{token}/one.mp3", in_turn(audio(MP3, cut_after=50_000), status(404)))
    url = server.url(f"/{token}/one.mp3?auth=topsecret", credentials="anna:hunter2")
    with pytest.raises(FetchError) as caught:
        fetch_audio(episode(url), tmp_path, options=QUICK)
    written = "".join(path.read_text("latin-1") for path in tmp_path.glob("*.json"))
    for secret in (token, "topsecret", "hunter2"):
        assert secret not in str(caught.value)
        assert secret not in written
        assert secret not in "".join(path.name for path in tmp_path.iterdir())


# --------------------------------------------------------------------------------------------------------- in parallel


def test_the_same_episode_twice_at_once_is_fetched_once(server: Loopback, tmp_path: Path) -> None:
    one = episode(server.add("/one.mp3", audio(MP3, pause_s=0.1)))
    with ThreadPoolExecutor(4) as pool:
        paths = set(pool.map(lambda _: fetch_audio(one, tmp_path, options=QUICK), range(4)))
    assert len(paths) == 1
    assert paths.pop().read_bytes() == MP3
    assert len(server.seen) == 1


def test_two_processes_do_not_write_one_file(server: Loopback, tmp_path: Path) -> None:
    url = server.add("/one.mp3", audio(MP3, pause_s=0.2))
    code = textwrap.dedent(f"""
        from podnotes import fetch_audio
        from podnotes.models import Enclosure, Episode
        print(fetch_audio(Episode("1", "Why touch calms", "Touch and Pain", audio=Enclosure({url!r}, "audio/mpeg"),
                                  feed_url={url!r}), {str(tmp_path)!r}))
    """)
    processes = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) for _ in range(3)]
    paths = {process.communicate(timeout=60)[0].strip() for process in processes}
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert [str(path) for path in sounds(tmp_path)] == [paths.pop()]
    assert sounds(tmp_path)[0].read_bytes() == MP3
    assert len(server.seen) == 1


# ---------------------------------------------------------------------------------------------------------- chapters


def test_a_chapters_file(server: Loopback, tmp_path: Path) -> None:
    body = {"version": "1.2.0", "chapters": [
        {"startTime": 90, "title": "Touch", "url": "https://example.org/"}, {"startTime": 0, "title": "<b>Welcome</b>"},
        {"startTime": 30, "title": "A picture", "toc": False}, {"startTime": "x"}, "junk",
        {"startTime": 600.5, "endTime": 700, "title": "Sponsor", "url": "javascript:x"},
    ]}  # fmt: skip
    url = server.add("/chapters.json", content(json.dumps(body).encode(), "application/json+chapters"))
    expected = (
        Chapter(0.0, "Welcome", 90.0),
        Chapter(90.0, "Touch", 600.5),
        Chapter(600.5, "Sponsor", 700.0),
    )
    assert fetch_chapters(episode(server.url("/one.mp3"), chapters_url=url)) == expected
    local = tmp_path / "chapters.json"
    local.write_text(json.dumps(body))
    assert fetch_chapters(episode("x.mp3", chapters_url=str(local))) == expected


@pytest.mark.parametrize("body", [b"", b"<html>", b"{}", b'{"chapters": 7}', b"[" * 100_000, b"\xff\xfe"])
def test_a_broken_chapters_file(server: Loopback, body: bytes) -> None:
    url = server.add("/chapters.json", content(body))
    with pytest.raises(SourceError, match="chapters"):
        fetch_chapters(episode(server.url("/one.mp3"), chapters_url=url))


def test_an_episode_without_a_chapters_file_keeps_its_own() -> None:
    own = (Chapter(0.0, "Welcome"),)
    assert fetch_chapters(episode("x.mp3", chapters=own)) == own
    with contextlib.suppress(PodnotesError):
        assert fetch_chapters(episode("x.mp3")) == ()
