"""podnotes as a library: arguments refused where they are given, engines handed over, work that is given up."""

from __future__ import annotations

import asyncio
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import podnotes
from podnotes import DraftOptions, Topic, UsageError
from podnotes.asr.throughput import remember_speed
from podnotes.audio.decode import AudioReader
from tests.asr.conftest import write_wav
from tests.http.loopback import Loopback, status

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator, Sequence

    from podnotes.asr.vad import Window

ROOT = Path(__file__).resolve().parent.parent
#: Seconds within which work that is given up has to end, and between two reports of progress.
SOON = 2.0


class Slow:
    """An engine that is at one window for as long as nobody lets it go on."""

    name = "slow"
    details: dict[str, str] = {"engine": "slow"}  # noqa: RUF012 - as the protocol has it
    languages = frozenset({"en"})
    batch_size = 1
    window_s = 30.0

    def __init__(self, go: threading.Event | None = None) -> None:
        self.go = go or threading.Event()
        self.begun = threading.Event()

    def recognise(
        self, samples: Any, windows: Sequence[Window], *, language: str, hotwords: Sequence[str] = ()
    ) -> Iterator[list[podnotes.Hypothesis]]:
        for window in windows:
            self.begun.set()
            self.go.wait(60.0)
            text = "Touch calms the nervous system, and that is why pain is less when somebody holds your hand."
            yield [podnotes.Hypothesis(window.start, window.end, text, -0.1)]

    def detect_language(self, samples: Any, windows: Sequence[Window]) -> tuple[str, float]:
        return "en", 1.0


class StopError(Exception):
    """What a caller raises to give work up."""


class Watch:
    """A callback that notes when it is called, and raises once it is told to."""

    def __init__(self, raise_when: Callable[[], bool] = lambda: False) -> None:
        self.raise_when = raise_when
        self.times: list[float] = []
        self.raised: float | None = None

    def __call__(self, _: object) -> None:
        now = time.monotonic()
        self.times.append(now)
        if self.raise_when():
            self.raised = self.raised or now
            raise StopError

    def wait(self) -> float:
        """The longest time between two reports, in seconds."""
        return max(after - before for before, after in zip(self.times, self.times[1:], strict=False))


@pytest.fixture
def talk(tmp_path: Path, sample_podcast: Path) -> Path:
    """Forty seconds in which somebody speaks."""
    with AudioReader(sample_podcast / "audio" / "what-touch-tells-the-brain.mp3") as reader:
        return write_wav(tmp_path / "talk.wav", next(reader.blocks(40.0)))


@pytest.fixture
def library(tmp_path: Path) -> Iterator[podnotes.Library]:
    with podnotes.Library(tmp_path / "library.sqlite3") as opened:
        yield opened


# ------------------------------------------------------------------------------------------------- wrong arguments


@pytest.mark.parametrize(
    "wrong",
    [
        {"episodes": -1},
        {"episodes": 0},
        {"episodes": "3"},
        {"since": "2026-01-01"},
        {"match": 3},
        {"topics": 7},
        {"model": 7},
        {"template": None},
        {"cache_bytes": -1},
        {"speech": "small.en"},
        {"note": {}},
    ],
    ids=str,
)
def test_options_of_a_run_are_checked_when_they_are_made(wrong: dict[str, Any]) -> None:
    (name,) = wrong
    with pytest.raises(UsageError, match=rf"^{name} is "):
        DraftOptions(**wrong)


def test_a_moment_is_taken_for_its_day() -> None:
    assert DraftOptions(since=datetime(2026, 1, 1, 12, tzinfo=UTC)).since == date(2026, 1, 1)


@pytest.mark.parametrize(
    "make",
    [
        lambda: podnotes.SpeechOptions(threads="4"),  # type: ignore[arg-type]
        lambda: podnotes.SpeechOptions(hotwords="pain"),  # type: ignore[arg-type]
        lambda: podnotes.NoteOptions(quotes=2.5),  # type: ignore[arg-type]
        lambda: podnotes.NoteOptions(made="today"),  # type: ignore[arg-type]
        lambda: podnotes.DownloadOptions(tries=0),
        lambda: Topic("My topic", "Mine", terms=("mine",)),
        lambda: Topic("touch", "Touch", terms="touch"),  # type: ignore[arg-type]
        lambda: Topic("touch", "Touch", glossary=("touch",)),  # type: ignore[arg-type]
    ],
)
def test_other_options_and_topics_too(make: Callable[[], object]) -> None:
    with pytest.raises(UsageError):
        make()


