"""Split a transcript into sentences with times.

Cues can end anywhere: Whisper's last from two to thirty seconds, YouTube's end where a line is full. So the words of
all cues are joined and split again at sentence ends, using rules after Grefenstette and Tapanainen (1994): a full stop
ends a sentence unless it belongs to an abbreviation, an initial or a number, or the next word is in lower case. Text
without full stops is split at pauses and before words with which speakers open a new thought ("so", "and then",
"okay").

No word is changed, dropped, added or moved: the words of all sentences, in order, are the words of the transcript's
segments in order of time.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import regex

from podnotes.models import QualityFlag
from podnotes.sounds import has_gap
from podnotes.text.languages import spoken_language
from podnotes.text.sentence_words import (
    ABBREVIATIONS,
    CLINGING,
    HANGING,
    MARKERS,
    OPENERS,
)
from podnotes.text.stopwords import is_stop_word
from podnotes.text.words import is_spaced, is_unspaced

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from podnotes.models import Segment, Transcript, Word

# A silence this long ends a sentence even without a full stop.
_SILENCE = 4.0  # seconds
# In text without full stops, a silence this long counts as one.
_PAUSE = 0.7  # seconds
# Text averaging more words than this per sentence end counts as unpunctuated.
_SPARSE = 60  # words
# A longer sentence is cut at pauses and discourse markers, because nobody would quote it whole.
_LONG = 90  # words
# In a longer sentence, full stops must be missing, as happens with Whisper now and then.
_LOST = 130  # words

_CLOSING = "\"'”’»)]}」』）】》"
_MARKS = ".?!…。？！｡।؟۔"
_ENDS = frozenset(_MARKS + _CLOSING)
_OPENING = "\"'“‘«([{-–—¿¡*_♪「『（【《„"

# In scripts without spaces, sentences may be cut at the end of a phrase: in Japanese after its hiragana, in Chinese
# after any character; punctuation stays with the preceding text.
_KANA = regex.compile(r"[\p{Hiragana}\p{Katakana}]")
_JAPANESE = regex.compile(r"[^\p{Hiragana}、。！？…]*[\p{Hiragana}ー]*[、。！？!?…」』）)】”]*")
_CHINESE = regex.compile(r"[“「『（《]*(?:\p{Han}|[^\p{Han}、。！？，；：…“「『（《]+)?[、。！？，；：…」』）》”]*")

_PHANTOM = re.compile(
    r"(?:thank you|thanks)(?: (?:so|very) much)? for (?:watching|viewing)(?: (?:this|the|my|our) video)?"
    r"|(?:please )?(?:like,? (?:and )?|don't forget to )*subscribe(?: to (?:my|our|the) channel)?(?: for more videos)?"
    r"|see you (?:in the )?next video|i'll see you in the next (?:one|video)"
    r"|(?:sub)?titles? (?:by|provided by|made by).*"
    r"|(?:translation|translated|transcription|transcribed|captions?|captioning) by .*"
    r"|untertitel(?:ung)? (?:im auftrag des|des) zdf.*|(?:vielen dank|danke) fürs (?:zuschauen|zusehen)"
    r"|subtítulos (?:realizados )?por .*|gracias por ver(?: el v[ií]deo)?|¡?suscríbete(?: al canal)?"
    r"|sous-titrage .*|sous-titres (?:réalisés )?par .*|merci d'avoir regardé(?: cette vidéo)?"
    r"|(?:ご視聴|ご覧いただき)(?:いただき)?(?:、)?ありがとうございま(?:す|した)|チャンネル登録(?:を|も)?(?:よろしく)?お願いします"
    r"|(?:请不吝)?点赞 ?订阅.*|字幕(?:由|by|提供|志愿者).*"
    r"|.*amara\.org.*|www\.[a-z0-9.-]+\.(?:com|org|net|co\.uk)"
    r"|[\W_]+|(?:\s*[\[(♪*][^\])♪*]*[\])♪*]\s*)+"
)
# Flags of segments in which words were, or may have been, said.
_MISSING = frozenset(
    {QualityFlag.UNINTELLIGIBLE, QualityFlag.UNSURE, QualityFlag.LOOP, QualityFlag.TOO_FAST, QualityFlag.LANGUAGE}
)
_LONGEST_PHANTOM = 120  # characters
_EDGES = re.compile(r"^[\s\"'“”‘’.!?…,。！？、-]+|[\s\"'“”‘’.!?…,。！？、-]+$")
_NO_MARKS = dict.fromkeys(map(ord, '.,;:!?…"“”()[]-–—'))


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, or the closest equivalent in spontaneous speech.

    Attributes:
        start: Start of its first word in seconds.
        end: End of its last word in seconds; not before ``start``.
        text: Its words as in the transcript, separated by single spaces, or none in scripts without spaces.
        speaker: The speaker, or None.
        first: Index of its first word among all words of the transcript (phrases, in scripts without spaces), in order
            of time, from 0.
        last: One past the index of its last word.
        doubt: Reason why the words are unreliable, or None.
        broken: Whether adjacent words that belong to it are missing or unreliable.
        uncertain: Whether it has a word that is as likely to be wrong as right.
    """

    start: float
    end: float
    text: str
    speaker: str | None = None
    first: int = 0
    last: int = 0
    doubt: QualityFlag | None = None
    broken: bool = False
    uncertain: bool = False

    @property
    def doubtful(self) -> bool:
        """Whether it must not be quoted."""
        return self.doubt is not None or self.broken


