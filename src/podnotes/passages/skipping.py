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
from podnotes.passages.skipping_names import sponsor_names, with_names
from podnotes.passages.skipping_repeats import heard_before, shingles

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from podnotes.models import Chapter
    from podnotes.passages.sentences import Sentence

_CONTENT, _AD, _HOUSE = 0, 1, 2
_STATES = (_CONTENT, _AD, _HOUSE)
_KINDS = {_AD: "ad", _HOUSE: "housekeeping"}

# Log-odds of a sentence without any evidence being in a read: less than nothing, and the less the longer it is.
_PLAIN = -0.35
_PLAIN_WORD = -0.012
_MOST = 7.0  # what one sentence can add at most
_ENTER_AD, _LEAVE_AD = 4.0, 2.5
_ENTER_HOUSE, _LEAVE_HOUSE = 2.5, 1.5
_LEAST_ENTER, _LEAST_LEAVE = 1.5, 0.7  # however much speaks for a change, it costs this
_BETWEEN = 1.8
_SPLIT = 20.0  # seconds without words that end a span


@dataclass(slots=True)
class Evidence:
    """What speaks for and against a sentence.

    Attributes:
        ad: Log-odds of being in a sponsor read rather than content.
        house: Log-odds of being housekeeping rather than content.
        opens: How much cheaper a span may begin with this sentence.
        closes: How much cheaper a span may end before it.
        reasons: What was found: how strong it is, which kind it speaks for, and how to say it.
    """

    ad: float
    house: float
    opens: float = 0.0
    closes: float = 0.0
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
    evidence = [_evidence(sentence, of, found) for sentence, of, found in zip(sentences, words, hits, strict=True)]
    _add_pauses(evidence, sentences)
    _add_chapters(evidence, sentences, chapters)
    known = list(known_reads)
    if known:
        _add_repeats(evidence, heard_before(words, known), "said word for word in another episode")
    path = _best_path(evidence)
    # What the first look found tells the sponsors' names, and its words may come again elsewhere in the episode.
    if _AD in path:
        _add_names(evidence, sentences, words, hits, path)
        reads = {mark for run in _runs(path, _AD) for mark in shingles([w for i in run for w in words[i]])}
        again = heard_before([[] if path[i] == _AD else sentence for i, sentence in enumerate(words)], [reads])
        _add_repeats(evidence, again, "a read of this episode again")
        path = _best_path(evidence)
    return tuple(_spans(path, sentences, evidence))


def _evidence(sentence: Sentence, words: list[str], hits: list[Hit]) -> Evidence:
    plain = _PLAIN + _PLAIN_WORD * len(words)
    if sentence.doubtful:
        return Evidence(_PLAIN, _PLAIN)
    found = Evidence(plain, plain)
    for hit in hits:
        cue = hit.cue
        says = f'{cue.says} ("{" ".join(sentence.text.split()[hit.first : hit.last])}")'
        if cue.kind == "ad":
            found.ad += cue.score
            found.reasons.append((cue.score, "ad", says))
        elif cue.kind == "housekeeping":
            found.house += cue.score
            found.reasons.append((cue.score, "housekeeping", says))
        elif cue.kind == "break":
            found.ad += 1.0
            found.house += 1.0
            found.opens += cue.score
        else:
            found.closes += cue.score
    found.ad, found.house = min(found.ad, _MOST), min(found.house, _MOST)
    return found


def _add_pauses(evidence: list[Evidence], sentences: Sequence[Sentence]) -> None:
    """Silence and a change of speaker: where something else may begin."""
    for place in range(1, len(sentences)):
        before, here = sentences[place - 1], sentences[place]
        gap = here.start - before.end
        worth = 2.5 if gap >= 4.0 else 1.5 if gap >= 1.8 else 0.7 if gap >= 0.8 else 0.0
        worth += 0.3 if here.speaker != before.speaker else 0.0
        evidence[place].opens += worth
        evidence[place].closes += worth


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
        until = (
            chapter.end if chapter.end is not None else ordered[place + 1].start if place + 1 < len(ordered) else None
        )
        for index, sentence in enumerate(sentences):
            middle = (sentence.start + sentence.end) / 2
            if middle >= chapter.start and (until is None or middle < until):
                evidence[index].ad += 2.0
                evidence[index].reasons.append((2.0, "ad", f'in the chapter "{chapter.title}"'))


