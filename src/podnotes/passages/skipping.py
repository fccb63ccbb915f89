"""Sponsor reads and housekeeping: which sentences never reach a draft.

Each sentence gets evidence (`podnotes.passages.skipping_evidence`): cue phrases, wording, the sponsor's name once it is
known, words heard before in another episode, a chapter that says "Sponsors". Then the best way through the whole
episode is searched (`podnotes.passages.skipping_path`). That is what keeps a host's "I've been taking it since 2012"
inside the read, and a brand that is named in passing outside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from podnotes.models import Skipped
from podnotes.passages.skipping_cues import english, normalised
from podnotes.passages.skipping_evidence import APART, Evidence, gather, look_again
from podnotes.passages.skipping_path import (
    AD,
    CONTENT,
    HOUSE,
    READ,
    SPOT,
    begin_at_breaks,
    begin_with_stories,
    best_path,
    runs,
)
from podnotes.passages.skipping_repeats import shingles
from podnotes.text.languages import language_name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from podnotes.models import Chapter
    from podnotes.passages.sentences import Sentence

_MOST_REASONS = 3
_ISLAND, _ISLAND_SECONDS = 4, 30.0  # sentences, and their seconds, that are no content between what is skipped
_PLUG = 12.0  # seconds; a spot is longer


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
    evidence = gather(sentences, words, hits, known_reads=list(known_reads), chapters=chapters)
    path = best_path(evidence)
    if SPOT in path or READ in path:
        look_again(evidence, sentences, words, hits, [state in AD for state in path])
        path = best_path(evidence)
    _settle(path, evidence)
    begin_at_breaks(path, sentences, evidence)
    begin_with_stories(path, sentences, evidence, words)
    _part_plugs(path, sentences, evidence)
    _fill(path, sentences)
    return tuple(_spans(path, sentences, evidence))


def unsearched(language: str | None) -> str | None:
    """A sentence for the user where sponsor reads are not recognised by their words, else None.

    Args:
        language: What is spoken (BCP 47 primary tag); None where it can't be told.
    """
    if language in (None, "en"):
        return None
    named = "this language" if language == "und" else language_name(language)
    return (
        f"Sponsor reads are not recognised in {named}, except where chapters or other episodes of the podcast show "
        "them: make sure that no quote is advertising."
    )


def _settle(path: list[int], evidence: Sequence[Evidence]) -> None:
    """Take reads that nothing certain speaks for as the housekeeping around them, or as content."""
    for run in runs(path, AD):
        if not any(evidence[place].certain for place in run):
            around = {path[max(run.start - 1, 0)], path[min(run.stop, len(path) - 1)]}
            path[run.start : run.stop] = [HOUSE if around == {HOUSE} else CONTENT] * len(run)


def _part_plugs(path: list[int], sentences: Sequence[Sentence], evidence: Sequence[Evidence]) -> None:
    """Take reads that are but an address as housekeeping: people naming their own page."""
    for run in runs(path, AD):
        seconds = sentences[run[-1]].end - sentences[run[0]].start
        if seconds < _PLUG and not any(evidence[place].paid for place in run):
            path[run.start : run.stop] = [HOUSE] * len(run)


def _fill(path: list[int], sentences: Sequence[Sentence]) -> None:
    """Take a few sentences between housekeeping and more of it, or a read, as housekeeping: no thought fits there."""
    for run in runs(path, (CONTENT,)):
        if run.start == 0 or run.stop == len(path) or len(run) > _ISLAND:
            continue
        seconds = sentences[run[-1]].end - sentences[run[0]].start
        if HOUSE in (path[run.start - 1], path[run.stop]) and seconds <= _ISLAND_SECONDS:
            path[run.start : run.stop] = [HOUSE] * len(run)


def _spans(path: Sequence[int], sentences: Sequence[Sentence], evidence: Sequence[Evidence]) -> list[Skipped]:
    spans = []
    for states, kind in ((AD, "ad"), ((HOUSE,), "housekeeping")):
        for run in runs(path, states):
            first = run.start
            for place in run:
                last = place + 1
                if last < run.stop and sentences[last].start - sentences[place].end < APART:
                    continue
                end = max(sentence.end for sentence in sentences[first:last])
                reason = _reason(kind, evidence[first:last])
                if reason:
                    spans.append(Skipped(kind, sentences[first].start, end, reason))
                first = last
    return sorted(spans, key=lambda span: (span.start, span.end))


def _reason(kind: str, evidence: Sequence[Evidence]) -> str:
    """The three strongest reasons for the kind, or else for anything; each kind of cue once."""
    reasons = sorted((reason for found in evidence for reason in found.reasons), key=lambda reason: -reason[0])
    told: dict[str, str] = {}
    for _, _, says in [reason for reason in reasons if reason[1] in {kind, ""}] or reasons:
        told.setdefault(says.partition(" (")[0], says)
    return "; ".join(list(told.values())[:_MOST_REASONS])
