"""Compare speech recognition in podnotes with plain faster-whisper: word errors, time and memory.

    python -m tools.speech_models                     download the models tiny.en and base
    pip install --group bench                         install the synthetic voice and Whisper's text normalisation
    python benchmarks/speech.py                       word errors, time and memory on clean speech and on terms
    python benchmarks/speech.py --conditions          also telephone, noise, music, whispering …
    python benchmarks/speech.py --model .models/base  another model (default: .models/tiny.en)
    python benchmarks/speech.py --hotwords "fascia, enkephalin"   with hotwords
    python benchmarks/speech.py --memory              peak memory for 1 hour and 10 hours
    python benchmarks/speech.py --settings            compute types, batch sizes and threads on this machine, using
                                                      random weights in the shape of a real model (--shape small)
    python benchmarks/speech.py --episodes 4          a run over episodes of a slow server, and recognition alone
    python benchmarks/speech.py --audio talk.mp3 --truth talk.txt

All systems use the same file, model, batch size, beam size and compute type. Each run is a separate process, and the
systems alternate, so that other load on the machine affects all of them. Times include decoding, voice activity
detection, recognition, checks and writing the transcript, but not loading the model. Words are compared after Whisper's
text normalisation (Radford et al. 2022, appendix C). The texts in benchmarks/texts are spoken by a natural synthetic
voice, and nothing was trained on them.
"""

from __future__ import annotations

import argparse
import http.server
import itertools
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import wave
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from whisper_shapes import SHAPES, write_model

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # for importing tools
MODEL = ROOT / "examples" / "speech_model"
REAL_MODEL = ROOT / ".models" / "tiny.en"
TEXTS = ROOT / "benchmarks" / "texts"
AUDIO = ROOT / "examples" / "sample_podcast" / "audio"
SYSTEMS = ("podnotes", "batched", "batched with time stamps", "sequential", "sequential without detector")
BATCH, BEAM = 4, 5
_TOKENS = 60


def make_audio(path: Path, minutes: float, *, talk: float = 1.0) -> None:
    """Write an MP3 of consecutive sample episodes with silence in between.

    Args:
        path: The file.
        minutes: Length in minutes.
        talk: Share of speech.
    """
    import av
    import numpy as np

    from podnotes.audio.decode import SAMPLE_RATE, AudioReader

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


def run(system: str, audio: Path, model: str, threads: int, hotwords: str, written: Path) -> dict[str, Any]:
    """Transcribe a file with one system, in this process."""
    work = _podnotes(model, threads, hotwords) if system == "podnotes" else _bare(model, threads, system)
    before = resource.getrusage(resource.RUSAGE_SELF)
    began = time.monotonic()
    text, words, details = work(audio)
    written.write_text(text, encoding="utf-8")
    wall = time.monotonic() - began
    after = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "wall": wall,
        "cpu": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        "model_mb": before.ru_maxrss / 1024,
        "peak_mb": after.ru_maxrss / 1024,
        "text": words,
        **details,
    }


def _podnotes(model: str, threads: int, hotwords: str) -> Callable[[Path], tuple[str, str, dict[str, Any]]]:
    from podnotes.asr.engine import load_engine
    from podnotes.asr.recognition import transcribe
    from podnotes.asr.speech_options import SpeechOptions
    from podnotes.models import QualityFlag
    from podnotes.transcripts.formats import format_transcript

    words = tuple(filter(None, (word.strip() for word in hotwords.split(","))))
    options = SpeechOptions(threads=threads, batch_size=BATCH, beam_size=BEAM, hotwords=words)
    engine = load_engine(model, options)

    def work(audio: Path) -> tuple[str, str, dict[str, Any]]:
        heard = transcribe(audio, engine, language="en", options=options)
        said = [segment for segment in heard.segments if segment.doubt is not QualityFlag.UNINTELLIGIBLE]
        sure = [[word.text, word.probability] for segment in said for word in segment.words]
        details = {"doubted": sum(len(s.words) for s in said if s.doubt), "gaps": len(heard.gaps), "words": sure}
        return format_transcript(heard, ".vtt"), " ".join(segment.text for segment in said), details

    return work


