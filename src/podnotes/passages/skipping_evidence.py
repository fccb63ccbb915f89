"""Evidence for each sentence: what speaks for a sponsor read, what for housekeeping, and where there are breaks.

All of it is in log-odds against the sentence being content, so that it can be added up.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from podnotes.passages.skipping_cues import Hit, english, normalised
from podnotes.passages.skipping_names import address_names, own_names, sponsor_names, with_names
from podnotes.passages.skipping_repeats import heard_before, said_again
from podnotes.passages.skipping_wording import Wording, wordings

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from podnotes.models import Chapter
    from podnotes.passages.sentences import Sentence

# A sentence without any evidence being in a read or in housekeeping; the longer it is, the less.
_PLAIN, _PLAIN_WORD = -0.4, -0.012
_MOST, _LEAST = 7.0, -2.5  # what one sentence can add
# What the wording can add to a cue. Without a cue it only says how badly a sentence fits between two that have one:
# news about new products is worded much like advertising for them, and so are cues that people talking use as well.
_FULL_WORDING = 4.0
_WORDING = {
    "marketing": 0.8,
    "goods": 0.4,
    "testimonial": 0.8,
    "bare-address": 0.4,
    "network": 0.4,
    "sponsor-word": 0.4,
    "pitch": 0.4,
    "medicine": 0.4,
}
# Housekeeping is worded to sell as well; where it has a cue of its own, part of that speaks for it.
_HOUSE_WORDING = 0.6
_AGAIN = 1.6  # what a cue for it counts that a sentence has twice
# Seconds at the beginning and at the end of an episode, what they count for housekeeping, and how long it is at least.
_EDGE, _AT_EDGE, _LONG_ENOUGH = 40.0, 0.4, 300.0
_SELLING_WORD, _ONLY_HERE = 0.3, 0.5  # how much these matter among the reasons told
_BREAK = 1.0  # evidence that the sentence which announces a break belongs to what follows
_BREAK_ALONE = 3.0  # and that it is nobody's content

_OPENING_CUES = frozenset({"sponsor", "underwriting", "pitch"})
_NAMING_CUES = frozenset({"sponsor", "underwriting"})
_ADDRESS_CUES = frozenset({"address", "bare-address", "vanity", "call-to-action"})
_CLOSING_CUES = frozenset({"address", "vanity", "code", "small-print"})
_PAID_CUES = frozenset({"sponsor", "underwriting", "partner", "code", "offer", "small-print", "cross-promotion"})
_LEADING_CUES = _CLOSING_CUES | {"offer", "call-to-action", "cross-promotion"}

_CLEAR = 2.5  # evidence of a sentence that is certainly in a spot
_LEAD, _LEAD_WORDING = 45.0, 1.5  # seconds before one in which the wording counts by itself, and how much at most
_LEAD_PLAIN = -0.3  # what a sentence in them that says nothing of the kind counts for a host's read

# Silence in seconds and how much cheaper it makes a beginning or an end: spots are cut into an episode, not grown.
_PAUSES = ((4.0, 3.0), (1.7, 2.2), (1.0, 1.0), (0.7, 0.5))
_PAUSE_OF_A_BREAK = 1.7
_OTHER_SPEAKER = 0.3
_ANNOUNCED = 2.0  # how much cheaper a beginning is after "we'll be right back"
APART = 25.0  # seconds without words that end a span

_CHAPTER, _CHAPTER_EDGE = 1.0, 3.0  # of a chapter called "Sponsors", for each sentence and at its edges
_CHAPTER_CUES = frozenset({"sponsor", "sponsor-word"})
_CHAPTER_TITLES = ("ad", "ads", "advert", "adverts", "advertisement", "advertisements", "ad break", "ad breaks")

_REPEAT = 2.5  # of a sentence that is said elsewhere word for word
_REPEATED, _LEAST_REPEATED = 0.6, 5  # share of the words, and words, of a sentence that counts as said before
_NAMED = 2.0  # of a sentence that names the sponsor
_FIRST = 45.0  # seconds since it was named before


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
        returns: Whether it leads back to the show.
        named: Whether a sponsor is named.
        certain: Whether more than its wording and what people talking say as well speaks for a read.
        paid: Whether that is more than an address.
        opening: Whether a read may open with it.
        introduces: Whether it names a sponsor for the first time, so that a read may have opened shortly before.
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
    returns: bool = False
    named: bool = False
    certain: bool = False
    paid: bool = False
    opening: bool = False
    introduces: bool = False
    closing: bool = False
    leading: bool = False
    reasons: list[tuple[float, str, str]] = field(default_factory=list)


def gather(
    sentences: Sequence[Sentence],
    words: Sequence[list[str]],
    hits: Sequence[list[Hit]],
    *,
    known_reads: Sequence[Collection[int]] = (),
    chapters: Sequence[Chapter] = (),
) -> list[Evidence]:
    """Gather what each sentence says for itself and what surrounds it.

    Args:
        sentences: All sentences of an episode, in order of time.
        words: Their words, normalised.
        hits: Their cues.
        known_reads: Fingerprints of other transcripts of the same feed.
        chapters: Chapters of the episode.

    Returns:
        One piece of evidence a sentence.
    """
    own = own_names(sentences, words)
    evidence = [
        _weigh(sentence, of, found, wording, own=not own.isdisjoint(address_names(sentence, of)))
        for sentence, of, found, wording in zip(sentences, words, hits, wordings(sentences, words), strict=True)
    ]
    _add_edges(evidence, sentences)
    _add_pauses(evidence, sentences)
    _add_lead(evidence, sentences)
    _add_chapters(evidence, sentences, chapters)
    if known_reads:
        shares = heard_before(words, known_reads)
        _add_repeats(evidence, words, shares, "said word for word in another episode", house=True)
    return evidence


def look_again(
    evidence: list[Evidence],
    sentences: Sequence[Sentence],
    words: Sequence[list[str]],
    hits: Sequence[list[Hit]],
    in_read: Sequence[bool],
) -> None:
    """Add what reads that have been found say about other sentences: the sponsors' names, and their own words again.

    Args:
        evidence: What `gather` gave; changed in place.
        sentences: All sentences of an episode.
        words: Their words, normalised.
        hits: Their cues.
        in_read: Which of them have been found to be in a read.
    """
    names = sponsor_names(sentences, words, hits, in_read)
    last = float("-inf")
    for place, name in with_names(sentences, words, names):
        found, here = evidence[place], sentences[place].start
        found.spot += _NAMED
        found.read += _NAMED
        # "I've been drinking AG1 …": the first time that the name is said, a read may open.
        found.introduces = here - last > _FIRST
        last = here
        found.reasons.append((1.0, "ad", f"names {name}"))
    _add_repeats(evidence, words, said_again(words, in_read), "a read of this episode again", house=False)


def _weigh(sentence: Sentence, words: list[str], hits: list[Hit], wording: Wording, *, own: bool) -> Evidence:
    plain = _PLAIN + _PLAIN_WORD * len(words)
    if sentence.doubtful:
        return Evidence(_PLAIN, _PLAIN, _PLAIN)
    strength = 0.0
    for hit in hits:
        if hit.cue.kind == "ad":
            strength = max(strength, _WORDING.get(hit.cue.name, _FULL_WORDING))
    worded = min(wording.score, strength)
    found = Evidence(worded, max(plain, worded), plain, wording=wording.score - worded)
    if wording.selling:
        found.reasons.append(
            (_SELLING_WORD * len(wording.selling), "ad", f"is worded to sell ({', '.join(wording.selling)})")
        )
    if wording.names:
        found.reasons.append((_ONLY_HERE, "ad", f"says {', '.join(wording.names)} only here"))
    if not hits:
        found.spot = max(found.spot, _LEAST)
        return found
    asked = any(hit.cue.kind == "housekeeping" for hit in hits)
    for hit in hits:
        cue = hit.cue
        says = f'{cue.says} ("{" ".join(sentence.text.split()[hit.first : hit.last])}")'
        if own and cue.name in _ADDRESS_CUES:
            found.house += cue.score
            found.reasons.append((cue.score, "housekeeping", f"{says}, the show's own"))
            continue
        found.opening |= cue.name in _OPENING_CUES
        found.closing |= cue.name in _CLOSING_CUES
        found.leading |= cue.name in _LEADING_CUES and not asked
        found.named |= cue.name in _NAMING_CUES
        if cue.kind == "public":
            found.spot += cue.score
            found.read += cue.score
        elif cue.kind == "ad":
            found.spot += cue.score
            found.read += cue.score
            found.certain |= cue.name not in _WORDING
            found.paid |= cue.name in _PAID_CUES or cue.name == "call-to-action"
            found.reasons.append((cue.score, "ad", says))
        elif cue.kind == "housekeeping":
            found.house += cue.score * (_AGAIN if hit.again else 1.0) + _HOUSE_WORDING * max(0.0, wording.score)
            found.reasons.append((cue.score, "housekeeping", says))
        elif cue.kind == "break":
            found.spot += _BREAK
            found.read += _BREAK
            found.house += _BREAK_ALONE
            found.opens += cue.score
            found.announces = True
        else:
            found.closes += cue.score
            found.returns = True
    if found.house > plain and not any(hit.cue.name in _PAID_CUES for hit in hits):
        # "Our merch shop, at …": the address belongs to what is asked for.
        found.house += sum(hit.cue.score for hit in hits if hit.cue.name in _ADDRESS_CUES) * (not own)
    found.spot = min(max(found.spot, _LEAST), _MOST)
    found.read = min(found.read, _MOST)
    found.house = min(found.house, _MOST)
    return found


def _add_edges(evidence: list[Evidence], sentences: Sequence[Sentence]) -> None:
    """Expect housekeeping where an episode begins and ends."""
    if not sentences or sentences[-1].end - sentences[0].start < _LONG_ENOUGH:
        return
    for found, sentence in zip(evidence, sentences, strict=True):
        if min(sentence.start - sentences[0].start, sentences[-1].end - sentence.end) < _EDGE:
            found.house += _AT_EDGE


def _add_pauses(evidence: list[Evidence], sentences: Sequence[Sentence]) -> None:
    """Add silences, changes of speaker and announcements: where something else may begin."""
    for place in range(1, len(sentences)):
        before, here = sentences[place - 1], sentences[place]
        if evidence[place - 1].announces:
            evidence[place].opens += _ANNOUNCED
        gap = here.start - before.end
        evidence[place].apart = gap >= APART
        worth = next((worth for least, worth in _PAUSES if gap >= least), 0.0)
        worth += _OTHER_SPEAKER if here.speaker != before.speaker else 0.0
        evidence[place].opens += worth
        evidence[place].closes += worth


def _add_lead(evidence: list[Evidence], sentences: Sequence[Sentence]) -> None:
    """Let the wording count in the half minute before what a spot ends with, back to a break."""
    until = float("-inf")
    for place in range(len(sentences) - 1, -1, -1):
        here, found = sentences[place], evidence[place]
        if found.named or found.returns:  # a read that has an opening begins there
            until = float("-inf")
        elif found.leading and found.spot >= _CLEAR:
            until = here.start
        elif 0.0 < until - here.start <= _LEAD:
            found.spot += min(found.wording, _LEAD_WORDING)
            found.read = max(found.read + min(found.wording, _LEAD_WORDING), _LEAD_PLAIN)
        if place and (here.start - sentences[place - 1].end >= _PAUSE_OF_A_BREAK or evidence[place - 1].announces):
            until = float("-inf")


def _add_chapters(evidence: list[Evidence], sentences: Sequence[Sentence], chapters: Sequence[Chapter]) -> None:
    """Believe the publisher's chapters where one is called "Sponsors"."""
    ordered = sorted(chapters, key=lambda chapter: chapter.start)
    for place, chapter in enumerate(ordered):
        words = normalised(chapter.title)
        cues = {hit.cue.name for hit in english().find(words)}
        if cues.isdisjoint(_CHAPTER_CUES) and " ".join(words) not in _CHAPTER_TITLES:
            continue
        until = chapter.end
        if until is None:
            until = ordered[place + 1].start if place + 1 < len(ordered) else float("inf")
        inside = False
        for found, sentence in zip(evidence, sentences, strict=True):
            if chapter.start <= (sentence.start + sentence.end) / 2 < until:
                found.spot += _CHAPTER
                found.read = max(found.read, 0.0) + _CHAPTER
                found.certain = found.paid = True
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
            found.certain = found.paid = True
            found.reasons.append((_REPEAT * share, "" if house else "ad", says))