class _Run(NamedTuple):
    """Words that belong together: the same speaker and doubt, and no long silence."""

    speaker: str | None
    doubt: QualityFlag | None
    first: int
    last: int


def sentences(transcript: Transcript) -> tuple[Sentence, ...]:
    """Split a transcript, with or without punctuation, speakers and word timestamps, into sentences in order of time.

    Its segments may overlap and be in any order. Loops and stock phrases of the speech model have ``doubt`` set.
    """
    words: list[str] = []
    starts: list[float] = []
    ends: list[float] = []
    runs, spaced = _runs(transcript, words, starts, ends)
    language = spoken_language([segment.text for segment in transcript.segments], transcript.language) or "en"
    stops = sentence_ends(words, language)
    sparse = sum(stops) * _SPARSE < len(words)
    unsure = sorted(word.start for segment in transcript.segments for word in segment.words if word.uncertain)
    found: list[Sentence] = []
    for run in runs:
        for first, last in _cut(words, starts, ends, stops, run, sparse=sparse):
            end = max(ends[last - 1], starts[first])
            text = " ".join(words[first:last]) if spaced is None else _text(words, spaced, first, last)
            doubt = run.doubt or _phantom(text) or (QualityFlag.UNINTELLIGIBLE if has_gap(text) else None)
            uncertain = bisect_left(unsure, starts[first]) < bisect_right(unsure, end)
            found.append(Sentence(starts[first], end, text, run.speaker, first, last, doubt, uncertain=uncertain))
    return tuple(_mark_broken(_mark_loops(found), stops))


def word_starts(transcript: Transcript) -> list[float]:
    """Return the start in seconds of each word of a transcript; ``Sentence.first`` and ``last`` count these words."""
    starts: list[float] = []
    _runs(transcript, [], starts, [])
    return starts


def sentence_ends(words: Sequence[str], language: str) -> list[bool]:
    """Return whether each word (non-empty, with its punctuation) ends a sentence in a language (primary subtag)."""
    follows_case = _follows_case(words)
    return [
        word[-1] in _ENDS and _is_stop(words, i, language, follows_case=follows_case) for i, word in enumerate(words)
    ]


# --------------------------------------------------------------------------------------------- words and their times


def _runs(
    transcript: Transcript, words: list[str], starts: list[float], ends: list[float]
) -> tuple[list[_Run], list[bool] | None]:
    """Append all words with their times to the three lists.

    Returns:
        The runs of words; and whether a space precedes each word, or None if one precedes all of them.
    """
    unspaced = any(is_unspaced(segment.text) for segment in transcript.segments)
    spaced: list[bool] = []
    segments = transcript.segments
    if any(a.start > b.start for a, b in pairwise(segments)):
        segments = tuple(sorted(segments, key=lambda segment: segment.start))
    runs: list[_Run] = []
    speaker: str | None = None
    doubt: QualityFlag | None = None
    first, until = 0, 0.0
    for segment in segments:
        tokens = segment.text.split()
        if not tokens:
            continue
        if unspaced:
            pieces = [_pieces(token) for token in tokens]
            spaced.append(not words or is_spaced(words[-1], tokens[0]))
            spaced += [place == 0 for of in pieces for place in range(len(of))][1:]
            tokens = [piece for of in pieces for piece in of]
        # A cue that contains only noise is not part of the sentence around it.
        doubted = segment.doubt or _phantom(segment.text)
        if (segment.speaker, doubted) != (speaker, doubt) or segment.start - until > _SILENCE:
            if first < len(words):
                runs.append(_Run(speaker, doubt, first, len(words)))
            speaker, doubt, first = segment.speaker, doubted, len(words)
        until = max(until, segment.end)
        words += tokens
        _append_times(segment, tokens, starts, ends)
    if first < len(words):
        runs.append(_Run(speaker, doubt, first, len(words)))
    return runs, spaced if unspaced else None


