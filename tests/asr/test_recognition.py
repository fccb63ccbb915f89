"""Recognition with the real engine: the words, their times, interruption, and what can go wrong."""

from __future__ import annotations

import itertools
import json
import shutil
import signal
import subprocess
import sys
import time
import tracemalloc
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from podnotes import cli
from podnotes.asr.engine import Hypothesis, load_engine
from podnotes.asr.recognition import transcribe
from podnotes.asr.speech_options import SpeechOptions, SpeechProgress
from podnotes.asr.throughput import remember_speed
from podnotes.asr.vad import LONGEST_CHUNK_SECONDS, VoiceDetector, Window, gather, plan_windows, speech_regions
from podnotes.errors import AudioError, ModelError, SpeechError, UsageError
from tests.asr.conftest import Spoken, word_error_rate, write_wav

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from podnotes.asr.engine import Engine
    from podnotes.models import Chunk, Transcript

RATE = 16_000


class Parrot:
    """An engine that says which window it was given: its words tell what it heard."""

    name = "parrot"
    languages = frozenset({"en"})
    batch_size = 2
    window_s = 10.0

    def __init__(self) -> None:
        self.details = {"engine": "parrot"}
        self.heard: list[float] = []

    def recognise(
        self, samples: NDArray[np.float32], windows: Sequence[Window], **options: Any
    ) -> Iterator[list[Hypothesis]]:
        for window in windows:
            piece = samples[round(window.start * RATE) : round(window.end * RATE)]
            self.heard.append(window.end - window.start)
            loud = float(np.abs(piece).sum())
            text = f"I heard {loud:.3f} here and it lasted {window.end - window.start:.3f} seconds."
            yield [Hypothesis(window.start, window.end, text)]

    def detect_language(self, samples: NDArray[np.float32], windows: Sequence[Window]) -> tuple[str, float]:
        return "en", 1.0


@pytest.fixture(scope="module")
def engine(speech_model: Path) -> Engine:
    return load_engine(speech_model, SpeechOptions())


