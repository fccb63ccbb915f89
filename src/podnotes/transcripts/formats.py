"""Reading and writing of transcripts: WebVTT, SRT and other captions, JSON, TTML, plain text, Markdown, HTML.

The format is detected from the content; the name and MIME type only break ties, since both are often wrong.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from podnotes import charsets
from podnotes.charsets import charset_of
from podnotes.errors import TranscriptError, UsageError
from podnotes.files import write_file
from podnotes.models import Transcript
from podnotes.transcript_types import transcript_kind
from podnotes.transcripts import captions, plain_text, podcast_json, provenance, writers, xml_captions
from podnotes.transcripts.leftovers import without_leftovers

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from podnotes.models import Segment

#: Maximum size in bytes, far beyond any real transcript.
MAX_BYTES = 32 * 1024 * 1024

_KINDS = ("json", "captions", "xml", "html", "markdown", "text")
WRITTEN = (".vtt", ".srt", ".json", ".txt")

_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?([A-Za-z0-9_-]{2,40})""")
_JSON = re.compile(r"""[\[{]\s*(?:["{\[]|[\]}])""")
_HTML = re.compile(r"<(?:!doctype html|html|body|p|div|cite|article|main|h[1-6])\b[^>]*>", re.IGNORECASE)
#: Unsupported formats, with patterns for their start.
_FOREIGN = (
    ("an RTF document", re.compile(r"\{\\rtf")),
    ("a PDF document", re.compile(r"%PDF-")),
    ("a SAMI file", re.compile(r"<SAMI\b", re.IGNORECASE)),
    (
        "a SubStation Alpha file",
        re.compile(r"\[Script Info\]|(?:Dialogue|Format):[ ]?(?:\d+,|Layer|Marked)", re.IGNORECASE),
    ),
    ("a MicroDVD file, whose times depend on the video,", re.compile(r"\{\d+\}\{\d*\}|\[\d+\]\[\d*\]")),
    ("a Scenarist file", re.compile(r"Scenarist_SCC")),
    # Rows from Whisper and Audacity, and tables with column headings.
    ("a table", re.compile(
        r"(?:\d+(?:\.\d+)?\t){2}\S|(?=[^\n]*\b(?:start|begin|in|time))(?=[^\n]*\b(?:text|transcript|dialogue))"
        r"[\w \"]{1,40}(?:[\t;,][\w \"]{1,40}){1,20}\n[^\n]*\d\"?[\t;,]", re.IGNORECASE,
    )),
)  # fmt: skip
_LEFT = "Timestamps or codes in the transcript's text were removed in {} places: check the quotes."
_APPROXIMATE = "The transcript has no timestamps: they are estimated from text length and may be minutes off."


def read_transcript(path: str | os.PathLike[str]) -> Transcript:
    """Read a transcript file: WebVTT, SRT, SBV, JSON, TTML, plain text, Markdown or HTML.

    Args:
        path: The file.

    Returns:
        The transcript, with segments in chronological order.

    Raises:
        TranscriptError: The file doesn't exist, isn't a transcript, or contains no words.
    """
    path = Path(path)
    try:
        if path.is_dir():
            raise TranscriptError(f"{path} is a folder; give a transcript file in it.")
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise TranscriptError(f"{path.name} is too large for a transcript ({size >> 20} MB).")
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise TranscriptError(f"There is no file {path}; check the name.") from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise TranscriptError(f"{path} can't be read: {reason}.") from error
    return parse_transcript(data, name=path.name, origin=str(path))


def parse_transcript(
    data: bytes | str,
    *,
    name: str = "",
    mime: str = "",
    duration: float | None = None,
    origin: str | None = None,
) -> Transcript:
    """Parse a transcript.

    Args:
        data: Content of the file.
        name: File name or address; its extension helps to detect the format, and error messages quote it.
        mime: MIME type stated by a feed or server, with or without parameters.
        duration: Duration of the episode in seconds, if known; untimed text is spread over it.
        origin: Value for :attr:`~podnotes.Transcript.origin`.

    Returns:
        The transcript, with segments in chronological order.

    Raises:
        TranscriptError: The data isn't a transcript, or contains no words.
    """
    shown = name.rpartition("/")[2].partition("?")[0] or "The transcript"
    if len(data) > MAX_BYTES:
        raise TranscriptError(f"{shown} is too large for a transcript ({len(data) >> 20} MB).")
    text = (data if isinstance(data, str) else _decode(data, mime, shown)).removeprefix("\ufeff")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise TranscriptError(f"{shown} is empty; use another transcript or let podnotes transcribe the audio.")
    kind = _kind(text, name, mime)
    if kind not in _KINDS:
        raise TranscriptError(f"{shown} is {kind}, which podnotes can't read; export it as WebVTT, SRT or plain text.")
    transcript, own = _read(text, kind, duration)
    # Text that podnotes wrote must be read back unchanged, whatever it looks like.
    if not own:
        segments, left = without_leftovers(transcript.segments, shown)
        warnings = (*transcript.warnings, _LEFT.format(left)) if left else transcript.warnings
        transcript = replace(transcript, segments=tuple(segments), warnings=warnings)
    if not transcript.segments:
        raise TranscriptError(
            f"{shown} contains no words; use another transcript or let podnotes transcribe the audio."
        )
    return replace(transcript, origin=origin) if origin else transcript


