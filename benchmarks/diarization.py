"""Measure speaker diarization: diarization error rate, word attribution, speaker count, CPU time.

There are three kinds of data, which can be combined::

    python benchmarks/diarization.py --talks VOICES        # one folder per voice, with recordings of single sentences
    python benchmarks/diarization.py --labelled RECORDINGS # NAME.flac|mp3|wav with NAME.rttm
    python benchmarks/diarization.py --scripts RECORDINGS --model small.en  # with NAME.txt, lines "Name: words"

With ``--scripts``, words are recognised and then aligned with the script.

``--talks`` concatenates sentences into conversations whose turns are known to the sample: one, two and three people,
short answers, overlapping speech, a guest on the telephone, a reverberant room, noise, background music, a change of
microphone. Each sentence is a WAV or FLAC file with its words in a .txt file of the same name (``python -m
benchmarks.diarization --speak VOICES`` makes a folder with espeak-ng; natural voices are more meaningful).

"Right" and "unsigned" are shares of the words if they are known, otherwise of the speech time; the rest is attributed
to the wrong person.

The error rate is missed, false and confused speech divided by all speech, including overlaps, excluding 0.25 s around
each change, for the best assignment of voices to people (as NIST's ``md-eval``; ``tests/diarization/test_measures.py``
checks it against the published example).
"""

from __future__ import annotations

import argparse
import difflib
import itertools
import random
import re
import subprocess
import sys
import tempfile
import time
import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from typing import TYPE_CHECKING

from podnotes.audio.decode import SAMPLE_RATE, AudioReader
from podnotes.diarization.assignment import assign_speakers
from podnotes.diarization.diarizer import diarize
from podnotes.diarization.turns import Turn, exclusive
from podnotes.models import Segment, Transcript, Word

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Samples = NDArray[np.float32]
COLLAR_SECONDS, _STEP_SECONDS = 0.25, 0.01


@dataclass(frozen=True)
class Span:
    """A span of speech: start and end in seconds, speaker, and words if known."""

    start: float
    end: float
    speaker: str
    text: str = ""


# ------------------------------------------------------------------------------------------------------- measures


def error_rate(truth: Sequence[Span], found: Sequence[Span], collar: float = COLLAR_SECONDS) -> float:
    """Compute the diarization error rate: (missed + false + confused speech) / speech.

    Args:
        truth: The reference spans.
        found: The detected spans; names of speakers need not match the reference.
        collar: Seconds ignored around each boundary of the reference.
    """
    frames = round(max((span.end for span in (*truth, *found)), default=0.0) / _STEP_SECONDS) + 1
    counted = np.ones(frames, bool)
    for span in truth:
        for border in (span.start, span.end):
            counted[
                max(0, round((border - collar) / _STEP_SECONDS)) : round((border + collar) / _STEP_SECONDS)
            ] = not collar
    said, heard = _tracks(truth, frames), _tracks(found, frames)
    speech = sum(int((track & counted).sum()) for track in said.values())
    together = {
        (who, voice): int((said[who] & heard[voice] & counted).sum()) for who, voice in itertools.product(said, heard)
    }
    speaking = np.sum([track[counted] for track in said.values()], axis=0) if said else np.zeros(int(counted.sum()))
    claimed = np.sum([track[counted] for track in heard.values()], axis=0) if heard else np.zeros(int(counted.sum()))
    right = sum(together[pair] for pair in best_pairs(together).items())
    return float(np.maximum(speaking, claimed).sum() - right) / max(1, speech)


def best_pairs(together: dict[tuple[str, str], int]) -> dict[str, str]:
    """Assign voices to people, each at most once, with maximum overlap; exhaustive search for up to eight."""
    people, voices = sorted({pair[0] for pair in together}), sorted({pair[1] for pair in together})
    turned = len(people) > len(voices)
    few, many = (voices, people) if turned else (people, voices)
    most, best = -1, {}
    for choice in itertools.permutations(many, len(few)):
        pairs = {(other, one) if turned else (one, other) for one, other in zip(few, choice, strict=True)}
        shared = sum(together[pair] for pair in pairs)
        if shared > most:
            most, best = shared, dict(pairs)
    return best


