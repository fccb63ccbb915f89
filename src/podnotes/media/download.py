"""Audio of episodes, fetched whole: resumed after an interruption, bounded in time, speed and size, verified."""

from __future__ import annotations

import contextlib
import logging
import math
import os
import threading
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from podnotes import web
from podnotes.audio_types import text_in
from podnotes.errors import AudioError, FetchError, OutputError, SourceError
from podnotes.interruption import reporting
from podnotes.media import kept, renewal
from podnotes.media.locks import writing
from podnotes.media.names import place_in
from podnotes.media.transfer import DownloadOptions, DownloadProgress, Part, PassingError, request_rest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from podnotes.media.decode import AudioInfo
    from podnotes.media.kept import Kept
    from podnotes.models import Chapter, Enclosure, Episode

log = logging.getLogger(__name__)


#: A file below this share of what the feed states is not the whole of it; above, lengths differ for good reasons
#: (advertisements are put in when the file is fetched, the feed states another encoding).
_WHOLE_SHARE = 0.5


_hosts: dict[str, threading.Semaphore] = {}
_registry = threading.Lock()


def fetch_audio(
    episode: Episode,
    directory: str | Path,
    *,
    options: DownloadOptions | None = None,
    on_progress: Callable[[DownloadProgress], None] | None = None,
) -> Path:
    """Fetch the audio of an episode, or find it where it is already.

    An interrupted download goes on where it stopped (HTTP ``Range`` with ``If-Range``); it starts again when the
    server's copy has changed since. The file has its final name only when it is complete.

    A file that is there already is compared with its hash, and fetched again when the disk has damaged it. Once a day,
    or when the feed has something else to say of it, the server is asked whether its copy has changed; a file whose
    address has got another query only is no other file. When nothing better can be had, the file that is there stays.
    Audio that is in the folder already under another name is held once (hard links, where the file system has them).

    Args:
        episode: The episode. Audio that is a local file is used in place and nothing is copied.
        directory: Folder for downloads, created when needed.
        options: Bounds on size, time and speed.
        on_progress: Told what is done, in the caller's thread, every half second at least. An exception that it raises
            gives the download up and is raised here; what has come is kept.

    Returns:
        Path of the complete file.

    Raises:
        SourceError: When the episode has no audio, or its local file isn't there.
        FetchError: When it can't be fetched; what has come is kept for the next time.
        AudioError: When what comes is no audio, or the server keeps ending it early.
        OutputError: When it can't be written.
    """
    options = options or DownloadOptions()
    if episode.audio is None:
        raise SourceError(f"The episode “{episode.title}” has no audio in its feed.")
    if not web.is_web(episode.audio.url):
        return _local(episode.audio.url)
    fetch = partial(_fetch, episode, episode.audio, Path(directory).expanduser(), options)
    return reporting(fetch, on_progress, DownloadProgress(0, None, 0.0, None), native=False)


def _fetch(
    episode: Episode,
    audio: Enclosure,
    folder: Path,
    options: DownloadOptions,
    report: Callable[[DownloadProgress], None],
) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"The folder {folder} can't be made ({error.strerror}): choose another.") from error
    target = place_in(folder, episode)
    with writing(target, wait_s=options.deadline_s):
        known = _held(target, audio)
        whole = known is not None and known.is_whole(target)
        if known is not None and whole:
            with contextlib.suppress(OSError):
                os.utime(target)  # what was used last is evicted last
            if not _is_due(known, audio, options.fresh_s):
                return target
        with _place_at(audio.url, options.per_host):
            if known is not None and whole and not _has_changed(target, known, episode, options.deadline_s):
                return target
            try:
                _download(episode, target, options, report)
            except (FetchError, AudioError) as error:
                if known is None:
                    raise
                if not whole:
                    raise type(error)(
                        f"{str(error).removesuffix('.')}; the copy on disk is damaged ({target}), and a new one can't "
                        "be had now."
                    ) from error
                log.info("a new copy of %s can't be had, the one on disk is used: %s", target.name, error)
    return target


def _held(target: Path, audio: Enclosure) -> Kept | None:
    """Return what is known of a file that is there, or None when there is none."""
    if not target.is_file() or target.stat().st_size == 0:
        return None
    known = kept.read_note(target)
    if known is None:  # fetched before there were notes
        known = kept.describe(target, source=kept.place_of(audio.url), stated=audio.length)
        kept.write_note(target, known)
    return known


def _is_due(known: Kept, audio: Enclosure, fresh_s: float) -> bool:
    """Tell whether the server is to be asked about its copy."""
    if known.made_anew or fresh_s == math.inf:
        return False
    said_otherwise = (known.source, known.stated) != (kept.place_of(audio.url), audio.length)
    return said_otherwise or not 0 <= time.time() - known.asked < fresh_s


def _has_changed(target: Path, known: Kept, episode: Episode, deadline_s: float) -> bool:
    """Ask the server whether it has another copy than the one on disk, and remember that it was asked."""
    assert episode.audio is not None
    answer, copy = renewal.ask(episode, known, deadline_s=min(deadline_s, renewal.LONGEST_S))
    known = replace(
        known,
        source=kept.place_of(episode.audio.url),
        stated=episode.audio.length,
        asked=time.time(),
        made_anew=answer is renewal.Answer.MADE_ANEW,
    )
    if answer is renewal.Answer.SAME:
        known = replace(known, etag=copy.etag or known.etag, modified=copy.modified or known.modified)
    kept.write_note(target, known)
    return answer is renewal.Answer.CHANGED


