"""WebVTT and SubRip (SRT): reading what publishers make of them, writing what the standards say.

One reader serves both, since files in the wild mix them: a ``.vtt`` with commas, an ``.srt`` with voice tags, cues out
of order, hours left out, blank lines inside a cue or none between two. Sources: WebVTT, W3C Candidate Recommendation
(https://www.w3.org/TR/webvtt1/); SubRip has no standard.
"""

from __future__ import annotations

import html
import itertools
import re
from typing import TYPE_CHECKING

from podnotes.models import Doubt, Segment, Word
from podnotes.speech.speakers import Line, find_speakers, looks_like_speaker

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_TIME = r"(?:(\d{1,4}):)?(\d{1,3}):(\d{1,2})(?:[.,:](\d{1,9}))?"
_TIMING = re.compile(rf"^[ \t]*{_TIME}[ \t]*-{{1,3}}>[ \t]*{_TIME}[^\n]*$", re.MULTILINE)
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?[ \t]+([^>\n]*)>", re.IGNORECASE)
_CUE_TIME = re.compile(r"<((?:\d+:)?\d{1,2}:\d{2}\.\d{3})>")
_TAG = re.compile(
    r"</?(?:v|c|i|b|u|s|em|strong|ruby|rt|lang|font|span|p|div)(?:[.\s/][^<>]*)?>|<br\s*/?>", re.IGNORECASE
)
_POSITION = re.compile(r"\{\\[^}]*\}|\{[ibu]\}", re.IGNORECASE)  # SubStation leftovers in SRT: {\an8}
_DOUBT = re.compile(r"<c\.doubt-([a-z-]+)>")
_DOUBTFUL = re.compile(r"\(doubtful: ([a-z-]+)\)[ ]")
_LANGUAGE = re.compile(r"^Language:[ \t]*([A-Za-z0-9-]+)[ \t]*$", re.MULTILINE)
_SPACE = re.compile(r"\s+")
# What neither WebVTT nor a terminal can carry.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029]")
DOUBTS = {str(doubt): doubt for doubt in Doubt}
# What an unstyled cue is read at when a cue has no duration of its own (characters a second).
_READING_SPEED = 15.0


def clean(text: str) -> str:
    """Put text on one line: control characters out, white space to single spaces."""
    return _SPACE.sub(" ", _CONTROL.sub(" ", text)).strip()


def parse_time(text: str) -> float | None:
    """Read a time such as ``1:02:03.500``, ``02:03,5`` or ``63.5``.

    Returns:
        Seconds, or None when it is no time.
    """
    match = re.fullmatch(_TIME, text.strip())
    if match:
        return _seconds(*match.groups())
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0 <= value < 1e7 else None


def format_time(seconds: float, *, mark: str = ".") -> str:
    """Write a time as ``HH:MM:SS.mmm``.

    Args:
        seconds: Not negative.
        mark: What stands before the milliseconds: "." in WebVTT, "," in SRT.
    """
    milliseconds = round(seconds * 1000)
    return (
        f"{milliseconds // 3_600_000:02d}:{milliseconds // 60_000 % 60:02d}:"
        f"{milliseconds // 1000 % 60:02d}{mark}{milliseconds % 1000:03d}"
    )


def has_cues(text: str) -> bool:
    """Tell whether a text has at least one timing line of WebVTT or SRT."""
    return _TIMING.search(text) is not None


def parse_captions(text: str) -> tuple[list[Segment], str | None]:
    r"""Read WebVTT or SRT.

    Cues come back in order of time; captions that roll (each cue repeats the line before, as automatic captions of
    video sites do) are unrolled so that every word is there once.

    Args:
        text: The decoded file with ``\n`` as line end.

    Returns:
        The segments, and the language if the header names one.
    """
    matches = list(_TIMING.finditer(text))
    header = text[: matches[0].start()] if matches else text
    language = _LANGUAGE.search(header)
    strict = text.lstrip("\ufeff \n").startswith("WEBVTT")
    cues: list[tuple[float, float, str]] = []
    for index, match in enumerate(matches):
        until = matches[index + 1].start() if index + 1 < len(matches) else len(text)
        payload = _payload(text[match.end() : until], strict=strict, last=index + 1 == len(matches))
        if payload:
            groups = match.groups()
            cues.append((_seconds(*groups[:4]), _seconds(*groups[4:]), payload))
    cues.sort(key=lambda cue: cue[0])
    lines = _unroll(_split_voices(cues))
    return _to_segments(find_speakers(lines)), language.group(1) if language else None


def take_doubt(text: str) -> tuple[str, Doubt | None]:
    """Take the mark of :func:`mark_doubt` from the beginning of a text.

    Returns:
        The rest, and the doubt or None.
    """
    match = _DOUBTFUL.match(text)
    if match is None or match.group(1) not in DOUBTS:
        return text, None
    return text[match.end() :], DOUBTS[match.group(1)]


