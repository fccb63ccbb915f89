"""Second looks at parts of an episode: recognising them again with a better model, and timing their words.

Both cost a fraction of a full pass, since only what may be quoted is heard again.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from podnotes.errors import PodnotesError, SpeechError
from podnotes.media.decode import SAMPLE_RATE, AudioReader
from podnotes.models import Doubt, Segment, Transcript
from podnotes.speech.alignment import to_voice
from podnotes.speech.engine import Aligner, load_engine
from podnotes.speech.interruption import interruptible
from podnotes.speech.options import SpeechOptions, SpeechProgress
from podnotes.speech.recognition import choose_language, to_segment
from podnotes.speech.second_try import check
from podnotes.speech.speeds import remember_speed
from podnotes.speech.voice import BLOCK_SECONDS, Take, Window, hear_voice, plan_windows

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from podnotes.models import Findings, Passage
    from podnotes.speech.engine import Engine

#: Seconds around a passage that the better model hears as well: the sentence before may belong to it.
CONTEXT_SECONDS = 3.0

# Heard around the segments whose words are timed.
_MARGIN_SECONDS = 0.3
# Too little to hear a word in.
_SHORTEST_SECONDS = 0.1

Span = tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class _Piece:
    start: float
    samples: NDArray[np.float32]


def worth_hearing_again(findings: Findings, *, best: int = 5, margin: float = 0.14, most: int = 90) -> list[Span]:
    """Choose the parts of a scouted episode that the better model must hear.

    What is quoted are the best passages of each topic. The scout's mistakes shift scores: whatever comes close to the
    last of the best may be among them. Where an episode speaks of the topics throughout, much comes close, and little
    is lost with what is left out: it says the same nearly as well. So there is a number that the topics share.

    Args:
        findings: What was found in the scout's transcript, best with ``podnotes.passages.scoring.EASED``.
        best: Passages a topic that may be quoted.
        margin: How much lower than the last of them a score may be; docs/speech.md has the figures.
        most: Passages that all topics share; each gets ``best`` at least and four times as many at most.

    Returns:
        Start and end in seconds, without context.
    """
    by_topic: dict[str, list[Passage]] = {}
    for passage in findings.passages:
        by_topic.setdefault(passage.topic, []).append(passage)
    spans = []
    for passages in by_topic.values():
        each = max(best, min(4 * best, most // len(by_topic)))
        passages.sort(key=lambda passage: -passage.score)
        least = passages[:best][-1].score - margin if best > 0 else 1.0
        spans += [(passage.start, passage.end) for passage in passages[:each] if passage.score >= least]
    return sorted(spans)


def refine(
    audio: str | os.PathLike[str],
    transcript: Transcript,
    spans: Iterable[Span],
    model: str | os.PathLike[str] | Engine = "small.en",
    *,
    options: SpeechOptions | None = None,
    context_s: float = CONTEXT_SECONDS,
    on_progress: Callable[[SpeechProgress], None] | None = None,
) -> Transcript:
    """Recognise parts of an episode again with a better model.

    Args:
        audio: The file that the transcript was made of.
        transcript: What a quick model heard ("the scout"); or what came of this for other spans. Then segments that
            are not marked as scouted are the better model's, and stay.
        spans: Start and end in seconds of what may be quoted.
        model: The better model.
        options: How it is done.
        context_s: Seconds around each span that are recognised again as well.
        on_progress: Told seconds done of all that is heard again.

    Returns:
        A transcript whose segments in the spans are the better model's; all others are marked
        :attr:`~podnotes.models.Doubt.SCOUTED`, so that they are never quoted. ``details["scout"]`` names the scout.

    Raises:
        AudioError: The file can't be decoded.
        ModelError: The model is unknown, missing or broken.
        SpeechError: Recognition failed.
    """
    options = options or SpeechOptions()
    wide = widened(spans, transcript, context_s)
    again = any(segment.doubt is Doubt.SCOUTED for segment in transcript.segments)
    if again:
        wide = _still_scouted(wide, transcript)
    kept = [
        segment if again else replace(segment, doubt=segment.doubt or Doubt.SCOUTED)
        for segment in transcript.segments
        if not any(start <= (segment.start + segment.end) / 2 <= end for start, end in wide)
    ]
    scout = transcript.details.get("scout") if again else None
    details = {
        "scout": scout or transcript.model or "",
        "scouted": f"{sum(end - start for start, end in wide):.0f} s again",
    }
    if not wide:
        return replace(transcript, segments=tuple(kept), details=transcript.details | details)
    if on_progress:
        on_progress(SpeechProgress("load", 0.0))
    engine = load_engine(model, options, on_progress)
    language = interruptible(partial(choose_language, Path(audio), engine, transcript.language))
    total, done = sum(end - start for start, end in wide), 0.0
    began = time.monotonic()
    fresh: list[Segment] = []
    try:
        for group in _grouped(_cut_out(Path(audio), wide), engine):
            fresh += interruptible(partial(_recognise, group, engine, language, options))
            done += sum(len(piece.samples) for piece in group) / SAMPLE_RATE
            if on_progress:
                speed = done / max(time.monotonic() - began, 1e-6)
                left = max(0.0, total - done) / speed if speed else None
                on_progress(SpeechProgress("recognise", done, total, speed or None, left))
    except PodnotesError:
        raise
    except Exception as error:  # an engine may fail with anything
        raise SpeechError(f"Recognition of {Path(audio).name} failed: {error}") from error
    remember_speed(engine.name, done, time.monotonic() - began, options)
    return replace(
        transcript,
        segments=tuple(sorted([*kept, *fresh], key=lambda segment: segment.start)),
        language=language,
        model=engine.name,
        details=transcript.details | engine.details | details,
    )


def time_words(
    audio: str | os.PathLike[str],
    transcript: Transcript,
    spans: Iterable[Span],
    model: str | os.PathLike[str] | Engine = "small.en",
    *,
    options: SpeechOptions | None = None,
) -> Transcript:
    """Find when each word of some parts is said, by aligning the transcript's own words to the sound.

    No word is changed: Whisper's cross-attention is asked where in the audio each given word is heard (Radford et
    al. 2022; Giorgino 2009 for the dynamic time warping), and the voice detector corrects words that would begin in
    silence.

    Args:
        audio: The file that the transcript is of.
        transcript: A recognised one, or a publisher's with true times.
        spans: Start and end in seconds of what is quoted.
        model: The model that aligns.
        options: How it is done.

    Returns:
        The transcript with ``words`` in each segment that a span touches; as it was where its times are estimates or
        the engine can't align.

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
    engine = load_engine(model, options)
    if not isinstance(engine, Aligner):
        return transcript
    language = interruptible(partial(choose_language, Path(audio), engine, transcript.language))
    groups = _fit(wanted, transcript.segments, engine.window_s)
    segments = list(transcript.segments)
    bounds = [_bounds(transcript.segments, group) for group in groups]
    try:
        for group, piece in zip(groups, _cut_out(Path(audio), bounds), strict=False):
            if len(piece.samples) < _SHORTEST_SECONDS * SAMPLE_RATE:
                continue
            texts = [segments[index].text for index in group]
            aligned = interruptible(partial(engine.align, piece.samples, " ".join(texts), language=language))
            words = to_voice(aligned, hear_voice(piece.samples))
            for index in group:
                count = len(segments[index].text.split())
                own, words = words[:count], words[count:]
                if len(own) == count:
                    moved = [replace(w, start=_at(piece.start, w.start), end=_at(piece.start, w.end)) for w in own]
                    segments[index] = replace(segments[index], words=tuple(moved))
    except PodnotesError:
        raise
    except Exception as error:  # an engine may fail with anything
        raise SpeechError(f"The words of {Path(audio).name} can't be timed: {error}") from error
    return replace(transcript, segments=tuple(segments))


