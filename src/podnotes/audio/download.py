"""Downloads of episode audio: resumable, limited in time, speed and size, and verified."""

from __future__ import annotations

import contextlib
import os
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from podnotes import http
from podnotes.audio.download_locks import writing
from podnotes.audio.names import place_in
from podnotes.audio.transfer import DownloadOptions, DownloadProgress, Part, request_rest
from podnotes.errors import AudioError, OutputError, SourceError
from podnotes.files import size_text
from podnotes.interruption import reporting

if TYPE_CHECKING:
    from collections.abc import Callable

    from podnotes.audio.decode import AudioInfo
    from podnotes.models import Episode

#: A file smaller than this share of the size stated in the feed is incomplete. Smaller differences have good reasons
#: (advertisements inserted on download, another encoding in the feed).
_WHOLE_SHARE = 0.5


def fetch_audio(
    episode: Episode,
    directory: str | Path,
    *,
    options: DownloadOptions | None = None,
    on_progress: Callable[[DownloadProgress], None] | None = None,
) -> Path:
    """Download the audio of an episode, unless it is already there.

    An interrupted download is resumed (HTTP ``Range`` with ``If-Range``), or restarted if the server's copy has changed
    since. The file gets its final name only when it is complete.

    An existing download is never replaced, even if the publisher changes the audio, because the transcript's times
    refer to it.

    Args:
        episode: The episode. Audio that is a local file is used in place and not copied.
        directory: Download folder, created if necessary.
        options: Limits on size, time and number of attempts.
        on_progress: Called with the progress, in the caller's thread, at least every half second. An exception raised
            by it stops the download and is propagated; received data is kept.

    Returns:
        Path of the complete file.

    Raises:
        SourceError: The episode has no audio, or its local file doesn't exist.
        FetchError: The download failed; received data is kept for the next attempt.
        AudioError: The response isn't audio, or the server repeatedly ends it early.
        OutputError: The file can't be written.
    """
    options = options or DownloadOptions()
    if episode.audio is None:
        raise SourceError(f"The episode “{episode.title}” has no audio in its feed.")
    if not http.is_web(episode.audio.url):
        return _local(episode.audio.url)
    fetch = partial(_fetch, episode, Path(directory).expanduser(), options)
    return reporting(fetch, on_progress, DownloadProgress(0, None, 0.0, None), native=False)


def _fetch(
    episode: Episode,
    folder: Path,
    options: DownloadOptions,
    report: Callable[[DownloadProgress], None],
) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"The folder {folder} can't be created ({error.strerror}): choose another.") from error
    target = place_in(folder, episode)
    with writing(target, wait_s=options.deadline_s):
        if target.is_file() and target.stat().st_size:
            with contextlib.suppress(OSError):
                os.utime(target)  # the least recently used files are evicted first
        else:
            _download(episode, target, options, report)
    return target


def _local(address: str) -> Path:
    path = Path(address)
    if "://" in address:
        raise SourceError(f"{http.shown(address)} isn't an address podnotes can fetch: use http or https.")
    if not path.is_file():
        raise SourceError(f"There is no file {path}: check whether it was moved or renamed.")
    return path


def _download(
    episode: Episode, target: Path, options: DownloadOptions, report: Callable[[DownloadProgress], None]
) -> None:
    assert episode.audio is not None
    ends = time.monotonic() + options.deadline_s
    part = Part.beside(target)
    failures = 0
    doubted: int | None = None
    while True:
        before = part.size
        wish = 0.0
        try:
            complete = request_rest(episode, part, options, ends, report)
            if complete:
                info = _probed(part, episode)
                if doubted == part.size or (_as_long_as_stated(part, episode) and not info.missing):
                    break
                # Complete according to the server, and yet too short: a second download decides.
                doubted = part.size
                part.discard()
            failure: Exception = AudioError(
                f"{http.shown(episode.audio.url, private=episode.private or None)} keeps ending the "
                f"download early ({size_text(part.size)} of "
                f"{size_text(part.total or episode.audio.length or 0)}): try again later."
            )
        except http.PassingError as error:
            failure, wish = error, error.retry_after_s
        failures = 1 if part.size > before else failures + 1
        pause = max(options.pause_s * 2 ** (failures - 1), wish)
        if failures >= options.tries or time.monotonic() + pause >= ends:
            raise failure
        wakes = time.monotonic() + pause
        while (left := wakes - time.monotonic()) > 0:
            report(DownloadProgress(part.size, part.total, 0.0, None))
            time.sleep(min(left, 0.25))
    _check_duration(part, episode, info)
    part.path.replace(target)
    part.discard()


def _as_long_as_stated(part: Part, episode: Episode) -> bool:
    """Return whether a file that is complete according to the server can be the one described in the feed."""
    stated = episode.audio.length if episode.audio else None
    if stated is None:
        return True
    # If the server states no length, a complete response can't be distinguished from a truncated one.
    share = _WHOLE_SHARE if part.total is not None else 0.98
    return part.size >= share * stated


def _check_duration(part: Part, episode: Episode, info: AudioInfo) -> None:
    """Reject a file that is too short in size and duration: a preview, or truncated at the source."""
    if episode.duration is None or _as_long_as_stated(part, episode):
        return
    if 0 < info.present < _WHOLE_SHARE * episode.duration:
        part.discard()
        raise AudioError(
            f"The audio of “{episode.title}” is cut off: {info.present / 60:.0f} of the {episode.duration / 60:.0f} "
            "minutes given in the feed arrived; it may be a preview for non-subscribers, or "
            "try again later."
        )


def _probed(part: Part, episode: Episode) -> AudioInfo:
    """Inspect a downloaded file; if it isn't audio, delete it, so that the next run downloads it again."""
    from podnotes.audio.decode import probe_audio

    assert episode.audio is not None
    try:
        return probe_audio(part.path)
    except AudioError as error:
        what = "something" if part.size else "an empty file"
        part.discard()
        place = http.shown(episode.audio.url, private=episode.private or None)
        raise AudioError(f"{place} gave {what} instead of audio that can be read: try again later.") from error