def mark_doubt(doubt: Doubt | None) -> str:
    """Mark of doubt before a text, for formats that have no other place for it: ``(doubtful: loop) ``."""
    return f"(doubtful: {doubt}) " if doubt is not None else ""


def write_webvtt(segments: Sequence[Segment], language: str | None = None, *, note: str = "") -> str:
    """Write WebVTT: speakers as voice tags, segments in doubt as class ``doubt-REASON``, times of words in the cue.

    Args:
        segments: In order of time.
        language: BCP 47 tag, or None.
        note: A comment that goes before the first cue.
    """
    parts = ["WEBVTT\n" + (f"Language: {language}\n" if language else ""), *([note] if note else [])]
    for segment in segments:
        text = _timed(segment) or _escape(_guard_prefix(clean(segment.text)))
        if not text:
            continue
        if segment.doubt is not None:
            text = f"<c.doubt-{segment.doubt}>{text}</c>"
        speaker = clean(segment.speaker or "")
        if speaker:
            text = f"<v {_escape(speaker)}>{text}"
        parts.append(f"{format_time(segment.start)} --> {format_time(max(segment.start, segment.end))}\n{text}\n")
    return "\n".join(parts)


def write_srt(segments: Sequence[Segment]) -> str:
    """Write SubRip: a mark before what is in doubt, speakers as a "Name: " prefix."""
    parts: list[str] = []
    for segment in segments:
        text = clean(segment.text)
        if not text:
            continue
        # SRT has no escapes, and players show "&amp;" as it stands: escape only what would be read as something else.
        if html.unescape(text) != text:
            text = text.replace("&", "&amp;")
        text = text.replace("-->", "--&gt;")
        if _TAG.search(text) or _VOICE.search(text) or _CUE_TIME.search(text):
            text = text.replace("<", "&lt;")
        if _POSITION.search(text):
            text = text.replace("{", "&lbrace;")
        speaker = clean(segment.speaker or "").replace(":", "")
        text = mark_doubt(segment.doubt) + (f"{speaker}: {text}" if speaker else _guard_prefix(text))
        start, end = format_time(segment.start, mark=","), format_time(max(segment.start, segment.end), mark=",")
        parts.append(f"{len(parts) + 1}\n{start} --> {end}\n{text}\n")
    return "\n".join(parts)


def _seconds(hours: str | None, minutes: str, seconds: str, fraction: str | None) -> float:
    # Rounded to the millisecond, so that what was written is read back as the same float.
    whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    return round(whole + float(f"0.{fraction or 0}"), 3)


def _payload(block: str, *, strict: bool, last: bool) -> str:
    """Take a cue's text out of what stands between its timing line and the next one."""
    block = block.lstrip("\n") if not strict else block.removeprefix("\n")
    if strict:
        # In WebVTT a blank line ends the cue; what follows is a comment, a style or the next cue's name.
        return _drop_counter(("\n" + block).partition("\n\n")[0].strip(), last=last)
    return _drop_counter(block.strip(), last=last)


def _drop_counter(payload: str, *, last: bool) -> str:
    """Drop the next cue's number where no blank line keeps it apart."""
    if last:
        return payload
    head, _, tail = payload.rpartition("\n")
    return head.strip() if tail.strip().isdigit() else payload


def _split_voices(cues: Iterable[tuple[float, float, str]]) -> Iterator[Line]:
    """Turn cues into lines; a cue with several voices becomes several, sharing its time by characters."""
    for start, end, payload in cues:
        found = _DOUBT.search(payload) if "<c.doubt" in payload else None
        doubt = DOUBTS.get(found.group(1)) if found else None
        if payload.startswith("(doubtful: "):
            payload, doubt = take_doubt(payload)
        if "<v" not in payload and "<V" not in payload:
            yield Line(start, end, *_plain(payload, start, end), doubt=doubt)
            continue
        pieces = _VOICE.split(payload)  # text before, name, text, name, text, …
        voices = [(None, pieces[0]), *zip(pieces[1::2], pieces[2::2], strict=True)]
        spoken = [(name, text) for name, text in voices if text.strip()]
        lengths = [len(clean(_TAG.sub("", text))) for _, text in spoken]
        total = sum(lengths) or 1
        at = start
        for (name, text), length in zip(spoken, lengths, strict=True):
            until = end if text is spoken[-1][1] else round(at + (end - start) * length / total, 3)
            speaker = clean(html.unescape(name)) if name else None
            yield Line(
                at, until, *_plain(text, at, until), speaker=speaker or None, tagged=name is not None, doubt=doubt
            )
            at = until


def _plain(payload: str, start: float, end: float) -> tuple[tuple[str, ...], tuple[Word, ...]]:
    """Strip a payload of mark-up: its lines, and its words where it times them (``<00:00:01.200>``)."""
    words: tuple[Word, ...] = ()
    if "<" in payload:
        if _CUE_TIME.search(payload):
            words = _timed_words(payload, start, end)
            payload = _CUE_TIME.sub("", payload)
        payload = _TAG.sub(lambda match: "\n" if match.group().lower().startswith("<br") else "", payload)
    if "{" in payload:
        payload = _POSITION.sub("", payload)
    if "&" in payload:
        payload = html.unescape(payload)
    return tuple(text for text in map(clean, payload.split("\n")) if text), words