def widened(spans: Iterable[Span], transcript: Transcript, context_s: float) -> list[Span]:
    """What is really heard again for some spans: context is added, ends are moved to borders of segments (pauses).

    Args:
        spans: Start and end in seconds of what may be quoted.
        transcript: The scout's.
        context_s: Seconds around each span.

    Returns:
        Start and end in seconds, in order of time; what overlaps or nearly touches is one.
    """
    wide: list[Span] = []
    for start, end in sorted(spans):
        low, high = max(0.0, start - context_s), min(transcript.duration, end + context_s)
        touched = [segment for segment in transcript.segments if segment.end > low and segment.start < high]
        if touched:
            low, high = touched[0].start, max(segment.end for segment in touched)
        if wide and low <= wide[-1][1] + 1.0:
            wide[-1] = (wide[-1][0], max(wide[-1][1], high))
        else:
            wide.append((low, high))
    return wide


def _still_scouted(wide: Iterable[Span], transcript: Transcript) -> list[Span]:
    """The parts of some spans that only a scout heard."""
    parts = []
    for start, end in wide:
        inside = [
            segment
            for segment in transcript.segments
            if segment.doubt is Doubt.SCOUTED and start <= (segment.start + segment.end) / 2 <= end
        ]
        if inside:
            parts.append((inside[0].start, max(segment.end for segment in inside)))
    return parts


