"""Downloads on disk: known by their content, held once, renewed when replaced by the publisher, evicted by size."""

from __future__ import annotations

import contextlib
import json
import math
import os
import shutil
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from podnotes import AudioError, FetchError, PodnotesError, cli, fetch_audio
from podnotes.media import DownloadOptions, DownloadProgress, audio_cache, content_hash, evict_audio, using
from podnotes.models import Enclosure, Episode
from tests.conftest import SAMPLE_PODCAST
from tests.media.sounds import noise_in_mp3
from tests.web.loopback import (
    Handler,
    Loopback,
    Reply,
    audio,
    content,
    cut,
    dripping,
    in_turn,
    redirect,
    silent,
    status,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Asks the server each time about what is on disk.
ASKING = DownloadOptions(deadline_s=10, min_speed=500, window_s=0.5, tries=3, pause_s=0.01, fresh_s=0.0)
USUAL = DownloadOptions(deadline_s=10, min_speed=500, window_s=0.5, tries=3, pause_s=0.01)
ONE, TWO, THREE = (noise_in_mp3(seed, 240 + seed) for seed in (1, 2, 3))


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback() as running:
        yield running


def episode(url: str, *, length: int | None = None, **fields: Any) -> Episode:
    """An episode of a feed on the same server, which is what permits the private address."""
    return Episode(**{
        "guid": "1", "title": "Why touch calms", "podcast": "Touch and Pain",
        "audio": Enclosure(url, "audio/mpeg", length), "feed_url": url, **fields,
    })  # fmt: skip


def sounds(folder: Path) -> list[Path]:
    """The complete files in a folder of downloads."""
    return sorted(path for path in folder.iterdir() if not path.name.startswith(".") and ".part" not in path.name)


def note(path: Path) -> Path:
    return path.with_name(f".{path.name}.json")


# ---------------------------------------------------------------------------------- what the publisher has replaced


def renewed(server: Loopback, folder: Path, before: Reply, after: Reply, options: DownloadOptions = ASKING) -> bytes:
    """What is on disk when the server's answers have changed between two calls."""
    one = episode(server.add("/one.mp3", before))
    fetch_audio(one, folder, options=options)
    server.add("/one.mp3", after)
    server.seen.clear()
    path = fetch_audio(one, folder, options=options)
    assert sounds(folder) == [path]
    return path.read_bytes()


REPLACED: dict[str, tuple[Reply, Reply]] = {
    "by its tag": (audio(ONE), audio(TWO, etag='"copy-2"')),
    "by its date": (
        audio(ONE, etag="", modified="Sun, 01 Mar 2026 10:00:00 GMT"),
        audio(TWO, etag="", modified="Mon, 02 Mar 2026 10:00:00 GMT"),
    ),
    "by its date alone, in the same length": (
        audio(ONE, etag="", modified="Sun, 01 Mar 2026 10:00:00 GMT"),
        audio(ONE[:-1] + b"!", etag="", modified="Mon, 02 Mar 2026 10:00:00 GMT"),
    ),
    "by its length": (audio(ONE, etag=""), audio(TWO, etag="")),
    "by a server without ranges": (audio(ONE, ranges=False), audio(TWO, etag='"copy-2"', ranges=False)),
}


@pytest.mark.parametrize("name", REPLACED)
def test_audio_that_was_replaced_is_fetched_again(server: Loopback, tmp_path: Path, name: str) -> None:
    before, after = REPLACED[name]
    expected = ONE[:-1] + b"!" if "same length" in name else TWO
    assert renewed(server, tmp_path, before, after) == expected
    server.seen.clear()
    fetch_audio(episode(server.url("/one.mp3")), tmp_path, options=ASKING)
    assert len(server.seen) == 1, "once renewed, asked and found the same"


UNCHANGED: dict[str, tuple[Reply, Reply]] = {
    "the server says so": (audio(ONE), audio(ONE)),
    "the tag is the same, and conditions are ignored": (audio(ONE), audio(ONE, conditions=False)),
    "the tag is now a weak one": (audio(ONE), audio(ONE, etag='W/"copy-1"', conditions=False)),
    "there is nothing but the length": (audio(ONE, etag=""), audio(ONE, etag="")),
    "each of several servers has its own tag": (
        audio(ONE, modified="Sun, 01 Mar 2026 10:00:00 GMT"),
        audio(ONE, etag='"copy-1-node-7"', modified="Sun, 01 Mar 2026 10:00:00 GMT"),
    ),
    "the date is always now": (audio(ONE, etag="", modified="now"), audio(ONE, etag="", modified="now")),
}


@pytest.mark.parametrize("name", UNCHANGED)
def test_audio_that_is_the_same_is_asked_about_for_a_thousand_bytes(
    server: Loopback, tmp_path: Path, name: str
) -> None:
    before, after = UNCHANGED[name]
    assert renewed(server, tmp_path, before, after) == ONE
    assert len(server.seen) == 1
    assert server.seen[0].headers["range"] == "bytes=0-1023"


def test_what_is_fresh_is_not_asked_about(server: Loopback, tmp_path: Path) -> None:
    assert renewed(server, tmp_path, audio(ONE), audio(TWO, etag='"copy-2"'), USUAL) == ONE
    assert server.seen == []


def test_asking_once_is_enough_for_a_day(server: Loopback, tmp_path: Path) -> None:
    one = episode(server.add("/one.mp3", audio(ONE)))
    path = fetch_audio(one, tmp_path, options=USUAL)
    yesterday = json.loads(note(path).read_text()) | {"asked": time.time() - 90_000}
    note(path).write_text(json.dumps(yesterday))
    for _ in range(3):
        fetch_audio(one, tmp_path, options=USUAL)
    assert len(server.seen) == 2
    # A clock that was wrong then is no reason never to ask again.
    note(path).write_text(json.dumps(yesterday | {"asked": time.time() + 90_000}))
    fetch_audio(one, tmp_path, options=USUAL)
    assert len(server.seen) == 3


@pytest.mark.parametrize(
    ("query", "length", "asks"),
    [("?token=2&t=99", None, 0), ("", 123, 1), ("", None, 0)],
    ids=["another query", "another length in the feed", "nothing new"],
)
def test_what_the_feed_says_otherwise_is_asked_about(
    server: Loopback, tmp_path: Path, query: str, length: int | None, asks: int
) -> None:
    fetch_audio(episode(server.add("/one.mp3", audio(ONE)) + "?token=1"), tmp_path, options=USUAL)
    for _ in range(2):
        fetch_audio(episode(server.url("/one.mp3") + (query or "?token=1"), length=length), tmp_path, options=USUAL)
    assert len(server.seen) == 1 + asks


def test_a_new_address_for_the_same_audio_costs_a_thousand_bytes(server: Loopback, tmp_path: Path) -> None:
    path = fetch_audio(episode(server.add("/one.mp3", audio(ONE))), tmp_path, options=USUAL)
    moved = episode(server.add("/elsewhere/one.mp3", audio(ONE)))
    for _ in range(2):
        assert fetch_audio(moved, tmp_path, options=USUAL) == path
    assert [seen.headers["range"] for seen in server.seen[1:]] == ["bytes=0-1023"]
    replaced = episode(server.add("/v2/one.mp3", audio(TWO, etag='"copy-2"')))
    assert fetch_audio(replaced, tmp_path, options=USUAL).read_bytes() == TWO


def test_it_is_never_asked_where_the_file_must_stay(server: Loopback, tmp_path: Path) -> None:
    fetch_audio(episode(server.add("/one.mp3", audio(ONE))), tmp_path, options=ASKING)
    stays = DownloadOptions(fresh_s=math.inf)
    path = fetch_audio(episode(server.url("/v2/one.mp3"), length=7), tmp_path, options=stays)
    assert path.read_bytes() == ONE
    assert len(server.seen) == 1


def test_audio_that_is_made_for_each_request_is_not_fetched_again_and_again(server: Loopback, tmp_path: Path) -> None:
    made = [0]

    def stitched(handler: Handler) -> None:
        made[0] += 1
        audio(ONE + b"advertisement " * made[0], etag=f'"{made[0]}"')(handler)

    one = episode(server.add("/one.mp3", stitched))
    path = fetch_audio(one, tmp_path, options=ASKING)
    before = path.read_bytes()
    for _ in range(3):
        assert fetch_audio(one, tmp_path, options=ASKING).read_bytes() == before
    assert made[0] == 3, "fetched, and asked twice in the second run to see that it is another one each time"


NO_ANSWER: dict[str, Reply] = {
    "gone": status(410),
    "not found": status(404),
    "forbidden": status(403),
    "broken": status(500),
    "asked too often": status(429, Retry_After=3600),
    "empty": content(b"", "audio/mpeg", ETag='"copy-2"'),
    "a hotel's login page": content(b"<html>Welcome to our hotel</html>", "text/html", ETag='"portal"'),
    "a login page that looks like nothing": content(b"Welcome!", "text/html; charset=utf-8", ETag='"portal"'),
    "an error in JSON": content(b'{"error": "expired"}', "audio/mpeg", ETag='"copy-2"'),
    "elsewhere, in her network": redirect("http://127.0.0.1:9/one.mp3"),
    "nothing but a hang-up": lambda handler: None,
    "an answer that is cut off": cut(TWO, 50_000, ETag='"copy-2"', Content_Type="audio/mpeg"),
    "dripping": dripping(TWO, every_s=0.05),
}


@pytest.mark.parametrize("name", NO_ANSWER)
def test_what_is_on_disk_stays_when_nothing_better_comes(server: Loopback, tmp_path: Path, name: str) -> None:
    assert renewed(server, tmp_path, audio(ONE), NO_ANSWER[name]) == ONE


def test_a_server_that_falls_silent_does_not_keep_her_from_what_is_there(server: Loopback, tmp_path: Path) -> None:
    one = episode(server.add("/one.mp3", audio(ONE)))
    path = fetch_audio(one, tmp_path, options=ASKING)
    server.add("/one.mp3", silent)
    assert fetch_audio(one, tmp_path, options=DownloadOptions(deadline_s=1.0, fresh_s=0.0)) == path
    assert len(server.seen) == 2


def test_offline_the_file_on_disk_is_used(tmp_path: Path) -> None:
    with Loopback() as server:
        one = episode(server.add("/one.mp3", audio(ONE)))
        path = fetch_audio(one, tmp_path, options=ASKING)
    assert fetch_audio(one, tmp_path, options=ASKING) == path


def test_a_renewal_that_was_interrupted_goes_on(server: Loopback, tmp_path: Path) -> None:
    new = audio(TWO, etag='"copy-2"', cut_after=30_000)
    broken = in_turn(new, new, new, status(500))
    assert renewed(server, tmp_path, audio(ONE), broken) == ONE, "half of the new one is no reason to lose the old one"
    server.add("/one.mp3", audio(TWO, etag='"copy-2"'))
    server.seen.clear()
    assert fetch_audio(episode(server.url("/one.mp3")), tmp_path, options=ASKING).read_bytes() == TWO
    assert server.seen[-1].headers["range"] == "bytes=30000-"


def test_the_end_of_a_run_during_a_renewal_is_passed_on(server: Loopback, tmp_path: Path) -> None:
    class EndedError(PodnotesError):
        pass

    def end(progress: DownloadProgress) -> None:
        raise EndedError

    one = episode(server.add("/one.mp3", audio(ONE)))
    fetch_audio(one, tmp_path, options=ASKING)
    server.add("/one.mp3", audio(TWO, etag='"copy-2"'))
    with pytest.raises(EndedError):
        fetch_audio(one, tmp_path, options=ASKING, on_progress=end)
    assert fetch_audio(one, tmp_path, options=ASKING).read_bytes() == TWO


# --------------------------------------------------------------------------------------------- damage, and old caches


@pytest.mark.parametrize("how", ["a byte", "the end", "all of it"])
def test_damage_on_the_disk_is_noticed(server: Loopback, tmp_path: Path, how: str) -> None:
    one = episode(server.add("/one.mp3", audio(ONE)))
    path = fetch_audio(one, tmp_path, options=USUAL)
    damaged = {"a byte": ONE[:50] + b"?" + ONE[51:], "the end": ONE[:-1], "all of it": b""}[how]
    path.write_bytes(damaged)
    assert fetch_audio(one, tmp_path, options=USUAL).read_bytes() == ONE
    assert len(server.seen) == 2


def test_damage_without_a_server_is_said(server: Loopback, tmp_path: Path) -> None:
    one = episode(server.add("/one.mp3", audio(ONE)))
    path = fetch_audio(one, tmp_path, options=USUAL)
    path.write_bytes(ONE[:-1])
    server.add("/one.mp3", status(404))
    with pytest.raises(FetchError, match="the copy on disk is damaged") as caught:
        fetch_audio(one, tmp_path, options=USUAL)
    assert str(path) in str(caught.value)
    assert path.read_bytes() == ONE[:-1], "she may want to hear what is left"


@pytest.mark.parametrize("text", [None, "", "[]", "{}", '{"size": "x"}', "\0"])
def test_a_download_without_a_note_is_taken_as_it_is(server: Loopback, tmp_path: Path, text: str | None) -> None:
    # As earlier versions left them.
    one = episode(server.add("/one.mp3", audio(ONE)))
    path = fetch_audio(one, tmp_path, options=USUAL)
    note(path).unlink()
    if text is not None:
        note(path).write_text(text)
    assert fetch_audio(one, tmp_path, options=USUAL) == path
    assert len(server.seen) == 1
    path.write_bytes(ONE[:-1])
    assert fetch_audio(one, tmp_path, options=USUAL).read_bytes() == ONE, "from then on damage is noticed"


def test_a_note_that_cannot_be_written_is_done_without(server: Loopback, tmp_path: Path) -> None:
    one = episode(server.add("/one.mp3", audio(ONE)))
    path = fetch_audio(one, tmp_path, options=ASKING)
    in_the_way = note(path).with_name(f"{note(path).name}.new")
    in_the_way.mkdir()  # as a full disk, for whoever is root
    server.add("/one.mp3", audio(TWO, etag='"copy-2"'))
    assert fetch_audio(one, tmp_path, options=ASKING).read_bytes() == TWO
    assert fetch_audio(one, tmp_path, options=ASKING).read_bytes() == TWO
    assert not note(path).exists()


def test_an_old_download_is_renewed_by_its_length(server: Loopback, tmp_path: Path) -> None:
    one = episode(server.add("/one.mp3", audio(ONE)))
    path = fetch_audio(one, tmp_path, options=USUAL)
    note(path).unlink()
    assert fetch_audio(one, tmp_path, options=ASKING).read_bytes() == ONE
    assert fetch_audio(one, tmp_path, options=ASKING).read_bytes() == ONE
    assert "if-none-match" not in server.seen[1].headers
    assert server.seen[2].headers["if-none-match"] == '"copy-1"', "what the server said is remembered"


def test_a_file_that_ends_before_its_own_end_is_fetched_again(server: Loopback, tmp_path: Path) -> None:
    # A server's copy that was cut off when it got there: as long as it says, and shorter than the audio says.
    sample = next((SAMPLE_PODCAST / "audio").glob("what*.mp3")).read_bytes()
    short = sample[: len(sample) * 8 // 10]
    one = episode(server.add("/one.mp3", in_turn(audio(short), audio(sample, etag='"copy-2"'))))
    assert fetch_audio(one, tmp_path, options=USUAL).read_bytes() == sample
    # Twice the same is what the publisher has; whoever hears it says what is missing.
    two = episode(server.add("/two.mp3", audio(short)), guid="2")
    assert fetch_audio(two, tmp_path, options=USUAL).read_bytes() == short


def test_secrets_stay_out_of_the_note(server: Loopback, tmp_path: Path) -> None:
    token = "aB3dE5gH7jK9mN1pQ3sT5v"
    server.add(f"/{token}/one.mp3", audio(ONE))
    path = fetch_audio(
        episode(server.url(f"/{token}/one.mp3?auth=topsecret", credentials="anna:hunter2")), tmp_path, options=USUAL
    )
    written = note(path).read_text()
    assert not any(secret in written for secret in (token, "topsecret", "hunter2", "anna", "127.0.0.1"))


# ------------------------------------------------------------------------------------------------------ by content


def test_the_same_audio_under_two_addresses_is_held_once(server: Loopback, tmp_path: Path) -> None:
    first = fetch_audio(episode(server.add("/one.mp3", audio(ONE))), tmp_path, options=USUAL)
    second = fetch_audio(episode(server.add("/b.mp3", audio(ONE)), guid="2", podcast="Q"), tmp_path, options=USUAL)
    other = fetch_audio(episode(server.add("/c.mp3", audio(TWO)), guid="3"), tmp_path, options=USUAL)
    assert first != second
    assert first.samefile(second)
    assert not first.samefile(other)
    held = audio_cache(tmp_path)
    assert (held.files, held.size_bytes) == (3, len(ONE) + len(TWO))
    # One is replaced by its publisher: the other stays what it is.
    server.add("/b.mp3", audio(THREE, etag='"copy-2"'))
    assert fetch_audio(episode(server.url("/b.mp3"), guid="2", podcast="Q"), tmp_path, options=ASKING) == second
    assert (first.read_bytes(), second.read_bytes()) == (ONE, THREE)
    assert sounds(tmp_path) == sorted([first, second, other])


def test_damage_does_not_spread(server: Loopback, tmp_path: Path) -> None:
    first = fetch_audio(episode(server.add("/one.mp3", audio(ONE))), tmp_path, options=USUAL)
    first.write_bytes(ONE[:-1] + b"?")
    second = fetch_audio(episode(server.add("/b.mp3", audio(ONE)), guid="2"), tmp_path, options=USUAL)
    assert second.read_bytes() == ONE
    assert fetch_audio(episode(server.url("/one.mp3")), tmp_path, options=USUAL).read_bytes() == ONE
    assert first.samefile(second)


def test_without_hard_links_there_are_two_copies(
    server: Loopback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(source: Path, target: Path) -> None:
        raise OSError(95, "Operation not supported")  # as FAT does

    monkeypatch.setattr(os, "link", refuse)
    paths = [
        fetch_audio(episode(server.add(f"/{n}.mp3", audio(ONE)), guid=str(n)), tmp_path, options=USUAL)
        for n in range(2)
    ]
    assert [path.read_bytes() for path in paths] == [ONE, ONE]
    assert audio_cache(tmp_path).size_bytes == 2 * len(ONE)
    assert sounds(tmp_path) == sorted(paths)


def test_an_episode_keeps_its_file_when_its_title_date_or_type_is_corrected(server: Loopback, tmp_path: Path) -> None:
    url = server.add("/one.mp3", in_turn(audio(ONE, cut_after=30_000), status(404)))
    with pytest.raises(FetchError):
        fetch_audio(episode(url, title="Why tuch calms"), tmp_path, options=USUAL)
    server.add("/one.mp3", audio(ONE))
    path = fetch_audio(episode(url), tmp_path, options=USUAL)
    assert server.seen[-1].headers["range"] == "bytes=30000-", "also what was begun"
    count = len(server.seen)
    for corrected in (
        episode(url, title="Why touch soothes", published=datetime(2026, 3, 1, tzinfo=UTC)),
        episode(url, audio=Enclosure(url, "audio/mp4")),
        episode(url, title="\ufe0f❤\ufe0f Why touch calms"),
    ):
        assert fetch_audio(corrected, tmp_path, options=USUAL) == path
    assert len(server.seen) == count
    assert sounds(tmp_path) == [path]


def test_the_hash_is_that_of_the_content(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    # FIPS 180-4's example
    assert content_hash(tmp_path / "a") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


# ----------------------------------------------------------------------------------------------------------- its size


def test_the_command_tells_and_cleans(
    server: Loopback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PODNOTES_LIBRARY", str(tmp_path / "library.sqlite3"))
    paths = filled(server, tmp_path / "audio")
    size = len(ONE) + 1
    assert cli.main(["cache", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said == {"folder": str(tmp_path / "audio"), "files": 4, "bytes": 4 * size}
    assert cli.main(["cache"]) == 0
    assert capsys.readouterr().out == f"4 audio files, 402 kB, in {tmp_path / 'audio'}\n"
    assert cli.main(["cache", "clean", "--keep", str(2.5 * size / 1e9)]) == 0
    assert "Deleted 2 files, 201 kB." in capsys.readouterr().err
    assert sounds(tmp_path / "audio") == sorted(paths[:2]), "what was used last stays"
    assert cli.main(["cache", "clean"]) == 0
    assert list((tmp_path / "audio").iterdir()) == []


def filled(server: Loopback, folder: Path) -> list[Path]:
    """Four downloads of different audio, the first used last."""
    paths = [
        fetch_audio(episode(server.add(f"/{n}.mp3", audio(ONE + bytes([n]))), guid=str(n)), folder) for n in range(4)
    ]
    for age, path in enumerate(paths):
        os.utime(path, (1_700_000_000 - age * 1000,) * 2)
    return paths


def test_the_cache_tells_its_size_and_makes_room(server: Loopback, tmp_path: Path) -> None:
    assert audio_cache(tmp_path / "none").files == 0
    paths = filled(server, tmp_path)
    hers = tmp_path / "my own recording.mp3"
    hers.write_bytes(ONE)
    size = len(ONE) + 1
    assert (audio_cache(tmp_path).files, audio_cache(tmp_path).size_bytes) == (4, 4 * size)
    fetch_audio(episode(server.url("/3.mp3"), guid="3"), tmp_path)  # used now, so it stays
    assert list(evict_audio(tmp_path, max_bytes=2 * size, keep=[paths[2]])) == [paths[1], paths[0]]
    assert sorted(tmp_path.iterdir()) == sorted([hers, paths[2], paths[3], note(paths[2]), note(paths[3])])
    assert len(evict_audio(tmp_path, max_bytes=0)) == 2
    assert list(tmp_path.iterdir()) == [hers]


def test_audio_with_two_names_goes_with_both_or_not_at_all(server: Loopback, tmp_path: Path) -> None:
    twins = [
        fetch_audio(episode(server.add(f"/{n}.mp3", audio(ONE)), guid=str(n), title=f"Take {n}"), tmp_path)
        for n in range(2)
    ]
    os.utime(twins[0], (1_600_000_000,) * 2)
    other = fetch_audio(episode(server.add("/2.mp3", audio(TWO)), guid="2"), tmp_path)
    assert evict_audio(tmp_path, max_bytes=len(ONE) + len(TWO)) == ()
    assert evict_audio(tmp_path, max_bytes=len(TWO), keep=[twins[0]]) == (other,)
    assert sorted(evict_audio(tmp_path, max_bytes=1)) == sorted(twins)
    assert list(tmp_path.iterdir()) == []


def test_what_an_interrupted_download_left_is_counted_and_cleaned(server: Loopback, tmp_path: Path) -> None:
    one = episode(server.add("/one.mp3", in_turn(audio(ONE, cut_after=30_000), status(404))))
    with contextlib.suppress(FetchError):
        fetch_audio(one, tmp_path, options=USUAL)
    held = audio_cache(tmp_path)
    assert (held.files, held.size_bytes) == (1, 30_000)
    assert len(evict_audio(tmp_path)) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_link_that_she_put_there_is_left_alone(server: Loopback, tmp_path: Path) -> None:
    path = fetch_audio(episode(server.add("/one.mp3", audio(ONE))), tmp_path / "audio", options=USUAL)
    hers = tmp_path / "hers.mp3"
    shutil.move(path, hers)
    path.symlink_to(hers)
    assert audio_cache(tmp_path / "audio").files == 0
    evict_audio(tmp_path / "audio")
    assert hers.read_bytes() == ONE


def test_audio_error_for_a_damaged_copy_keeps_its_kind(server: Loopback, tmp_path: Path) -> None:
    one = episode(server.add("/one.mp3", audio(ONE)))
    fetch_audio(one, tmp_path, options=USUAL).write_bytes(b"x")
    server.add("/one.mp3", content(b"<html>", "text/html"))
    with pytest.raises(AudioError, match=r"a web page instead of audio: .* damaged"):
        fetch_audio(one, tmp_path, options=USUAL)


# ------------------------------------------------------------------------------------------------ in use, or no audio


def in_another_process(code: str, *arguments: object) -> subprocess.Popen[str]:
    """Start a process that prints a line when it is ready, and ends when its standard input does."""
    process = subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


USING = """
import sys
from pathlib import Path
from podnotes.media import using
with using(Path(sys.argv[1])):
    print("ready", flush=True)
    sys.stdin.read()
"""


def test_audio_that_another_run_uses_stays(server: Loopback, tmp_path: Path) -> None:
    paths = filled(server, tmp_path)
    process = in_another_process(USING, paths[1])
    with using(paths[2]), using(paths[2]):
        assert sorted(evict_audio(tmp_path)) == sorted([paths[0], paths[3]])
        assert sounds(tmp_path) == sorted([paths[1], paths[2]])
        assert evict_audio(tmp_path, max_bytes=0) == ()
    process.kill()  # however it ends
    process.communicate()
    assert evict_audio(tmp_path, max_bytes=10**9) == ()
    assert not list(tmp_path.glob(".*.use"))
    assert sorted(evict_audio(tmp_path)) == sorted([paths[1], paths[2]])
    assert list(tmp_path.iterdir()) == []


def test_audio_that_is_being_fetched_stays(server: Loopback, tmp_path: Path) -> None:
    begun = threading.Event()
    one = episode(server.add("/one.mp3", audio(ONE, pause_s=0.5)))
    found: list[Path] = []
    thread = threading.Thread(
        target=lambda: found.append(fetch_audio(one, tmp_path, options=USUAL, on_progress=lambda _: begun.set()))
    )
    thread.start()
    try:
        assert begun.wait(30)
        assert evict_audio(tmp_path) == ()
    finally:
        thread.join()
    assert found[0].read_bytes() == ONE


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"Unauthorized", "a text"),
        (b"#EXTM3U\n#EXTINF:10,\nhttps://cdn.example.org/1.ts\n", "a playlist"),
        (b"[playlist]\nFile1=https://cdn.example.org/1.mp3\n", "a playlist"),
        ("Für diese Folge brauchst du ein Abo: bitte melde dich an.".encode(), "a text"),
        (b"\x00\x01\x02\x03" * 5000, "something"),
        (b"ID3\x04\x00\x00\x00\x00\x00\x00" + bytes(5000), "something"),
    ],
)
def test_what_is_no_audio_is_thrown_away_and_asked_for_again(
    server: Loopback, tmp_path: Path, body: bytes, said: str
) -> None:
    url = server.add("/one.mp3", in_turn(content(body, "audio/mpeg"), audio(ONE)))
    with pytest.raises(AudioError, match=f"{said} instead of audio"):
        fetch_audio(episode(url), tmp_path, options=USUAL)
    assert sounds(tmp_path) == []
    assert fetch_audio(episode(url), tmp_path, options=USUAL).read_bytes() == ONE


def test_a_text_does_not_cost_half_a_download(server: Loopback, tmp_path: Path) -> None:
    url = server.add("/one.mp3", in_turn(audio(ONE, cut_after=50_000), content(b"Unauthorized", "audio/mpeg")))
    with pytest.raises(PodnotesError):
        fetch_audio(episode(url), tmp_path, options=USUAL)
    server.add("/one.mp3", audio(ONE))
    assert fetch_audio(episode(url), tmp_path, options=USUAL).read_bytes() == ONE
    assert server.seen[-1].headers["range"] == "bytes=50000-"


def test_a_file_that_begins_slowly_is_no_text(server: Loopback, tmp_path: Path) -> None:
    def slowly(handler: Handler) -> None:
        handler.head(200, {"Content-Length": len(ONE), "Content-Type": "audio/mpeg"})
        for start in range(4):
            handler.wfile.write(ONE[start : start + 1])
            handler.wfile.flush()
            handler.pause(0.05)
        handler.wfile.write(ONE[4:])

    assert fetch_audio(episode(server.add("/one.mp3", slowly)), tmp_path, options=USUAL).read_bytes() == ONE


@pytest.mark.parametrize("label", ["none", "utf-8", "aws-chunked"])
def test_audio_with_an_odd_label_is_taken_as_it_is(server: Loopback, tmp_path: Path, label: str) -> None:
    url = server.add("/one.mp3", content(ONE, "audio/mpeg", Content_Encoding=label, ETag='"1"'))
    assert fetch_audio(episode(url), tmp_path, options=USUAL).read_bytes() == ONE


def test_a_lock_that_cannot_be_deleted_is_no_reason_to_fail(
    server: Loopback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    delete = Path.unlink

    def as_on_windows(path: Path, missing_ok: bool = False) -> None:
        if path.suffix == ".lock" and path.exists():
            raise PermissionError(13, "The process cannot access the file because it is being used")
        delete(path, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", as_on_windows)
    assert fetch_audio(episode(server.add("/one.mp3", audio(ONE))), tmp_path, options=USUAL).read_bytes() == ONE
