"""Generate the sample podcast from its scripts: audio, chapters, a publisher's transcript and word times.

    python -m tools.speak_sample_podcast [--scripts FOLDER] [--out FOLDER]

A script is plain text. Its first paragraph is ``title: …`` and, if the publisher provides a transcript of the episode,
``transcript: yes``. In the rest, ``# Title`` begins a chapter, and a paragraph ``Name: …`` is a turn of a speaker;
``Name [sponsor]: …`` and ``Name [housekeeping]: …`` mark its kind. All speakers have the voice that the small speech
model was trained on.

Output is reproducible with the same versions of espeak-ng and the MP3 encoder (LAME in PyAV).
"""

from __future__ import annotations

import argparse
import itertools
import json
import multiprocessing
import re
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

import av
import numpy as np

from tools.espeak import SAMPLE_RATE, Espeak, SpokenWord, Voice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

FOLDER = Path(__file__).resolve().parent.parent / "examples" / "sample_podcast"
VOICE = Voice()
BIT_RATE = 32_000
"""Of the MP3, in bits a second; mono at espeak-ng's own sampling rate."""

Kind = Literal["talk", "sponsor", "housekeeping"]

_PARAGRAPH = re.compile(
    r"(?P<speaker>[A-Z][A-Za-z ]*?)(?: \[(?P<kind>sponsor|housekeeping)\])?: (?P<text>.+)", re.DOTALL
)
_SENTENCE = re.compile(r"[^.?!]+[.?!]")
_PAUSE_SENTENCE, _PAUSE_SPEAKER, _PAUSE_CHAPTER, _PAUSE_ENDS = 0.45, 0.8, 1.4, 0.5  # seconds


class ScriptError(ValueError):
    """A script doesn't have the format in the module's docstring."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn of a speaker.

    Attributes:
        speaker: Name in the script.
        kind: Content, sponsor read or housekeeping.
        sentences: The sentences in order.
        chapter: Title of the chapter that begins here, or None.
    """

    speaker: str
    kind: Kind
    sentences: tuple[str, ...]
    chapter: str | None = None


@dataclass(frozen=True, slots=True)
class Script:
    """The script of an episode.

    Attributes:
        title: Title of the episode.
        transcript: Whether the publisher provides a transcript.
        turns: The turns in order.
    """

    title: str
    transcript: bool
    turns: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class SpokenSentence:
    """A sentence in the audio, with times in seconds from the beginning."""

    speaker: str
    kind: Kind
    text: str
    start: float
    end: float
    words: tuple[SpokenWord, ...]


@dataclass(frozen=True, slots=True)
class SpokenEpisode:
    """A spoken script.

    Attributes:
        samples: Mono, 16 bit, at `tools.espeak.SAMPLE_RATE`.
        sentences: The sentences in order.
        chapters: Start in seconds and title of each chapter.
    """

    samples: NDArray[np.int16]
    sentences: tuple[SpokenSentence, ...]
    chapters: tuple[tuple[float, str], ...]

    @property
    def duration(self) -> float:
        """Length of the audio in seconds."""
        return len(self.samples) / SAMPLE_RATE


def read_script(path: Path) -> Script:
    """Read a script.

    Args:
        path: Text file in the format in the module's docstring.

    Returns:
        The script.

    Raises:
        ScriptError: The script has no title, or a paragraph is neither a chapter title nor a turn.
    """
    head, *paragraphs = re.split(r"\n\s*\n", path.read_text(encoding="utf-8").strip())
    fields = dict(line.split(": ", 1) for line in head.splitlines() if ": " in line)
    if "title" not in fields or not fields.keys() <= {"title", "transcript"}:
        raise ScriptError(f"{path.name}: expected “title: …” in the first paragraph, found {head[:60]!r}")
    turns, chapter = [], None
    for paragraph in paragraphs:
        if paragraph.startswith("# "):
            chapter = paragraph[2:].strip()
            continue
        match = _PARAGRAPH.fullmatch(paragraph)
        if match is None:
            raise ScriptError(f"{path.name}: expected “Name: words”, found {paragraph[:60]!r}")
        text = " ".join(match["text"].split())
        sentences = tuple(sentence.strip() for sentence in _SENTENCE.findall(text))
        if "".join(sentences).replace(" ", "") != text.replace(" ", ""):
            raise ScriptError(f"{path.name}: the last sentence has no full stop in {paragraph[-60:]!r}")
        turns.append(Turn(match["speaker"], cast(Kind, match["kind"] or "talk"), sentences, chapter))
        chapter = None
    return Script(fields["title"], fields.get("transcript") == "yes", tuple(turns))


def speak(turns: tuple[Turn, ...], espeak: Espeak) -> SpokenEpisode:
    """Synthesise the turns of a script sentence by sentence, with pauses.

    Args:
        turns: The turns.
        espeak: The synthesiser.

    Returns:
        Audio with the times of sentences and chapters.
    """
    parts: list[NDArray[np.int16]] = []
    sentences: list[SpokenSentence] = []
    chapters: list[tuple[float, str]] = []
    length = 0

    def add(samples: NDArray[np.int16]) -> None:
        nonlocal length
        parts.append(samples)
        length += len(samples)

    add(_silence(_PAUSE_ENDS))
    for number, turn in enumerate(turns):
        if number:
            add(_silence(_PAUSE_CHAPTER if turn.chapter else _PAUSE_SPEAKER))
        if turn.chapter:
            chapters.append((length / SAMPLE_RATE if number else 0.0, turn.chapter))
        for index, text in enumerate(turn.sentences):
            if index:
                add(_silence(_PAUSE_SENTENCE))
            speech = espeak.speak(text, VOICE)
            offset = length / SAMPLE_RATE - speech.start
            words = tuple(SpokenWord(w.text, offset + w.start, offset + w.end, w.merged) for w in speech.words)
            sentences.append(
                SpokenSentence(turn.speaker, turn.kind, text, offset + speech.start, offset + speech.end, words)
            )
            add(speech.samples[round(speech.start * SAMPLE_RATE) : round(speech.end * SAMPLE_RATE)])
    add(_silence(_PAUSE_ENDS))
    return SpokenEpisode(np.concatenate(parts), tuple(sentences), tuple(chapters))