@pytest.fixture(scope="module")
def long(spoken: Spoken, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight minutes of talk."""
    return write_wav(tmp_path_factory.mktemp("long") / "long.wav", np.tile(spoken.samples, 3)[: 480 * RATE])


# ---------------------------------------------------------------------------------------------------- the words


@pytest.mark.speech
def test_words_times_and_provenance(minute: tuple[Path, Spoken], speech_model: Path) -> None:
    path, spoken = minute
    seen: list[SpeechProgress] = []
    transcript = transcribe(path, speech_model, language="en-US", on_progress=seen.append)
    assert word_error_rate(transcript, spoken) < 0.15
    assert transcript.duration == pytest.approx(len(spoken.samples) / RATE, abs=0.05)
    assert (transcript.source, transcript.language, transcript.timed) == ("recognised", "en", True)
    assert transcript.model == speech_model.name
    assert transcript.details["engine"].startswith("faster-whisper ")
    assert {"compute_type", "device", "batch_size", "threads"} <= transcript.details.keys()
    assert transcript.warnings == ()
    ends = [0.0]
    for segment in transcript.segments:
        assert segment.text == " ".join(segment.text.split()) != ""
        assert ends[-1] - 0.05 <= segment.start <= segment.end <= transcript.duration + 0.05
        ends.append(segment.end)
    starts = {text: start for start, _, text in spoken.sentences}
    exact = [abs(s.start - starts[s.text]) for s in transcript.segments if s.text in starts]
    assert len(exact) > 3
    assert max(exact) < 0.5
    assert [event.step for event in seen[:2]] == ["load", "recognise"]
    done = [event.done for event in seen if event.step == "recognise"]
    assert done == sorted(done)
    assert done[-1] == pytest.approx(seen[-1].total, abs=0.1)
    assert seen[-1].speed is not None
    assert seen[-1].speed > 0


@pytest.mark.speech
def test_words_with_times(minute: tuple[Path, Spoken], engine: Engine) -> None:
    transcript = transcribe(minute[0], engine, options=SpeechOptions())
    for segment in transcript.segments:
        assert " ".join(word.text for word in segment.words) == segment.text
        assert all(word.probability is not None for word in segment.words)


# ------------------------------------------------------------------------------------- stretches and interruption


def test_an_interrupted_run_ends_as_an_uninterrupted_one(monkeypatch: pytest.MonkeyPatch, long: Path) -> None:
    monkeypatch.setattr("podnotes.asr.recognition._CHUNK_SECONDS", 100.0)
    chunks: list[Chunk] = []
    whole = transcribe(long, Parrot(), on_chunk=chunks.append)
    assert len(chunks) > 4
    assert [s.start for s in chunks[1:]] == [s.end for s in chunks[:-1]]
    for count in range(len(chunks) + 1):
        parrot = Parrot()
        later: list[Chunk] = []
        again = transcribe(long, parrot, done=chunks[:count], on_chunk=later.append)
        assert again == whole
        assert later == chunks[count:]


@pytest.mark.speech
def test_the_real_engine_goes_on_where_it_stopped(
    monkeypatch: pytest.MonkeyPatch, minute: tuple[Path, Spoken], engine: Engine
) -> None:
    monkeypatch.setattr("podnotes.asr.recognition._CHUNK_SECONDS", 1.0)
    monkeypatch.setattr(engine, "batch_size", 1)
    chunks: list[Chunk] = []
    whole = transcribe(minute[0], engine, on_chunk=chunks.append)
    assert len(chunks) > 3
    assert transcribe(minute[0], engine, done=chunks[:2]).segments == whole.segments


@pytest.mark.speech
def test_the_words_are_those_of_one_go_but_for_the_cuts(
    monkeypatch: pytest.MonkeyPatch, minute: tuple[Path, Spoken], engine: Engine
) -> None:
    whole = transcribe(minute[0], engine)
    monkeypatch.setattr("podnotes.asr.recognition._CHUNK_SECONDS", 1.0)
    monkeypatch.setattr(engine, "batch_size", 2)
    chunks: list[Chunk] = []
    cut = transcribe(minute[0], engine, on_chunk=chunks.append)
    cuts = [chunk.end for chunk in chunks[:-1]]
    assert len(cuts) >= 2

    def away(transcript: Transcript) -> list[str]:
        return [
            segment.text
            for segment in transcript.segments
            if not any(segment.start - 1.0 < at < segment.end + 1.0 for at in cuts)
        ]

    assert len(away(whole)) >= 3
    assert away(cut) == away(whole)


def test_only_stretches_that_join_are_used(long: Path) -> None:
    chunks: list[Chunk] = []
    whole = transcribe(long, Parrot(), on_chunk=chunks.append)
    fresh: list[Chunk] = []
    assert transcribe(long, Parrot(), done=chunks[1:], on_chunk=fresh.append) == whole
    assert len(fresh) == len(chunks)


def test_what_is_handed_over_is_in_the_callers_thread_and_may_end_the_run(long: Path) -> None:
    class EnoughError(Exception):
        pass

    def stop(chunk: Chunk) -> None:
        raise EnoughError

    with pytest.raises(EnoughError):
        transcribe(long, Parrot(), on_chunk=stop)


@pytest.mark.speech
def test_ctrl_c_stops_at_once(tmp_path: Path, long: Path, speech_model: Path) -> None:
    code = (
        "import sys, podnotes\n"
        "def show(progress): print(progress.step, flush=True)\n"
        "try:\n"
        f"    podnotes.transcribe({str(long)!r}, {str(speech_model)!r}, on_progress=show)\n"
        "except KeyboardInterrupt:\n"
        "    sys.exit(7)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        while process.stdout.readline().strip() != "recognise":
            pass
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        # Only the native call in progress is waited for, not eight minutes of audio.
        assert process.wait(60) == 7


# --------------------------------------------------------------------------------------------------------- voice


def in_frames(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    return samples[: len(samples) // 512 * 512].reshape(-1, 512)


def test_voice_in_pieces_is_heard_as_one(spoken: Spoken) -> None:
    frames = in_frames(spoken.part(0, 20).samples)
    whole = VoiceDetector().hear(frames)
    detector = VoiceDetector()
    pieces = np.concatenate([detector.hear(piece) for piece in np.array_split(frames, 13)])
    assert np.allclose(whole, pieces, atol=1e-5)
    from faster_whisper.vad import get_vad_model

    theirs = get_vad_model()(frames.reshape(-1).copy())
    assert np.allclose(whole[:-2], theirs[: len(whole) - 2], atol=1e-3)


def test_all_speech_is_in_a_window_and_none_is_too_long(spoken: Spoken) -> None:
    voice = VoiceDetector().hear(in_frames(spoken.samples))
    for longest in (8.0, 30.0):
        windows = plan_windows(voice, longest)
        assert all(0.1 < window.end - window.start <= longest + 1e-6 for window in windows)
        assert all(a.end <= b.start + 1e-6 for a, b in itertools.pairwise(windows))
        for start, end in speech_regions(voice):
            assert any(w.start <= start + 1e-6 and end <= w.end + 1e-6 for w in windows) or end - start > longest


def test_speech_without_any_pause_is_cut_all_the_same() -> None:
    windows = plan_windows(np.full(10_000, 0.9, np.float32))
    assert windows[0].start == 0.0
    assert windows[-1].end == pytest.approx(320.0, abs=0.1)
    assert max(window.end - window.start for window in windows) <= 30.0
    assert len(windows) < 20


def test_long_silence_is_passed_on_in_stretches() -> None:
    blocks = iter([np.zeros(60 * RATE, np.float32)] * 14)
    takes = list(gather(blocks, 0.0, 16))
    assert [round(take.end - take.start) for take in takes] == [600, 240]
    assert all(not take.windows for take in takes)


def test_what_waits_to_be_heard_is_held_once(spoken: Spoken) -> None:
    # A little talk, then music: what was listened to beyond the cut is put back, minutes of it, and taken again.
    talk = np.concatenate([spoken.part(0, 20).samples, np.zeros(20 * RATE, np.float32), spoken.part(0, 20).samples])
    longest = round(LONGEST_CHUNK_SECONDS * RATE) * 4  # bytes
    tracemalloc.start()
    try:
        takes = list(gather(iter([talk, *[np.zeros(60 * RATE, np.float32)] * 10]), 0.0, 16))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert [len(take.windows) for take in takes] == [1, 1, 0]
    assert takes[0].end < 60, "no minutes were put back: this shows nothing"
    # What was put back, the pieces taken of it, and these joined to a stretch.
    assert peak < 5 * longest


# --------------------------------------------------------------------------------------------- what can go wrong


def test_audio_that_is_cut_off(tmp_path: Path, minute: tuple[Path, Spoken]) -> None:
    path = tmp_path / "cut.wav"
    path.write_bytes(minute[0].read_bytes()[: minute[0].stat().st_size // 2])
    with pytest.raises(AudioError, match="cut off: it should last 0:"):
        transcribe(path, Parrot())
    transcript = transcribe(path, Parrot(), options=SpeechOptions(allow_incomplete=True))
    assert transcript.segments
    assert "cut off" in transcript.warnings[0]


def test_damage_is_told(tmp_path: Path, sample_podcast: Path) -> None:
    data = bytearray((sample_podcast / "audio" / "what-touch-tells-the-brain.mp3").read_bytes())
    data[100_000:120_000] = bytes(20_000)
    path = tmp_path / "damaged.mp3"
    path.write_bytes(data)
    transcript = transcribe(path, Parrot())
    assert "damaged" in transcript.warnings[0]
    assert transcript.duration == pytest.approx(168.5, abs=1.0)


@pytest.mark.parametrize("content", [b"", b"<html>no</html>", b"no audio at all " * 50])
def test_no_audio(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.mp3"
    path.write_bytes(content)
    with pytest.raises(AudioError):
        transcribe(path, Parrot())


def test_an_engine_that_fails_is_told_in_one_sentence(minute: tuple[Path, Spoken]) -> None:
    class Broken(Parrot):
        def recognise(self, *args: Any, **options: Any) -> Iterator[list[Hypothesis]]:
            yield from super().recognise(*args, **options)
            raise MemoryError("out of memory")

    with pytest.raises(SpeechError, match=r"minute\.wav failed: out of memory"):
        transcribe(minute[0], Broken())

    class Lazy(Parrot):
        def recognise(self, *args: Any, **options: Any) -> Iterator[list[Hypothesis]]:
            yield from list(super().recognise(*args, **options))[:-1]

    with pytest.raises(SpeechError, match=r"minute\.wav failed"):
        transcribe(minute[0], Lazy())


def test_a_model_that_is_none(tmp_path: Path, minute: tuple[Path, Spoken], speech_model: Path) -> None:
    with pytest.raises(ModelError, match=r"no model\.bin"):
        transcribe(minute[0], tmp_path)
    broken = tmp_path / "broken"
    shutil.copytree(speech_model, broken)
    (broken / "model.bin").write_bytes(b"no model")
    with pytest.raises(ModelError, match="can't be loaded"):
        transcribe(minute[0], broken)


def test_a_language_that_the_model_doesnt_know_is_told(minute: tuple[Path, Spoken]) -> None:
    transcript = transcribe(minute[0], Parrot(), language="de-AT")
    assert transcript.language == "en"
    assert "“de-AT”" in transcript.warnings[0]


def test_words_that_cant_be_right_are_tried_again_and_marked(minute: tuple[Path, Spoken]) -> None:
    class Stuck(Parrot):
        pieces = 0

        def recognise(
            self, samples: NDArray[np.float32], windows: Sequence[Window], **options: Any
        ) -> Iterator[list[Hypothesis]]:
            for window in windows:
                self.pieces += window.end - window.start < 6
                # Good only in small pieces, and never in the first seconds.
                good = window.end - window.start < 6 and window.start > 8
                text = "The nervous system calms down." if good else "and that and that and that and that and that"
                yield [Hypothesis(window.start, window.end, text, -0.2)]

    stuck = Stuck()
    transcript = transcribe(minute[0], stuck)
    assert stuck.pieces > 3
    doubts = [segment.doubt for segment in transcript.segments]
    assert doubts[0] is not None
    assert doubts[-1] is None
    assert not any("and that" in segment.text for segment in transcript.segments if segment.doubt is None)


def test_speech_that_was_left_out_is_recognised_again(minute: tuple[Path, Spoken]) -> None:
    class Lazy(Parrot):
        calls = 0

        def recognise(self, *args: Any, **options: Any) -> Iterator[list[Hypothesis]]:
            self.calls += 1
            for (found,) in super().recognise(*args, **options):
                yield [replace(found, end=found.start + 2.0) if self.calls == 1 else found]

    transcript = transcribe(minute[0], Lazy())
    covered = sum(segment.end - segment.start for segment in transcript.segments)
    assert covered > 0.7 * transcript.duration


def test_options_that_cant_be() -> None:
    with pytest.raises(UsageError, match="tpu"):
        SpeechOptions(device="tpu")
    with pytest.raises(UsageError, match="threads"):
        SpeechOptions(threads=-1)
    with pytest.raises(UsageError, match="beam_size"):
        SpeechOptions(beam_size=0)


@pytest.mark.speech
def test_the_command_overrides_what_is_chosen_for_the_machine(
    minute: tuple[Path, Spoken], speech_model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chosen = ["--threads", "1", "--batch-size", "2", "--compute-type", "float32", "--device", "cpu"]
    assert cli.main(["transcribe", str(minute[0]), "--model", str(speech_model), "--json", *chosen]) == 0
    said = capsys.readouterr()
    details = json.loads(said.out)["podnotes"]["details"]
    assert {name: details[name] for name in ("threads", "batch_size", "compute_type", "device")} == {
        "threads": "1", "batch_size": "2", "compute_type": "float32", "device": "cpu",
    }  # fmt: skip
    assert "on this machine" not in said.err, "nobody knows yet how fast this model is"
    remember_speed(speech_model.name, 3600, 120)
    assert cli.main(["transcribe", str(minute[0]), "--model", str(speech_model), *chosen]) == 0
    said = capsys.readouterr()
    assert "43 s of audio: about 1 s with speech_model on this machine" in said.err
    assert "of audio" not in said.out, "what the run will take is not among the results"


@pytest.mark.parametrize(
    "wrong",
    ["--threads=-1", "--threads=two", "--batch-size=-2", "--device=tpu", "--beam-size=0"],
)
def test_values_that_cant_be_are_wrong_usage(wrong: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["transcribe", "talk.mp3", wrong]) == 2
    assert wrong.partition("=")[0] in capsys.readouterr().err


def test_reading_a_transcript_loads_no_engine() -> None:
    code = (
        "import sys, podnotes; podnotes.read_transcript; "
        "print([name for name in ('av', 'numpy', 'faster_whisper') if name in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_an_engine_is_found_by_its_entry_point(monkeypatch: pytest.MonkeyPatch, minute: tuple[Path, Spoken]) -> None:
    class Point:
        name = "parrots"

        def load(self) -> Any:
            def make(model: str, options: SpeechOptions) -> Any:
                if model == "dead":
                    raise RuntimeError("it is no more")
                return Parrot() if model == "grey" else object()

            return make

    monkeypatch.setattr("podnotes.asr.model_store.installed_engines", lambda: {"parrots": Point()})
    assert transcribe(minute[0], "parrots:grey").model == "parrot"
    with pytest.raises(ModelError, match="it is no more"):
        transcribe(minute[0], "parrots:dead")
    with pytest.raises(ModelError, match="isn't one that podnotes can use"):
        transcribe(minute[0], "parrots:stone")
    with pytest.raises(ModelError, match=r"no speech model.*installed engines: parrots"):
        transcribe(minute[0], "macaws:grey")


@pytest.mark.speech
def test_a_machine_that_has_too_little_memory_gets_less_at_once(
    monkeypatch: pytest.MonkeyPatch, minute: tuple[Path, Spoken], speech_model: Path
) -> None:
    whisper: Any = load_engine(speech_model, SpeechOptions())
    whole = transcribe(minute[0], whisper)
    work = whisper._pipeline.transcribe

    def poor(samples: Any, **settings: Any) -> Any:
        if settings["batch_size"] > 2:
            raise RuntimeError("CUDA failed with error out of memory")
        return work(samples, **settings)

    monkeypatch.setattr(whisper._pipeline, "transcribe", poor)
    assert transcribe(minute[0], whisper).segments == whole.segments
    assert whisper.details["batch_size"] == "2"


@pytest.mark.speech
def test_a_gpu_that_fails_is_left_for_the_cpu_with_a_word(
    monkeypatch: pytest.MonkeyPatch, minute: tuple[Path, Spoken], speech_model: Path
) -> None:
    monkeypatch.setattr("podnotes.asr.engine.cuda_devices", lambda: 1)
    # This machine has no GPU: loading the model on one fails by itself.
    transcript = transcribe(minute[0], speech_model)
    assert transcript.details["device"] == "cpu"
    assert "GPU can't be used" in transcript.warnings[0]
    with pytest.raises(SpeechError, match="--device cpu"):
        transcribe(minute[0], speech_model, options=SpeechOptions(device="cuda"))


@pytest.mark.speech
def test_a_compute_type_that_the_machine_doesnt_have(minute: tuple[Path, Spoken], speech_model: Path) -> None:
    with pytest.raises(SpeechError, match=r"int3 isn.t supported .* auto, "):
        transcribe(minute[0], speech_model, options=SpeechOptions(compute_type="int3"))
