"""Diarization: local speakers chunk by chunk, then voices and turns of the whole episode."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from podnotes.audio.decode import SAMPLE_RATE, AudioReader, unbroken
from podnotes.diarization.clustering import Voice, find_voices
from podnotes.diarization.embedding import LocalSpeakers, find_local_speakers
from podnotes.diarization.turns import Turn, find_turns
from podnotes.interruption import interruptible

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator, Sequence

#: Length of a chunk, the unit that is processed and saved.
CHUNK_SECONDS = 300.0
#: Version of a chunk's contents: chunks saved by an earlier version of podnotes are processed again.
CHUNK_VERSION = 2


@dataclass(frozen=True, slots=True, eq=False)
class DiarizedChunk:
    """A processed chunk of the audio, which is saved so that an interrupted run can be resumed.

    Attributes:
        start: Seconds from the start of the episode.
        end: Start of the next chunk, in seconds.
        speakers: Local speakers, with times from the start of the episode.
    """

    start: float
    end: float
    speakers: LocalSpeakers


@dataclass(frozen=True, slots=True, eq=False)
class Diarization:
    """The turns and voices of an episode.

    Attributes:
        turns: Sorted by start; ``voice`` is an index into ``voices``. Turns overlap where people speak at once.
        voices: The voices, with most speech first.
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
    """Determine who speaks when, for an unknown number of people.

    The audio is processed in chunks of five minutes. An interrupted run can be resumed by passing its finished chunks;
    the result is the same as without the interruption. Channels are used if a recording has one person per channel.

    Args:
        audio: An audio or video file.
        model: Speaker embedding model: path of an ONNX file that takes 80 log mel bands, or None for CAM++, which is
            included in podnotes.
        done: Chunks of an earlier run with the same audio and model; processing resumes after the last one.
        on_chunk: Called with each finished chunk, in order.
        on_progress: Called with the seconds of audio done, in the caller's thread, at least every half second. An
            exception raised by it stops the work and is propagated.

    Returns:
        Turns and voices; both are empty if nobody speaks.

    Raises:
        AudioError: The file can't be decoded or contains no audio.
        ModelError: A network can't be found or run.
    """
    with AudioReader(Path(audio)) as reader:
        stereo = reader.channels == 2

    def tell() -> None:
        if on_progress:
            on_progress(at)

    chunks = unbroken(done)
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
    # The generator owns the reader, so that the decoding thread closes it if the work is aborted.
    with AudioReader(audio, stereo=stereo) as reader:
        for samples in reader.blocks(CHUNK_SECONDS, start=at):
            end = at + len(samples) / SAMPLE_RATE
            yield DiarizedChunk(at, end, find_local_speakers(samples.T, at, model))
            at = end


def _diarize(speakers: LocalSpeakers) -> Diarization:
    voices = find_voices(speakers)
    turns = find_turns(speakers, voices)
    # Windows overlap, so clustering counts most speech twice.
    seconds = [sum(turn.end - turn.start for turn in turns if turn.voice == voice) for voice in range(len(voices))]
    return Diarization(turns, tuple(replace(voice, seconds=own) for voice, own in zip(voices, seconds, strict=True)))
