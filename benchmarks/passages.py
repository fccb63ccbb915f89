"""Measure the speed of finding passages, compared with alternatives, and the cost of the whole command.

    python benchmarks/passages.py [--data DIR] [--repeat N] [--embeddings]

All systems process the same transcripts alternately in one run on one core; figures are the best of N rounds in words
per second, and the ratio to podnotes. The second part compares the time of `podnotes passages` as a whole process on
two hours of speech with the start-up of the interpreter including nltk. The transcripts are the labelled ones (see
quality.py) or, without them, the sample podcast's, repeated.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from quality import ROOT, systems

from podnotes.transcripts.formats import read_transcript, write_transcript

if TYPE_CHECKING:
    from podnotes.models import Segment, Transcript

LONG_S = 7200.0


def main() -> int:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("PODNOTES_EVAL", ROOT.parent / "shared/eval")))
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--embeddings", action="store_true", help="also time sentence embeddings (takes minutes)")
    options = parser.parse_args()
    transcripts = load(options.data)
    words = sum(len(transcript.text.split()) for transcript in transcripts.values())
    print(f"{len(transcripts)} transcripts, {words:,} words, best of {options.repeat}\n")

    best: dict[str, float] = {}
    for _ in range(options.repeat):
        for name, system in systems().items():
            if "embeddings" in name and not options.embeddings:
                continue
            try:
                began = time.process_time()
                system(transcripts)
                best[name] = min(best.get(name, float("inf")), time.process_time() - began)
            except ImportError as error:
                best.setdefault(name, float("nan"))
                print(f"{name}: not installed ({error.name})")
    ours = best["podnotes"]
    print(f"{'system':34} {'words/s':>10} {'time / ours':>12}")
    for name, seconds in best.items():
        if seconds == seconds:
            print(f"{name:34} {words / seconds:10,.0f} {seconds / ours:12.2f}")

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "long.vtt"
        write_transcript(of_two_hours(next(iter(transcripts.values()))), path)
        command = [sys.executable, "-m", "podnotes", "passages", str(path), "--json"]
        start = [sys.executable, "-c", "import nltk"]
        whole, bare = [], []
        for _ in range(max(options.repeat, 3)):
            whole.append(seconds_of(command))
            bare.append(seconds_of(start))
    print(f"\npodnotes passages, two hours, whole process  {min(whole):.2f} s")
    print(f"python -c 'import nltk'                      {min(bare):.2f} s   ratio {min(whole) / min(bare):.2f}")
    return 0


def load(data: Path) -> dict[str, Transcript]:
    """Read the labelled transcripts, or the sample podcast's."""
    folder = data / "topics-dev"
    paths = sorted(folder.glob("*.vtt")) if folder.is_dir() else []
    if not paths:
        print(f"There is no labelled data in {data}; using the sample podcast's transcript instead.", file=sys.stderr)
        (path,) = (ROOT / "examples/sample_podcast/transcripts").glob("*.vtt")
        long = of_two_hours(read_transcript(path))
        return {f"sample {number}": long for number in range(4)}
    return {path.stem: read_transcript(path) for path in paths}


def of_two_hours(transcript: Transcript) -> Transcript:
    """Repeat or cut a transcript to two hours."""
    segments: list[Segment] = []
    offset = 0.0
    while offset < LONG_S:
        segments += [
            replace(one, start=one.start + offset, end=one.end + offset, words=()) for one in transcript.segments
        ]
        offset += transcript.duration
    kept = tuple(one for one in segments if one.end <= LONG_S)
    return replace(transcript, segments=kept, duration=LONG_S)


def seconds_of(command: list[str]) -> float:
    """Measure the wall-clock time of a process in seconds."""
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
