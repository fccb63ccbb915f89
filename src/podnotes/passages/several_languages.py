"""Passages of a talk in which several languages are spoken: each is searched for the topics in it, and no other."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from podnotes.models import Doubt
from podnotes.text.languages import language_name, primary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podnotes.models import Topic, Transcript


def spoken_languages(transcript: Transcript) -> list[str]:
    """Primary subtags of what is spoken, that of most first; [] where the parts have no languages of their own."""
    others = dict.fromkeys(segment.language for segment in transcript.segments if segment.language is not None)
    if not others:
        return []
    return list(dict.fromkeys(map(_primary, [transcript.language or "und", *others])))


def only_in(language: str, transcript: Transcript) -> Transcript:
    """A transcript in which nothing is quoted but what is said in one language.

    Args:
        language: Primary subtag.
        transcript: With ``language`` on the segments that are in another one than the most.
    """
    segments = []
    for segment in transcript.segments:
        fits = _primary(segment.language or transcript.language) == language
        segments.append(replace(segment, language=None, doubt=segment.doubt if fits else Doubt.LANGUAGE))
    return replace(transcript, language=language, segments=tuple(segments))


def unsearched_parts(transcript: Transcript, topics: Sequence[Topic]) -> str | None:
    """A sentence for the user on what is said in languages that no topic is in, or None."""
    wanted = {_primary(topic.language) for topic in topics}
    seconds: defaultdict[str, float] = defaultdict(float)
    for segment in transcript.segments:
        language = _primary(segment.language or transcript.language)
        if language not in wanted:
            seconds[language] += segment.end - segment.start
    if not seconds:
        return None
    parts = " and ".join(f"{max(1, round(spent / 60))} min in {language_name(tag)}" for tag, spent in seconds.items())
    return f"Nothing is quoted from {parts}: no topic is in that language."


def _primary(tag: str | None) -> str:
    return primary(tag) or "und"
