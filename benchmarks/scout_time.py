"""Scout, then quote: what it takes, beside a whole pass of the better model.

    python benchmarks/scout_time.py                   three short recordings, some 5 minutes of processor time
    python benchmarks/scout_time.py --minutes 20      longer ones, for wall time on a machine that does nothing else

The scout is the model in ``examples/``. The better model is the same one with so many more layers that it costs ten
times as much (``--cost``), and hears the very same words (``deeper_model.py``): what is compared is time alone. It is
made in a temporary folder. How much dearer it really is is measured on the first recording and printed.

The recordings are put together from the sample podcast: talk off her topics; the same with a passage on touch in it
that is about a fifth; talk on her topics throughout.

Real models cost what their windows of 30 seconds do, full or not; the sample model's last 8. The column "windows" says
how many windows of the better model's length are recognised again, as a share of those of a whole pass.
"""

from __future__ import annotations

import argparse
import tempfile
import time
import wave
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from deeper_model import deepen

from podnotes import find_passages, load_topics, transcribe
from podnotes.media.decode import SAMPLE_RATE, AudioReader
from podnotes.models import Doubt
from podnotes.passages.scoring import EASED
from podnotes.speech import SpeechOptions, refine, worth_hearing_again
from podnotes.speech.engine import FasterWhisper, load_engine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from podnotes.models import Transcript

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "examples" / "sample_podcast" / "audio"
MODEL = ROOT / "examples" / "speech_model"
OFF, TOUCH, PAIN = "soup-servers-and-a-slow-train", "what-touch-tells-the-brain", "the-pharmacy-in-your-body"


@dataclass(frozen=True)
class Cost:
    """Seconds of wall and processor time, and windows that were recognised."""

    wall: float
    processor: float
    windows: int


class Counting:
    """An engine that counts the windows that it is given."""

    def __init__(self, engine: FasterWhisper) -> None:
        self._engine, self.windows = engine, 0
        self.name, self.details, self.languages = engine.name, engine.details, engine.languages
        self.batch_size, self.window_s = engine.batch_size, engine.window_s

    def recognise(self, samples: NDArray[np.float32], windows: Any, **how: Any) -> Iterator[Any]:
        """Count, and let the engine recognise."""
        self.windows += len(windows)
        yield from self._engine.recognise(samples, windows, **how)

    def detect_language(self, samples: NDArray[np.float32], windows: Any) -> tuple[str, float]:
        """As the engine does."""
        return self._engine.detect_language(samples, windows)


def samples_of(name: str) -> NDArray[np.float32]:
    """An episode of the sample podcast."""
    with AudioReader(SAMPLES / f"{name}.mp3") as reader:
        return np.concatenate(list(reader.blocks(10.0)))


def recordings(minutes: float) -> dict[str, NDArray[np.float32]]:
    """Talk off her topics, talk that touches them, and talk about them."""
    off, touch, pain = samples_of(OFF), samples_of(TOUCH), samples_of(PAIN)
    if not minutes:
        part = touch[60 * SAMPLE_RATE : 115 * SAMPLE_RATE]
        return {"off topic": off, "a fifth on topic": np.concatenate([off, part, off]), "on topic": pain[: len(off)]}
    count = max(1, round(minutes * 60 * SAMPLE_RATE / len(off)))
    sprinkled = [off] * count
    for place, part in enumerate(np.array_split(touch, 3)):
        sprinkled.insert(1 + place * (count // 3 + 1), part)
    return {
        "off topic": np.concatenate([off] * count),
        "a fifth on topic": np.concatenate(sprinkled[: round(len(touch) * 5 / len(off)) + 3]),
        "on topic": np.concatenate([pain, touch]),
    }


def write(path: Path, samples: NDArray[np.float32]) -> Path:
    """Write a WAV file."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes((samples * 32767).astype(np.int16).tobytes())
    return path


def timed(work: Callable[[], Transcript], *engines: Counting) -> tuple[Transcript, Cost]:
    """Do something and say what it took."""
    before = sum(engine.windows for engine in engines)
    wall, processor = time.perf_counter(), time.process_time()
    transcript = work()
    cost = Cost(time.perf_counter() - wall, time.process_time() - processor, sum(e.windows for e in engines) - before)
    return transcript, cost


def dearer_model(folder: Path, cost: float, audio: Path, options: SpeechOptions) -> Path:
    """Make the model that costs so many times as much: each layer adds the same."""
    seconds = {}
    transcribe(audio, load_engine(MODEL, options))  # what is loaded once belongs to neither
    for layers in (3, 12):
        engine = load_engine(deepen(MODEL, folder / f"{layers}-layers", layers), options)
        began = time.process_time()
        transcribe(audio, engine)
        seconds[layers] = time.process_time() - began
    each = (seconds[12] - seconds[3]) / 9
    layers = round(3 + (cost - 1) * seconds[3] / each)
    print(f"The better model has {layers} layers in encoder and decoder, the scout 3.\n", flush=True)
    return deepen(MODEL, folder / "dearer", layers)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cost", type=float, default=10.0, help="how many times as much the better model costs")
    parser.add_argument("--minutes", type=float, default=0.0, help="about how long the recordings are (default: short)")
    parser.add_argument("--threads", type=int, default=0, help="as podnotes has it")
    given = parser.parse_args()
    topics, options = load_topics("bodywork"), SpeechOptions(threads=given.threads)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        short = write(folder / "short.wav", samples_of(OFF)[: 60 * SAMPLE_RATE])
        dearer = dearer_model(folder, given.cost, short, options)
        scout, better = (Counting(FasterWhisper(model, model.name, options)) for model in (MODEL, dearer))
        print("| recording | minutes | heard again | windows | whole pass: wall s, processor s | scout, then parts |"
              " wall | processor |")  # fmt: skip
        print("|---|---|---|---|---|---|---|---|")
        ratios = []
        for label, samples in recordings(given.minutes).items():
            audio = write(folder / "audio.wav", samples)
            whole, full = timed(lambda audio=audio: transcribe(audio, better), better)  # type: ignore[misc]  # default
            first, alone = timed(lambda audio=audio: transcribe(audio, scout), scout)  # type: ignore[misc]  # as above
            ratios.append(full.processor / alone.processor)
            refined, parts = timed(
                lambda audio=audio, first=first: refine(  # type: ignore[misc]  # as above
                    audio, first, worth_hearing_again(find_passages(first, topics, scale=EASED)), better
                ),
                better,
            )
            again = sum(s.end - s.start for s in refined.segments if s.doubt is not Doubt.SCOUTED)
            wall, processor = alone.wall + parts.wall, alone.processor + parts.processor
            print(
                f"| {label} | {len(samples) / SAMPLE_RATE / 60:.1f} | {again / refined.duration:.0%} |"
                f" {parts.windows / full.windows:.0%} | {full.wall:.1f}, {full.processor:.1f} |"
                f" {wall:.1f}, {processor:.1f} | {wall / full.wall:.2f} | {processor / full.processor:.2f} |",
                flush=True,
            )
            assert [s.text for s in first.segments] == [s.text for s in whole.segments], "the models differ"
        print(f"\nThe better model costs {', '.join(f'{ratio:.1f}' for ratio in ratios)} times as much as the scout.")


if __name__ == "__main__":
    main()
