"""The exceptions of podnotes.

Each message is one sentence that says what happened and, if possible, what to do about it.
Exceptions of other packages never leave podnotes; they become the ``__cause__`` of one of these.

    PodnotesError
    ├── SourceError          a source isn't a readable feed, page, audio file or transcript
    │   ├── FeedError        a feed can't be read
    │   └── TranscriptError  a transcript can't be read or is empty
    ├── FetchError           a request fails
    ├── AudioError           an audio file can't be decoded, is truncated or has no audio
    ├── SpeechError          recognition failed
    │   └── ModelError       a speech model is unknown, missing or can't be downloaded
    ├── TopicsError          a topics file has an error (also a ValueError)
    ├── TemplateError        a draft template has an error (also a ValueError)
    ├── LibraryError         the library can't be opened, read or written
    │   └── BusyError        another process works on the episode
    ├── OutputError          a draft or transcript can't be written
    └── UsageError           an argument is invalid (also a ValueError)
"""

from __future__ import annotations


class PodnotesError(Exception):
    """Base class of all errors that podnotes raises on purpose; ``str()`` of each can be shown to the user."""


class SourceError(PodnotesError):
    """A source can't be read as a feed, a page, an audio file or a transcript."""


class FeedError(SourceError):
    """A feed can't be read.

    Attributes:
        alternatives: Addresses of feeds linked by the page, if the address is a web page.
    """

    def __init__(self, message: str, *, alternatives: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.alternatives = alternatives


class TranscriptError(SourceError):
    """A transcript can't be read, or contains no words."""


class FetchError(PodnotesError):
    """The network failed, or a server refused a request.

    Attributes:
        status: HTTP status code, or None without a response.
    """

    def __init__(self, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class AudioError(PodnotesError):
    """An audio file can't be decoded, is truncated, or contains no audio."""


class SpeechError(PodnotesError):
    """Speech recognition failed."""


class ModelError(SpeechError):
    """A speech model is unknown, missing, broken, or can't be downloaded."""


class TopicsError(PodnotesError, ValueError):
    """A topics file has an error; the message names the file, the line if known, and what was expected."""


class TemplateError(PodnotesError, ValueError):
    """A draft template is unknown or has an error; the message names the template and the line if known."""


class LibraryError(PodnotesError):
    """The library's database can't be opened, read or written."""


class BusyError(LibraryError):
    """Another process works on the episode.

    Attributes:
        holder: The process: "process 4711 on attic, since 2026-11-22T15:55:16Z".
    """

    def __init__(self, message: str, *, holder: str = "") -> None:
        super().__init__(message)
        self.holder = holder


class OutputError(PodnotesError):
    """A file can't be written."""


class UsageError(PodnotesError, ValueError):
    """An argument is invalid."""
