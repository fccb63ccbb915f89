"""Suggest corrections of probable recognition errors: unknown words that sound like a term or a name.

The transcript isn't changed. Pronunciations are compared with Metaphone (Philips 1990), which is made for English; in
other languages, only the spelling is compared.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from podnotes.text.dictionary import in_dictionary
from podnotes.text.stemming import stems
from podnotes.text.words import normalized, word_spans, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from podnotes.models import Episode, Segment, Topic, Transcript

# Maximum number of words that a single misheard word can become ("no susception", "and or fin").
_MOST_WORDS = 3
# Minimum letters of a phrase or term, sounds of a term, and letters of an unknown word; shorter ones are ambiguous.
_LEAST_LETTERS, _LEAST_SOUNDS, _LEAST_STRANGE = 5, 3, 4
# Minimum similarity of the spelling if the sounds are the same, and if one differs.
_SAME_SOUND, _NEAR_SOUND = 0.55, 0.75
# Minimum sounds of dictionary words that the speech model was unsure of; they must sound exactly like the term.
_SOUNDS_OF_KNOWN_WORDS = 5
# A word that shares this much of a term's beginning but ends differently is a related word, not an error ("thalamic").
_FAMILY = 2 / 3


@dataclass(frozen=True, slots=True)
class SuggestedCorrection:
    """Words that may have been misheard.

    Attributes:
        heard: The words in the transcript.
        right: The words that may have been said.
        why: Source of ``right``: "a term of Pain", "a name in the show notes".
        times: Start of each occurrence in seconds.
    """

    heard: str
    right: str
    why: str
    times: tuple[float, ...]


class _Target(NamedTuple):
    """A term or name that may have been said."""

    text: str
    letters: str
    sound: str
    why: str
    is_name: bool


class _Phrase(NamedTuple):
    """One to three words of a transcript: as written, in lower case, and their start in seconds."""

    text: str
    words: tuple[str, ...]
    start: float
    is_doubtful: bool
    is_name: bool  # has a capital letter other than at the start of a sentence


def suggest_corrections(
    transcript: Transcript, topics: Sequence[Topic], episode: Episode | None = None
) -> tuple[SuggestedCorrection, ...]:
    """Suggest corrections of a transcript.

    Args:
        transcript: The transcript, preferably with the existing corrections applied.
        topics: Topics whose terms may have been misheard.
        episode: Episode whose show notes have names that may have been misheard; None for terms only.

    Returns:
        The suggestions in order of time, one for all occurrences of a phrase.
    """
    language = (transcript.language or (topics[0].language if topics else "en")).partition("-")[0].lower()
    targets = list(_targets(topics, episode, language))
    # Words that already are a term or name aren't errors.
    own = {stem for target in targets for word in _rare(target.text, language) for stem in stems(word, language)}
    spelled = {target.letters for target in targets}

    @functools.cache
    def best(phrase: tuple[str, ...], is_doubtful: bool, is_name: bool) -> _Target | None:
        letters = "".join(phrase)
        strange = [word for word in phrase if _is_strange(word, language)]
        if len(letters) < _LEAST_LETTERS or not (strange or is_doubtful):
            return None
        if letters in spelled or own.intersection(stems(" ".join(phrase), language)):
            return None
        sound = _sound(letters, language)
        if not strange and len(sound) < _SOUNDS_OF_KNOWN_WORDS:
            return None
        close = (
            one
            for one in targets
            if (strange or one.sound == sound)
            # Capitalised words were recognised as a name, so only another name can be meant.
            and (one.is_name or not is_name)
            # A part of the term is a separate word, not an error: "cannabinoid".
            and not any(word in one.letters for word in strange)
            and _is_close(letters, sound, one)
        )
        return max(close, key=lambda one: _alike(letters, one.letters), default=None)

    found: dict[str, list[_Phrase]] = {}
    meant: dict[str, _Target] = {}
    for phrase in _phrases(transcript.segments, language):
        if (target := best(phrase.words, phrase.is_doubtful, phrase.is_name)) is not None:
            meant[key := " ".join(phrase.words)] = target
            found.setdefault(key, []).append(phrase)
    # The phrase closest to its term, if one contains another ("no susception", "susception").
    kept: list[str] = []
    for key in sorted(found, key=lambda key: -_alike(key.replace(" ", ""), meant[key].letters)):
        if not any(f" {key} " in f" {other} " or f" {other} " in f" {key} " for other in kept):
            kept.append(key)
    return tuple(
        SuggestedCorrection(
            found[key][0].text, meant[key].text, meant[key].why, tuple(phrase.start for phrase in found[key])
        )
        for key in sorted(kept, key=lambda key: found[key][0].start)
    )


def _targets(topics: Sequence[Topic], episode: Episode | None, language: str) -> Iterator[_Target]:
    named: dict[str, tuple[str, str, bool]] = {}
    for topic in topics:
        if topic.language == language:
            for term in [*topic.terms, *topic.related, *topic.glossary]:
                rare = _rare(term, language)
                for text in [term, *rare] if rare else ():
                    for form in (text, f"{text}s"):
                        named.setdefault(_letters(form), (form, f"a term of {topic.title}", False))
    for name in _names(episode, language) if episode else ():
        named.setdefault(_letters(name), (name, "a name in the show notes", True))
    for letters, (text, why, is_name) in named.items():
        sound = _sound(letters, language)
        if len(letters) >= _LEAST_LETTERS and len(sound) >= _LEAST_SOUNDS:
            yield _Target(text, letters, sound, why, is_name)


def _rare(text: str, language: str) -> list[str]:
    """Return the words of a term that speech models may mishear: all except everyday words."""
    known = _known_words(language)
    return [word for word in _plain(text) if word not in known]


def _names(episode: Episode, language: str) -> Iterator[str]:
    """Generate the names of the episode's people, and capitalised words of its show notes other than everyday words."""
    for person in episode.persons:
        yield person.name
        yield from person.name.split()
    texts = [episode.title, episode.summary, *(chapter.title for chapter in episode.chapters)]
    known = _known_words(language)
    for text in texts:
        for word in words(text, language):
            if word[:1].isupper() and not word.isupper() and word.lower() not in known:
                yield word