def _pieces(token: str) -> list[str]:
    """Split a token into the pieces before which a sentence may be cut."""
    if not is_unspaced(token):
        return [token]
    pattern = _JAPANESE if _KANA.search(token) else _CHINESE
    return [piece for piece in pattern.findall(token) if piece]


def _text(words: Sequence[str], spaced: Sequence[bool], first: int, last: int) -> str:
    text = "".join(f" {words[at]}" if spaced[at] else words[at] for at in range(first, last))
    return text.removeprefix(" ")


def _append_times(segment: Segment, tokens: Sequence[str], starts: list[float], ends: list[float]) -> None:
    timed = [word for word in segment.words if word.text.strip()] if segment.words else ()
    if timed and len(timed) == len(tokens) == len(segment.text.split()):
        starts += [word.start for word in timed]
        ends += [max(word.end, word.start) for word in timed]
    elif timed:
        _append_aligned(timed, tokens, starts, ends)
    else:
        lengths = list(map(len, tokens))
        begin, edge = segment.start, 0
        second = max(0.0, segment.end - begin) / max(1, sum(lengths) + len(lengths) - 1)
        for length in lengths:
            starts.append(begin + edge * second)
            edge += length
            ends.append(begin + edge * second)
            edge += 1


def _append_aligned(timed: Sequence[Word], tokens: Sequence[str], starts: list[float], ends: list[float]) -> None:
    """Add times by character offset if the timed pieces differ from the words between spaces ("3" + ".5%")."""
    pieces = timed
    edges, total = [0], 0
    for piece in pieces:
        total += len("".join(piece.text.split()))
        edges.append(total)
    scale = total / max(1, sum(map(len, tokens)))
    at = 0

    def time(place: float) -> float:
        index = min(max(bisect_right(edges, place) - 1, 0), len(pieces) - 1)
        share = (place - edges[index]) / max(1, edges[index + 1] - edges[index])
        return pieces[index].start + min(1.0, share) * max(0.0, pieces[index].end - pieces[index].start)

    for token in tokens:
        starts.append(time(at * scale))
        at += len(token)
        # Slightly before the boundary, so that the end belongs to this word and not to the next.
        ends.append(max(starts[-1], time(at * scale - 1e-6)))


# ------------------------------------------------------------------------------------------------- where a thought ends


def _follows_case(words: Sequence[str]) -> bool:
    """Return whether sentences begin with a capital letter, judging by the words after full stops."""
    capital = small = 0
    for word, following in pairwise(words):
        if word[-1] in ".?!":
            letter = following.lstrip(_OPENING)[:1]
            capital += letter.isupper()
            small += letter.islower()
    return capital >= small


def _is_stop(words: Sequence[str], index: int, language: str, *, follows_case: bool) -> bool:
    """Return whether a word that ends with punctuation ends a sentence."""
    bare = words[index].rstrip(_CLOSING)
    if not bare or bare[-1] not in _MARKS:
        return False
    if index + 1 == len(words):
        return True
    following = words[index + 1]
    letter = following.lstrip(_OPENING)[:1]
    if follows_case and letter.islower():
        return False
    if bare[-1] != "." or bare.endswith(".."):
        return True
    stem = bare.lstrip(_OPENING)[:-1]
    key = stem.lower()
    english = language == "en"
    if english and key in {"no", "nos"}:  # "No. 5" is a number; in "No. It isn't." it is an answer
        return not letter.isdigit()
    always, may = ABBREVIATIONS.get(language, (frozenset(), frozenset()))
    if key in always:
        return False
    initial = len(stem) == 1 and stem.isalpha() and (not english or (stem.isupper() and stem != "I"))
    initials = "." in stem and all(len(part) <= 2 and part.isalpha() for part in stem.split("."))
    # "am 3. Oktober": a number with a full stop is an ordinal in many languages.
    ordinal = not english and stem.isdigit()
    return _opens(following, language) if key in may or initial or initials or ordinal else True


def _opens(word: str, language: str) -> bool:
    """Return whether a word typically starts a sentence; outside English, capitalised stop words do."""
    bare = word.strip(_OPENING + _CLOSING + ",.")
    return bare in OPENERS if language == "en" else bare[:1].isupper() and is_stop_word(bare, language)


def _cut(
    words: Sequence[str],
    starts: Sequence[float],
    ends: Sequence[float],
    stops: Sequence[bool],
    run: _Run,
    *,
    sparse: bool,
) -> Iterator[tuple[int, int]]:
    first = run.first
    for index in range(run.first, run.last):
        if not stops[index] and index + 1 < run.last:
            continue
        last = index + 1
        length = last - first
        if sparse or length > _LOST:
            yield from _cut_long(words, starts, ends, first, last, shortest=6, longest=30)
        elif length > _LONG:
            yield from _cut_long(words, starts, ends, first, last, shortest=20, longest=60)
        else:
            yield first, last
        first = last