def _bare(model: str, threads: int, system: str) -> Callable[[Path], tuple[str, str, dict[str, Any]]]:
    from faster_whisper import BatchedInferencePipeline, WhisperModel

    whisper = WhisperModel(model, device="cpu", compute_type="int8", cpu_threads=threads)
    settings: dict[str, Any] = {"language": "en", "beam_size": BEAM}
    if system.startswith("batched"):
        stamps = system != "batched"
        # Word times, since podnotes always provides them.
        settings |= {"batch_size": BATCH, "without_timestamps": not stamps, "word_timestamps": not stamps}
        recognise: Any = BatchedInferencePipeline(whisper).transcribe
    else:
        settings |= {"condition_on_previous_text": False, "vad_filter": system == "sequential"}
        recognise = whisper.transcribe

    def work(audio: Path) -> tuple[str, str, dict[str, Any]]:
        segments = list(recognise(str(audio), **settings)[0])
        cues = "\n".join(f"{segment.start} --> {segment.end}\n{segment.text}\n" for segment in segments)
        return cues, " ".join(segment.text.strip() for segment in segments), {}

    return work


def in_process(system: str, audio: Path, model: str, threads: int, hotwords: str = "") -> dict[str, Any]:
    """Run one system in a separate process."""
    command = [sys.executable, __file__, "--run", system, "--audio", str(audio), "--model", model]
    environment = {**os.environ, "OMP_WAIT_POLICY": "passive"}
    done = subprocess.run(
        [*command, "--threads", str(threads), "--hotwords", hotwords],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))


def write_speech(folder: Path, *, conditions: bool) -> list[tuple[str, Path, str]]:
    """Synthesise the texts; return name, file and text of each recording.

    Args:
        folder: Folder for the files.
        conditions: Whether to use only talk.txt, under several recording conditions, instead of both texts.
    """
    from sounds import CONDITIONS
    from tools.natural_voice import speak

    found = []
    for name in ("talk",) if conditions else ("talk", "terms"):
        lines = (TEXTS / f"{name}.txt").read_text(encoding="utf-8").splitlines()
        speech, _ = speak(lines)
        for condition, change in CONDITIONS.items() if conditions else list(CONDITIONS.items())[:1]:
            file = folder / f"{len(found)}.wav"
            _write_wav(file, change(speech))
            found.append((name if condition == "clean" else condition, file, " ".join(lines)))
    return found


def _write_wav(path: Path, samples: Any) -> None:
    import numpy as np

    from podnotes.audio.decode import SAMPLE_RATE

    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())


