"""Sponsor reads and housekeeping: which sentences never reach a draft.

Each sentence gets evidence for being a read and for being housekeeping: cue phrases, the sponsor's name once it is
known, words heard before in another episode, a chapter that says "Sponsors". A sentence alone decides nothing. Reads
are stretches, so the best way through the episode is searched in which sentences are content, read or housekeeping and
each change costs something: less where people pause, announce a break or come back from one (the Viterbi algorithm over
three states; Rabiner 1989). That is what keeps a host's "I've been taking it since 2012" inside the read, and a brand
that is named in passing outside.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from podnotes.models import Skipped
from podnotes.passages.skipping_cues import Hit, english, normalised
from podnotes.passages.skipping_names import address_names, own_names, sponsor_names, with_names
from podnotes.passages.skipping_repeats import heard_before, said_again, shingles
from podnotes.passages.skipping_wording import Wording, wordings

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from podnotes.models import Chapter
    from podnotes.passages.sentences import Sentence

# What a sentence can be in. A spot is worded as advertising all through; a host's read is not, but has an opening
# ("our sponsor today is …") and a closing ("go to …"), and what lies between them belongs to it.
_CONTENT, _SPOT, _READ, _HOUSE = range(4)
_AD = (_SPOT, _READ)

# Log-odds of a sentence without any evidence being in a read or in housekeeping.
_PLAIN, _PLAIN_WORD = -0.4, -0.012
_MOST, _LEAST = 7.0, -2.5  # what one sentence can add
# What the wording can add to a cue. Without a cue it only says how badly a sentence fits between two that have one:
# news about new products is worded much like advertising for them, and so are cues that people talking use as well.
_FULL_WORDING = 4.0
_WORDING = {
    "marketing": 0.8,
    "testimonial": 0.8,
    "bare-address": 0.4,
    "network": 0.4,
    "sponsor-word": 0.4,
    "pitch": 0.4,
}
# Housekeeping is worded to sell as well; where it has a cue of its own, part of that speaks for it.
_HOUSE_WORDING = 0.6

# What it costs to begin and to end each, in log-odds.
_ENTER_SPOT, _ENTER_READ, _ENTER_HOUSE = 4.0, 5.0, 2.5
_OPENING = 3.0  # how much cheaper a read begins where a sponsor is named
_LEAVE_SPOT, _LEAVE_READ, _LEAVE_HOUSE = 2.5, 4.0, 1.5
_CLOSING = 1.5  # how much cheaper a read or spot ends after an address, a code or small print
_LEAST_ENTER, _LEAST_LEAVE = 1.5, 0.7  # however much speaks for a change, it costs this
_SPOT_READ, _AD_HOUSE, _AGAIN = 1.5, 1.8, 2.0
_REPEAT = 2.5  # evidence of a sentence that is said elsewhere word for word
_REPEATED, _LEAST_REPEATED = 0.6, 5  # share of the words, and words, of a sentence that counts as said before
_CLEAR = 2.5  # evidence of a sentence that is certainly in a spot
_LEAD, _LEAD_WORDING = 45.0, 1.5  # seconds before one in which the wording counts by itself, and how much at most
_LEAD_PLAIN = -0.3  # what a sentence in them that says nothing of the kind counts for a host's read
_CHAPTER, _CHAPTER_EDGE = 1.0, 3.0  # evidence of a chapter called "Sponsors", for each sentence and at its edges
_ANNOUNCED = 2.0  # how much cheaper a beginning is after "we'll be right back"
# Silence in seconds and how much cheaper it makes a beginning or an end: spots are cut into an episode, not grown.
_PAUSES = ((4.0, 3.0), (1.7, 2.2), (1.0, 1.0), (0.7, 0.5))
_STORY, _BREAK = 30.0, 1.0  # seconds that a story before a read lasts at most, and of silence before it at least
_SPLIT = 25.0  # seconds without words that end a span

_OPENING_CUES = frozenset({"sponsor", "pitch"})
_ADDRESS_CUES = frozenset({"address", "bare-address", "vanity", "call-to-action"})
_CLOSING_CUES = frozenset({"address", "vanity", "code", "small-print"})
_LEADING_CUES = _CLOSING_CUES | {"offer", "call-to-action", "cross-promotion"}


@dataclass(slots=True)
class Evidence:
    """What speaks for and against a sentence.

    Attributes:
        spot: Log-odds of being in a spot rather than content.
        read: Log-odds of being in a host's read rather than content.
        house: Log-odds of being housekeeping rather than content.
        wording: What of its wording is not in these yet.
        opens: How much cheaper a span may begin with this sentence.
        closes: How much cheaper a span may end before it.
        apart: Whether it is so long after the sentence before that no span has both.
        announces: Whether a break is announced.
        certain: Whether more than its wording and what people talking say as well speaks for a read.
        opening: Whether a sponsor is named.
        closing: Whether it is what a read or spot ends with.
        leading: Whether it is what a spot leads to.
        reasons: What was found: how strong it is, which kind it speaks for, and how to say it.
    """

    spot: float
    read: float
    house: float
    wording: float = 0.0
    opens: float = 0.0
    closes: float = 0.0
    apart: bool = False
    announces: bool = False
    certain: bool = False
    opening: bool = False
    closing: bool = False
    leading: bool = False
    reasons: list[tuple[float, str, str]] = field(default_factory=list)


def fingerprints(sentences: Sequence[Sentence]) -> frozenset[int]:
    """Reduce a transcript to what is needed to recognise its reads in other episodes of the same feed.

    Args:
        sentences: The sentences of the whole transcript.

    Returns:
        Hashes of its runs of seven words, to be passed to `find_skipped` as one of ``known_reads``. About as many
        as the transcript has words; the same in every process, so that they can be stored.
    """
    return frozenset(shingles([word for sentence in sentences for word in normalised(sentence.text)]))


def find_skipped(
    sentences: Sequence[Sentence],
    *,
    known_reads: Iterable[Collection[int]] = (),
    chapters: Sequence[Chapter] = (),
) -> tuple[Skipped, ...]:
    """Find sponsor reads and housekeeping.

    Args:
        sentences: All sentences of an episode, in order of time.
        known_reads: `fingerprints` of other transcripts of the same feed, one collection a transcript.
        chapters: Chapters of the episode; one called "Sponsors" is evidence.

    Returns:
        The spans in order of time, from the start of the first sentence to the end of the last, with the reason.
    """
    words = [normalised(sentence.text) for sentence in sentences]
    hits = [english().find(sentence) for sentence in words]
    own = own_names(sentences, words)
    evidence = [
        _evidence(sentence, of, found, wording, own=not own.isdisjoint(address_names(sentence, of)))
        for sentence, of, found, wording in zip(sentences, words, hits, wordings(sentences, words), strict=True)
    ]
    _add_pauses(evidence, sentences)
    _add_lead(evidence, sentences)
    _add_chapters(evidence, sentences, chapters)
    known = list(known_reads)
    if known:
        _add_repeats(evidence, words, heard_before(words, known), "said word for word in another episode", house=True)
    path = _best_path(evidence)
    # What the first look found tells the sponsors' names, and its words may come again elsewhere in the episode.
    if _SPOT in path or _READ in path:
        _add_names(evidence, sentences, words, hits, path)
        again = said_again(words, [state in _AD for state in path])
        _add_repeats(evidence, words, again, "a read of this episode again", house=False)
        path = _best_path(evidence)
    _begin_at_breaks(path, sentences, evidence)
    return tuple(_spans(path, sentences, evidence))


def _evidence(sentence: Sentence, words: list[str], hits: list[Hit], wording: Wording, *, own: bool) -> Evidence:
    plain = _PLAIN + _PLAIN_WORD * len(words)
    if sentence.doubtful:
        return Evidence(_PLAIN, _PLAIN, _PLAIN)
    strength = max((_WORDING.get(hit.cue.name, _FULL_WORDING) for hit in hits if hit.cue.kind == "ad"), default=0.0)
    worded = min(wording.score, strength)
    found = Evidence(worded, max(plain, worded), plain, wording=wording.score - worded)
    if wording.selling:
        found.reasons.append((0.3 * len(wording.selling), "ad", f"is worded to sell ({', '.join(wording.selling)})"))
    if wording.names:
        found.reasons.append((0.5, "ad", f"says {', '.join(wording.names)} only here"))
    for hit in hits:
        cue = hit.cue
        says = f'{cue.says} ("{" ".join(sentence.text.split()[hit.first : hit.last])}")'
        if own and cue.name in _ADDRESS_CUES:
            found.house += cue.score
            found.reasons.append((cue.score, "housekeeping", f"{says}, the show's own"))
            continue
        found.opening |= cue.name in _OPENING_CUES
        found.closing |= cue.name in _CLOSING_CUES
        found.leading |= cue.name in _LEADING_CUES
        if cue.kind == "public":
            found.spot += cue.score
            found.read += cue.score
        elif cue.kind == "ad":
            found.spot += cue.score
            found.read += cue.score
            found.certain |= cue.name not in _WORDING
            found.reasons.append((cue.score, "ad", says))
        elif cue.kind == "housekeeping":
            found.house += cue.score + _HOUSE_WORDING * max(0.0, wording.score)
            found.reasons.append((cue.score, "housekeeping", says))
        elif cue.kind == "break":
            found.spot += 1.0
            found.read += 1.0
            found.house += 1.0
            found.opens += cue.score
            found.announces = True
        else:
            found.closes += cue.score
    found.spot = min(max(found.spot, _LEAST), _MOST)
    found.read = min(found.read, _MOST)
    found.house = min(found.house, _MOST)
    return found


def _add_pauses(evidence: list[Evidence], sentences: Sequence[Sentence]) -> None:
    """Silence and a change of speaker: where something else may begin."""
    for place in range(1, len(sentences)):
        before, here = sentences[place - 1], sentences[place]
        if evidence[place - 1].announces:
            evidence[place].opens += _ANNOUNCED
        gap = here.start - before.end
        evidence[place].apart = gap >= _SPLIT
        worth = next((worth for least, worth in _PAUSES if gap >= least), 0.0)
        worth += 0.3 if here.speaker != before.speaker else 0.0
        evidence[place].opens += worth
        evidence[place].closes += worth


def _add_lead(evidence: list[Evidence], sentences: Sequence[Sentence]) -> None:
    """Let the wording count in the half minute before what a spot ends with, back to a break."""
    until = float("-inf")
    for place in range(len(sentences) - 1, -1, -1):
        here, found = sentences[place], evidence[place]
        if found.leading and found.spot >= _CLEAR:
            until = here.start
        elif 0.0 < until - here.start <= _LEAD:
            found.spot += min(found.wording, _LEAD_WORDING)
            found.read = max(found.read + min(found.wording, _LEAD_WORDING), _LEAD_PLAIN)
        if place and (here.start - sentences[place - 1].end >= _PAUSES[1][0] or evidence[place - 1].announces):
            until = float("-inf")


def _add_chapters(evidence: list[Evidence], sentences: Sequence[Sentence], chapters: Sequence[Chapter]) -> None:
    ordered = sorted(chapters, key=lambda chapter: chapter.start)
    for place, chapter in enumerate(ordered):
        words = normalised(chapter.title)
        hits = {hit.cue.name for hit in english().find(words)}
        if not hits & {"sponsor", "sponsor-word"} and words not in (
            ["ad"],
            ["ads"],
            ["advertisement"],
            ["advertisements"],
            ["ad", "break"],
        ):
            continue
        until = chapter.end
        if until is None:
            until = ordered[place + 1].start if place + 1 < len(ordered) else float("inf")
        inside = False
        for found, sentence in zip(evidence, sentences, strict=True):
            if chapter.start <= (sentence.start + sentence.end) / 2 < until:
                found.spot += _CHAPTER
                found.read = max(found.read, 0.0) + _CHAPTER
                found.certain = True
                found.reasons.append((_CHAPTER, "ad", f'in the chapter "{chapter.title}"'))
                if not inside:
                    found.opening, found.opens = True, found.opens + _CHAPTER_EDGE
                inside = True
            elif inside:
                found.closes += _CHAPTER_EDGE
                break


def _add_repeats(
    evidence: list[Evidence], words: Sequence[Sequence[str]], shares: Sequence[float], says: str, *, house: bool
) -> None:
    for found, share, of in zip(evidence, shares, words, strict=True):
        if share >= _REPEATED and len(of) >= _LEAST_REPEATED:
            found.spot += _REPEAT * share
            found.read += _REPEAT * share
            found.house += _REPEAT * share * house
            found.certain = True
            found.reasons.append((_REPEAT * share, "" if house else "ad", says))


def _add_names(
    evidence: list[Evidence],
    sentences: Sequence[Sentence],
    words: list[list[str]],
    hits: list[list[Hit]],
    path: list[int],
) -> None:
    names = sponsor_names(sentences, words, hits, [state in _AD for state in path])
    for place, name in with_names(sentences, words, names):
        evidence[place].spot += 2.0
        evidence[place].read += 2.0
        evidence[place].reasons.append((1.0, "ad", f"names {name}"))


def _best_path(evidence: Sequence[Evidence]) -> list[int]:
    """The likeliest state of each sentence (Viterbi)."""
    if not evidence:
        return []
    before = evidence[0]
    # An episode may begin with any of them, and most begin with content.
    content, spot = 0.0, before.spot - _LEAST_LEAVE
    read, house = before.read - _LEAST_ENTER, before.house - _LEAST_LEAVE
    back: list[tuple[int, int, int, int]] = []
    for found in evidence[1:]:
        ends = found.closes + _CLOSING * before.closing
        begins = found.opens
        come_content = _best(
            content,
            spot - max(_LEAST_LEAVE, _LEAVE_SPOT - ends),
            read - max(_LEAST_LEAVE, _LEAVE_READ - ends),
            house - max(_LEAST_LEAVE, _LEAVE_HOUSE - found.closes),
        )
        if found.apart:  # as if the one ended and another began
            spot, read, house = (score - _LEAST_LEAVE - _LEAST_ENTER for score in (spot, read, house))
        come_spot = _best(content - max(_LEAST_ENTER, _ENTER_SPOT - begins), spot, read - _SPOT_READ, house - _AD_HOUSE)
        enter_read = max(_LEAST_ENTER, _ENTER_READ - begins - _OPENING * found.opening)
        # Once it has closed, a read goes on only as another one.
        again = _AGAIN if before.closing and not found.opening else 0.0
        come_read = _best(content - enter_read, spot - _SPOT_READ - again, read - again, house - _AD_HOUSE)
        enter_house = max(_LEAST_ENTER, _ENTER_HOUSE - begins)
        come_house = _best(content - enter_house, spot - _AD_HOUSE, read - _AD_HOUSE, house)
        content, spot = come_content[0], come_spot[0] + found.spot
        read, house = come_read[0] + found.read, come_house[0] + found.house
        back.append((come_content[1], come_spot[1], come_read[1], come_house[1]))
        before = found
    state = _best(content, spot, read, house)[1]
    path = [state]
    for step in reversed(back):
        state = step[state]
        path.append(state)
    return path[::-1]


def _best(content: float, spot: float, read: float, house: float) -> tuple[float, int]:
    """The largest of the four, and which it is; the first of equals."""
    ad = (spot, _SPOT) if spot >= read else (read, _READ)
    other = ad if ad[0] >= house else (house, _HOUSE)
    return (content, _CONTENT) if content >= other[0] else other


def _begin_at_breaks(path: list[int], sentences: Sequence[Sentence], evidence: Sequence[Evidence]) -> None:
    """Take what leads up to a read into it, back to the longest silence, where it seems to begin in mid-flow.

    A read opens, or it is cut in. One that does neither has begun before it could be told from content: with a story.
    """
    for run in _runs(path, _AD):
        first = sentences[run.start]
        if run.start == 0 or evidence[run.start].opening or evidence[run.start - 1].announces:
            continue
        if first.start - sentences[run.start - 1].end >= _PAUSES[-1][0]:
            continue
        longest, begin = _BREAK, run.start
        for place in range(run.start - 1, 0, -1):
            if first.start - sentences[place].start > _STORY:
                break
            if path[place] != _CONTENT:
                if path[place] in _AD and begin == run.start:  # one read after the other, without a silence
                    begin = place + 1
                break
            gap = sentences[place].start - sentences[place - 1].end
            if gap >= longest:
                longest, begin = gap, place
        path[begin : run.start] = [_READ] * (run.start - begin)


def _runs(path: Sequence[int], states: tuple[int, ...]) -> list[range]:
    runs, first = [], None
    for place, here in enumerate([*path, -1]):
        if here in states and first is None:
            first = place
        elif here not in states and first is not None:
            runs.append(range(first, place))
            first = None
    return runs


def _spans(path: Sequence[int], sentences: Sequence[Sentence], evidence: Sequence[Evidence]) -> list[Skipped]:
    spans = []
    for states, kind in ((_AD, "ad"), ((_HOUSE,), "housekeeping")):
        for run in _runs(path, states):
            first = run.start
            for place in run:
                last = place + 1
                if last < run.stop and sentences[last].start - sentences[place].end < _SPLIT:
                    continue
                end = max(sentence.end for sentence in sentences[first:last])
                inside = evidence[first:last]
                reason = _reason(kind, inside)
                if reason and (kind != "ad" or any(found.certain for found in inside)):
                    spans.append(Skipped(kind, sentences[first].start, end, reason))
                first = last
    return sorted(spans, key=lambda span: (span.start, span.end))


def _reason(kind: str, evidence: Sequence[Evidence]) -> str:
    """The three strongest reasons, each kind of cue once."""
    told: dict[str, str] = {}
    for found in sorted((r for e in evidence for r in e.reasons if r[1] in {kind, ""}), key=lambda reason: -reason[0]):
        told.setdefault(found[2].partition(" (")[0], found[2])
    return "; ".join(list(told.values())[:3])
