"""Scout, then quote: what is lost when a quick model looks for the passages, and what is saved.

    python benchmarks/scout.py              on labelled transcripts: share of audio heard twice, passages still found
    python benchmarks/scout.py --wall       real time with two models, on the sample podcast

The transcripts come from the folder in PODNOTES_EVAL (default: ../shared/eval beside the checkout). They are degraded
as a small model would: words taken for others (mostly of a similar length, rare words more often), left out, or made
up, in runs rather than evenly, at 10, 15 and 20 % of the words.

`--wall` needs a second model that costs more. No other can be shipped, so the sample model plays both: as the better
one it recognises each window ten times (`--cost 10`), which has the price of a larger model and its own words.
"""

from __future__ import annotations

import argparse
import os
import random
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from podnotes.models import Transcript
    from podnotes.speech import Hypothesis, Window

ROOT = Path(__file__).resolve().parent.parent
EVAL = Path(os.environ.get("PODNOTES_EVAL", ROOT.parent / "shared" / "eval"))
Span = tuple[float, float]


def degrade(transcript: Transcript, rate: float, seed: int) -> Transcript:
    """Make the mistakes of a small model in a transcript.

    Args:
        transcript: What was said.
        rate: Share of words that are wrong: about 60 % substituted, 25 % dropped, 15 % inserted, as small models err.
        seed: For the same mistakes again.
    """
    rng = random.Random(seed)
    counts = Counter(word.lower().strip(".,?!") for segment in transcript.segments for word in segment.text.split())
    by_length: dict[int, list[str]] = {}
    for word in counts:
        by_length.setdefault(len(word), []).append(word)
    segments = []
    trouble = 1.0
    for segment in transcript.segments:
        # Mistakes come in runs: an accent, a noise, a fast stretch.
        trouble = 0.7 * trouble + 0.3 * rng.choice((0.2, 0.6, 1.0, 2.2))
        words = []
        for word in segment.text.split():
            bare = word.lower().strip(".,?!")
            rare = 1.6 if counts[bare] < 5 else 0.85
            if rng.random() >= rate * trouble * rare:
                words.append(word)
                continue
            kind = rng.random()
            other = rng.choice(by_length[len(bare)] or [word])
            if kind < 0.6:
                words.append(word.lower().replace(bare, other) if bare else word)
            elif kind >= 0.85:
                words += [word, other]
        if words:
            segments.append(replace(segment, text=" ".join(words)))
    return replace(transcript, segments=tuple(segments))


def measure(names: Sequence[Path], rates: Sequence[float], best: int, chosen: Sequence[str]) -> None:
    """Print, for each rate of mistakes, the share of audio heard twice and of passages still found."""
    from podnotes import find_passages, load_topics, read_transcript
    from podnotes.speech import worth_hearing_again
    from podnotes.speech.spans import CONTEXT_SECONDS

    topics = [topic for topic in load_topics("bodywork") if not chosen or topic.id in chosen]
    print(f"\n{len(names)} transcripts; topics: {', '.join(topic.id for topic in topics)}; the best {best} of each\n")
    print("| words wrong | audio heard twice | passages still found | of which whole |")
    print("|---|---|---|---|")
    whole = [(transcript := read_transcript(name), find_passages(transcript, topics, limit=best)) for name in names]
    for rate in rates:
        heard = length = 0.0
        found = complete = total = 0
        for seed, (transcript, findings) in enumerate(whole):
            scouted = find_passages(degrade(transcript, rate, seed), topics)
            near = worth_hearing_again(scouted, best=best)
            spans = join([(a - CONTEXT_SECONDS, b + CONTEXT_SECONDS) for a, b in near], transcript.duration)
            heard += sum(end - start for start, end in spans)
            length += transcript.duration
            for passage in findings.passages:
                share = covered((passage.start, passage.end), spans)
                total += 1
                found += share >= 0.5
                complete += share >= 0.95
        print(f"| {rate:.0%} | {heard / length:.1%} | {found / total:.1%} | {complete / total:.1%} |", flush=True)


def join(spans: Sequence[Span], duration: float) -> list[Span]:
    """Join spans that overlap."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], min(end, duration)))
        else:
            joined.append((max(0.0, start), min(end, duration)))
    return joined


def covered(span: Span, spans: Sequence[Span]) -> float:
    """Share of a span that lies in others."""
    inside = sum(max(0.0, min(span[1], end) - max(span[0], start)) for start, end in spans)
    return inside / max(0.001, span[1] - span[0])


class Costly:
    """An engine that does its work several times over: the same words at the price of a larger model."""

    def __init__(self, engine: Any, times: int) -> None:
        self._engine, self._times = engine, times
        self.name, self.details = f"{engine.name} x{times}", engine.details
        self.languages, self.batch_size, self.window_s = engine.languages, engine.batch_size, engine.window_s

    def recognise(
        self, samples: NDArray[np.float32], windows: Sequence[Window], **options: Any
    ) -> Iterator[list[Hypothesis]]:
        """Recognise, several times."""
        for _ in range(self._times - 1):
            for _ in self._engine.recognise(samples, windows, **options):
                pass
        yield from self._engine.recognise(samples, windows, **options)

    def detect_language(self, samples: NDArray[np.float32], windows: Sequence[Window]) -> tuple[str, float]:
        """As the engine does."""
        language, probability = self._engine.detect_language(samples, windows)
        return str(language), float(probability)


def measure_wall(cost: int) -> None:
    """Print the time of a full pass with the costly model beside scouting and recognising parts again."""
    from podnotes import find_passages, load_topics, transcribe
    from podnotes.speech import SpeechOptions, refine, worth_hearing_again
    from podnotes.speech.engine import load_engine

    topics = load_topics("bodywork")
    quick = load_engine(ROOT / "examples" / "speech_model", SpeechOptions())
    costly = Costly(quick, cost)
    print("| episode | costly model, all of it | scout, then parts | ratio | heard twice |")
    print("|---|---|---|---|---|")
    for audio in sorted((ROOT / "examples" / "sample_podcast" / "audio").glob("*.mp3")):
        began = time.monotonic()
        transcribe(audio, costly)
        full = time.monotonic() - began
        began = time.monotonic()
        scouted = transcribe(audio, quick)
        refined = refine(audio, scouted, worth_hearing_again(find_passages(scouted, topics)), costly)
        parts = time.monotonic() - began
        again = sum(s.end - s.start for s in refined.segments if s.doubt is None) / refined.duration
        print(f"| {audio.stem} | {full:.1f} s | {parts:.1f} s | {parts / full:.2f} | {again:.0%} |", flush=True)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rates", type=float, nargs="+", default=[0.10, 0.15, 0.20])
    parser.add_argument("--best", type=int, default=5, help="passages a topic that may be quoted")
    parser.add_argument("--wall", action="store_true")
    parser.add_argument("--cost", type=int, default=10)
    given = parser.parse_args()
    if given.wall:
        measure_wall(given.cost)
        return
    names = sorted((EVAL / "topics-dev").glob("*.vtt"))
    if not names:
        print(f"There are no labelled transcripts in {EVAL}; set PODNOTES_EVAL to the folder that has topics-dev.")
        return
    for chosen in (("pain", "endorphins", "nervous-system", "touch"), ()):
        measure(names, given.rates, given.best, chosen)


if __name__ == "__main__":
    main()