def words_right(truth: Sequence[Span], signed: Transcript) -> tuple[float, float]:
    """Return the share of words attributed to the right person, and the share of unattributed words."""
    said = [span.speaker for span in truth for _ in span.text.split()]
    heard = [segment.speaker for segment in signed.segments for _ in segment.text.split()]
    together: dict[tuple[str, str], int] = {}
    for who, voice in zip(said, heard, strict=True):
        for pair in itertools.product(set(said), {one for one in heard if one}):
            together.setdefault(pair, 0)
        if voice:
            together[who, voice] += 1
    pairs = best_pairs(together)
    right = sum(count for pair, count in together.items() if pairs.get(pair[0]) == pair[1])
    return right / len(said), sum(voice is None for voice in heard) / len(said)


def seconds_right(truth: Sequence[Span], turns: Sequence[Turn]) -> tuple[float, float]:
    """Return the share of speech attributed to a person who speaks at that time, and the share left unattributed."""
    signed = [(turn.start, turn.end, f"{turn.voice}") for turn in exclusive(turns) if turn.certain]
    frames = round(max(span.end for span in truth) / _STEP_SECONDS) + 1
    said, heard = _tracks(truth, frames), _tracks([Span(*turn) for turn in signed], frames)
    together = {(who, voice): int((said[who] & heard[voice]).sum()) for who, voice in itertools.product(said, heard)}
    pairs = best_pairs(together)
    speech = np.any(list(said.values()), axis=0)
    right = np.any([said[who] & heard[voice] for who, voice in pairs.items()], axis=0) if pairs else np.zeros(frames)
    unsigned = speech & ~np.any([*heard.values(), np.zeros(frames, bool)], axis=0)
    return float(right.sum() / speech.sum()), float(unsigned.sum() / speech.sum())


def _tracks(spans: Sequence[Span], frames: int) -> dict[str, NDArray[np.bool_]]:
    tracks: dict[str, NDArray[np.bool_]] = {}
    for span in spans:
        track = tracks.setdefault(span.speaker, np.zeros(frames, bool))
        track[round(span.start / _STEP_SECONDS) : round(span.end / _STEP_SECONDS)] = True
    return tracks


# ---------------------------------------------------------------------------------------------------------- talks


