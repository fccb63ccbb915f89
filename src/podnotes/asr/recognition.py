"""Transcription: decode, detect speech, recognise and check, one chunk at a time.

Decoding and voice activity detection run in another thread, one chunk ahead; so does recognition. The caller's thread
waits for the results, so that Ctrl-C takes effect at once and callbacks run in the caller's thread.
"""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from podnotes.asr.language_detection import by_language, choose_language, mark_others, most_spoken, notices
from podnotes.asr.speech_options import SpeechOptions, SpeechProgress
from podnotes.audio.decode import AudioReader, format_gaps, probe_audio, unbroken
from podnotes.errors import AudioError, PodnotesError, SpeechError
from podnotes.interruption import interruptible, note_given_up, prepared_ahead
from podnotes.models import Chunk, Segment, Transcript
from podnotes.timestamps import clock

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Generator, Iterator, Sequence

    from podnotes.asr.engine import Engine, Hypothesis
    from podnotes.asr.vad import AudioChunk
    from podnotes.audio.decode import AudioInfo, Gap
    from podnotes.models import QualityFlag

# Approximate speech per chunk; at most this much work is lost if a run is interrupted.
_CHUNK_SECONDS = 450.0
# Normally, nearly all loud frames are detected as speech. Below this share, in more loud audio than this: a warning.
_LITTLE_HEARD, _LOUD_FOR_S = 0.3, 60.0


def transcribe(
    audio: str | os.PathLike[str],
    model: str | os.PathLike[str] | Engine | None = None,
    *,
    language: str | None = None,
    options: SpeechOptions | None = None,
    on_progress: Callable[[SpeechProgress], None] | None = None,
    done: Sequence[Chunk] = (),
    on_chunk: Callable[[Chunk], None] | None = None,
) -> Transcript:
    """Transcribe audio.

    The audio is recognised in chunks of 5 to 10 minutes that are cut at pauses. An interrupted run can be resumed by
    passing its finished chunks; the result is the same as without the interruption.

    Args:
        audio: An audio or video file.
        model: A model's name ("small.en"), a folder, or an :class:`~podnotes.Engine`; None for the choice of
            :func:`~podnotes.suitable_model` for this computer and the language.
        language: Language of the speech (BCP 47 tag), as stated by a feed; detected if None.
        options: Options of speech recognition.
        on_progress: Called with the progress in the caller's thread, at least every half second. An exception raised
            by it stops the recognition and is propagated.
        done: Chunks of an earlier run with the same audio, model and options; recognition resumes after the last one.
        on_chunk: Called with each finished chunk, in order, in the caller's thread.

    Returns:
        The transcript; ``warnings`` states what is missing, ``details`` how it was made.

    Raises:
        AudioError: The file can't be decoded, is truncated (unless allowed), or contains no audio.
        ModelError: The model is unknown, missing or broken.
        SpeechError: Recognition failed.
    """
    from podnotes.asr.engine import load_engine
    from podnotes.asr.throughput import suitable_model

    options = options or SpeechOptions()
    path = Path(audio)
    reporter = _Reporter(on_progress)
    reporter.repeat()
    info = interruptible(partial(probe_audio, path), reporter.repeat)
    if info.missing and not options.allow_incomplete:
        raise AudioError(
            f"{path.name} is cut off: it should last {clock(info.duration or 0)} but ends after "
            f"{clock(info.present)}; download it again."
        )
    engine = load_engine(suitable_model(language) if model is None else model, options, reporter)
    expected = interruptible(partial(choose_language, path, engine, language), reporter.repeat)
    run = _Run(path, engine, expected, options, unbroken(done))
    meter = _Meter(engine, run.end, info.present, reporter)
    meter.tell(run.end)
    events = run.events()
    try:
        while (event := interruptible(partial(next, events, None), reporter.repeat)) is not None:
            if isinstance(event, Chunk) and on_chunk:
                on_chunk(event)
            meter.tell(event.end if isinstance(event, Chunk) else event)
    except BaseException:
        note_given_up()
        raise
    meter.tell(info.present)  # anything after the last speech counts as done
    meter.remember(run.end)
    duration = max(info.present if info.duration is None else min(info.present, info.duration), run.end)
    segments, spoken = mark_others(run.segments, expected)
    warnings = [*getattr(engine, "warnings", ()), *_warn(run, info), *notices(segments, spoken, engine, language)]
    return Transcript(
        segments=segments,
        duration=round(duration, 3),
        language=spoken,
        source="recognised",
        model=engine.name,
        origin=str(path),
        details={**engine.details, "audio": f"{info.codec}, {info.sample_rate} Hz, {info.channels} channels"},
        warnings=tuple(warnings),
    )


def _warn(run: _Run, info: AudioInfo) -> Iterator[str]:
    damage = format_gaps(run.gaps)
    if damage:
        yield damage
    if info.missing:
        yield f"The audio is cut off: its last {clock(info.missing)} is missing."
    yield from info.notices
    if run.loud_s > _LOUD_FOR_S and run.heard_s < _LITTLE_HEARD * run.loud_s:
        yield (
            f"Speech was detected in only {clock(run.heard_s)} of the {clock(run.loud_s)} that are loud enough for it: "
            "the rest is music, or speech too unclear to recognise, and is missing from the transcript."
        )