def _read(text: str, kind: str, duration: float | None) -> tuple[Transcript, bool]:
    """Parse a text of the given kind; also return whether podnotes wrote it."""
    timed, language = True, None
    segments: Sequence[Segment]
    match kind:
        case "json":
            transcript, own = podcast_json.parse_json(text)
            return replace(transcript, duration=max(duration or 0.0, transcript.duration)), own
        case "captions":
            segments, language = captions.parse_captions(text)
        case "xml":
            segments, language = xml_captions.parse_xml(text)
        case _:
            read = {"html": plain_text.parse_html, "markdown": plain_text.parse_markdown}.get(
                kind, plain_text.parse_prose
            )
            segments, timed = read(text, duration)
    transcript = Transcript(
        segments=tuple(segments),
        duration=max(duration or 0.0, max((segment.end for segment in segments), default=0.0)),
        language=language,
        warnings=() if timed else (_APPROXIMATE,),
        timed=timed,
    )
    if kind != "captions":
        return transcript, False
    return provenance.read_note(transcript, text.partition("-->")[0]), captions.is_own(text)


def write_transcript(transcript: Transcript, path: str | os.PathLike[str], *, replace: bool = True) -> None:
    """Write a transcript in the format given by the file extension: .vtt, .srt, .json or .txt.

    JSON preserves everything. WebVTT preserves all but word probabilities and the origin, with times to the
    millisecond; SRT preserves segments, speakers and quality flags. Plain text is meant for reading: paragraphs with
    times to the second.

    Args:
        transcript: The transcript.
        path: Target file; written atomically.
        replace: Whether an existing file may be replaced.

    Raises:
        UsageError: The extension is unsupported.
        OutputError: The file can't be written, or it already exists and ``replace`` is False.
    """
    write_file(path, format_transcript(transcript, Path(path).suffix), replace=replace)


def format_transcript(transcript: Transcript, suffix: str) -> str:
    """Format a transcript for a file extension (".vtt", ".srt", ".json", ".txt").

    Raises:
        UsageError: The extension is unsupported.
    """
    match suffix.lower():
        case ".vtt":
            return writers.write_webvtt(
                transcript.segments, transcript.language, note=provenance.write_note(transcript)
            )
        case ".srt":
            return writers.write_srt(transcript.segments)
        case ".json":
            return podcast_json.write_json(transcript)
        case ".txt":
            return writers.write_text(transcript.segments)
    named = f"“{suffix}”" if suffix else "A file name without an extension"
    raise UsageError(f"{named} isn't a transcript format; choose one of {', '.join(WRITTEN)}.")


def _kind(text: str, name: str, mime: str) -> str:
    """Detect the format of a text: one of :data:`_KINDS`, or a name for the error message."""
    stated = transcript_kind(mime)
    named = transcript_kind("", name.partition("?")[0].partition("#")[0])
    head = text[:4096].lstrip()
    if head.startswith("WEBVTT"):
        return "captions"
    for kind, pattern in _FOREIGN:
        if pattern.match(head):
            return kind
    if head[:1] in "{[" and ("json" in (stated, named) or _JSON.match(head)):
        return "json"
    if xml_captions.is_captions(head):
        return "xml"
    if _HTML.search(head) and (head[:1] == "<" or "html" in (stated, named)):
        return "html"
    if head.startswith("<?xml"):
        return "an unknown kind of XML"
    if captions.has_cues(text):
        return "captions"
    if "json" in (named, stated) and not {named, stated} & {"text", "markdown"}:
        return "json"
    return "markdown" if "markdown" in (named, stated) else "text"


def _decode(data: bytes, mime: str, shown: str) -> str:
    """Decode with the encoding detected from the bytes or declared by the server or the file."""
    declared = [charset_of(mime), *(name.decode("ascii") for name in _DECLARED.findall(data[:4096]))]
    text = charsets.decode(data, declared=declared)
    sample = text[:4096]
    controls = sum(character < "\t" or "\r" < character < "\x1b" for character in sample)
    # The bytes of a word processor's document (a ZIP file) may look like UTF-16.
    if data.startswith(b"PK\x03\x04") or "\0" in sample or controls > len(sample) / 50:
        raise TranscriptError(f"{shown} isn't text, so it can't be read as a transcript.")
    return text


__all__ = ["MAX_BYTES", "format_transcript", "parse_transcript", "read_transcript", "write_transcript"]
