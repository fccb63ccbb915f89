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

#: Number of bytes at the start of a file that distinguish audio from text.
_TELLING_BYTES = 512
#: Minimum speed in bytes per second, and the seconds over which it is averaged; slower downloads would take hours.
_LEAST_SPEED, _WINDOW_S = 4096.0, 30.0


@dataclass(frozen=True, slots=True)
class DownloadOptions:
    """Limits for a download.

    Attributes:
        max_bytes: Maximum size of a file, after decompression.
        deadline_s: Seconds for the whole file, including retries.
        tries: Maximum number of consecutive requests without new data; each continues where the last one stopped.
        pause_s: Seconds before the first retry; doubled before each further one.
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
        total: Size of the whole file in bytes, or None if the server doesn't state it.
        speed: Bytes per second since the start of this request.
        left_s: Remaining seconds at this speed, or None if unknown.
    """

    done: int
    total: int | None
    speed: float
    left_s: float | None


@dataclass(frozen=True, slots=True)
class Copy:
    """Identity of a server's copy of a file.

    Attributes:
        etag: Entity tag (RFC 9110, section 8.8.3), or "".
        modified: Last-Modified, or "".
        length: Size of the whole file in bytes, or None.
    """

    etag: str = ""
    modified: str = ""
    length: int | None = None

    @classmethod
    def described_by(cls, headers: Mapping[str, str], *, status: int = 200) -> Copy:
        """Read the headers of a response with status 200 or 206; their names are in lower case."""
        if http.is_packed(headers):  # length and tag are those of the compressed response, which can't be resumed
            return cls()
        length = headers.get("content-length", "")
        if status == 206:
            length = headers.get("content-range", "").rpartition("/")[2]
        known = length.isascii() and length.isdigit()
        etag, modified = headers.get("etag", "").strip(), headers.get("last-modified", "").strip()
        return cls(etag, modified, int(length) if known else None)


@dataclass(slots=True)
class Part:
    """A partial file and the data needed to resume its download.

    Attributes:
        path: The file.
        note: The metadata file beside it.
        copy: The server's copy that the file is a part of.
    """

    path: Path
    note: Path
    copy: Copy = Copy()

    @classmethod
    def beside(cls, target: Path) -> Part:
        """Find the partial file of a download, or prepare a new one.

        Args:
            target: Path of the complete file.
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
        """Size of the whole copy in bytes, or None if the server doesn't state it."""
        return self.copy.length

    @property
    def validator(self) -> str:
        """Value for ``If-Range``: a strong tag, else a date (RFC 9110, section 13.1.5); "" without either."""
        return self.copy.etag if self.copy.etag.startswith('"') else self.copy.modified

    @property
    def size(self) -> int:
        """Size of the partial file in bytes."""
        try:
            return self.path.stat().st_size
        except OSError:
            return 0

    def discard(self) -> None:
        """Delete the partial file and its metadata."""
        for path in (self.path, self.note):
            path.unlink(missing_ok=True)
        self.copy = Copy()

    def begin(self, copy: Copy) -> None:
        """Start downloading another copy of the file.

        Args:
            copy: The server's copy.
        """
        self.discard()
        self.copy = copy
        self.path.touch()
        # If this is interrupted, the next run starts over.
        self.note.write_text(json.dumps({"etag": copy.etag, "modified": copy.modified, "total": copy.length}), "utf-8")


def request_rest(
    episode: Episode,
    part: Part,
    options: DownloadOptions,
    ends: float,
    report: Callable[[DownloadProgress], None],
) -> bool:
    """Send one request, for the rest of a partial file or for the whole file, and write the response.

    Args:
        episode: The episode, which has audio.
        part: The partial file; it is kept until audio of another copy arrives.
        options: Limits for the download.
        ends: Deadline by the monotonic clock.
        report: Called with the progress a few times per second; raises if the download was aborted.

    Returns:
        Whether the file is complete.

    Raises:
        FetchError: The request failed; an ``http.PassingError`` if a retry may help.
        AudioError: The response isn't audio.
    """
    assert episode.audio is not None
    url = episode.audio.url
    held = part.size
    # A compressed response can't be resumed, and audio isn't made smaller by compression.
    fields = {"Accept": "audio/*, video/*;q=0.8, */*;q=0.5", "Accept-Encoding": "identity"}
    if held and part.validator:
        fields |= {"Range": f"bytes={held}-", "If-Range": part.validator}
    left = max(0.001, ends - time.monotonic())
    with http.open_stream(
        url,
        trusted=http.same_origin(url, episode.feed_url),
        deadline_s=left,
        headers=fields,
        private=episode.private,
    ) as stream:
        if stream.status == 416 and held:
            # The requested range doesn't exist: either the file is complete, or the copy has changed.
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
    """Read enough of a body to recognise its type: some servers send it a few bytes at a time."""
    start = bytearray()
    for chunk in chunks:
        start += chunk
        if len(start) >= _TELLING_BYTES:
            break
    return bytes(start)


def _continues(headers: Mapping[str, str], held: int, part: Part) -> bool:
    """Return whether a 206 response continues exactly where the file ends, and belongs to the same copy."""
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
    stream: http.Answer,
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
        # The partial file is kept until audio arrives: a hotel's login page must not destroy half a download.
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


def _refuse_text(start: bytes, stream: http.Answer) -> None:
    kind = text_in(start)
    page = stream.headers.get("content-type", "").strip().lower().startswith("text/html")
    if kind or (page and start and not sound_in(start)):
        raise AudioError(
            f"{stream.name} answered with {kind or 'a web page'} instead of audio: it may need a login, or "
            "the episode was taken down."
        )
