"""Speech recognition: podnotes beside bare faster-whisper, in time and memory.

    python benchmarks/speech.py                       time, on 20 minutes of talk
    python benchmarks/speech.py --minutes 60          time, on an hour
    python benchmarks/speech.py --memory              peak memory, 1 hour beside 10 hours
    python benchmarks/speech.py --settings            compute types, batch sizes and threads on this machine
    python benchmarks/speech.py --model small.en --audio talk.mp3

The same file, model, batch size, beam and compute type for all. Each run is a process of its own; the systems take
turns, so that a machine that is busy with other things is so for all of them. Time counts from the audio file to the
written transcript (decoding, voice detection, recognition, checks, writing), without loading the model. The audio is
made on the spot from the sample podcast.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent
MODEL = ROOT / "examples" / "speech_model"
AUDIO = ROOT / "examples" / "sample_podcast" / "audio"
SYSTEMS = ("podnotes", "batched", "sequential")
BATCH, BEAM = 8, 5


def make_audio(path: Path, minutes: float, *, talk: float = 1.0) -> None:
    """Write an MP3 of the sample episodes one after another, silence between them.

    Args:
        path: Where to.
        minutes: How long it is to be.
        talk: Share of it that is talk.
    """
    import av
    import numpy as np

    from podnotes.media.decode import SAMPLE_RATE, AudioReader

    episodes = []
    for file in sorted(AUDIO.glob("*.mp3")):
        with AudioReader(file) as reader:
            episodes.append(np.concatenate(list(reader.blocks(60.0))))
    samples = (np.concatenate(episodes) * 32767).astype(np.int16)
    silence = np.zeros(round(len(samples) * (1 / talk - 1)), np.int16)
    unit = np.concatenate([samples, silence])
    container: Any = av.open(str(path), "w")
    stream = container.add_stream("libmp3lame", rate=SAMPLE_RATE, layout="mono")
    stream.bit_rate = 48_000
    left = round(minutes * 60 * SAMPLE_RATE)
    while left > 0:
        for begin in range(0, min(len(unit), left), SAMPLE_RATE):
            piece = unit[begin : min(begin + SAMPLE_RATE, left)]
            frame = av.AudioFrame.from_ndarray(piece.reshape(1, -1), format="s16p", layout="mono")
            frame.sample_rate = SAMPLE_RATE
            container.mux(stream.encode(frame))
        left -= len(unit)
    container.mux(stream.encode(None))
    container.close()


def run(system: str, audio: Path, model: str, threads: int, written: Path) -> dict[str, float]:
    """Recognise a file with one system, in this process."""
    work = {"podnotes": _podnotes, "batched": _batched, "sequential": _sequential}[system](model, threads)
    before = resource.getrusage(resource.RUSAGE_SELF)
    began = time.monotonic()
    text = work(audio)
    written.write_text(text, encoding="utf-8")
    wall = time.monotonic() - began
    after = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "wall": wall,
        "cpu": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        "model_mb": before.ru_maxrss / 1024,
        "peak_mb": after.ru_maxrss / 1024,
        "words": len(text.split()),
    }


def _podnotes(model: str, threads: int) -> Callable[[Path], str]:
    from podnotes.speech import SpeechOptions, format_transcript, transcribe
    from podnotes.speech.engine import load_engine

    options = SpeechOptions(threads=threads, batch_size=BATCH, beam_size=BEAM)
    engine = load_engine(model, options)
    return lambda audio: format_transcript(transcribe(audio, engine, language="en", options=options), ".vtt")


def _batched(model: str, threads: int) -> Callable[[Path], str]:
    from faster_whisper import BatchedInferencePipeline, WhisperModel

    pipeline = BatchedInferencePipeline(WhisperModel(model, device="cpu", compute_type="int8", cpu_threads=threads))

    def work(audio: Path) -> str:
        segments, _ = pipeline.transcribe(
            str(audio), language="en", batch_size=BATCH, beam_size=BEAM, without_timestamps=False
        )
        return "\n".join(f"{segment.start} --> {segment.end}\n{segment.text}\n" for segment in segments)

    return work


def _sequential(model: str, threads: int) -> Callable[[Path], str]:
    from faster_whisper import WhisperModel

    whisper = WhisperModel(model, device="cpu", compute_type="int8", cpu_threads=threads)

    def work(audio: Path) -> str:
        segments, _ = whisper.transcribe(
            str(audio), language="en", beam_size=BEAM, vad_filter=True, condition_on_previous_text=False
        )
        return "\n".join(f"{segment.start} --> {segment.end}\n{segment.text}\n" for segment in segments)

    return work


def in_process(system: str, audio: Path, model: str, threads: int) -> dict[str, float]:
    """Run one system in a process of its own."""
    command = [sys.executable, __file__, "--run", system, "--audio", str(audio), "--model", model]
    done = subprocess.run([*command, "--threads", str(threads)], capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def compare_time(audio: Path, minutes: float, model: str, threads: int, rounds: int) -> None:
    """Print time beside time, best and median of some rounds in which the systems take turns."""
    results: dict[str, list[dict[str, float]]] = {system: [] for system in SYSTEMS}
    for index in range(rounds):
        for system in SYSTEMS if index % 2 == 0 else SYSTEMS[::-1]:
            results[system].append(in_process(system, audio, model, threads))
    reference = min(("batched", "sequential"), key=lambda system: _best(results[system], "wall"))
    print(
        f"{minutes:.0f} minutes of talk, {threads} threads, batch {BATCH}, beam {BEAM}; {rounds} rounds taking turns\n"
    )
    print("| system | wall s | CPU s | x real time | words | wall, CPU against the faster bare |")
    print("|---|---|---|---|---|---|---|")
    for system in SYSTEMS:
        wall, cpu = _best(results[system], "wall"), _best(results[system], "cpu")
        ratio = statistics.median(
            ours["wall"] / theirs["wall"] for ours, theirs in zip(results[system], results[reference], strict=True)
        )
        against = f"{ratio:.2f}, {cpu / _best(results[reference], 'cpu'):.2f}"
        words = results[system][0]["words"]
        print(f"| {system} | {wall:.1f} | {cpu:.1f} | {minutes * 60 / wall:.0f} | {words:.0f} | {against} |")
    print("\nwall and CPU: best round; ratio of wall: median of the rounds")


def _best(results: list[dict[str, float]], name: str) -> float:
    return min(result[name] for result in results)


def compare_memory(folder: Path, model: str, threads: int, hours: tuple[float, ...] = (1.0, 10.0)) -> None:
    """Print peak memory beyond the loaded model for a short and a long file."""
    print("| system | " + " | ".join(f"{length:.0f} h: MB beyond the model" for length in hours) + " | ratio |")
    print("|---|" + "---|" * (len(hours) + 1))
    files = []
    for length in hours:
        files.append(folder / f"{length:.0f}h.mp3")
        # Little talk: memory depends on the length, and this is soon done.
        make_audio(files[-1], length * 60, talk=0.05)
    for system in ("podnotes", "batched"):
        beyond = []
        for file in files:
            result = in_process(system, file, model, threads)
            beyond.append(result["peak_mb"] - result["model_mb"])
        figures = " | ".join(f"{figure:.0f}" for figure in beyond)
        print(f"| {system} | {figures} | {beyond[-1] / max(1.0, beyond[0]):.2f} |", flush=True)


def compare_settings(audio: Path, model: str, rounds: int) -> None:
    """Print the time of one file with other compute types, batch sizes and threads; the choice of podnotes first."""
    import ctranslate2

    from podnotes.speech import SpeechOptions, transcribe
    from podnotes.speech.engine import FasterWhisper

    chosen = FasterWhisper(Path(model), "model", SpeechOptions(device="cpu")).details
    threads = int(chosen["threads"])
    ways = [SpeechOptions(device="cpu")]
    ways += [SpeechOptions(device="cpu", compute_type=kind) for kind in ctranslate2.get_supported_compute_types("cpu")]
    ways += [SpeechOptions(device="cpu", batch_size=size) for size in (1, 4, 16)]
    ways += [SpeechOptions(device="cpu", threads=count) for count in sorted({1, threads * 2})]
    best: dict[SpeechOptions, float] = {}
    transcribe(audio, FasterWhisper(Path(model), "model", ways[0]), language="en")  # warms up
    for _ in range(rounds):
        for way in ways:
            engine = FasterWhisper(Path(model), "model", way)
            began = time.monotonic()
            transcribe(audio, engine, language="en", options=way)
            best[way] = min(best.get(way, math.inf), time.monotonic() - began)
    print("| compute type | batch | threads | wall s | against the choice |")
    print("|---|---|---|---|---|")
    for way, wall in best.items():
        kind = way.compute_type if way.compute_type != "auto" else f"{chosen['compute_type']} (chosen)"
        size = way.batch_size or f"{chosen['batch_size']} (chosen)"
        count = way.threads or f"{threads} (chosen)"
        print(f"| {kind} | {size} | {count} | {wall:.1f} | {wall / best[ways[0]]:.2f} |")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--model", default=str(MODEL))
    parser.add_argument("--audio", type=Path)
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--settings", action="store_true")
    parser.add_argument("--run", choices=SYSTEMS, help=argparse.SUPPRESS)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if given.run:
            print(json.dumps(run(given.run, given.audio, given.model, given.threads, folder / "written.vtt")))
            return
        if given.memory:
            compare_memory(folder, given.model, given.threads)
            return
        audio = given.audio
        if audio is None:
            audio = folder / "talk.mp3"
            make_audio(audio, given.minutes)
        if given.settings:
            compare_settings(audio, given.model, given.rounds)
            return
        from podnotes.media.decode import probe_audio

        compare_time(audio, probe_audio(audio).present / 60, given.model, given.threads, given.rounds)


if __name__ == "__main__":
    main()
