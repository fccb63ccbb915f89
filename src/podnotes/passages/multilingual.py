"""Search a multilingual transcript: each topic is searched for in the parts in its own language."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from podnotes.models import QualityFlag
from podnotes.text.languages import language_name, primary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podnotes.models import Topic, Transcript


def spoken_languages(transcript: Transcript) -> list[str]:
    """Return the primary subtags of the languages spoken, main language first; [] if no segment states one."""
    others = dict.fromkeys(segment.language for segment in transcript.segments if segment.language is not None)
    if not others:
        return []
    return list(dict.fromkeys(map(_primary, [transcript.language or "und", *others])))


def only_in(language: str, transcript: Transcript) -> Transcript:
    """Return a transcript in which only the segments in one language (primary subtag) can be quoted."""
    segments = []
    for segment in transcript.segments:
        fits = _primary(segment.language or transcript.language) == language
        segments.append(replace(segment, language=None, doubt=segment.doubt if fits else QualityFlag.LANGUAGE))
    return replace(transcript, language=language, segments=tuple(segments))


def unsearched_parts(transcript: Transcript, topics: Sequence[Topic]) -> str | None:
    """Return a notice for the user about parts in languages that no topic is in, or None."""
    wanted = {_primary(topic.language) for topic in topics}
    seconds: defaultdict[str, float] = defaultdict(float)
    for segment in transcript.segments:
        language = _primary(segment.language or transcript.language)
        if language not in wanted:
            seconds[language] += segment.end - segment.start
    if not seconds:
        return None
    parts = " and ".join(f"{max(1, round(spent / 60))} min in {language_name(tag)}" for tag, spent in seconds.items())
    return (
        f"Nothing is quoted from {parts}: no topic is in {'that language' if len(seconds) == 1 else 'those languages'}."
    )


def in_their_language(spoken: str | None, topics: Sequence[Topic]) -> tuple[list[Topic], str | None]:
    """Return the topics in the language spoken, or all if it is unknown, and a notice if any were left out."""
    if spoken is None:
        return list(topics), None
    readable = [topic for topic in topics if primary(topic.language) == spoken]
    if len(readable) == len(topics):
        return readable, None
    named = "a language other than that of the topics" if spoken == "und" else language_name(spoken)
    wanted = language_name(next(topic.language for topic in topics if primary(topic.language) != spoken))
    missing = "only topics in the episode's language have passages" if readable else "no passages were found"
    where = "use a topics file in the episode's language"
    return readable, f"The episode is in {named}, but topics are in {wanted}, so {missing}; {where}."


def _primary(tag: str | None) -> str:
    return primary(tag) or "und"