def _timed_words(payload: str, start: float, end: float) -> tuple[Word, ...]:
    """Read the words of a cue that times them; a piece of several words shares its time by characters."""
    # In a rolling caption the line above the first with time stamps repeats what was said before.
    lines = payload.split("\n")
    first = next(index for index, line in enumerate(lines) if _CUE_TIME.search(line))
    pieces = _CUE_TIME.split(" ".join(lines[first:]))
    starts = [start, *(parse_time(time) or 0.0 for time in pieces[1::2]), end]
    words: list[Word] = []
    for index, piece in enumerate(pieces[::2]):
        texts = clean(html.unescape(_TAG.sub("", piece))).split()
        at, until = starts[index], max(starts[index], starts[index + 1])
        total = sum(map(len, texts)) or 1
        for text in texts:
            share = (until - at) * len(text) / total
            words.append(Word(round(at, 3), round(at + share, 3), text))
            at += share
    return tuple(words)


def _unroll(lines: Iterable[Line]) -> list[Line]:
    """Take out what a cue repeats of the one before, when the captions roll."""
    kept = [line for line in lines if line.texts]
    pairs = list(itertools.pairwise(kept))
    repeating = sum(_repeats(before.texts, after.texts) for before, after in pairs)
    if not pairs or repeating < 0.3 * len(pairs):
        return kept
    unrolled: list[Line] = [kept[0]]
    shown = kept[0].texts
    for line in kept[1:]:
        fresh = _fresh(shown, line.texts)
        shown = line.texts
        if fresh:
            unrolled.append(line.with_texts(fresh))
        else:  # the same words, shown longer
            unrolled[-1] = unrolled[-1].until(line.end)
    return unrolled


def _repeats(before: tuple[str, ...], after: tuple[str, ...]) -> bool:
    grown = len(before) == len(after) == 1 and after[0] != before[0] and after[0].startswith(before[0] + " ")
    return grown or (after[0] == before[-1] and (len(after) > 1 or len(before) > 1))


def _fresh(before: tuple[str, ...], after: tuple[str, ...]) -> tuple[str, ...]:
    for size in range(min(len(before), len(after)), 0, -1):
        if before[-size:] == after[:size]:
            return after[size:]
    if len(before) == len(after) == 1 and after[0].startswith(before[0] + " "):
        return (after[0][len(before[0]) + 1 :],)
    return after


def _to_segments(lines: Sequence[Line]) -> list[Segment]:
    segments = []
    for index, line in enumerate(lines):
        text = " ".join(line.texts)
        start, end = line.start, line.end
        if end <= start:  # no duration, or the wrong way round
            following = lines[index + 1].start if index + 1 < len(lines) else start + len(text) / _READING_SPEED
            end = round(max(start, min(following, start + len(text) / _READING_SPEED)), 3)
        words = line.words if " ".join(word.text for word in line.words) == text else ()
        segments.append(Segment(start, end, text, words, line.speaker, line.doubt))
    return segments


def _timed(segment: Segment) -> str:
    """Write a segment's words with their times, or "" where they aren't the words of its text or don't fit into it.

    A mark before a word is its start, one behind it its end where no other word begins there. The standard wants
    marks to increase, within the cue: words that overlap or have no length are moved apart by milliseconds.
    """
    texts = [clean(word.text) for word in segment.words]
    if not texts or " ".join(texts) != clean(segment.text) or any(" " in text or not text for text in texts):
        return ""
    start, end = round(segment.start * 1000), round(segment.end * 1000)
    guarded = looks_like_speaker(" ".join(texts))
    broken = guarded.group().count(" ") - 1 if guarded else -1  # the line breaks behind this word
    parts: list[str] = []
    at = start  # of the last mark
    for index, (word, text) in enumerate(zip(segment.words, texts, strict=True)):
        begins = max(round(word.start * 1000), at)
        if begins > at:
            parts.append(f"<{format_time(begins / 1000)}>")
            at = begins
        parts.append(_escape(text))
        last = index + 1 == len(texts)
        following = end if last else round(segment.words[index + 1].start * 1000)
        ends = max(round(word.end * 1000), at + 1)
        if ends < following or index == broken:
            parts.append(f"<{format_time(ends / 1000)}>")
            at = ends
        elif not last and following <= at:
            return ""
        parts.append("" if last else "\n" if index == broken else " ")
    return "".join(parts) if at < end or at == start else ""


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _guard_prefix(text: str) -> str:
    """Break the line after "Remember: " and the like, so that it isn't read back as a speaker's name."""
    match = looks_like_speaker(text)
    return f"{text[: match.end(1) + 1]}\n{text[match.end() :]}" if match else text
