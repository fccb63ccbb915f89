"""Audio clips: a passage as a separate file, cut at word boundaries and tagged with its source.

The episode's packets are read from the beginning, but decoded only near the passage. Seeking in an MP3 of variable bit
rate is inaccurate; reading is exact and takes about a second per hour of audio.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
import numpy as np

from podnotes.errors import AudioError, OutputError, UsageError
from podnotes.files import check_free, whole_file
from podnotes.models import publishable
from podnotes.timestamps import clock
from podnotes.urls.addresses import is_web, without_credentials

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping

    import numpy.typing as npt

    from podnotes.models import Episode, Transcript

# Decoders need some audio before the first sample used (bit reservoir of MP3, priming of AAC).
_LEAD = 1.0  # seconds
# Too short to be heard, long enough to prevent a click.
_FADE = 0.008  # seconds
# Extension: codec, supported sampling rates (None: all), bit rate.
_KINDS: dict[str, tuple[str, tuple[int, ...] | None, int | None]] = {
    ".mp3": ("libmp3lame", (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000), 96_000),
    ".m4a": ("aac", (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000), 96_000),
    ".opus": ("libopus", (48000,), 48_000),
    ".ogg": ("libopus", (48000,), 48_000),
    ".flac": ("flac", None, None),
    ".wav": ("pcm_s16le", None, None),
}


@dataclass(frozen=True, slots=True)
class Clip:
    """A clip that was written.

    Attributes:
        path: The file.
        start: Start in seconds from the start of the episode.
        end: End in seconds; earlier than requested if the episode ends before.
    """

    path: Path
    start: float
    end: float


def word_bounds(transcript: Transcript, start: float, end: float) -> tuple[float, float]:
    """Move the bounds of a clip so that no word is cut.

    Args:
        transcript: The transcript; without word times, segments are used.
        start: Seconds; moved to the start of the word that it is in.
        end: Seconds; moved to the end of the word that it is in.

    Returns:
        Start and end in seconds.
    """
    pieces = [
        (word.start, word.end)
        for segment in transcript.segments
        for word in segment.words or ()
        if word.end > word.start
    ]
    if not pieces:
        pieces = [(segment.start, segment.end) for segment in transcript.segments]
    for piece_start, piece_end in pieces:
        if piece_start < start < piece_end:
            start = piece_start
        if piece_start < end < piece_end:
            end = piece_end
    return start, end


def clip_tags(episode: Episode, start: float, end: float) -> dict[str, str]:
    """Return tags that name a clip's source.

    Args:
        episode: The episode.
        start: Seconds.
        end: Seconds.

    Returns:
        Title, artist, album, date and comment, under the names that ID3 and similar formats use.
    """
    between = f"{clock(start)}–{clock(end)}"
    public = publishable(episode)
    links = (public.link or "", public.audio.url if public.audio else "")
    link = next((without_credentials(link) for link in links if is_web(link)), "")
    tags = {
        "title": f"{episode.title} ({between})",
        "artist": episode.author or episode.podcast,
        "album": episode.podcast,
        "date": episode.published.date().isoformat() if episode.published else "",
        "comment": f"Excerpt {between} of “{episode.title}”, {episode.podcast}. {link} For private listening.".strip(),
    }
    return {name: value for name, value in tags.items() if value}


def cut_clip(
    audio: str | os.PathLike[str],
    start: float,
    end: float,
    target: str | os.PathLike[str],
    *,
    tags: Mapping[str, str] | None = None,
    replace: bool = False,
) -> Clip:
    """Write part of an audio file as a separate file.

    Args:
        audio: The episode's audio file.
        start: Start of the clip in seconds; see :func:`word_bounds`.
        end: End of the clip in seconds.
        target: File for the clip; its extension selects the format: .mp3, .m4a, .opus, .ogg, .flac or .wav.
        tags: Tags for the clip; see :func:`clip_tags`.
        replace: Whether an existing file may be replaced.

    Returns:
        The clip.

    Raises:
        UsageError: The times are invalid, or the extension is unknown.
        AudioError: The audio can't be decoded, or ends before the clip begins.
        OutputError: The clip can't be written, or already exists.
    """
    path = Path(target)
    if not 0 <= start < end:
        raise UsageError(f"A clip must end after it starts, not run from {start:g} to {end:g} seconds.")
    if path.suffix.lower() not in _KINDS:
        raise UsageError(f"Clips can be written as {', '.join(_KINDS)}, not as “{path.suffix or path.name}”.")
    check_free(path, replace=replace)
    samples, rate = _samples(Path(audio), start, end)
    with whole_file(path, replace=replace) as part:
        try:
            _encode(samples, rate, part, dict(tags or {}))
        except av.error.FFmpegError as error:
            raise OutputError(f"{path} can't be written ({error.strerror or error}).") from error
    return Clip(path, start, start + samples.shape[1] / rate)


def _samples(audio: Path, start: float, end: float) -> tuple[npt.NDArray[np.float32], int]:
    """Decode the span; return the samples, one row per channel, and their rate in hertz."""
    pieces: list[npt.NDArray[np.float32]] = []
    rate = 0
    try:
        with av.open(str(audio), metadata_errors="ignore") as container:
            if not container.streams.audio:
                raise AudioError(f"{audio.name} contains no audio.")
            for at, frame in _frames(container, start - _LEAD, end):
                rate = frame.sample_rate
                first, last = max(0, round((start - at) * rate)), min(frame.samples, round((end - at) * rate))
                if first < last:
                    pieces.append(_array(frame)[:, first:last])
    except (OSError, av.error.FFmpegError) as error:
        raise AudioError(f"{audio.name} can't be decoded ({getattr(error, 'strerror', None) or error}).") from error
    if not pieces:
        raise AudioError(f"{audio.name} ends before {clock(start)}.")
    samples = np.concatenate(pieces, axis=1)
    length = min(int(_FADE * rate), samples.shape[1] // 2)
    if length:
        ramp = np.linspace(0.0, 1.0, length, dtype=np.float32)
        samples[:, :length] *= ramp
        samples[:, -length:] *= ramp[::-1]
    return samples, rate


def _frames(container: Any, start: float, end: float) -> Iterator[tuple[float, Any]]:
    """Yield decoded frames that overlap the span, with their start in seconds."""
    stream = container.streams.audio[0]
    base = float(stream.time_base)
    offset = float(stream.start_time or 0) * base
    for packet in container.demux(stream):
        if packet.pts is not None and float(packet.pts + (packet.duration or 0)) * base - offset < start:
            continue
        try:
            frames = packet.decode()
        except av.error.InvalidDataError:  # the first packet may depend on those before it
            continue
        for frame in frames:
            if frame.pts is None:
                continue
            at = float(frame.pts * frame.time_base) - offset
            if at >= end:
                return
            yield at, frame


def _array(frame: Any) -> npt.NDArray[np.float32]:
    planar = av.AudioResampler(format="fltp", layout=frame.layout, rate=frame.sample_rate)
    rows = [np.asarray(part.to_ndarray(), dtype=np.float32) for part in planar.resample(frame)]
    return np.concatenate(rows, axis=1)


def _encode(samples: npt.NDArray[np.float32], rate: int, path: Path, tags: dict[str, str]) -> None:
    codec, rates, bits = _KINDS[path.suffix.lower()]
    wanted = rate if rates is None or rate in rates else min((r for r in rates if r >= rate), default=max(rates))
    layout = "mono" if samples.shape[0] == 1 else "stereo"
    with av.open(str(path), "w") as container:
        container.metadata.update(tags)
        stream: Any = container.add_stream(codec, rate=wanted)
        stream.layout = layout
        if bits:
            stream.bit_rate = bits if layout == "mono" else bits * 3 // 2
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples[:2]), format="fltp", layout=layout)
        frame.sample_rate = rate
        frame.pts = 0
        frame.time_base = Fraction(1, rate)
        fitting = av.AudioResampler(
            format=stream.codec_context.format, layout=layout, rate=wanted, frame_size=stream.codec_context.frame_size
        )
        for part in [*fitting.resample(frame), *fitting.resample(None)]:
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