def _phrases(segments: Iterable[Segment], language: str) -> Iterator[_Phrase]:
    """Generate the phrases of one to three words."""
    for segment in segments:
        spans = word_spans(segment.text, language)
        keys = [_bare(segment.text[first:last]) for first, last in spans]
        together = [segment.text[one[1] : other[0]].strip() in ("", "-") for one, other in pairwise(spans)]
        timed = len(segment.words) == len(segment.text.split())
        for at, (first, _) in enumerate(spans):
            token = len(segment.text[:first].split())
            token -= first > 0 and not segment.text[first - 1].isspace()
            share = (segment.end - segment.start) * first / len(segment.text)
            start = segment.words[token].start if timed else segment.start + share
            begins = re.search(r"(?:^|[.?!…])\W*$", segment.text[:first]) is not None
            for last in range(at, min(at + _MOST_WORDS, len(spans))):
                if last > at and not together[last - 1]:
                    break
                text = segment.text[first : spans[last][1]]
                is_doubtful = timed and any(word.uncertain for word in segment.words[token : token + last - at + 1])
                is_name = any(word[:1].isupper() for word in text.split()[begins:])
                yield _Phrase(text, tuple(keys[at : last + 1]), start, is_doubtful, is_name)


def _is_strange(word: str, language: str) -> bool:
    """Return whether a word is unknown; in languages other than English, which have no dictionary, all words are."""
    return word.isalpha() and len(word) >= _LEAST_STRANGE and (language != "en" or not in_dictionary(word))


def _is_close(letters: str, sound: str, target: _Target) -> bool:
    from jellyfish import damerau_levenshtein_distance

    if abs(len(letters) - len(target.letters)) > max(2, len(target.letters) // 3) or letters == target.letters:
        return False
    pairs = zip(letters, target.letters, strict=False)
    shared = next((at for at, (one, other) in enumerate(pairs) if one != other), len(letters))
    if not target.is_name and shared >= _FAMILY * len(target.letters):
        return damerau_levenshtein_distance(letters, target.letters) == 1
    alike = _alike(letters, target.letters)
    if sound == target.sound:
        return alike >= _SAME_SOUND
    return (
        alike >= _NEAR_SOUND
        and len(target.sound) > _LEAST_SOUNDS
        and damerau_levenshtein_distance(sound, target.sound) <= 1
    )


def _alike(one: str, other: str) -> float:
    from jellyfish import damerau_levenshtein_distance

    return 1 - damerau_levenshtein_distance(one, other) / max(len(one), len(other))


def _sound(letters: str, language: str) -> str:
    from jellyfish import metaphone

    if language != "en":
        return letters
    # Metaphone distinguishes initial vowels, which are easily misheard.
    sound = metaphone(letters)
    return "A" + sound[1:] if sound[:1] in "AEIOU" else sound


def _bare(word: str) -> str:
    return normalized(word).replace("’", "'").removesuffix("'s")


def _plain(text: str) -> list[str]:
    return [_bare(word) for word in words(text)]


def _letters(text: str) -> str:
    return "".join(_plain(text))


@functools.cache
def _known_words(language: str) -> frozenset[str]:
    """Return the frequent words of a language; empty except for English."""
    if language != "en":
        return frozenset()
    from podnotes.quotability import vocabulary

    return vocabulary()