def test_a_list_of_terms_will_do() -> None:
    topic = Topic("touch", "Touch", terms=["touch"])  # type: ignore[arg-type]
    assert topic.terms == ("touch",)
    assert hash(topic)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"source": 7}, UsageError),
        ({"options": DraftOptions(topics="none")}, podnotes.TopicsError),
        ({"options": DraftOptions(template="none")}, podnotes.TemplateError),
        ({"out": __file__}, podnotes.OutputError),
    ],
)
def test_a_run_refuses_arguments_when_it_is_called(
    arguments: dict[str, Any], error: type[Exception], tmp_path: Path
) -> None:
    with pytest.raises(error):
        podnotes.draft_notes(**{"source": "feed.xml", "out": tmp_path / "drafts", **arguments})


# ----------------------------------------------------------------------------------------------------- topics


@pytest.fixture
def published(sample_podcast: Path) -> tuple[podnotes.Episode, podnotes.Transcript]:
    """An episode with its publisher's transcript."""
    episodes = podnotes.read_feed(sample_podcast / "feed.xml").episodes
    episode = next(episode for episode in episodes if episode.transcripts)
    transcript = podnotes.fetch_transcript(episode)
    assert transcript is not None
    return episode, transcript


def test_topics_are_named_as_load_topics_takes_them(published: tuple[podnotes.Episode, podnotes.Transcript]) -> None:
    _, talk = published
    named = podnotes.find_passages(talk, "bodywork")
    assert named == podnotes.find_passages(talk, podnotes.load_topics("bodywork"))
    assert named.passages
    pain = next(topic for topic in podnotes.load_topics() if topic.id == "pain")
    assert podnotes.find_passages(talk, pain) == podnotes.find_passages(talk, [pain])
    with pytest.raises(podnotes.TopicsError):
        podnotes.find_passages(talk, "none")
    with pytest.raises(UsageError):
        podnotes.find_passages(talk, ["bodywork"])  # type: ignore[list-item]


def test_a_note_has_the_topics_that_were_searched_with(published: tuple[podnotes.Episode, podnotes.Transcript]) -> None:
    episode, talk = published
    own = Topic("alarm", "The alarm of pain", terms=("pain", "nerves"), prompts=("When does it ring?",))
    note = podnotes.compose_note(episode, podnotes.find_passages(talk, own), talk)
    (section,) = note.sections
    assert section.topic == own
    assert podnotes.compose_note(episode, podnotes.find_passages(talk, own), talk, [own]).sections == note.sections


# ----------------------------------------------------------------------------------------------------- engines


def test_a_run_takes_an_engine(talk: Path, library: podnotes.Library, tmp_path: Path) -> None:
    go = threading.Event()
    go.set()
    options = DraftOptions(model=Slow(go), topics="bodywork")
    (result,) = podnotes.draft_notes(talk, out=tmp_path / "drafts", library=library, options=options)
    assert result.error is None
    assert result.transcript is not None
    assert result.transcript.model == "slow"
    assert result.findings is not None
    assert result.findings.topics == podnotes.load_topics("bodywork")
    (known,) = podnotes.draft_notes(talk, out=tmp_path / "drafts", library=library, options=options)
    assert known.outcome is podnotes.Outcome.KNOWN


# ------------------------------------------------------------------------------------------- work that is given up


def given_up(work: Callable[[], object], watch: Watch) -> None:
    with pytest.raises(StopError):
        work()
    assert watch.raised is not None
    assert time.monotonic() - watch.raised < SOON


def test_recognition_reports_while_it_is_at_a_batch_and_is_given_up_by_raising(talk: Path) -> None:
    engine = Slow()
    began: list[float] = []

    def long_enough() -> bool:
        if engine.begun.is_set():
            began.append(time.monotonic())
        return bool(began) and time.monotonic() - began[0] > 2 * SOON

    watch = Watch(long_enough)
    given_up(lambda: podnotes.transcribe(talk, engine, on_progress=watch), watch)
    engine.go.set()
    assert watch.wait() < SOON


