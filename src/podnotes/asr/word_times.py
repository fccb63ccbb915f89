"""Word times for quotes only, at a fraction of the cost of aligning everything."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from podnotes.asr.alignment import to_voice
from podnotes.asr.engine import Aligner, load_engine
from podnotes.asr.language_detection import choose_language
from podnotes.asr.speech_options import SpeechOptions
from podnotes.asr.throughput import suitable_model
from podnotes.asr.vad import BLOCK_SECONDS, hear_voice
from podnotes.audio.decode import SAMPLE_RATE, AudioReader
from podnotes.errors import PodnotesError, SpeechError
from podnotes.interruption import reporting

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from podnotes.asr.engine import Engine
    from podnotes.models import Segment, Transcript

# Audio included before and after the segments to align.
_MARGIN_SECONDS = 0.3
# Audio too short for a word.
_SHORTEST_SECONDS = 0.1

Span = tuple[float, float]


def time_words(
    audio: str | os.PathLike[str],
    transcript: Transcript,
    spans: Iterable[Span],
    model: str | os.PathLike[str] | Engine | None = None,
    *,
    options: SpeechOptions | None = None,
    on_progress: Callable[[float], None] | None = None,
) -> Transcript:
    """Find the time of each word in some parts of a transcript, by aligning its words with the audio.

    The words are not changed. Whisper's cross-attention locates each word in the audio (Radford et al. 2022; Giorgino
    2009 for dynamic time warping), and voice activity detection corrects words that would start in silence.

    Args:
        audio: The audio file of the transcript.
        transcript: A recognised transcript, or a publisher's with accurate times.
        spans: Start and end of each quote in seconds.
        model: Model for the alignment; None for the one suitable for this computer and the language.
        options: Options of speech recognition.
        on_progress: Called with the fraction done, from 0 to 1, at least every half second. An exception raised by it
            stops the alignment and is propagated.

    Returns:
        The transcript with ``words`` in each segment that overlaps a span; unchanged if its times are estimates or the
        engine doesn't support alignment.

    Raises:
        AudioError: The file can't be decoded.
        ModelError: The model is unknown, missing or broken.
        SpeechError: Alignment failed.
    """
    options = options or SpeechOptions()
    spans = list(spans)
    wanted = [
        index
        for index, segment in enumerate(transcript.segments)
        if not segment.words and any(start < segment.end and segment.start < end for start, end in spans)
    ]
    if not wanted or not transcript.timed:
        return transcript
    tell = on_progress or (lambda _: None)
    engine = load_engine(suitable_model(transcript.language) if model is None else model, options, lambda _: tell(0.0))
    if not isinstance(engine, Aligner):
        return transcript
    return reporting(partial(_time_words, Path(audio), transcript, wanted, engine), tell, 0.0)


def _time_words(
    audio: Path,
    transcript: Transcript,
    wanted: Sequence[int],
    engine: Aligner,
    report: Callable[[float], None],
) -> Transcript:
    language = choose_language(audio, engine, transcript.language)
    groups = _fit(wanted, transcript.segments, engine.window_s)
    segments = list(transcript.segments)
    bounds = [_bounds(transcript.segments, group) for group in groups]
    try:
        for number, (group, (start, samples)) in enumerate(zip(groups, _cut_out(audio, bounds), strict=False)):
            report(number / len(groups))
            if len(samples) < _SHORTEST_SECONDS * SAMPLE_RATE:
                continue
            aligned = engine.align(samples, " ".join(segments[index].text for index in group), language=language)
            words = [
                replace(word, start=round(start + word.start, 3), end=round(start + word.end, 3))
                for word in to_voice(aligned, hear_voice(samples))
            ]
            for index in group:
                count = len(segments[index].text.split())
                own, words = words[:count], words[count:]
                if len(own) == count:
                    segments[index] = replace(segments[index], words=tuple(own))
    except PodnotesError:
        raise
    except Exception as error:  # third-party engines may raise anything
        raise SpeechError(f"The words of {audio.name} can't be timed: {error}") from error
    return replace(transcript, segments=tuple(segments))


def _cut_out(path: Path, spans: Sequence[Span]) -> Iterator[tuple[float, NDArray[np.float32]]]:
    """Decode a file once and yield the start and audio of the spans, which must be in order and may overlap."""
    with AudioReader(path) as reader:
        position, held = 0, np.zeros(0, np.float32)
        blocks = reader.blocks(BLOCK_SECONDS)
        for start, end in spans:
            first, last = round(max(0.0, start) * SAMPLE_RATE), round(end * SAMPLE_RATE)
            while position + len(held) < last and (block := next(blocks, None)) is not None:
                if position + len(held) <= first:  # not part of any span
                    position, held = position + len(held), block
                else:
                    held = np.concatenate([held, block])
            begin = max(0, first - position)
            yield first / SAMPLE_RATE, held[begin : max(begin, last - position)]


def _fit(wanted: Sequence[int], segments: Sequence[Segment], longest: float) -> list[list[int]]:
    """Group adjacent segments to fit into one window of the model; segments that are too long are skipped."""
    groups: list[list[int]] = []
    for index in wanted:
        segment = segments[index]
        if segment.end - segment.start > longest - 2 * _MARGIN_SECONDS:
            continue
        if (
            groups
            and groups[-1][-1] == index - 1
            and segment.end - segments[groups[-1][0]].start <= longest - 2 * _MARGIN_SECONDS
        ):
            groups[-1].append(index)
        else:
            groups.append([index])
    return groups


def _bounds(segments: Sequence[Segment], group: Sequence[int]) -> Span:
    """Return the span to decode for a group: its segments with a margin, but without its neighbours' words."""
    first, last = segments[group[0]], segments[group[-1]]
    before = segments[group[0] - 1].end if group[0] else 0.0
    after = segments[group[-1] + 1].start if group[-1] + 1 < len(segments) else last.end + _MARGIN_SECONDS
    start = max(first.start - _MARGIN_SECONDS, min(before, first.start), 0.0)
    return start, min(last.end + _MARGIN_SECONDS, max(after, last.end))
