"""Language detection, at the beginning and in every window, and warnings if it differs from the stated language.

A Whisper model writes in the requested language whatever it hears: French becomes fluent English. So the language
stated by the feed or the user is only the first assumption; the audio decides, window by window. Later speech is
expected in the language of most of the speech before it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from podnotes.audio.decode import AudioReader
from podnotes.timestamps import clock

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from podnotes.asr.engine import Engine, Hypothesis
    from podnotes.asr.vad import AudioChunk, Window
    from podnotes.models import Segment

#: Minimum probability at which a language other than the expected one is accepted.
SURE = 0.8
# Whisper sometimes mistakes the language of shorter windows of clear speech; they get the language of adjacent windows.
_LEAST_SECONDS = 8.0
# Number of windows sampled if no language is stated.
_FIRST_WINDOWS = 4
# If a model for a single language doubts more than this share of the words, the language may be a different one.
_MUCH_DOUBTED = 0.5
# Minimum number of words for a judgement.
_ENOUGH_WORDS = 40


def primary(tag: str | None) -> str:
    """Return the primary subtag of a BCP 47 tag in lower case: "de" for "de_AT", "" for None."""
    return (tag or "").replace("_", "-").partition("-")[0].lower()


def choose_language(path: Path, engine: Engine, stated: str | None) -> str:
    """Choose the language in which recognition starts.

    Args:
        path: The audio file.
        engine: The speech engine.
        stated: BCP 47 tag from the feed or the user, or None.

    Returns:
        Primary subtag of a language that the engine supports: the stated one, else the detected one.
    """
    from podnotes.asr.vad import BLOCK_SECONDS, gather

    if primary(stated) in engine.languages:
        return primary(stated)
    if len(engine.languages) == 1:
        return next(iter(engine.languages))
    with AudioReader(path) as reader:
        chunk = next(gather(reader.blocks(BLOCK_SECONDS), 0.0, _FIRST_WINDOWS, engine.window_s), None)
    return engine.detect_language(chunk.samples, chunk.windows)[0] if chunk and chunk.windows else "en"


def by_language(
    chunk: AudioChunk, results: Sequence[list[Hypothesis]], expected: str
) -> Iterator[tuple[str, AudioChunk, list[list[Hypothesis]]]]:
    """Split a chunk where the language changes.

    Args:
        chunk: The chunk.
        results: Hypotheses for each of its windows, recognised in the expected language.
        expected: Primary subtag.

    Yields:
        For each run of windows in one language: the language, the chunk with only these windows, and their hypotheses
        in the expected language.
    """
    languages = _settled(chunk.windows, [_likeliest(found) for found in results], expected)
    parts = zip(languages, chunk.windows, results, strict=True)
    for language, run in groupby(parts, key=lambda part: part[0]):
        _, windows, found = zip(*run, strict=True)
        yield language, replace(chunk, windows=windows), list(found)


def in_spoken_language(
    engine: Engine, samples: NDArray[np.float32], windows: Sequence[Window], expected: str
) -> Iterator[list[Hypothesis]]:
    """Recognise windows independently, each in the language that is clearly spoken in it.

    Args:
        engine: The speech engine.
        samples: Mono, 16 kHz.
        windows: As in :meth:`~podnotes.Engine.recognise`.
        expected: Language of the surrounding speech (primary subtag).

    Yields:
        Hypotheses for each window, with ``language`` set if it isn't the expected one.
    """
    for window, found in zip(windows, engine.recognise(samples, windows, language=expected), strict=True):
        likeliest = _likeliest(found)
        if likeliest is None or likeliest[0] == expected or not _is_sure(window, likeliest):
            yield found
            continue
        for again in engine.recognise(samples, [window], language=likeliest[0]):
            yield [replace(hypothesis, language=likeliest[0]) for hypothesis in again]


def _likeliest(found: Sequence[Hypothesis]) -> tuple[str, float] | None:
    return next((hypothesis.spoken for hypothesis in found if hypothesis.spoken), None)


def _is_sure(window: Window, likeliest: tuple[str, float]) -> bool:
    return likeliest[1] > SURE and window.end - window.start >= _LEAST_SECONDS


def _settled(windows: Sequence[Window], likeliest: Sequence[tuple[str, float] | None], expected: str) -> list[str]:
    """Return the language of each window: the certain one, or the likely one if it is certain in an adjacent window."""
    sure = [
        one[0] if one is not None and _is_sure(window, one) else None
        for window, one in zip(windows, likeliest, strict=True)
    ]
    settled: list[str] = []
    for place, one in enumerate(likeliest):
        beside = {settled[-1] if settled else expected, *sure[place + 1 : place + 2]}
        settled.append(sure[place] or (one[0] if one is not None and one[0] in beside else expected))
    return settled


def most_spoken(segments: Iterable[Segment], expected: str) -> str:
    """Return the language of most of the speech.

    Args:
        segments: Segments with their languages; None means the expected one.
        expected: Primary subtag, also returned if nothing is said.
    """
    seconds: dict[str, float] = {expected: 0.0}
    for segment in segments:
        tag = segment.language or expected
        seconds[tag] = seconds.get(tag, 0.0) + segment.end - segment.start
    return max(seconds, key=lambda tag: seconds[tag])


def mark_others(segments: Iterable[Segment], expected: str) -> tuple[tuple[Segment, ...], str]:
    """Keep ``language`` only on segments that aren't in the main language.

    Args:
        segments: Segments with their languages; None means the expected one.
        expected: Primary subtag.

    Returns:
        The segments, and the main language.
    """
    segments = tuple(segments)
    main = most_spoken(segments, expected)
    marked = []
    for segment in segments:
        tag = segment.language or expected
        marked.append(replace(segment, language=None if tag == main else tag))
    return tuple(marked), main


def notices(segments: Sequence[Segment], language: str, engine: Engine, stated: str | None) -> list[str]:
    """Return warnings about languages, as sentences for the user.

    Args:
        segments: The transcript's segments, with ``language`` if it isn't the transcript's.
        language: Language of the transcript.
        engine: The speech engine.
        stated: BCP 47 tag from the feed or the user, or None.
    """
    from podnotes.text.languages import language_name

    told: list[str] = []
    expected = primary(stated)
    if len(engine.languages) == 1:
        if expected and expected not in engine.languages:
            told.append(
                f"The episode's language is given as “{stated}”, and the speech model {engine.name} "
                f"supports only “{language}”; choose a model without “.en”."
            )
        elif _is_much_doubted(segments):
            told.append(
                f"Hardly any speech was recognised: if the language isn't {language_name(language)}, choose a "
                "speech model without “.en”."
            )
    elif expected and expected != language:
        spoken, named = language_name(language), language_name(expected)
        if expected in engine.languages:
            told.append(f"{spoken} is spoken here, not {named} as stated; it was transcribed as {spoken}.")
        else:
            told.append(f"The speech model {engine.name} doesn't support {named}; {spoken} was detected.")
    for tag in dict.fromkeys(segment.language for segment in segments if segment.language is not None):
        parts = [segment for segment in segments if segment.language == tag]
        minutes = max(1, round(sum(segment.end - segment.start for segment in parts) / 60))
        told.append(f"About {minutes} min are in {language_name(tag)}, first at {clock(parts[0].start)}.")
    return told


def _is_much_doubted(segments: Sequence[Segment]) -> bool:
    words = Counter[bool]()
    for segment in segments:
        words[segment.doubt is not None] += len(segment.text.split())
    return words.total() >= _ENOUGH_WORDS and words[True] > _MUCH_DOUBTED * words.total()