class _Run:
    """Recognition of one file from the end of the finished chunks.

    Attributes:
        end: End of the last finished chunk in seconds.
        segments: Segments of all finished chunks.
        gaps: Gaps of the audio, once all of it is decoded.
        loud_s: Seconds of audio in this run that are as loud as speech.
        heard_s: Seconds of the loud audio that were detected as speech.
    """

    def __init__(
        self, path: Path, engine: Engine, language: str, options: SpeechOptions, done: Sequence[Chunk]
    ) -> None:
        self._path, self._engine, self._language, self._options = path, engine, language, options
        self.end = done[-1].end if done else 0.0
        self.segments = [segment for chunk in done for segment in chunk.segments]
        self.gaps: list[Gap] = []
        self.loud_s = self.heard_s = 0.0

    def events(self) -> Iterator[Chunk | float]:
        """Recognise the file; yields each finished chunk and, in between, the seconds done."""
        try:
            for chunk in prepared_ahead(self._audio_chunks()):
                segments = yield from self._recognise(chunk)
                self.end = chunk.end
                self.segments += segments
                self.loud_s += chunk.loud_s
                self.heard_s += chunk.heard_s
                yield Chunk(chunk.start, chunk.end, segments)
        except PodnotesError:
            raise
        except Exception as error:
            raise SpeechError(f"Recognition of {self._path.name} failed: {error}") from error

    def _audio_chunks(self) -> Iterator[AudioChunk]:
        from podnotes.asr.vad import BLOCK_SECONDS, gather

        start, engine = self.end, self._engine
        batch = max(1, engine.batch_size)
        count = batch * max(1, round(_CHUNK_SECONDS / engine.window_s / batch))  # so that all batches are full
        with AudioReader(self._path) as reader:
            yield from gather(reader.blocks(BLOCK_SECONDS, start=start), start, count, engine.window_s, first=batch)
            self.gaps = list(reader.gaps)

    def _recognise(self, chunk: AudioChunk) -> Generator[float, None, tuple[Segment, ...]]:
        """Recognise the windows of a chunk and check the result; yields the seconds done."""
        from podnotes.asr.retry import check
        from podnotes.asr.sentence_segments import join

        expected = most_spoken(self.segments, self._language)
        results = []
        recognised = self._engine.recognise(
            chunk.samples, chunk.windows, language=expected, hotwords=self._options.hotwords
        )
        for window, found in zip(chunk.windows, recognised, strict=True):
            results.append(found)
            yield chunk.start + window.end
        segments: list[Segment] = []
        for language, part, heard in by_language(chunk, results, expected):
            if language != expected:  # text recognised in the wrong language is useless
                heard = list(self._engine.recognise(part.samples, part.windows, language=language))
            checked = check(self._engine, part, heard, language)
            segments += [
                replace(_to_segment(hypothesis, chunk.start, doubt), language=hypothesis.language or language)
                for hypothesis, doubt in join((entry for found in checked for entry in found), language)
            ]
        return tuple(segments)


class _Reporter:
    """Forwards progress, and can repeat the latest report while a batch is being recognised."""

    def __init__(self, on_progress: Callable[[SpeechProgress], None] | None) -> None:
        self._on_progress = on_progress
        self._latest, self._since = SpeechProgress("load", 0.0), time.monotonic()

    def __call__(self, progress: SpeechProgress) -> None:
        self._latest, self._since = progress, time.monotonic()
        self.repeat()

    def repeat(self) -> None:
        """Report the latest progress again, without the time that has passed since then in the time left."""
        if self._on_progress is not None:
            left = self._latest.left_s
            passed = time.monotonic() - self._since
            self._on_progress(replace(self._latest, left_s=None if left is None else max(0.0, left - passed)))


class _Meter:
    """Speed and time left, measured in this run."""

    def __init__(self, engine: Engine, start: float, total: float, report: _Reporter) -> None:
        from podnotes.asr.throughput import expected_speed

        self._engine, self._expected = engine, expected_speed(engine.name)
        self._start, self._total, self._report = start, total, report
        self._began = time.monotonic()

    def remember(self, end: float) -> None:
        """Record the speed of the engine, for estimating how long the next episode takes."""
        from podnotes.asr.throughput import remember_speed

        remember_speed(self._engine.name, end - self._start, time.monotonic() - self._began)

    def tell(self, at: float) -> None:
        """Report progress, in seconds from the start of the audio."""
        spent = time.monotonic() - self._began
        speed = (at - self._start) / spent if at > self._start and spent > 0 else None
        at = min(at, self._total)
        pace = speed or self._expected
        left = (self._total - at) / pace if pace else None
        self._report(SpeechProgress("recognise", at, self._total, speed, left))


def _to_segment(hypothesis: Hypothesis, start: float, doubt: QualityFlag | None) -> Segment:
    """Make a segment from a hypothesis with times from the start of a chunk, which starts at ``start`` seconds."""
    return Segment(
        round(start + hypothesis.start, 3),
        round(start + hypothesis.end, 3),
        " ".join(hypothesis.text.split()),
        tuple(
            replace(word, start=round(start + word.start, 3), end=round(start + word.end, 3))
            for word in hypothesis.words
        ),
        doubt=doubt,
    )
