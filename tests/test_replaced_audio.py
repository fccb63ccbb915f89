"""Audio that changes at its publisher's during the work: no word of one copy ends up among those of another."""

from __future__ import annotations

import wave
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from podnotes import DraftOptions, Library, Outcome, draft_notes
from podnotes.asr import recognition
from podnotes.asr.speech_options import SpeechOptions
from podnotes.audio.cache import evict_audio
from podnotes.audio.decode import SAMPLE_RATE, AudioReader
from tests.http.loopback import Loopback, audio, content

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from podnotes.models import Chunk

FEED = """<rss version="2.0"><channel><title>Touch and Pain</title><item><title>A talk</title><guid>1</guid>
<enclosure url="{url}" type="audio/mpeg"/></item></channel></rss>"""


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback() as running:
        yield running


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(tmp_path / "library.sqlite3") as opened:
        yield opened


@pytest.fixture
def options(speech_model: Path, monkeypatch: pytest.MonkeyPatch) -> DraftOptions:
    monkeypatch.setattr(recognition, "_CHUNK_SECONDS", 1.0)  # a stretch is a single window of 30 seconds then
    return DraftOptions(model=str(speech_model), episodes=1, speech=SpeechOptions(batch_size=1))


def publish(server: Loopback, url: str) -> str:
    return server.add("/feed.xml", content(FEED.format(url=url).encode()))


def interrupt(feed: str, library: Library, options: DraftOptions, out: Path) -> float:
    """Recognise the first stretch of the episode and stop, as Ctrl-C does; return the second at which it ends."""
    ends: list[float] = []

    def save_and_stop(episode_id: int, recipe: str, chunk: Chunk) -> None:
        Library.save_chunk(library, episode_id, recipe, chunk)
        ends.append(chunk.end)
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(library, "save_chunk", save_and_stop)
        with pytest.raises(KeyboardInterrupt):
            list(draft_notes(feed, out=out, library=library, options=options))
    assert ends[0] > 0
    return ends[0]


def words_and_start(feed: str, library: Library, options: DraftOptions, out: Path) -> tuple[str, float]:
    """Draft the episode; return its words, and the second at which the first stretch begins that is recognised now."""
    starts: list[float] = []

    def note_and_save(episode_id: int, recipe: str, chunk: Chunk) -> None:
        starts.append(chunk.start)
        Library.save_chunk(library, episode_id, recipe, chunk)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(library, "save_chunk", note_and_save)
        (result,) = draft_notes(feed, out=out, library=library, options=options)
    assert result.outcome is not Outcome.FAILED, result.error
    assert result.transcript is not None
    return result.transcript.text, starts[0]


@pytest.fixture(scope="module")
def talks(sample_podcast: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, bytes]:
    """The beginnings of two recordings: one about soup, one about touch."""
    made = []
    for name in ("soup-servers-and-a-slow-train.mp3", "what-touch-tells-the-brain.mp3"):
        with AudioReader(sample_podcast / "audio" / name) as reader:
            samples = next(reader.blocks(38.0))  # a window and a bit
        path = tmp_path_factory.mktemp("talks") / "talk.wav"
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(SAMPLE_RATE)
            file.writeframes((samples * 32767).astype("<i2").tobytes())
        made.append(path.read_bytes())
    return made[0], made[1]


@pytest.mark.speech
def test_a_run_that_was_interrupted_goes_on_with_the_copy_that_it_began(
    server: Loopback, library: Library, options: DraftOptions, talks: tuple[bytes, bytes], tmp_path: Path
) -> None:
    old, new = talks
    server.add("/old.wav", audio(old))
    server.add("/new.wav", audio(new, etag='"copy-2"'))
    feed = publish(server, server.url("/old.wav?token=1"))
    end = interrupt(feed, library, options, tmp_path / "drafts")
    publish(server, server.url("/new.wav"))
    text, start = words_and_start(feed, library, options, tmp_path / "drafts")
    assert start == end, "what was recognised isn't recognised again"
    assert "soup" in text.casefold()
    assert [seen.path for seen in server.seen] == ["/feed.xml", "/old.wav?token=1", "/feed.xml"]

    # Known words need no audio, whatever its address is now.
    publish(server, server.url("/new.wav?token=2"))
    list(draft_notes(feed, out=tmp_path / "again", library=library, options=options))
    assert [seen.path for seen in server.seen[3:]] == ["/feed.xml"]


@pytest.mark.speech
def test_stretches_of_a_copy_that_is_gone_are_not_joined_to_another_one(
    server: Loopback, library: Library, options: DraftOptions, talks: tuple[bytes, bytes], tmp_path: Path
) -> None:
    old, new = talks
    feed = publish(server, server.add("/talk.wav", audio(old)))
    interrupt(feed, library, options, tmp_path / "drafts")
    assert len(evict_audio(library.folder)) == 1
    server.add("/talk.wav", audio(new, etag='"copy-2"'))
    text, start = words_and_start(feed, library, options, tmp_path / "drafts")
    assert start == 0
    assert "soup" not in text.casefold()
    assert "touch" in text.casefold()


@pytest.mark.speech
def test_a_worker_that_fetches_another_copy_begins_anew(
    server: Loopback, library: Library, options: DraftOptions, talks: tuple[bytes, bytes], tmp_path: Path
) -> None:
    old, new = talks
    feed = publish(server, server.add("/talk.wav", audio(old)))
    interrupt(feed, library, options, tmp_path / "drafts")
    server.add("/talk.wav", audio(new, etag='"copy-2"'))
    with ThreadPoolExecutor(1) as executor:
        (result,) = draft_notes(
            feed, out=tmp_path / "drafts", library=library, options=options, executor=executor
        )  # fmt: skip
    assert result.transcript is not None, result.error
    assert "soup" not in result.transcript.text.casefold()
    assert "touch" in result.transcript.text.casefold()


@pytest.mark.speech
def test_what_an_older_version_recognised_is_not_gone_on_with(
    server: Loopback, library: Library, options: DraftOptions, talks: tuple[bytes, bytes], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    server.add("/talk.wav", audio(talks[1]))
    feed = publish(server, server.url("/talk.wav"))
    interrupt(feed, library, options, tmp_path / "drafts")
    monkeypatch.setattr("podnotes.asr.speech_options.DECODING", 1_000_000)
    assert words_and_start(feed, library, options, tmp_path / "drafts")[1] == 0.0
