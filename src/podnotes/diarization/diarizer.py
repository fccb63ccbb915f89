"""Diarization: local speakers piece by piece, then voices and turns of the whole episode."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from podnotes.audio.decode import SAMPLE_RATE, AudioReader
from podnotes.diarization.clustering import Voice, find_voices
from podnotes.diarization.embedding import LocalSpeakers, find_local_speakers
from podnotes.diarization.turns import Turn, find_turns
from podnotes.interruption import interruptible

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator, Sequence

#: What is listened to and remembered as a whole.
CHUNK_SECONDS = 300.0
#: Of what a piece holds: pieces that an earlier version of podnotes remembered are listened to again.
CHUNK_VERSION = 2


@dataclass(frozen=True, slots=True, eq=False)
class DiarizedChunk:
    """A piece of the audio that has been listened to for voices: what is remembered when a run is interrupted.

    Attributes:
        start: Seconds from the start of the episode.
        end: Seconds, where the next begins.
        speakers: Who speaks in it, with times from the start of the episode.
    """

    start: float
    end: float
    speakers: LocalSpeakers


@dataclass(frozen=True, slots=True, eq=False)
class Diarization:
    """Who speaks when in an episode.

    Attributes:
        turns: By start; ``voice`` is an index into ``voices``. Turns overlap where people speak at once.
        voices: What each person sounds like, those that speak most first.
    """

    turns: tuple[Turn, ...]
    voices: tuple[Voice, ...]


def diarize(
    audio: str | os.PathLike[str],
    model: str | None = None,
    *,
    done: Sequence[DiarizedChunk] = (),
    on_chunk: Callable[[DiarizedChunk], None] | None = None,
    on_progress: Callable[[float], None] | None = None,
) -> Diarization:
    """Find out who speaks when, for an unknown number of people.

    The audio is listened to in pieces of five minutes; a run that was interrupted goes on when it is given the pieces
    that were done, with the same result. Where a recording has one person a channel, the channels count.

    Args:
        audio: An audio or video file.
        model: Speaker embedding model: path of an ONNX file that takes 80 log mel bands, or None for CAM++, which comes
            with podnotes.
        done: Pieces of an earlier run over the same audio with the same model.
        on_chunk: Given each piece that is finished, in order.
        on_progress: Told the seconds of audio that are done, in the caller's thread, every half second at least. An
            exception that it raises gives the work up and is raised here.

    Returns:
        Turns and voices; none of either where nobody speaks.

    Raises:
        AudioError: The file can't be decoded or has no sound.
        ModelError: A network can't be found or run.
    """
    with AudioReader(Path(audio)) as reader:
        stereo = reader.channels == 2

    def tell() -> None:
        if on_progress:
            on_progress(at)

    chunks = _usable(done)
    at = chunks[-1].end if chunks else 0.0
    pieces = _chunks(Path(audio), stereo, at, model)
    while chunk := interruptible(partial(next, pieces, None), tell):
        chunks.append(chunk)
        at = chunk.end
        if on_chunk:
            on_chunk(chunk)
        tell()
    if not chunks:
        return Diarization((), ())
    return interruptible(partial(_diarize, LocalSpeakers.joined([chunk.speakers for chunk in chunks])), tell)


def _chunks(audio: Path, stereo: bool, at: float, model: str | None) -> Iterator[DiarizedChunk]:
    # The reader is the generator's: when the work is given up, it is closed by the thread that still decodes.
    with AudioReader(audio, stereo=stereo) as reader:
        for samples in reader.blocks(CHUNK_SECONDS, start=at):
            end = at + len(samples) / SAMPLE_RATE
            yield DiarizedChunk(at, end, find_local_speakers(samples.T, at, model))
            at = end


def _diarize(speakers: LocalSpeakers) -> Diarization:
    voices = find_voices(speakers)
    turns = find_turns(speakers, voices)
    # Windows overlap, so that clustering counts most speech twice.
    seconds = [sum(turn.end - turn.start for turn in turns if turn.voice == voice) for voice in range(len(voices))]
    return Diarization(turns, tuple(replace(voice, seconds=own) for voice, own in zip(voices, seconds, strict=True)))


def _usable(done: Sequence[DiarizedChunk]) -> list[DiarizedChunk]:
    """Take the pieces from the beginning as far as they go without a hole; one that is shorter ends the file."""
    usable: list[DiarizedChunk] = []
    for chunk in sorted(done, key=lambda chunk: chunk.start):
        before = usable[-1] if usable else None
        if before is not None and before.end - before.start < CHUNK_SECONDS:
            break
        if abs(chunk.start - (before.end if before else 0.0)) > 1 / SAMPLE_RATE:
            break
        usable.append(chunk)
    return usable
