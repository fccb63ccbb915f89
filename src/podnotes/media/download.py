"""Audio of episodes, fetched whole: resumed after an interruption, bounded in time, speed and size, verified."""

from __future__ import annotations

import contextlib
import json
import os
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from podnotes import web
from podnotes.audio_types import sound_in, text_in
from podnotes.errors import AudioError, FetchError, OutputError, SourceError
from podnotes.media.names import audio_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from podnotes.models import Chapter, Episode

#: A file below this share of what the feed states is not the whole of it; above, lengths differ for good reasons
#: (advertisements are put in when the file is fetched, the feed states another encoding).
_WHOLE_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class DownloadOptions:
    """Bounds for a download.

    Attributes:
        max_bytes: Largest file taken, counted after unpacking.
        deadline_s: Seconds for the whole file, further tries included.
        min_speed: Bytes a second that must arrive on average over ``window_s``.
        window_s: Seconds over which the speed is measured.
        tries: Requests in a row that may bring nothing new; each goes on where the last one stopped.
        pause_s: Seconds before the second try; doubled before each further one.
        per_host: Downloads at the same time from one server.
    """

    max_bytes: int = 2 * 1024**3
    deadline_s: float = 3 * 3600.0
    min_speed: float = 4096.0
    window_s: float = 30.0
    tries: int = 5
    pause_s: float = 1.0
    per_host: int = 2


@dataclass(frozen=True, slots=True)
class DownloadProgress:
    """How far a download is.

    Attributes:
        done: Bytes on disk.
        total: Bytes of the whole file, or None where the server doesn't say.
        speed: Bytes a second since this request began.
        left_s: Seconds that are left at this speed, or None where unknown.
    """

    done: int
    total: int | None
    speed: float
    left_s: float | None


@dataclass(slots=True)
class _Part:
    """An unfinished file and what is needed to go on with it."""

    path: Path
    note: Path
    validator: str = ""
    url: str = ""
    total: int | None = None

    @classmethod
    def beside(cls, target: Path) -> _Part:
        part = cls(target.with_name(target.name + ".part"), target.with_name(target.name + ".part.json"))
        try:
            known = json.loads(part.note.read_text("utf-8"))
            part.validator, part.url, part.total = str(known["validator"]), str(known["url"]), known["total"]
        except (OSError, ValueError, KeyError, TypeError):
            part.discard()
        return part

    @property
    def size(self) -> int:
        try:
            return self.path.stat().st_size
        except OSError:
            return 0

    def discard(self) -> None:
        self.path.unlink(missing_ok=True)
        self.note.unlink(missing_ok=True)
        self.validator, self.url, self.total = "", "", None

    def remember(self) -> None:
        # Without the address's credentials and tokens: only whether it is still the same one is asked.
        self.note.write_text(json.dumps({"validator": self.validator, "url": self.url, "total": self.total}), "utf-8")


_hosts: dict[str, threading.Semaphore] = {}
_targets: dict[Path, threading.Lock] = {}
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

    Args:
        episode: The episode. Audio that is a local file is used in place and nothing is copied.
        directory: Folder for downloads, created when needed.
        options: Bounds on size, time and speed.
        on_progress: Called a few times a second with what is done.

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
    folder = Path(directory).expanduser()
    target = folder / audio_name(episode)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"The folder {folder} can't be made ({error.strerror}): choose another.") from error
    with _lock_for(target, options.deadline_s):
        if target.is_file() and target.stat().st_size > 0:
            with contextlib.suppress(OSError):
                os.utime(target)  # what was used last is evicted last
            return target
        with _place_at(episode.audio.url, options.per_host):
            _download(episode, target, options, on_progress)
    return target


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
        ).body
    return read_chapters(data) or episode.chapters


def _local(address: str) -> Path:
    path = Path(address)
    if not path.is_file():
        raise SourceError(f"There is no file {path}: check whether it was moved or renamed.")
    return path