def write_mp3(samples: NDArray[np.int16], path: Path, *, title: str) -> None:
    """Encode mono samples at `tools.espeak.SAMPLE_RATE` as an MP3 with a title."""
    with av.open(str(path), "w", format="mp3", options={"id3v2_version": "3", "fflags": "+bitexact"}) as container:
        container.metadata["title"] = title
        stream = container.add_stream("libmp3lame", rate=SAMPLE_RATE, layout="mono")
        stream.bit_rate = BIT_RATE
        for frame in _frames(samples):
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def web_vtt(episode: SpokenEpisode) -> str:
    """Make the publisher's transcript: WebVTT with one voice tag per sentence, as the podcast namespace recommends."""
    cues = [
        f"{_timestamp(sentence.start)} --> {_timestamp(sentence.end)}\n<v {sentence.speaker}>{sentence.text}\n"
        for sentence in episode.sentences
    ]
    return "\n".join(["WEBVTT\n", *cues])


def truth(episode: SpokenEpisode, espeak_version: str) -> dict[str, Any]:
    """Convert the times of sentences and words in seconds to plain data; words are ``[text, start, end, merged]``."""
    return {
        "espeak": espeak_version,
        "voice": {"name": VOICE.name, "rate": VOICE.rate, "pitch": VOICE.pitch},
        "duration": round(episode.duration, 3),
        "sentences": [
            {
                "speaker": sentence.speaker,
                "kind": sentence.kind,
                "start": round(sentence.start, 3),
                "end": round(sentence.end, 3),
                "text": sentence.text,
                "words": [[w.text, round(w.start, 3), round(w.end, 3), w.merged] for w in sentence.words],
            }
            for sentence in episode.sentences
        ],
    }


def chapters(episode: SpokenEpisode) -> dict[str, Any]:
    """Convert the episode's chapters to JSON of the Podcasting 2.0 namespace (version 1.2.0)."""
    return {
        "version": "1.2.0",
        "chapters": [{"startTime": round(start, 3), "title": title} for start, title in episode.chapters],
    }


def main(arguments: list[str] | None = None) -> None:
    """Synthesise all scripts of a folder."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.speak_sample_podcast", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument(
        "--scripts",
        type=Path,
        default=FOLDER / "scripts",
        help="folder of scripts (default: those of the sample podcast)",
    )
    parser.add_argument("--out", type=Path, default=FOLDER, help="output folder (default: the sample podcast)")
    options = parser.parse_args(arguments)
    for folder in ("audio", "transcripts", "truth", "chapters"):
        (options.out / folder).mkdir(parents=True, exist_ok=True)
    # One process per script: the variation of the voice depends on earlier calls, and changing one script must not
    # change the audio of others.
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"), max_tasks_per_child=1) as pool:
        scripts = sorted(options.scripts.glob("*.txt"))
        for script, line in zip(scripts, pool.map(_make_episode, scripts, itertools.repeat(options.out)), strict=True):
            print(f"{script.stem}: {line}")


def _make_episode(script: Path, out: Path) -> str:
    """Synthesise a script and write its files; return the values for the feed."""
    written, name, espeak = read_script(script), script.stem, Espeak()
    episode = speak(written.turns, espeak)
    audio = out / "audio" / f"{name}.mp3"
    write_mp3(episode.samples, audio, title=written.title)
    if written.transcript:
        (out / "transcripts" / f"{name}.vtt").write_text(web_vtt(episode), encoding="utf-8")
    _write_json(truth(episode, espeak.version), out / "truth" / f"{name}.json")
    _write_json(chapters(episode), out / "chapters" / f"{name}.json")
    return f'<enclosure length="{audio.stat().st_size}"> <itunes:duration>{round(episode.duration)}'


def _frames(samples: NDArray[np.int16]) -> Iterator[av.AudioFrame]:
    size = SAMPLE_RATE
    for start in range(0, len(samples), size):
        frame = av.AudioFrame.from_ndarray(samples[np.newaxis, start : start + size], format="s16", layout="mono")
        frame.sample_rate = SAMPLE_RATE
        frame.pts = start
        yield frame


def _silence(seconds: float) -> NDArray[np.int16]:
    return np.zeros(round(seconds * SAMPLE_RATE), np.int16)


def _timestamp(seconds: float) -> str:
    milliseconds = round(seconds * 1000)
    minutes, milliseconds = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{milliseconds // 1000:02}.{milliseconds % 1000:03}"


def _write_json(data: dict[str, Any], path: Path) -> None:
    text = json.dumps(data, indent=1, ensure_ascii=False)
    # One word per line, not one value per line.
    text = re.sub(r"\[\s+(\"[^\"]*\"),\s+([\d.]+),\s+([\d.]+),\s+(true|false)\s+\]", r"[\1, \2, \3, \4]", text)
    path.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