def _add_repeats(evidence: list[Evidence], shares: Sequence[float], says: str) -> None:
    for found, share in zip(evidence, shares, strict=True):
        if share >= 0.6:
            found.ad += 2.5 * share
            found.house += 2.5 * share
            found.reasons.append((2.5 * share, "", says))


def _add_names(
    evidence: list[Evidence],
    sentences: Sequence[Sentence],
    words: list[list[str]],
    hits: list[list[Hit]],
    path: list[int],
) -> None:
    names = sponsor_names(sentences, words, hits, [state == _AD for state in path])
    for place, name in with_names(sentences, words, names):
        evidence[place].ad = min(evidence[place].ad + 2.0, _MOST + 2.0)
        evidence[place].reasons.append((1.0, "ad", f"names {name}"))


def _best_path(evidence: Sequence[Evidence]) -> list[int]:
    """The likeliest state of each sentence (Viterbi)."""
    if not evidence:
        return []
    scores = [0.0, evidence[0].ad, evidence[0].house]  # an episode may begin with any of them
    back: list[tuple[int, int, int]] = []
    for found in evidence[1:]:
        enter_ad = max(_LEAST_ENTER, _ENTER_AD - found.opens)
        enter_house = max(_LEAST_ENTER, _ENTER_HOUSE - found.opens)
        leave_ad = max(_LEAST_LEAVE, _LEAVE_AD - found.closes)
        leave_house = max(_LEAST_LEAVE, _LEAVE_HOUSE - found.closes)
        content = (scores[0], scores[1] - leave_ad, scores[2] - leave_house)
        ad = (scores[0] - enter_ad, scores[1], scores[2] - _BETWEEN)
        house = (scores[0] - enter_house, scores[1] - _BETWEEN, scores[2])
        step = []
        scores = []
        for options, gain in ((content, 0.0), (ad, found.ad), (house, found.house)):
            best = max(_STATES, key=options.__getitem__)
            step.append(best)
            scores.append(options[best] + gain)
        back.append((step[0], step[1], step[2]))
    state = max(_STATES, key=scores.__getitem__)
    path = [state]
    for step_back in reversed(back):
        state = step_back[state]
        path.append(state)
    return path[::-1]


def _runs(path: Sequence[int], state: int) -> list[range]:
    runs, first = [], None
    for place, here in enumerate([*path, -1]):
        if here == state and first is None:
            first = place
        elif here != state and first is not None:
            runs.append(range(first, place))
            first = None
    return runs


def _spans(path: Sequence[int], sentences: Sequence[Sentence], evidence: Sequence[Evidence]) -> list[Skipped]:
    spans = []
    for state, kind in _KINDS.items():
        for run in _runs(path, state):
            first = run.start
            for place in run:
                last = place + 1
                if last < run.stop and sentences[last].start - sentences[place].end < _SPLIT:
                    continue
                end = max(sentence.end for sentence in sentences[first:last])
                spans.append(Skipped(kind, sentences[first].start, end, _reason(kind, evidence[first:last])))
                first = last
    return sorted(spans, key=lambda span: (span.start, span.end))


def _reason(kind: str, evidence: Sequence[Evidence]) -> str:
    """The three strongest reasons, each kind of cue once."""
    told: dict[str, str] = {}
    for found in sorted((r for e in evidence for r in e.reasons if r[1] in {kind, ""}), key=lambda reason: -reason[0]):
        told.setdefault(found[2].partition(" (")[0], found[2])
    return "; ".join(list(told.values())[:3])