@contextlib.contextmanager
def _lock_for(target: Path, wait_s: float) -> Iterator[None]:
    """Keep other threads and other processes from writing the same file at the same time."""
    import filelock

    with _registry:
        own = _targets.setdefault(target.absolute(), threading.Lock())
    lock = target.with_name(f".{target.name}.lock")
    with own:
        try:
            with filelock.FileLock(lock, timeout=wait_s):
                yield
                # Whoever waits finds the finished file, lock or no lock; after a failure the lock has to stay, or two
                # that wait could hold two locks.
                lock.unlink(missing_ok=True)
        except filelock.Timeout as error:
            raise FetchError(
                f"Another run of podnotes has been fetching {target.name} for {wait_s / 60:.0f} minutes: wait for it, "
                "or end it."
            ) from error
        except OSError as error:
            raise OutputError(
                f"{target} can't be written ({error.strerror or error}): make room on the disk, or choose another "
                "folder."
            ) from error


@contextlib.contextmanager
def _place_at(url: str, per_host: int) -> Iterator[None]:
    host = urlsplit(url).hostname or ""
    with _registry:
        places = _hosts.setdefault(host, threading.Semaphore(max(1, per_host)))
    with places:
        yield


def _download(
    episode: Episode, target: Path, options: DownloadOptions, on_progress: Callable[[DownloadProgress], None] | None
) -> None:
    assert episode.audio is not None
    ends = time.monotonic() + options.deadline_s
    part = _Part.beside(target)
    failures = 0
    doubted: int | None = None
    while True:
        before = part.size
        wish: float | None = None
        try:
            complete = _one_request(episode, part, options, ends, on_progress)
            if complete and (_as_long_as_stated(part, episode) or doubted == part.size):
                break
            if complete:
                # Complete as far as the server says, and yet too short: the second answer decides.
                doubted = part.size
                part.discard()
            failure: Exception = AudioError(
                f"{web.shown(episode.audio.url)} keeps ending before the whole file has come "
                f"({web.size_text(part.size)} of {web.size_text(part.total or episode.audio.length or 0)}): "
                "try again later."
            )
        except web.ConnectionLostError as error:
            failure = error
        except _PassingError as error:
            failure, wish = error.failure, error.retry_after_s
        failures = 1 if part.size > before else failures + 1
        pause = max(options.pause_s * 2 ** (failures - 1), wish or 0.0)
        if failures >= options.tries or time.monotonic() + pause >= ends:
            raise failure
        time.sleep(pause)
    _check_kind(part, episode.audio.url)
    _check_duration(part, episode)
    part.path.replace(target)
    part.note.unlink(missing_ok=True)


class _PassingError(Exception):
    """A status that a later try may turn into an answer."""

    def __init__(self, failure: FetchError, retry_after_s: float | None) -> None:
        super().__init__(str(failure))
        self.failure = failure
        self.retry_after_s = retry_after_s


def _one_request(
    episode: Episode,
    part: _Part,
    options: DownloadOptions,
    ends: float,
    on_progress: Callable[[DownloadProgress], None] | None,
) -> bool:
    """Ask once, for the rest where a beginning is there; return whether the file is complete."""
    assert episode.audio is not None
    url = episode.audio.url
    held = part.size
    # A packed answer can't be resumed, and audio gains nothing from packing.
    fields = {"Accept": "audio/*, video/*;q=0.8, */*;q=0.5", "Accept-Encoding": "identity"}
    if held and part.validator:
        fields |= {"Range": f"bytes={held}-", "If-Range": part.validator}
    patience = web.Patience(min_speed=options.min_speed, window_s=options.window_s)
    left = max(0.001, ends - time.monotonic())
    with web.open_stream(
        url, trusted=web.trusts(url, episode.feed_url), deadline_s=left, headers=fields, patience=patience
    ) as stream:
        if web.may_pass(stream.status):
            raise _PassingError(web.refusal(stream), web.retry_after(stream.headers))
        if stream.status == 416 and held:
            # The rest that is asked for isn't there: either nothing is missing, or the copy is another one.
            if part.total == held:
                return True
            part.discard()
            return False
        if not 200 <= stream.status < 300:
            raise web.refusal(stream)
        resumed = stream.status == 206 and _continues(stream.headers, held, part)
        if stream.status == 206 and not resumed:
            part.discard()
            return False
        _begin(stream, part, resumed=resumed, max_bytes=options.max_bytes)
        return _write(stream, part, resumed=resumed, options=options, on_progress=on_progress)


def _continues(headers: Mapping[str, str], held: int, part: _Part) -> bool:
    """Tell whether a 206 goes on exactly where the file ends, and is a part of the same file."""
    kind, _, rest = headers.get("content-range", "").strip().partition(" ")
    span, _, total = rest.partition("/")
    start = span.partition("-")[0]
    if kind.lower() != "bytes" or not start.isdigit() or int(start) != held:
        return False
    validator = _validator(headers)
    if validator and validator != part.validator:
        return False
    return not (total.isdigit() and part.total is not None and int(total) != part.total)


