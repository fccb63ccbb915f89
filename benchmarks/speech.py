"""Speech recognition: podnotes beside bare faster-whisper, in time and memory.

    python benchmarks/speech.py                       time, on 20 minutes of talk
    python benchmarks/speech.py --minutes 60          time, on an hour
    python benchmarks/speech.py --memory              peak memory, 1 hour beside 10 hours
    python benchmarks/speech.py --settings            compute types, batch sizes and threads on this machine, on random
                                                      weights in the shape of a real model (--shape small)
    python benchmarks/speech.py --episodes 4          a run over episodes from a slow server beside recognition alone
    python benchmarks/speech.py --model small.en --audio talk.mp3

The same file, model, batch size, beam and compute type for all. Each run is a process of its own; the systems take
turns, so that a machine that is busy with other things is so for all of them. Time counts from the audio file to the
written transcript (decoding, voice detection, recognition, checks, writing), without loading the model. The audio is
made on the spot from the sample podcast.
"""

from __future__ import annotations

import argparse
import http.server
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from whisper_shapes import SHAPES, write_model

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent
MODEL = ROOT / "examples" / "speech_model"
AUDIO = ROOT / "examples" / "sample_podcast" / "audio"
SYSTEMS = ("podnotes", "batched", "sequential")
BATCH, BEAM = 8, 5
_TOKENS = 60


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


class _SlowServer(http.server.ThreadingHTTPServer):
    """Serves a folder on loopback, all connections together at no more than a rate."""

    daemon_threads = True

    def __init__(self, folder: Path, rate: float) -> None:
        super().__init__(("127.0.0.1", 0), partial(_SlowAnswer, directory=str(folder)))
        self.rate = rate  # bytes a second
        self._lock = threading.Lock()
        self._free_at = 0.0

    def wait_for(self, count: int) -> None:
        """Wait until some bytes may be sent: one line for all, as at home."""
        with self._lock:
            self._free_at = max(self._free_at, time.monotonic()) + count / self.rate
            ready = self._free_at
        time.sleep(max(0.0, ready - time.monotonic()))


class _SlowAnswer(http.server.SimpleHTTPRequestHandler):
    server: _SlowServer

    def copyfile(self, source: Any, outputfile: Any) -> None:
        while chunk := source.read(16_384):
            self.server.wait_for(len(chunk))
            outputfile.write(chunk)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def run_episodes(way: str, sources: list[str], model: str, threads: int, out: Path) -> dict[str, float]:
    """Listen to some episodes in this process, from the model's loading to what is written.

    Args:
        way: "alone" for recognition and nothing else, "draft" for the whole way to drafts.
        sources: Audio files, or the address of a feed.
        model: Name or folder of the model.
        threads: CPU threads.
        out: Folder for what is written.
    """
    from podnotes import DraftOptions, Library, Step, draft_notes
    from podnotes.speech import SpeechOptions, transcribe, write_transcript
    from podnotes.speech.engine import load_engine

    options = SpeechOptions(threads=threads, batch_size=BATCH, beam_size=BEAM)
    began, heard = time.monotonic(), []
    if way == "alone":
        engine = load_engine(model, options)
        for audio in sources:
            written = out / f"{Path(audio).stem}.vtt"
            write_transcript(transcribe(audio, engine, language="en", options=options), written)
    else:
        with Library(out / "library.sqlite3") as library:
            results = draft_notes(
                sources, out=out / "drafts", library=library,
                options=DraftOptions(model=model, episodes=1000, speech=options),
                on_event=lambda event: heard.append(time.monotonic()) if event.step is Step.RECOGNISE else None,
            )  # fmt: skip
            failed = [str(result.error) for result in results if result.error is not None]
            if failed:
                raise RuntimeError(failed[0])
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "wall": time.monotonic() - began,
        "cpu": usage.ru_utime + usage.ru_stime,
        "first": heard[0] - began if heard else 0.0,
    }


