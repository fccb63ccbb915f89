"""A single download request: for the whole file, or for the rest of a partial one."""

from __future__ import annotations

import itertools
import json
import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from podnotes import http
from podnotes.audio_types import sound_in, text_in
from podnotes.checks import check_number
from podnotes.errors import AudioError, FetchError
from podnotes.files import size_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from podnotes.models import Episode

#: The beginning of a file that tells sound from a text.
_TELLING_BYTES = 512
#: Bytes a second that must arrive on average over so many seconds; below, a download would take hours.
_LEAST_SPEED, _WINDOW_S = 4096.0, 30.0


@dataclass(frozen=True, slots=True)
class DownloadOptions:
    """Limits for a download.

    Attributes:
        max_bytes: Largest file taken, counted after unpacking.
        deadline_s: Seconds for the whole file, further tries included.
        tries: Requests in a row that may bring nothing new; each goes on where the last one stopped.
        pause_s: Seconds before the second try; doubled before each further one.
    """

    max_bytes: int = 2 * 1024**3
    deadline_s: float = 3 * 3600.0
    tries: int = 5
    pause_s: float = 1.0

    def __post_init__(self) -> None:
        for name in ("max_bytes", "tries"):
            check_number(name, getattr(self, name), least=1)
        for name in ("deadline_s", "pause_s"):
            check_number(name, getattr(self, name), least=0, real=True)


@dataclass(frozen=True, slots=True)
class DownloadProgress:
    """Progress of a download.

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


@dataclass(frozen=True, slots=True)
class Copy:
    """What a server says of its copy of a file.

    Attributes:
        etag: Entity tag (RFC 9110, section 8.8.3), or "".
        modified: Last-Modified, or "".
        length: Bytes of the whole file, or None.
    """

    etag: str = ""
    modified: str = ""
    length: int | None = None

    @classmethod
    def described_by(cls, headers: Mapping[str, str], *, status: int = 200) -> Copy:
        """Read the header of an answer with the status 200 or 206; its names are in lower case."""
        if http.is_packed(headers):  # length and tag are those of the packed form, which can't be gone on with
            return cls()
        length = headers.get("content-length", "")
        if status == 206:
            length = headers.get("content-range", "").rpartition("/")[2]
        known = length.isascii() and length.isdigit()
        etag, modified = headers.get("etag", "").strip(), headers.get("last-modified", "").strip()
        return cls(etag, modified, int(length) if known else None)


@dataclass(slots=True)
class Part:
    """An unfinished file and what is needed to go on with it.

    Attributes:
        path: The file.
        note: The note beside it.
        copy: What the server said of the copy that it is the beginning of.
    """

    path: Path
    note: Path
    copy: Copy = Copy()

    @classmethod
    def beside(cls, target: Path) -> Part:
        """Find the beginning of a file, or make ready for one.

        Args:
            target: The name that the file has when it is complete.
        """
        part = cls(target.with_name(target.name + ".part"), target.with_name(target.name + ".part.json"))
        try:
            known = json.loads(part.note.read_text("utf-8"))
            total = None if known["total"] is None else int(known["total"])
            part.copy = Copy(str(known["etag"]), str(known["modified"]), total)
        except (OSError, ValueError, KeyError, TypeError):
            part.discard()
        return part

    @property
    def total(self) -> int | None:
        """Bytes of the whole copy, or None where the server doesn't say."""
        return self.copy.length

    @property
    def validator(self) -> str:
        """What names the copy in ``If-Range``: a strong tag, else a date (RFC 9110, section 13.1.5); "" for neither."""
        return self.copy.etag if self.copy.etag.startswith('"') else self.copy.modified

    @property
    def size(self) -> int:
        """Bytes that are there."""
        try:
            return self.path.stat().st_size
        except OSError:
            return 0

    def discard(self) -> None:
        """Delete what is there."""
        for path in (self.path, self.note):
            path.unlink(missing_ok=True)
        self.copy = Copy()

    def begin(self, copy: Copy) -> None:
        """Start with another copy of the file.

        Args:
            copy: What the server says of it.
        """
        self.discard()
        self.copy = copy
        self.path.touch()
        # Where this is cut off, the next run begins again.
        self.note.write_text(json.dumps({"etag": copy.etag, "modified": copy.modified, "total": copy.length}), "utf-8")


