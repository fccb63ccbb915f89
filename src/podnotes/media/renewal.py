"""Asking a server whether its copy of a file is still the one on disk: a thousand bytes, not a hundred million."""

from __future__ import annotations

import contextlib
import email.utils
import itertools
import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from podnotes import web
from podnotes.audio_types import text_in
from podnotes.errors import FetchError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from podnotes.media.kept import Kept
    from podnotes.models import Episode

#: Seconds for asking; a server that takes longer isn't waited for, since there is a file.
LONGEST_S = 20.0
_PATIENCE = web.Patience(connect_s=10.0, silence_s=10.0, tries=1)
#: A date that is younger than this when it comes says nothing: the file may be made for each request (RFC 9110,
#: section 8.8.2.2, on weak dates).
_SETTLED_S = 60.0


@dataclass(frozen=True, slots=True)
class Copy:
    """What a server says of its copy of a file.

    Attributes:
        etag: Entity tag, or "".
        modified: Last-Modified, or "" when there is none or it says nothing.
        length: Bytes of the whole file, or None.
        unchanged: True when the server itself says that it is the one it was asked about (status 304).
    """

    etag: str = ""
    modified: str = ""
    length: int | None = None
    unchanged: bool = False

    @classmethod
    def described_by(cls, headers: Mapping[str, str], *, status: int = 200) -> Copy:
        """Read the header of an answer.

        Args:
            headers: Its fields, names in lower case.
            status: Its status: 200, 206 or 304.
        """
        packed = web.is_packed(headers)
        length = headers.get("content-length", "")
        if status == 206:
            length = headers.get("content-range", "").rpartition("/")[2]
        known = not packed and status != 304 and length.isascii() and length.isdigit()
        return cls(
            "" if packed else headers.get("etag", "").strip(),  # a packed form has a tag of its own
            _settled_date(headers),
            int(length) if known else None,
            status == 304,
        )

    def differs(self, other: Copy) -> bool:
        """Tell whether this is another file than the other, as far as their descriptions say."""
        if self.etag and _weak(self.etag) == _weak(other.etag):
            return False
        lengths = self.length is not None and other.length is not None
        if lengths and self.length != other.length:
            return True
        dates = bool(self.modified and other.modified)
        if dates and self.modified != other.modified:
            return True
        # Servers that share the work give one file different tags; the same date and length are one file.
        return bool(self.etag and other.etag) and not (dates and lengths)


def _weak(etag: str) -> str:
    return etag.removeprefix("W/")


def _settled_date(headers: Mapping[str, str]) -> str:
    text = headers.get("last-modified", "").strip()
    try:
        modified = email.utils.parsedate_to_datetime(text)
        sent = email.utils.parsedate_to_datetime(headers.get("date", ""))
        settled = (sent - modified).total_seconds() >= _SETTLED_S
    except (ValueError, TypeError, OverflowError):
        return text
    return text if settled else ""


class Answer(Enum):
    """What comes of asking."""

    SAME = "same"  #: the file on disk is the server's
    CHANGED = "changed"  #: the server has another one now
    MADE_ANEW = "made anew"  #: the server makes another one for each request; none of them is newer
    UNKNOWN = "unknown"  #: no answer, no success, or a login page: what is on disk has to do


def ask(episode: Episode, kept: Kept, *, deadline_s: float = LONGEST_S) -> tuple[Answer, Copy]:
    """Ask whether the server's copy of an episode's audio is still the one on disk.

    When it seems to be another one, the server is asked a second time, to tell a file that was replaced from one that
    is put together for each request.

    Args:
        episode: The episode.
        kept: What is remembered of the file.
        deadline_s: Seconds for each of the (at most two) requests.

    Returns:
        What comes of it, and what the server says of its copy.
    """
    held = Copy(kept.etag, kept.modified, kept.size)
    first = _described(episode, kept, deadline_s)
    if first is None:
        return Answer.UNKNOWN, held
    if first.unchanged or not first.differs(held):
        return Answer.SAME, first
    second = _described(episode, kept, deadline_s)
    if second is None or second.unchanged:
        return Answer.UNKNOWN, held
    return (Answer.MADE_ANEW if second.differs(first) else Answer.CHANGED), second


def _described(episode: Episode, kept: Kept, deadline_s: float) -> Copy | None:
    assert episode.audio is not None
    url = episode.audio.url
    fields = {"Accept": "audio/*, video/*;q=0.8, */*;q=0.5", "Accept-Encoding": "identity", "Range": "bytes=0-1023"}
    if kept.etag:
        fields["If-None-Match"] = kept.etag
    if kept.modified:
        fields["If-Modified-Since"] = kept.modified
    trusted = web.trusts(url, episode.feed_url)
    with (
        contextlib.suppress(FetchError),
        web.open_stream(
            url, trusted=trusted, deadline_s=deadline_s, headers=fields, patience=_PATIENCE, private=episode.private
        ) as stream,
    ):
        if stream.status == 304:
            return Copy.described_by(stream.headers, status=304)
        if stream.status not in {200, 206}:
            return None
        start = b"".join(itertools.islice(stream.chunks, 1))
        page = re.match(r"text/html\b", stream.headers.get("content-type", "").strip(), re.IGNORECASE)
        return None if page or text_in(start) or not start else Copy.described_by(stream.headers, status=stream.status)
    return None