class Voices:
    """Recordings of sentences, by voice."""

    def __init__(self, folder: Path) -> None:
        self.sentences: dict[str, list[tuple[Samples, str]]] = {}
        for place in sorted(path for path in folder.iterdir() if path.is_dir()):
            found = [
                (_read(path), path.with_suffix(".txt").read_text(encoding="utf-8").strip())
                for path in sorted(place.iterdir())
                if path.suffix in {".wav", ".flac"} and path.with_suffix(".txt").exists()
            ]
            if found:
                self.sentences[place.name] = found

    def talk(
        self,
        people: Sequence[str],
        seed: int,
        *,
        minutes: float = 2.0,
        short: float = 0.15,
        overlap: float = 0.0,
        change: Callable[[str, Samples], Samples] = lambda _, samples: samples,
    ) -> tuple[Samples, list[Span]]:
        """Concatenate sentences into a conversation.

        Args:
            people: The voices.
            seed: Seed of the arrangement.
            minutes: Length in minutes.
            short: Share of turns with only a few words.
            overlap: Share of turns that begin before the previous one has ended.
            change: Transformation of each sentence of a voice.
        """
        chance = random.Random(seed)
        spans: list[Span] = []
        placed: list[tuple[int, Samples]] = []
        used: dict[str, set[str]] = {who: set() for who in people}
        at, before = 0.5, ""
        while at < minutes * 60:
            who = chance.choice([one for one in people if one != before] or list(people))
            by_length = sorted(self.sentences[who], key=lambda sentence: len(sentence[1]))
            brief = len(people) > 1 and chance.random() < short
            for index in range(1 if brief else chance.choice([1, 1, 2, 3, 5, 8])):
                wanted = by_length[: len(by_length) // 5 + 1] if brief else by_length
                unused = [sentence for sentence in wanted if sentence[1] not in used[who]]
                if not unused:  # avoids using a recording twice
                    used[who] -= {text for _, text in wanted}
                    unused = wanted
                samples, text = chance.choice(unused)
                used[who].add(text)
                samples = change(who, 0.06 * samples / float(np.sqrt(np.mean(samples**2)) + 1e-9))
                pause = chance.uniform(0.25, 0.7) if index else chance.uniform(0.0, 0.8)
                if not index and placed and chance.random() < overlap:
                    pause = -chance.uniform(0.1, 0.5)
                at = max(0.0, at + pause)
                placed.append((round(at * SAMPLE_RATE), samples))
                spans.append(Span(at, at + len(samples) / SAMPLE_RATE, who, text))
                at = spans[-1].end
            before = who
        mixed = np.random.default_rng(seed).standard_normal(round((at + 1) * SAMPLE_RATE)).astype(np.float32) * 3e-4
        for first, samples in placed:
            mixed[first : first + len(samples)] += samples
        return mixed, spans


def telephone(samples: Samples) -> Samples:
    """Keep 300 to 3,400 Hz, with fourth-order slopes.

    After a sharp cut-off, the voice activity detector would miss deep voices entirely.
    """
    spectrum = np.fft.rfft(samples)
    hertz = np.maximum(np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE), 1.0)
    passes = 1 / np.sqrt((1 + (300 / hertz) ** 8) * (1 + (hertz / 3400) ** 8))
    return np.asarray(np.fft.irfft(spectrum * passes, len(samples)), np.float32)


def room(samples: Samples) -> Samples:
    """Add the reverberation of a room (0.4 s)."""
    noise = np.random.default_rng(7)
    tail = noise.standard_normal(4000) * np.exp(-np.arange(4000) / 960)
    tail[0] = 6.0
    size = len(samples) + len(tail)
    wet = np.fft.irfft(np.fft.rfft(samples, size) * np.fft.rfft(tail, size), size)[: len(samples)]
    return np.asarray(wet * np.sqrt(np.mean(samples**2) / np.mean(wet**2)), np.float32)


def noisy(samples: Samples, decibels: float = 10.0) -> Samples:
    """Add white noise at a signal-to-noise ratio."""
    noise = np.random.default_rng(8).standard_normal(len(samples)) * np.sqrt(
        np.mean(samples**2) / 10 ** (decibels / 10)
    )
    return np.asarray(samples + noise, np.float32)