def request_rest(
    episode: Episode,
    part: Part,
    options: DownloadOptions,
    ends: float,
    report: Callable[[DownloadProgress], None],
) -> bool:
    """Ask once, for the rest where a beginning is there, and write what comes.

    Args:
        episode: The episode, which has audio.
        part: What is there; it is kept until audio of another copy comes.
        options: Bounds.
        ends: When all time is up, by the monotonic clock.
        report: Called a few times a second with what is done; raises when the download was given up.

    Returns:
        Whether the file is complete.

    Raises:
        FetchError: The server or the network said no; an ``http.PassingError`` where a later try may help.
        AudioError: What comes is no audio.
    """
    assert episode.audio is not None
    url = episode.audio.url
    held = part.size
    # A packed answer can't be resumed, and audio gains nothing from packing.
    fields = {"Accept": "audio/*, video/*;q=0.8, */*;q=0.5", "Accept-Encoding": "identity"}
    if held and part.validator:
        fields |= {"Range": f"bytes={held}-", "If-Range": part.validator}
    left = max(0.001, ends - time.monotonic())
    with http.open_stream(
        url,
        trusted=http.trusts(url, episode.feed_url),
        deadline_s=left,
        headers=fields,
        private=episode.private,
    ) as stream:
        if stream.status == 416 and held:
            # The rest that is asked for isn't there: either nothing is missing, or the copy is another one.
            if part.total == held:
                return True
            part.discard()
            return False
        if not 200 <= stream.status < 300:
            raise http.refusal(stream)
        resumed = stream.status == 206 and _continues(stream.headers, held, part)
        if stream.status == 206 and not resumed:
            part.discard()
            return False
        return _write(stream, part, resumed=resumed, options=options, report=report)


def beginning(chunks: Iterator[bytes]) -> bytes:
    """Take as much from a body as tells what it is: some servers send it a few bytes at a time."""
    start = bytearray()
    for chunk in chunks:
        start += chunk
        if len(start) >= _TELLING_BYTES:
            break
    return bytes(start)


def _continues(headers: Mapping[str, str], held: int, part: Part) -> bool:
    """Tell whether a 206 goes on exactly where the file ends, and is a part of the same file."""
    kind, _, rest = headers.get("content-range", "").strip().partition(" ")
    span, _, total = rest.partition("/")
    start = span.partition("-")[0]
    if kind.lower() != "bytes" or not start.isdigit() or int(start) != held:
        return False
    copy = Copy.described_by(headers, status=206)
    if copy.etag.startswith('"') and part.copy.etag.startswith('"'):
        if copy.etag != part.copy.etag:
            return False
    elif copy.modified and part.copy.modified and copy.modified != part.copy.modified:
        return False
    return not (total.isdigit() and part.total is not None and int(total) != part.total)


def _write(
    stream: http.Stream,
    part: Part,
    *,
    resumed: bool,
    options: DownloadOptions,
    report: Callable[[DownloadProgress], None],
) -> bool:
    copy = Copy.described_by(stream.headers)
    chunks = iter(stream.chunks)
    total = part.total if resumed else copy.length
    if total is not None and total > options.max_bytes:
        raise FetchError(
            f"{stream.name} is {size_text(total)}, more than the {size_text(options.max_bytes)} "
            "allowed for one episode."
        )
    if not resumed:
        # What is there stays until audio comes: a hotel's login page must not cost half a download.
        first = beginning(chunks)
        _refuse_text(first, stream)
        if not first and part.size:
            return False
        chunks = itertools.chain([first], chunks)
        part.begin(copy)
    began = last_told = time.monotonic()
    done = at_start = part.size
    window = began, done
    with part.path.open("ab") as file:
        for chunk in chunks:
            done += len(chunk)
            if done > options.max_bytes:
                file.close()
                part.discard()
                raise FetchError(
                    f"{stream.name} is larger than the {size_text(options.max_bytes)} allowed for one episode."
                )
            file.write(chunk)
            now = time.monotonic()
            if now - window[0] >= _WINDOW_S:
                if done - window[1] < _LEAST_SPEED * (now - window[0]):
                    raise FetchError(f"{stream.name} sends less than 4 KB a second; try again later.")
                window = now, done
            if now - last_told >= 0.25:
                last_told = now
                report(_progress(done, at_start, part.total, now - began))
        file.flush()
        os.fsync(file.fileno())
    report(_progress(done, at_start, part.total, time.monotonic() - began))
    return part.total is None or done == part.total


def _progress(done: int, at_start: int, total: int | None, elapsed: float) -> DownloadProgress:
    speed = (done - at_start) / elapsed if elapsed > 0 else 0.0
    left = (total - done) / speed if total is not None and speed > 0 else None
    return DownloadProgress(done, total, speed, left)


def _refuse_text(start: bytes, stream: http.Stream) -> None:
    kind = text_in(start)
    page = stream.headers.get("content-type", "").strip().lower().startswith("text/html")
    if kind or (page and start and not sound_in(start)):
        raise AudioError(
            f"{stream.name} answered with {kind or 'a web page'} instead of audio: it may need a login, or "
            "the episode was taken down."
        )