def fetch_chapters(episode: Episode) -> tuple[Chapter, ...]:
    """Return an episode's chapters, fetching its chapters file where it has one.

    Args:
        episode: The episode.

    Returns:
        The chapters of the file that ``chapters_url`` names; those the episode has already when it names none.

    Raises:
        FetchError: When the file can't be fetched.
        SourceError: When it is no chapters file.
    """
    from podnotes.feeds.chapters import read_chapters

    address = episode.chapters_url
    if address is None:
        return episode.chapters
    if not web.is_web(address):
        try:
            data = Path(address).read_bytes()
        except OSError as error:
            raise SourceError(f"The chapters file {address} can't be read ({error.strerror}).") from error
    else:
        data = web.fetch(
            address,
            trusted=web.trusts(address, episode.feed_url),
            max_bytes=8 * 1024 * 1024,
            deadline_s=60.0,
            accept="application/json+chapters, application/json;q=0.9, */*;q=0.1",
            private=episode.private,
        ).body
    return read_chapters(data) or episode.chapters


def _local(address: str) -> Path:
    path = Path(address)
    if "://" in address:
        raise SourceError(f"{web.shown(address)} is no address that podnotes can fetch: it takes http and https.")
    if not path.is_file():
        raise SourceError(f"There is no file {path}: check whether it was moved or renamed.")
    return path


@contextlib.contextmanager
def _place_at(url: str, per_host: int) -> Iterator[None]:
    host = urlsplit(url).hostname or ""
    with _registry:
        places = _hosts.setdefault(host, threading.Semaphore(max(1, per_host)))
    with places:
        yield


def _download(
    episode: Episode, target: Path, options: DownloadOptions, report: Callable[[DownloadProgress], None]
) -> None:
    assert episode.audio is not None
    ends = time.monotonic() + options.deadline_s
    part = Part.beside(target)
    failures = 0
    doubted: int | None = None
    info: AudioInfo | None = None
    while True:
        before = part.size
        wish: float | None = None
        try:
            complete = request_rest(episode, part, options, ends, report)
            if complete:
                info = _probed(part)
                cut_off = info is not None and info.missing > 0
                if doubted == part.size or (_as_long_as_stated(part, episode) and not cut_off):
                    break
                # Complete as far as the server says, and yet too short: the second answer decides.
                doubted = part.size
                part.discard()
            failure: Exception = AudioError(
                f"{web.shown(episode.audio.url, private=episode.private or None)} keeps ending before the whole file "
                f"has come ({web.size_text(part.size)} of {web.size_text(part.total or episode.audio.length or 0)}): "
                "try again later."
            )
        except web.ConnectionLostError as error:
            failure = error
        except PassingError as error:
            failure, wish = error.failure, error.retry_after_s
        failures = 1 if part.size > before else failures + 1
        pause = max(options.pause_s * 2 ** (failures - 1), wish or 0.0)
        if failures >= options.tries or time.monotonic() + pause >= ends:
            raise failure
        wakes = time.monotonic() + pause
        while (left := wakes - time.monotonic()) > 0:
            report(DownloadProgress(part.size, part.total, 0.0, None))
            time.sleep(min(left, 0.25))
    if info is None:
        raise _no_audio(part, episode)
    _check_duration(part, episode, info)
    _put_in_place(part, target, episode.audio)


def _put_in_place(part: Part, target: Path, audio: Enclosure) -> None:
    """Give a complete file its name and its note; audio that is there under another name is held once."""
    known = kept.describe(
        part.path, etag=part.etag, modified=part.modified, source=kept.place_of(audio.url), stated=audio.length
    )
    kept.share(part.path, known, beside=target)
    kept.write_note(target, known)
    part.path.replace(target)
    part.discard()  # two names of one file are not one after replacing the one by the other


def _as_long_as_stated(part: Part, episode: Episode) -> bool:
    """Tell whether a file that is complete, as far as its server says, can be what the feed speaks of."""
    stated = episode.audio.length if episode.audio else None
    if stated is None:
        return True
    # A server that states no length ends every file by hanging up, which is how a cut one ends, too.
    share = _WHOLE_SHARE if part.total is not None else 0.98
    return part.size >= share * stated


def _check_duration(part: Part, episode: Episode, info: AudioInfo) -> None:
    """Refuse a file that is too short by its size and by its playing time: a preview, or cut off at the source."""
    if episode.duration is None or _as_long_as_stated(part, episode):
        return
    if 0 < info.present < _WHOLE_SHARE * episode.duration:
        part.discard()
        raise AudioError(
            f"The audio of “{episode.title}” is cut off: {info.present / 60:.0f} of the {episode.duration / 60:.0f} "
            "minutes that the feed states have come; it may be a preview for those who don't subscribe, or try again "
            "later."
        )


def _probed(part: Part) -> AudioInfo | None:
    from podnotes.media.decode import probe_audio

    try:
        return probe_audio(part.path)
    except AudioError:
        return None


def _no_audio(part: Part, episode: Episode) -> AudioError:
    """Throw away what is no audio, so that the next run asks for it again, and say what it is."""
    assert episode.audio is not None
    with part.path.open("rb") as file:
        start = file.read(4096)
    part.discard()
    place = web.shown(episode.audio.url, private=episode.private or None)
    if not start:
        return AudioError(f"{place} gave an empty file: try again later.")
    return AudioError(
        f"{place} gave {text_in(start) or 'something'} instead of audio that can be read: try again later."
    )
