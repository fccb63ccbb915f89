"""Measure how well hallucinated and wrong words are flagged in poor audio, with and without the retry.

    python benchmarks/doubts.py                        two sample episodes in each recording condition
    python benchmarks/doubts.py --seconds 60           a minute of each
    python benchmarks/doubts.py --model DIR            another model

The audio of the sample podcast, whose words are known, is degraded in several ways and transcribed twice: with the
checks alone, and with the retry. The default model is tiny.en (download it with ``python -m tools.speech_models``). A
word is correct if it matches the script (longest matching blocks). Two figures matter: the share of wrong words that
aren't flagged, so that they could be quoted, and the share of correct words that are flagged.
"""

from __future__ import annotations

import argparse
import difflib
import json
import sys
import tempfile
import wave
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from podnotes.asr import retry
from podnotes.asr.engine import load_engine
from podnotes.asr.quality import words_of
from podnotes.asr.recognition import transcribe
from podnotes.asr.speech_options import SpeechOptions
from podnotes.audio.decode import SAMPLE_RATE, AudioReader

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from podnotes.asr.engine import Engine, Hypothesis
    from podnotes.asr.quality import Checked
    from podnotes.asr.vad import AudioChunk
    from podnotes.models import Transcript

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "examples" / "sample_podcast"
EPISODES = ("what-touch-tells-the-brain", "the-pharmacy-in-your-body")
SYSTEMS = ("checks alone", "second try")


def conditions(speech: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
    """Degrade speech in several ways."""
    rng = np.random.default_rng(11)
    spectrum, frequency = np.fft.rfft(speech), np.fft.rfftfreq(len(speech), 1 / SAMPLE_RATE)
    telephone = spectrum.copy()
    telephone[(frequency < 300) | (frequency > 3400)] = 0
    noise = rng.standard_normal(len(speech)).astype(np.float32)
    at = np.arange(len(speech)) / SAMPLE_RATE
    chords = sum(np.sin(2 * np.pi * at * root * 2 ** (np.floor(at * 2) % 5 / 12)) for root in (220, 277, 330))
    echo = rng.standard_normal(SAMPLE_RATE // 2) * np.exp(-np.arange(SAMPLE_RATE // 2) / (0.15 * SAMPLE_RATE))
    size = len(speech) + len(echo)
    room = np.fft.irfft(np.fft.rfft(speech, size) * np.fft.rfft(echo, size), size)[: len(speech)]
    places = np.arange(0, len(speech) - 1, 1.35)
    level = float(np.sqrt(np.mean(speech**2)))
    made = {
        "as it is": speech,
        "clipped": np.clip(20 * speech, -0.5, 0.5),
        "telephone": np.fft.irfft(telephone, len(speech)),
        "noise, 15 dB": speech + level * 10 ** (-15 / 20) * noise,
        "noise, 5 dB": speech + level * 10 ** (-5 / 20) * noise,
        "under music": 0.6 * speech + 0.04 * chords,
        "in a hall": 0.5 * speech + 0.5 * room * level / float(np.sqrt(np.mean(room**2))),
        "a third faster": np.interp(places, np.arange(len(speech)), speech),
        "two voices": speech + 0.7 * np.roll(speech, len(speech) // 2),
        "backwards": speech[::-1],
    }
    return {name: np.clip(samples, -1, 1).astype(np.float32) for name, samples in made.items()}


def checks_alone(
    _engine: Engine, chunk: AudioChunk, results: Sequence[Sequence[Hypothesis]], language: str
) -> list[list[Checked]]:
    """Like :func:`podnotes.asr.retry.check`, without the retry."""
    return [retry.judged(chunk, found, language) for found in results]


def count(transcript: Transcript, said: Sequence[str]) -> dict[str, int]:
    """Count correct and wrong words, flagged and not."""
    heard = [(word, segment.doubt is None) for segment in transcript.segments for word in words_of(segment.text)]
    matcher = difflib.SequenceMatcher(a=[word for word, _ in heard], b=list(said), autojunk=False)
    right = {block.a + index for block in matcher.get_matching_blocks() for index in range(block.size)}
    counts: dict[str, int] = defaultdict(int)
    for index, (_, trusted) in enumerate(heard):
        counts[f"{'right' if index in right else 'wrong'} {'trusted' if trusted else 'doubted'}"] += 1
    return counts


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default=str(ROOT / ".models" / "tiny.en"))
    parser.add_argument("--seconds", type=float, default=1e9, help="seconds to use of each episode")
    arguments = parser.parse_args()
    check: Any = retry.check
    engine = load_engine(arguments.model, SpeechOptions())
    totals: dict[str, dict[str, int]] = {name: defaultdict(int) for name in SYSTEMS}
    print(f"{'':22}{'':18}{'wrong words':>14}{'of them trusted':>18}{'right words':>14}{'of them doubted':>18}")
    with tempfile.TemporaryDirectory() as folder:
        for condition in conditions(np.zeros(SAMPLE_RATE, np.float32) + 0.1):
            for system in SYSTEMS:
                counts: dict[str, int] = defaultdict(int)
                for episode in EPISODES:
                    path, said = _make(Path(folder), episode, condition, arguments.seconds)
                    retry.check = checks_alone if system == SYSTEMS[0] else check
                    for name, value in count(transcribe(path, engine), said).items():
                        counts[name] += value
                        totals[system][name] += value
                _show(condition, system, counts)
                sys.stdout.flush()
    for system in SYSTEMS:
        _show("all", system, totals[system])


def _make(folder: Path, episode: str, condition: str, seconds: float) -> tuple[Path, list[str]]:
    path = folder / f"{episode} {condition}.wav"
    truth = json.loads((SAMPLE / "truth" / f"{episode}.json").read_text(encoding="utf-8"))["sentences"]
    said = [] if condition == "backwards" else [w for s in truth if s["end"] <= seconds for w in words_of(s["text"])]
    if not path.exists():
        with AudioReader(SAMPLE / "audio" / f"{episode}.mp3") as reader:
            speech = np.concatenate(list(reader.blocks(60.0)))[: round(min(seconds, 1e5) * SAMPLE_RATE)]
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(SAMPLE_RATE)
            file.writeframes((conditions(speech)[condition] * 32767).astype("<i2").tobytes())
    return path, said


def _show(condition: str, system: str, counts: dict[str, int]) -> None:
    wrong = counts["wrong trusted"] + counts["wrong doubted"]
    right = counts["right trusted"] + counts["right doubted"]
    print(
        f"{condition:22}{system:18}{wrong:14}{_share(counts['wrong trusted'], wrong):>18}"
        f"{right:14}{_share(counts['right doubted'], right):>18}"
    )


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else "-"


if __name__ == "__main__":
    main()