def _cut_long(
    words: Sequence[str],
    starts: Sequence[float],
    ends: Sequence[float],
    first: int,
    last: int,
    *,
    shortest: int,
    longest: int,
) -> Iterator[tuple[int, int]]:
    """Cut words without full stops at the best places, from left to right."""
    while last - first > longest:
        best, best_score = first + longest, float("-inf")
        for index in range(first + shortest, min(first + longest + 1, last - shortest // 2)):
            gap = starts[index] - ends[index - 1]
            before = words[index - 1].lower()
            # Slightly prefer a cut near two thirds of the maximum length.
            score = min(gap, 2 * _PAUSE) / _PAUSE * 2 - abs(index - first - longest * 0.6) / longest
            word = words[index].lower().strip(",.?!")
            score += MARKERS.get(word, 0.0) - (1.0 if word in CLINGING else 0.0)
            if word == "and":  # "and so", "and then", "and I": a new thought; "bread and butter": none
                score += MARKERS.get(words[index + 1].lower(), 0.0)
            score += 1.0 if before[-1] in ",;:-–—" else 0.0
            score -= 2.0 if before in HANGING else 0.0
            if score > best_score:
                best, best_score = index, score
        yield first, best
        first = best
    # The rest is one unit unless it contains a clear pause.
    for index in range(first + shortest, last - shortest + 1):
        if starts[index] - ends[index - 1] >= _PAUSE and words[index - 1].lower() not in HANGING:
            yield first, index
            first = index
            break
    if first < last:
        yield first, last


# ------------------------------------------------------------------------------------------------------ doubtful words


def _phantom(text: str) -> QualityFlag | None:
    """Detect stock phrases that Whisper outputs for music and silence, and lines without speech ("[Music]")."""
    if len(text) > _LONGEST_PHANTOM:
        return None
    bare = _EDGES.sub("", text.lower()).replace("’", "'")
    return QualityFlag.PHANTOM if not bare or _PHANTOM.fullmatch(bare) else None


def _mark_loops(found: list[Sentence]) -> list[Sentence]:
    """Mark sentences that repeat three times or more, alone or in groups of up to four."""
    keys = [sentence.text.lower().translate(_NO_MARKS) for sentence in found]
    looped = {index for index, key in enumerate(keys) if _has_loop(key.split())}
    for period in range(1, 5):
        same = 0
        for index in range(period, len(keys) + 1):
            if index < len(keys) and keys[index] and keys[index] == keys[index - period]:
                same += 1
                continue
            # "No, no, no" is human; a loop has more words.
            if same >= 2 * period and sum(len(key.split()) for key in keys[index - same - period : index]) >= 9:
                looped.update(range(index - same - period, index))
            same = 0
    for index in looped:
        if not found[index].doubt:
            found[index] = replace(found[index], doubt=QualityFlag.LOOP)
    return found


def _mark_broken(found: list[Sentence], stops: Sequence[bool]) -> list[Sentence]:
    """Mark reliable sentences cut off by adjacent doubtful words, since half a sentence can mean something else."""
    for index, sentence in enumerate(found):
        if sentence.doubt not in _MISSING:
            continue
        before = found[index - 1] if index else None
        after = found[index + 1] if index + 1 < len(found) else None
        open_end = not stops[sentence.last - 1]
        if before is not None and not before.doubt and sentence.start - before.end < _SILENCE:
            if not stops[before.last - 1]:
                found[index - 1] = replace(before, broken=True)
            elif sentence.doubt is QualityFlag.UNINTELLIGIBLE:
                open_end = False  # the previous sentence is complete: a new one may begin after it
        if after is not None and not after.doubt and after.start - sentence.end < _SILENCE:
            letter = after.text.lstrip(_OPENING)[:1]
            if open_end or letter.islower():
                found[index + 1] = replace(after, broken=True)
    return found


def _has_loop(words: list[str]) -> bool:
    """Return whether up to eight words repeat four times or more in a row and make up most of the sentence."""
    if len(words) < 10 or len(set(words)) > 0.6 * len(words):
        return False
    for period in range(1, min(8, len(words) // 4) + 1):
        same = best = 0
        for index in range(period, len(words)):
            same = same + 1 if words[index] == words[index - period] else 0
            best = max(best, same)
        if best >= 3 * period and best + period >= max(10, len(words) * 0.6):
            return True
    return False
