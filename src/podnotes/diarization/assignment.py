"""Assign speakers to words: split a transcript's segments where the speaker changes."""

from __future__ import annotations

import bisect
import re
from collections import defaultdict
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from podnotes.diarization.turns import exclusive
from podnotes.models import QualityFlag, Segment, Word
from podnotes.transcripts.people import plain_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from podnotes.diarization.turns import Turn
    from podnotes.models import Transcript

# Word times are accurate to 0.2 s: a change of speaker within this many words and seconds of a sentence's end is moved
# there.
_NEAR_WORDS, _NEAR_SECONDS = 3, 0.8
# Times of segments without word times are accurate to this.
_EDGE_SECONDS = 0.2
# Further from every turn than this, the speaker is unknown.
_FAR_SECONDS = 1.5
# If a transcript names speakers: share of a voice that must have one name, and of a name that must have one voice.
_AGREED_SHARE = 0.9
_SENTENCE_END = re.compile(r"[.?!…。？！][\"”'’)\]]*$")


def assign_speakers(transcript: Transcript, turns: Sequence[Turn], names: Mapping[int, str]) -> Transcript:
    """Assign a speaker to each segment, splitting segments where the speaker changes.

    A gap of unintelligible words gets the speaker of the words on both sides if they agree, else none.

    Args:
        transcript: The transcript. Segments without word times aren't split, and have a speaker only if it is the same
            all the time.
        turns: The turns of the episode.
        names: Names of voices; words of a voice without a name get no speaker.

    Returns:
        The same words in segments of one speaker each.
    """
    finder = _Finder(turns)
    segments: list[Segment] = []
    for segment in transcript.segments:
        if segment.speaker is not None or segment.doubt is QualityFlag.UNINTELLIGIBLE:
            segments.append(segment)
            continue
        pieces = _split(segment, finder) if segment.words else [(segment, finder.throughout(segment))]
        segments.extend(replace(piece, speaker=None if voice is None else names.get(voice)) for piece, voice in pieces)
    return replace(transcript, segments=tuple(_sign_gaps(segments)))


def _sign_gaps(segments: Sequence[Segment]) -> list[Segment]:
    said = [index for index, segment in enumerate(segments) if segment.doubt is not QualityFlag.UNINTELLIGIBLE]
    signed = list(segments)
    for before, after in pairwise(said):
        if segments[before].speaker == segments[after].speaker:
            for index in range(before + 1, after):
                signed[index] = replace(segments[index], speaker=segments[index].speaker or segments[before].speaker)
    return signed


def named_voices(transcript: Transcript, turns: Sequence[Turn]) -> dict[int, str]:
    """Return the names that the transcript gives to voices, if each name and voice clearly belong together."""
    finder = _Finder(turns)
    seconds: dict[tuple[int, str], float] = defaultdict(float)
    for segment in transcript.segments:
        name, voice = plain_name(segment.speaker), finder.at((segment.start + segment.end) / 2)
        if name and voice is not None:
            seconds[voice, name] += segment.end - segment.start
    return {
        pair[0]: pair[1]
        for pair, own in seconds.items()
        if own >= _AGREED_SHARE * sum(other for key, other in seconds.items() if key[0] == pair[0] or key[1] == pair[1])
    }


class _Finder:
    """Looks up turns by time; where turns overlap, one of them is chosen."""

    def __init__(self, turns: Sequence[Turn]) -> None:
        self._turns = exclusive(turns)
        self._starts = [turn.start for turn in self._turns]

    def at(self, seconds: float) -> int | None:
        """Return the voice at a time; None if it isn't certain."""
        index = bisect.bisect_right(self._starts, seconds) - 1
        near = self._turns[max(0, index) : index + 2]
        if not near:
            return None
        turn = min(near, key=lambda turn: max(turn.start - seconds, seconds - turn.end, 0.0))
        far = max(turn.start - seconds, seconds - turn.end) > _FAR_SECONDS
        return None if far or not turn.certain else turn.voice

    def throughout(self, segment: Segment) -> int | None:
        """Return the voice of a segment; None if it changes or isn't certain."""
        edge = min(_EDGE_SECONDS, (segment.end - segment.start) / 2)
        start, end = segment.start + edge, segment.end - edge
        inside = self._turns[bisect.bisect(self._starts, start) : bisect.bisect(self._starts, end)]
        voices = {self.at(start), self.at(end), *(turn.voice if turn.certain else None for turn in inside)}
        return voices.pop() if len(voices) == 1 else None


def _split(segment: Segment, finder: _Finder) -> list[tuple[Segment, int | None]]:
    """Split a segment between words."""
    words = segment.words
    voices = [finder.at((word.start + word.end) / 2) for word in words]
    _absorb_doubt(voices)
    changes = [index for index in range(1, len(words)) if voices[index] != voices[index - 1]]
    if not changes:
        return [(segment, voices[0])]
    places = [_to_sentence_end(words, index) for index in changes]
    cuts = [(0, voices[0])]
    for place, index in zip(places, changes, strict=True):
        if place == len(words):
            continue  # the next segment follows
        if place > cuts[-1][0]:
            cuts.append((place, voices[index]))
        else:  # two changes at the same word: nothing is said between them
            cuts[-1] = (cuts[-1][0], voices[index])
    space = " " if " " in segment.text else ""  # some languages are written without spaces
    pieces: list[tuple[Segment, int | None]] = []
    for (first, voice), last in zip(cuts, [*(place for place, _ in cuts[1:]), len(words)], strict=True):
        own = words[first:last]
        text = space.join(word.text for word in own)
        start = segment.start if first == 0 else own[0].start
        end = segment.end if last == len(words) else own[-1].end
        pieces.append((replace(segment, start=start, end=max(start, end), text=text, words=own), voice))
    return pieces


def _absorb_doubt(voices: list[int | None]) -> None:
    """Assign uncertain words between words of one voice to that voice."""
    first = 0
    while first < len(voices):
        last = first
        while last < len(voices) and voices[last] == voices[first]:
            last += 1
        if voices[first] is None and first > 0 and last < len(voices) and voices[first - 1] == voices[last]:
            voices[first:last] = [voices[last]] * (last - first)
        first = last


def _to_sentence_end(words: Sequence[Word], index: int) -> int:
    """Move a change of speaker, given as the index of the next word, to a nearby end of a sentence or segment."""
    at = (words[index - 1].end + words[index].start) / 2
    ends = {place: (words[place - 1].end + words[place].start) / 2 for place in range(1, len(words))}
    ends = {place: end for place, end in ends.items() if _SENTENCE_END.search(words[place - 1].text)}
    ends |= {0: words[0].start, len(words): words[-1].end}
    near = [
        place for place, end in ends.items() if abs(place - index) <= _NEAR_WORDS and abs(end - at) <= _NEAR_SECONDS
    ]
    return min(near, key=lambda place: abs(place - index), default=index)