def _cut_out(path: Path, spans: Sequence[Span]) -> Iterator[_Piece]:
    """Decode a file once and hand out the spans, which must be in order and may overlap."""
    with AudioReader(path) as reader:
        position, held = 0, np.zeros(0, np.float32)
        blocks = reader.blocks(BLOCK_SECONDS)
        for start, end in spans:
            first, last = round(max(0.0, start) * SAMPLE_RATE), round(end * SAMPLE_RATE)
            while position + len(held) < last and (block := next(blocks, None)) is not None:
                if position + len(held) <= first:  # nothing of it is asked for
                    position, held = position + len(held), block
                else:
                    held = np.concatenate([held, block])
            begin = max(0, first - position)
            yield _Piece(first / SAMPLE_RATE, held[begin : max(begin, last - position)])


def _grouped(pieces: Iterator[_Piece], engine: Engine) -> Iterator[list[_Piece]]:
    """Put pieces together so that the engine's batches are full."""
    group: list[_Piece] = []
    for piece in pieces:
        group.append(piece)
        if sum(len(piece.samples) for piece in group) >= engine.batch_size * engine.window_s * SAMPLE_RATE:
            yield group
            group = []
    if group:
        yield group


def _recognise(pieces: Sequence[_Piece], engine: Engine, language: str, options: SpeechOptions) -> list[Segment]:
    """Recognise pieces of one file together, each cut into windows by itself."""
    samples, voices, windows, shifts = [], [], [], []
    offset = 0
    for piece in pieces:
        # Whole frames, so that voice and samples stay in step.
        whole = piece.samples[: len(piece.samples) // 512 * 512]
        voice = hear_voice(whole)
        base = offset / SAMPLE_RATE
        for window in plan_windows(voice, engine.window_s):
            windows.append(Window(base + window.start, min(base + window.end, base + len(whole) / SAMPLE_RATE)))
            shifts.append(piece.start - base)
        samples.append(whole)
        voices.append(voice)
        offset += len(whole)
    take = Take(0.0, offset / SAMPLE_RATE, np.concatenate(samples), tuple(windows), np.concatenate(voices))
    found = list(
        engine.recognise(
            take.samples,
            take.windows,
            language=language,
            hotwords=options.hotwords,
        )
    )
    checked = check(engine, take, found, language)
    return [
        to_segment(hypothesis, shift, doubt)
        for entries, shift in zip(checked, shifts, strict=True)
        for hypothesis, doubt in entries
    ]


def _fit(wanted: Sequence[int], segments: Sequence[Segment], longest: float) -> list[list[int]]:
    """Group neighbouring segments into windows that the model hears at once; what is too long is left alone."""
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
    """What is heard for a group: a little more than its segments, but not its neighbours' words."""
    first, last = segments[group[0]], segments[group[-1]]
    before = segments[group[0] - 1].end if group[0] else 0.0
    after = segments[group[-1] + 1].start if group[-1] + 1 < len(segments) else last.end + _MARGIN_SECONDS
    start = max(first.start - _MARGIN_SECONDS, min(before, first.start), 0.0)
    return start, min(last.end + _MARGIN_SECONDS, max(after, last.end))


def _at(base: float, seconds: float) -> float:
    return round(base + seconds, 3)