def compare(sounds: list[tuple[str, Path, str]], model: str, threads: int, rounds: int, hotwords: str = "") -> None:
    """Print word errors, time and memory of all systems, which alternate within each round.

    Args:
        sounds: Name, file and text of each recording.
        model: Name or folder of the model.
        threads: CPU threads.
        rounds: Number of rounds, of which the best time counts.
        hotwords: Hotwords for podnotes, separated by commas.
    """
    from tools.word_errors import align_words
    from whisper_normalizer.english import EnglishTextNormalizer

    normal = EnglishTextNormalizer()
    print("| speech | system | words wrong | substituted, deleted, inserted | wall s | CPU s | peak MB |")
    print("|---|---|---|---|---|---|---|")
    reliability: list[tuple[float, bool]] = []
    for name, audio, truth in sounds:
        said = normal(truth).split()
        results: dict[str, list[dict[str, Any]]] = {system: [] for system in SYSTEMS}
        for number in range(rounds):
            for system in SYSTEMS if number % 2 == 0 else SYSTEMS[::-1]:
                results[system].append(in_process(system, audio, model, threads, hotwords))
        for system in SYSTEMS:
            first = results[system][0]
            pairs = align_words(said, normal(first["text"]).split())
            wrong = [
                sum(a is not None and b is not None and said_ != heard for said_, heard, a, b in pairs),
                sum(b is None for *_, b in pairs),
                sum(a is None for *_, a, _ in pairs),
            ]
            wall, cpu = _best(results[system], "wall"), _best(results[system], "cpu")
            print(
                f"| {name} ({len(said)}) | {system} | {100 * sum(wrong) / len(said):.1f} % | "
                f"{wrong[0]}, {wrong[1]}, {wrong[2]} | {wall:.1f} | {cpu:.1f} | {first['peak_mb']:.0f} |",
                flush=True,
            )
        ours = results["podnotes"][0]
        pairs = align_words(said, [w for word, _ in ours["words"] for w in normal(word).split()])
        places = [at for at, (word, _) in enumerate(ours["words"]) for _ in normal(word).split()]
        for said_, heard, _, place in pairs:
            if place is not None:
                reliability.append((ours["words"][places[place]][1], said_ == heard))
        print(f"| | | {ours['doubted']} words doubted, {ours['gaps']} gaps marked | | | | |", flush=True)
    _print_reliability(reliability)


def _print_reliability(heard: list[tuple[float, bool]]) -> None:
    """Print the share of correct words by confidence, over all recordings."""
    edges = (0.0, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.01)
    print("\n| confidence | words | right |\n|---|---|---|")
    for low, high in itertools.pairwise(edges):
        right = [is_right for probability, is_right in heard if low <= probability < high]
        if right:
            print(f"| {low:.2f} to {min(high, 1.0):.2f} | {len(right)} | {100 * statistics.mean(right):.0f} % |")


def _best(results: list[dict[str, Any]], name: str) -> float:
    return float(min(result[name] for result in results))


def compare_memory(folder: Path, model: str, threads: int, hours: tuple[float, ...] = (1.0, 10.0)) -> None:
    """Print peak memory beyond the loaded model for a short and a long file."""
    print("| system | " + " | ".join(f"{length:.0f} h: MB beyond the model" for length in hours) + " | ratio |")
    print("|---|" + "---|" * (len(hours) + 1))
    files = []
    for length in hours:
        files.append(folder / f"{length:.0f}h.mp3")
        # With little speech, this is fast; memory depends on the length.
        make_audio(files[-1], length * 60, talk=0.05)
    for system in ("podnotes", "batched"):
        beyond = []
        for file in files:
            result = in_process(system, file, model, threads)
            beyond.append(result["peak_mb"] - result["model_mb"])
        figures = " | ".join(f"{figure:.0f}" for figure in beyond)
        print(f"| {system} | {figures} | {beyond[-1] / max(1.0, beyond[0]):.2f} |", flush=True)


class _SlowServer(http.server.ThreadingHTTPServer):
    """Server of a folder on the loopback interface, with a limit on the total rate of all connections."""

    daemon_threads = True

    def __init__(self, folder: Path, rate: float) -> None:
        super().__init__(("127.0.0.1", 0), partial(_SlowAnswer, directory=str(folder)))
        self.rate = rate  # bytes per second
        self._lock = threading.Lock()
        self._free_at = 0.0

    def wait_for(self, count: int) -> None:
        """Wait until a number of bytes may be sent; all connections share the rate."""
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
        """Suppress logging."""