def compare_episodes(
    folder: Path, count: int, minutes: float, share: float, model: str, threads: int, rounds: int
) -> None:
    """Print the time of a run over episodes of a slow server beside that of recognition alone.

    Args:
        folder: For everything that is written.
        count: Episodes.
        minutes: Of each.
        share: How long a download takes, recognition of the same episode being 1.
        model: Name or folder of the model.
        threads: CPU threads.
        rounds: Of each way, taking turns.
    """
    site = folder / "site"
    site.mkdir()
    for number in range(count):
        make_audio(site / f"{number}.mp3", minutes)
    files = sorted(str(file) for file in site.glob("*.mp3"))
    size = Path(files[0]).stat().st_size

    def go(way: str, sources: list[str]) -> dict[str, float]:
        with tempfile.TemporaryDirectory(dir=folder) as out:
            command = [sys.executable, __file__, "--run-episodes", way, "--out", out, "--model", model]
            command += ["--threads", str(threads), *sources]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
        return dict(json.loads(done.stdout.splitlines()[-1]))

    print(
        f"{count} episodes of {minutes:g} minutes, {threads} threads; a download takes {share:g} as long as recognition"
    )
    print("\n| round | alone s | from files s | from the server s | of it before the first word | "
          "server : alone | without the first wait |\n|---|---|---|---|---|---|---|")  # fmt: skip
    ratios = []
    for number in range(rounds):
        alone = go("alone", files)
        local = go("draft", files)
        with _SlowServer(site, size / (share * alone["wall"] / count)) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            address = f"http://127.0.0.1:{server.server_port}"
            items = "".join(
                f"<item><title>{Path(file).stem}</title><guid>{Path(file).stem}</guid>"
                f'<enclosure url="{address}/{Path(file).name}" length="{size}" type="audio/mpeg"/></item>'
                for file in files
            )
            feed = f'<rss version="2.0"><channel><title>Slow</title><language>en</language>{items}</channel></rss>'
            (site / "feed.xml").write_text(feed, encoding="utf-8")
            served = go("draft", [f"{address}/feed.xml"])
            server.shutdown()
        whole = served["wall"] / alone["wall"]
        rest = (served["wall"] - (served["first"] - local["first"])) / alone["wall"]
        ratios.append((whole, rest))
        print(f"| {number + 1} | {alone['wall']:.1f} | {local['wall']:.1f} | {served['wall']:.1f} | "
              f"{served['first']:.1f} | {whole:.3f} | {rest:.3f} |", flush=True)  # fmt: skip
    whole, rest = (statistics.median(column) for column in zip(*ratios, strict=True))
    print(f"\nmedian: {whole:.3f}; without the wait for the first download, which nothing can overlap: {rest:.3f}")


def run_setting(model: str, audio: Path, settings: str) -> dict[str, Any]:
    """Time one batch after the other with some settings, in this process; loading the model is not counted.

    Args:
        model: Folder of the model.
        audio: Of which whole windows are recognised.
        settings: Members of ``SpeechOptions`` as JSON.
    """
    import numpy as np

    from podnotes.media.decode import SAMPLE_RATE, AudioReader
    from podnotes.speech import SpeechOptions, Window
    from podnotes.speech.engine import FasterWhisper

    engine = FasterWhisper(Path(model), "model", SpeechOptions(device="cpu", **json.loads(settings)))
    # Random weights don't end a text: as many tokens as half a minute of slow talk has.
    engine._model.max_length = _TOKENS
    with AudioReader(audio) as reader:
        samples = np.concatenate(list(reader.blocks(60.0)))
    count = max(1, int(len(samples) / SAMPLE_RATE / engine.window_s))
    windows = [Window(engine.window_s * n, engine.window_s * (n + 1)) for n in range(count)]
    list(engine.recognise(samples, windows[:1], language="en"))  # warms up
    before, began = resource.getrusage(resource.RUSAGE_SELF), time.monotonic()
    list(engine.recognise(samples, windows, language="en"))
    wall, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_SELF)
    return {
        "wall": wall,
        "cpu": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        "peak_mb": after.ru_maxrss / 1024,
        "details": engine.details,
    }