def _validator(headers: Mapping[str, str]) -> str:
    """Return what identifies the server's copy: a strong ETag, else Last-Modified (RFC 9110, section 13.1.5)."""
    etag = headers.get("etag", "").strip()
    return etag if etag.startswith('"') else headers.get("last-modified", "").strip()


def _begin(stream: web.Stream, part: _Part, *, resumed: bool, max_bytes: int) -> None:
    if not resumed:
        part.discard()
        part.validator = _validator(stream.headers)
        part.url = web.shown(stream.url)
        length = stream.headers.get("content-length", "")
        packed = stream.headers.get("content-encoding", "identity").lower() not in {"", "identity"}
        part.total = int(length) if length.isdigit() and not packed else None
        if packed:
            part.validator = ""  # a part of it says nothing about the packed original
        part.path.touch()
        part.remember()
    if part.total is not None and part.total > max_bytes:
        raise FetchError(
            f"{web.shown(stream.url)} is {web.size_text(part.total)}, more than the {web.size_text(max_bytes)} that "
            "are allowed for one episode."
        )


def _write(
    stream: web.Stream,
    part: _Part,
    *,
    resumed: bool,
    options: DownloadOptions,
    on_progress: Callable[[DownloadProgress], None] | None,
) -> bool:
    began = last_told = time.monotonic()
    done = at_start = part.size if resumed else 0
    with part.path.open("ab") as file:
        for chunk in stream.chunks:
            if done == 0:
                _refuse_text(chunk, stream)
            done += len(chunk)
            if done > options.max_bytes:
                file.close()
                part.discard()
                raise FetchError(
                    f"{web.shown(stream.url)} is larger than the {web.size_text(options.max_bytes)} that are allowed "
                    "for one episode."
                )
            file.write(chunk)
            now = time.monotonic()
            if on_progress is not None and now - last_told >= 0.25:
                last_told = now
                on_progress(_progress(done, at_start, part.total, now - began))
        file.flush()
        os.fsync(file.fileno())
    if on_progress is not None:
        on_progress(_progress(done, at_start, part.total, time.monotonic() - began))
    return part.total is None or done == part.total


def _progress(done: int, at_start: int, total: int | None, elapsed: float) -> DownloadProgress:
    speed = (done - at_start) / elapsed if elapsed > 0 else 0.0
    left = (total - done) / speed if total is not None and speed > 0 else None
    return DownloadProgress(done, total, speed, left)


def _refuse_text(start: bytes, stream: web.Stream) -> None:
    kind = text_in(start)
    if kind:
        raise AudioError(
            f"{web.shown(stream.url)} answered with {kind} instead of audio: it may need a login, or the episode was "
            "taken down."
        )


def _as_long_as_stated(part: _Part, episode: Episode) -> bool:
    """Tell whether a file that is complete, as far as its server says, can be what the feed speaks of."""
    stated = episode.audio.length if episode.audio else None
    if stated is None:
        return True
    # A server that states no length ends every file by hanging up, which is how a cut one ends, too.
    share = _WHOLE_SHARE if part.total is not None else 0.98
    return part.size >= share * stated


def _check_duration(part: _Part, episode: Episode) -> None:
    """Refuse a file that is too short by its size and by its playing time: a preview, or cut off at the source."""
    from podnotes.feeds.tags import read_tags

    if episode.duration is None or _as_long_as_stated(part, episode):
        return
    seconds = read_tags(part.path).duration
    if seconds is not None and seconds < _WHOLE_SHARE * episode.duration:
        part.discard()
        raise AudioError(
            f"The audio of “{episode.title}” is cut off: {seconds / 60:.0f} of the {episode.duration / 60:.0f} minutes "
            "that the feed states have come; it may be a preview for those who don't subscribe, or try again later."
        )


def _check_kind(part: _Part, url: str) -> None:
    with part.path.open("rb") as file:
        start = file.read(4096)
    if not start:
        part.discard()
        raise AudioError(f"{web.shown(url)} gave an empty file: try again later.")
    if not sound_in(start) and text_in(start):
        part.discard()
        raise AudioError(f"{web.shown(url)} gave {text_in(start)} instead of audio.")
