"""Downloads on disk: found again, left as they are, evicted by size."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from podnotes import AudioError, FetchError, PodnotesError, cli, fetch_audio
from podnotes.audio.cache import audio_cache, evict_audio
from podnotes.audio.download_locks import using
from podnotes.audio.transfer import DownloadOptions
from podnotes.models import Enclosure, Episode
from tests.audio.sounds import noise_in_mp3
from tests.conftest import SAMPLE_PODCAST
from tests.http.loopback import (
    Handler,
    Loopback,
    audio,
    content,
    in_turn,
    status,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

USUAL = DownloadOptions(deadline_s=10, tries=3, pause_s=0.01)
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


# ---------------------------------------------------------------------------------- what is there


def test_what_is_there_is_not_asked_about(server: Loopback, tmp_path: Path) -> None:
    one = episode(server.add("/one.mp3", audio(ONE)))
    path = fetch_audio(one, tmp_path, options=USUAL)
    server.add("/one.mp3", audio(TWO, etag='"copy-2"'))
    server.seen.clear()
    assert fetch_audio(one, tmp_path, options=USUAL) == path
    assert path.read_bytes() == ONE
    assert server.seen == []


def test_offline_the_file_on_disk_is_used(tmp_path: Path) -> None:
    with Loopback() as server:
        one = episode(server.add("/one.mp3", audio(ONE)))
        path = fetch_audio(one, tmp_path, options=USUAL)
    assert fetch_audio(one, tmp_path, options=USUAL) == path


# --------------------------------------------------------------------------------------------- files that are cut off


def test_a_file_that_ends_before_its_own_end_is_fetched_again(server: Loopback, tmp_path: Path) -> None:
    # A server's copy that was cut off when it got there: as long as it says, and shorter than the audio says.
    sample = next((SAMPLE_PODCAST / "audio").glob("what*.mp3")).read_bytes()
    short = sample[: len(sample) * 8 // 10]
    one = episode(server.add("/one.mp3", in_turn(audio(short), audio(sample, etag='"copy-2"'))))
    assert fetch_audio(one, tmp_path, options=USUAL).read_bytes() == sample
    # Twice the same is what the publisher has; whoever hears it says what is missing.
    two = episode(server.add("/two.mp3", audio(short)), guid="2")
    assert fetch_audio(two, tmp_path, options=USUAL).read_bytes() == short


# ------------------------------------------------------------------------------------------------------ by content


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
    assert sorted(tmp_path.iterdir()) == sorted([hers, paths[2], paths[3]])
    assert len(evict_audio(tmp_path, max_bytes=0)) == 2
    assert list(tmp_path.iterdir()) == [hers]


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
from podnotes.audio.download_locks import using
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
        (b"Unauthorized", "plain text"),
        (b"#EXTM3U\n#EXTINF:10,\nhttps://cdn.example.org/1.ts\n", "a playlist"),
        (b"[playlist]\nFile1=https://cdn.example.org/1.mp3\n", "a playlist"),
        ("Für diese Folge brauchst du ein Abo: bitte melde dich an.".encode(), "plain text"),
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