def run_episodes(way: str, sources: list[str], model: str, threads: int, out: Path) -> dict[str, float]:
    """Transcribe some episodes in this process, from loading the model to writing the results.

    Args:
        way: "alone" for recognition only, "draft" for the whole pipeline.
        sources: Audio files, or the address of a feed.
        model: Name or folder of the model.
        threads: CPU threads.
        out: Folder for the output.
    """
    from podnotes import DraftOptions, Library, Step, draft_notes
    from podnotes.asr.engine import load_engine
    from podnotes.asr.recognition import transcribe
    from podnotes.asr.speech_options import SpeechOptions
    from podnotes.transcripts.formats import write_transcript

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
    """Print the time of a run over episodes of a slow server, compared with recognition alone.

    Args:
        folder: Folder for the output.
        count: Number of episodes.
        minutes: Length of each in minutes.
        share: Duration of a download relative to recognition of the same episode.
        model: Name or folder of the model.
        threads: CPU threads.
        rounds: Number of rounds of each system, alternating.
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
    """Time batches with given settings in this process, without loading the model.

    Args:
        model: Folder of the model.
        audio: Audio file, recognised in whole windows.
        settings: Fields of ``SpeechOptions`` as JSON.
    """
    import numpy as np

    from podnotes.asr.engine import FasterWhisper
    from podnotes.asr.speech_options import SpeechOptions
    from podnotes.asr.vad import Window
    from podnotes.audio.decode import SAMPLE_RATE, AudioReader

    engine = FasterWhisper(Path(model), "model", SpeechOptions(device="cpu", **json.loads(settings)))
    # Random weights never end a text, so the number of tokens is that of half a minute of slow speech.
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
    """Print the time with other compute types, batch sizes and threads, compared with podnotes' defaults."""
    import ctranslate2

    from podnotes.asr.hardware import physical_cores

    threads = physical_cores()
    ways: list[dict[str, Any]] = [{}]
    # Excludes int8, which is the default, and int16, which is as large as float16 and slower than int8.
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
    parser.add_argument(
        "--minutes",
        type=float,
        help="minutes of speech in --settings (default: 8) or in each episode of --episodes (default: 5)",
    )
    parser.add_argument(
        "--rounds",
        type=int,
        help="rounds of each system, taking turns (default: 1; 3 for --episodes, 2 for --settings)",
    )
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument(
        "--model", help="name or folder of the model (default: tiny.en, or for some modes the small one in examples/)"
    )
    parser.add_argument("--audio", type=Path, help="a recording of your own, with --truth")
    parser.add_argument("--truth", type=Path, help="text file with the words of --audio")
    parser.add_argument("--conditions", action="store_true")
    parser.add_argument("--hotwords", default="", help="words to expect, separated by commas")
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--settings", action="store_true")
    parser.add_argument("--episodes", type=int, metavar="N", help="measure a run over N episodes from a slow server")
    parser.add_argument(
        "--share",
        type=float,
        default=0.5,
        help="duration of a download, as a share of the recognition time (default: 0.5)",
    )
    parser.add_argument("--run", choices=SYSTEMS, help=argparse.SUPPRESS)
    parser.add_argument("--shape", choices=SHAPES, default="tiny", help="size of the random model for --settings")
    parser.add_argument("--run-setting", help=argparse.SUPPRESS)
    parser.add_argument("--run-episodes", choices=("alone", "draft"), help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("sources", nargs="*", help=argparse.SUPPRESS)
    given = parser.parse_args()
    whole = not (given.memory or given.settings or given.episodes)
    given.model = given.model or str(REAL_MODEL if whole else MODEL)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if given.run:
            print(
                json.dumps(
                    run(given.run, given.audio, given.model, given.threads, given.hotwords, folder / "written.vtt")
                )
            )
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
            if model == str(MODEL):  # its windows of 8 s and two million weights are not representative
                model = str(folder / given.shape)
                write_model(folder / given.shape, SHAPES[given.shape])
            audio = folder / "talk.mp3"
            make_audio(audio, given.minutes or 8.0)
            compare_settings(audio, model, given.rounds or 2)
            return
        if given.audio and given.truth:
            sounds = [(given.audio.stem, given.audio, given.truth.read_text(encoding="utf-8"))]
        else:
            sounds = write_speech(folder, conditions=given.conditions)
        compare(sounds, given.model, given.threads, given.rounds or 1, given.hotwords)


if __name__ == "__main__":
    main()