def test_the_time_left_falls_while_a_batch_is_recognised(talk: Path) -> None:
    remember_speed(Slow.name, 3600.0, 3600.0)
    engine = Slow()
    left: list[float] = []

    def note(progress: podnotes.SpeechProgress) -> None:
        if progress.left_s is not None:
            left.append(progress.left_s)
        if len(left) == 4:
            engine.go.set()

    podnotes.transcribe(talk, engine, on_progress=note)
    assert left[0] > left[1] > left[2] > left[3] > 0.0


def test_voices_are_given_up_by_raising(talk: Path) -> None:
    watch = Watch(lambda: len(watch.times) > 1)
    given_up(lambda: podnotes.diarize(talk, on_progress=watch), watch)


def test_a_download_is_given_up_while_the_server_is_silent(tmp_path: Path) -> None:
    with Loopback() as server:
        url = server.add("/1.mp3", lambda handler: handler.pause(600.0))
        episode = podnotes.Episode(guid="1", title="One", podcast="Show", audio=podnotes.Enclosure(url), feed_url=url)
        watch = Watch(lambda: len(watch.times) > 3)
        given_up(lambda: podnotes.fetch_audio(episode, tmp_path, on_progress=watch), watch)
        assert watch.wait() < SOON


@pytest.mark.parametrize("hangs", ["/feed.xml", "/1.mp3"])
def test_a_run_is_given_up_while_a_server_is_silent(hangs: str, library: podnotes.Library, tmp_path: Path) -> None:
    with Loopback() as server:
        item = f'<item><title>1</title><guid>1</guid><enclosure url="{server.url("/1.mp3")}" type="audio/mpeg"/></item>'
        feed = f"<rss version='2.0'><channel><title>Slow</title>{item}</channel></rss>"
        server.add("/feed.xml", status(200, feed.encode(), Content_Type="application/rss+xml"))
        server.add(hangs, lambda handler: handler.pause(600.0))
        watch = Watch(lambda: any(seen.path == hangs for seen in server.seen))
        options = DraftOptions(model=Slow())
        run = podnotes.draft_notes(
            server.url("/feed.xml"), out=tmp_path / "drafts", library=library, options=options, on_event=watch
        )
        given_up(lambda: list(run), watch)


def test_what_was_finished_is_kept_when_a_run_is_given_up(
    talk: Path, library: podnotes.Library, tmp_path: Path
) -> None:
    engine = Slow()
    watch = Watch(engine.begun.is_set)
    folder = tmp_path / "talks"
    folder.mkdir()
    (folder / "talk.wav").write_bytes(talk.read_bytes())
    options = DraftOptions(model=engine)

    def run() -> list[podnotes.EpisodeResult]:
        return list(podnotes.draft_notes(folder, out=tmp_path, library=library, options=options, on_event=watch))

    given_up(run, watch)
    engine.go.set()
    watch.raise_when = lambda: False
    (result,) = run()
    assert result.transcript is not None


def recipe(heading: str) -> str:
    page = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    found = re.search(rf"^## {heading}$.*?^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


def _run(work: Coroutine[Any, Any, Any]) -> Any:
    """Run it in a thread of its own: a browser's tests may have left an event loop in this one."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(asyncio.run, work).result()


def test_the_recipe_for_asyncio(talk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PODNOTES_LIBRARY", str(tmp_path / "library.sqlite3"))
    monkeypatch.chdir(tmp_path)
    engine = Slow()
    names: dict[str, Any] = {}
    exec(recipe("With asyncio"), names)

    async def cancelled() -> float:
        task = asyncio.create_task(names["draft"](talk, podnotes.DraftOptions(model=engine)))
        while not engine.begun.is_set():
            await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return time.monotonic()

    assert _run(cancelled()) > time.monotonic() - SOON  # asyncio.run waits for the thread
    engine.go.set()
    (result,) = _run(names["draft"](talk, podnotes.DraftOptions(model=engine)))
    assert result.error is None


def test_the_recipe_for_a_button(talk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PODNOTES_LIBRARY", str(tmp_path / "library.sqlite3"))
    monkeypatch.chdir(tmp_path)
    engine = Slow()
    names: dict[str, Any] = {}
    exec(recipe("Stopping"), names)
    threading.Thread(target=lambda: (engine.begun.wait(60.0), names["stop"].set())).start()
    assert names["draft"](talk, podnotes.DraftOptions(model=engine)) == []
    engine.go.set()