def compare_settings(audio: Path, model: str, rounds: int) -> None:
    """Print the time with other compute types, batch sizes and threads beside the choice of podnotes, in turns."""
    import ctranslate2

    from podnotes.speech.machine import physical_cores

    threads = physical_cores()
    ways: list[dict[str, Any]] = [{}]
    # Without int8, which is the choice, and int16, which nobody uses: it is as large as float16 and slower than int8.
    others = sorted(ctranslate2.get_supported_compute_types("cpu") - {"int8", "int16"})
    ways += [{"compute_type": kind} for kind in others]
    ways += [{"batch_size": size} for size in (1, 4, 16)]
    ways += [{"threads": count} for count in sorted({1, max(1, threads // 2), threads * 2} - {threads})]

    def go(way: dict[str, Any]) -> dict[str, Any]:
        command = [sys.executable, __file__, "--run-setting", json.dumps(way), "--model", model, "--audio", str(audio)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return dict(json.loads(done.stdout.splitlines()[-1]))

    found: list[list[dict[str, Any]]] = [[] for _ in ways]
    for number in range(rounds):
        order = list(enumerate(ways))
        for place, way in order if number % 2 == 0 else order[::-1]:
            found[place].append(go(way))
    chosen = found[0][0]["details"]
    print("| compute type | batch | threads | wall s | processor s | peak MB | wall against the choice |")
    print("|---|---|---|---|---|---|---|")
    for way, results in zip(ways, found, strict=True):
        kind = way.get("compute_type", f"{chosen['compute_type']} (chosen)")
        size = way.get("batch_size", f"{chosen['batch_size']} (chosen)")
        count = way.get("threads", f"{threads} (chosen)")
        wall, cpu, peak = (statistics.median(result[name] for result in results) for name in ("wall", "cpu", "peak_mb"))
        ratio = statistics.median(
            result["wall"] / choice["wall"] for result, choice in zip(results, found[0], strict=True)
        )
        print(f"| {kind} | {size} | {count} | {wall:.1f} | {cpu:.1f} | {peak:.0f} | {ratio:.2f} |", flush=True)
    print(f"\nmedians of {rounds} rounds in which the settings take turns, each in a process of its own")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, help="of talk (default: 20; of each of --episodes 5)")
    parser.add_argument("--rounds", type=int, help="of each system in turns (default: 3; of --settings 2)")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--model", default=str(MODEL))
    parser.add_argument("--audio", type=Path)
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--settings", action="store_true")
    parser.add_argument("--episodes", type=int, metavar="N", help="a run over N episodes from a slow server")
    parser.add_argument("--share", type=float, default=0.5, help="of a recognition that a download takes")
    parser.add_argument("--run", choices=SYSTEMS, help=argparse.SUPPRESS)
    parser.add_argument("--shape", choices=SHAPES, default="tiny", help="size of the random model of --settings")
    parser.add_argument("--run-setting", help=argparse.SUPPRESS)
    parser.add_argument("--run-episodes", choices=("alone", "draft"), help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("sources", nargs="*", help=argparse.SUPPRESS)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if given.run:
            print(json.dumps(run(given.run, given.audio, given.model, given.threads, folder / "written.vtt")))
            return
        if given.run_setting is not None:
            print(json.dumps(run_setting(given.model, given.audio, given.run_setting)))
            return
        if given.run_episodes:
            found = run_episodes(given.run_episodes, given.sources, given.model, given.threads, given.out)
            print(json.dumps(found))
            return
        if given.episodes:
            minutes, rounds = given.minutes or 5.0, given.rounds or 3
            compare_episodes(folder, given.episodes, minutes, given.share, given.model, given.threads, rounds)
            return
        if given.memory:
            compare_memory(folder, given.model, given.threads)
            return
        if given.settings:
            model = given.model
            if model == str(MODEL):  # whose windows of 8 s and two million weights say nothing about the real ones
                model = str(folder / given.shape)
                write_model(folder / given.shape, SHAPES[given.shape])
            audio = folder / "talk.mp3"
            make_audio(audio, given.minutes or 8.0)
            compare_settings(audio, model, given.rounds or 2)
            return
        audio = given.audio
        if audio is None:
            audio = folder / "talk.mp3"
            make_audio(audio, given.minutes or 20.0)
        from podnotes.media.decode import probe_audio

        compare_time(audio, probe_audio(audio).present / 60, given.model, given.threads, given.rounds or 3)


if __name__ == "__main__":
    main()