def with_music(samples: Samples, decibels: float = 12.0) -> Samples:
    """Add background chords, one second each."""
    chance = np.random.default_rng(9)
    at = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    chords = []
    for _ in range(len(samples) // SAMPLE_RATE + 1):
        notes = 220.0 * 2 ** (chance.choice([0, 2, 3, 5, 7, 8, 10, 12], 3, replace=False) / 12)
        chords.append(
            sum(np.sin(2 * np.pi * note * at) + 0.3 * np.sin(4 * np.pi * note * at) for note in notes) * np.exp(-at)
        )
    music = np.concatenate(chords)[: len(samples)]
    share = np.sqrt(np.mean(samples**2) / np.mean(music**2) / 10 ** (decibels / 10))
    return np.asarray(samples + music * share, np.float32)


def half(change: Callable[[Samples], Samples]) -> Callable[[Samples], Samples]:
    """Change the first half of a recording."""
    return lambda samples: np.concatenate([change(samples[: len(samples) // 2]), samples[len(samples) // 2 :]])


def make_talks(voices: Voices) -> dict[str, tuple[Samples, list[Span]]]:
    """Make all kinds of conversations, using the voices in turn."""
    names = list(voices.sentences)
    if len(names) < 3:
        raise SystemExit("--talks requires a folder with at least three voices.")
    one, two, three = names[:3]
    talks: dict[str, tuple[Samples, list[Span]]] = {}

    def add(name: str, people: Sequence[str], after: Callable[[Samples], Samples] = lambda s: s, **how: object) -> None:
        samples, spans = voices.talk(people, len(talks) + 1, **how)  # type: ignore[arg-type] # passed on as they are
        talks[name] = after(samples), spans

    for first, second in itertools.combinations(names, 2):
        add(f"two: {first}, {second}", (first, second), minutes=1.0)
    add("three", (one, two, three))
    add("two, some at once", (one, two), overlap=0.4)
    add("two, many short answers", (one, two), short=0.5)
    add("two, one on the telephone", (one, two), change=lambda who, s: telephone(s) if who == two else s)
    add("two, one far from the microphone", (one, two), change=lambda who, s: 0.25 * room(s) if who == two else s)
    add("two, both on the telephone", (one, two), telephone)
    add("two in a room", (one, two), room)
    add("two in noise", (one, two), noisy)
    add("two over music", (one, two), with_music)
    for name in names:
        add(f"one: {name}", (name,), minutes=1.0)
    add("one, telephone first", (one,), half(telephone))
    add("one, music first", (two,), half(with_music))
    return talks


# ------------------------------------------------------------------------------------------------------------- run


def measure(name: str, audio: Path, truth: list[Span]) -> dict[str, float]:
    """Diarize a recording and print the results."""
    began = time.process_time()
    found = diarize(audio)
    spent = time.process_time() - began
    voices = {index: f"Speaker {index + 1}" for index in range(len(found.voices))}
    rate = error_rate(truth, [Span(turn.start, turn.end, voices[turn.voice]) for turn in found.turns])
    result = {"people": len({span.speaker for span in truth}), "found": len(voices), "der": rate}
    result["cost"] = spent / max(1.0, found.turns[-1].end if found.turns else 1.0)
    line = f"{name:<42} {result['people']:>6.0f} {result['found']:>6.0f} {rate:>7.1%}"
    if any(span.text for span in truth):
        right, unsigned = words_right(truth, assign_speakers(_transcript(truth), found.turns, voices))
    else:
        right, unsigned = seconds_right(truth, found.turns)
    result |= {"right": right, "unsigned": unsigned}
    line += f" {right:>7.1%} {unsigned:>8.1%}"
    print(f"{line} {result['cost']:>6.3f}", flush=True)
    return result


def measure_script(name: str, audio: Path, script: Path, model: str) -> dict[str, float]:
    """Transcribe a recording, label its speakers, and print the share of correctly attributed words."""
    from podnotes import transcribe
    from podnotes.diarization.labeling import label_speakers

    lines = re.findall(r"(?m)^(\w[\w .]*): (\S.*)$", script.read_text(encoding="utf-8").split("\n[", 1)[-1])
    said = [(word, who) for who, text in lines for word in _plain(text)]
    words = transcribe(audio, model, language="en")
    began = time.process_time()
    found = diarize(audio)
    signed = label_speakers(words, found)
    spent = time.process_time() - began
    heard = [(word, one.speaker) for one in signed.transcript.segments for word in _plain(one.text)]
    matcher = difflib.SequenceMatcher(None, [word for word, _ in said], [word for word, _ in heard], autojunk=False)
    pairs = [
        (said[block.a + place][1], heard[block.b + place][1])
        for block in matcher.get_matching_blocks()
        for place in range(block.size)
    ]
    together = dict.fromkeys(itertools.product({who for _, who in said}, signed.labels.values()), 0)
    for who, label in pairs:
        if label:
            together[who, label] += 1
    best = best_pairs(together)
    right = sum(together[pair] for pair in best.items()) / max(1, len(pairs))
    names = ", ".join(signed.labels.values())
    people = len({who for _, who in said})
    cost = spent / max(1.0, words.duration)
    unsigned = sum(label is None for _, label in pairs) / max(1, len(pairs))
    print(f"{name:<42} {people:>6} {len(found.voices):>6} {'':>7} {right:>7.1%} {unsigned:>8.1%} {cost:>6.3f}  {names}")
    return {"cost": cost, "right": right}


def _plain(text: str) -> list[str]:
    return re.findall(r"[a-z0-9']+", text.lower().replace("’", "'"))


def _transcript(truth: Sequence[Span]) -> Transcript:
    """Put the words into segments of 30 s, like Whisper's, with times in proportion to letters."""
    segments: list[Segment] = []
    words: list[Word] = []
    for span in truth:
        texts = span.text.split()
        at, each = span.start, (span.end - span.start) / sum(len(text) + 1 for text in texts)
        for text in texts:
            words.append(Word(at, at + (len(text) + 1) * each, text))
            at = words[-1].end
    for first in range(0, len(words), 70):
        own = tuple(words[first : first + 70])
        segments.append(Segment(own[0].start, own[-1].end, " ".join(word.text for word in own), own))
    return Transcript(tuple(segments), truth[-1].end)


def read_rttm(path: Path) -> list[Span]:
    """Read speaker spans in NIST's Rich Transcription Time Marked format."""
    lines = [line.split() for line in path.read_text().splitlines() if line.startswith("SPEAKER")]
    return [Span(float(line[3]), float(line[3]) + float(line[4]), line[7]) for line in lines]


def _read(path: Path) -> Samples:
    with AudioReader(path) as reader:
        return np.concatenate(list(reader.blocks(60.0)))


def _write(path: Path, samples: Samples) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return path


def speak(folder: Path) -> None:
    """Make a folder of voices with espeak-ng, from the sentences of the sample podcast."""
    scripts = Path(__file__).resolve().parent.parent / "examples/sample_podcast/scripts"
    text = " ".join(path.read_text(encoding="utf-8") for path in sorted(scripts.iterdir()))
    sentences = [f"{part.strip()}." for part in text.replace("\n", " ").split(".") if 2 < len(part.split()) < 30]
    for voice in ("en-us+f3", "en-us+m7", "en-us"):
        place = folder / voice
        place.mkdir(parents=True, exist_ok=True)
        for index, sentence in enumerate(sentences[:40]):
            subprocess.run(["espeak-ng", "-v", voice, "-w", str(place / f"{index:03}.wav"), sentence], check=True)
            (place / f"{index:03}.txt").write_text(sentence, encoding="utf-8")


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--talks", type=Path, metavar="VOICES")
    parser.add_argument("--labelled", type=Path, metavar="RECORDINGS")
    parser.add_argument("--scripts", type=Path, metavar="RECORDINGS")
    parser.add_argument("--model", default="small.en")
    parser.add_argument("--speak", type=Path, metavar="VOICES")
    arguments = parser.parse_args()
    if arguments.speak:
        speak(arguments.speak)
    results: dict[str, dict[str, float]] = {}
    print(f"{'':<42} {'people':>6} {'found':>6} {'DER':>7} {'right':>7} {'unsigned':>8} {'cost':>6}")
    if arguments.labelled:
        for truth in sorted(arguments.labelled.glob("*.rttm")):
            audio = next(
                path for path in truth.parent.glob(f"{truth.stem}.*") if path.suffix in {".flac", ".mp3", ".wav"}
            )
            results[truth.stem] = measure(truth.stem, audio, read_rttm(truth))
    if arguments.scripts:
        for audio in sorted(arguments.scripts.glob("*.mp3")):
            script = audio.with_suffix(".txt")
            if script.exists():
                results[audio.stem] = measure_script(audio.stem, audio, script, arguments.model)
    if arguments.talks:
        with tempfile.TemporaryDirectory() as folder:
            for name, (samples, spans) in make_talks(Voices(arguments.talks)).items():
                results[name] = measure(name, _write(Path(folder) / "talk.wav", samples), spans)
    if results:
        cost = np.mean([result["cost"] for result in results.values()])
        print(f"processor time over length: {cost:.3f} (mean), detector and encoder and decoding together")


if __name__ == "__main__":
    main()
