"""Detect sponsor reads and housekeeping, the sentences that never appear in a draft.

Each sentence has features (`podnotes.ads.features`): its phrases, a name used only here, repeated text. Learned weights
turn them into evidence, and the most likely labelling of the whole episode is found (`podnotes.ads.viterbi`). Labelling
all sentences together keeps a host's "I've been taking it since 2012" inside the read, and a brand mentioned in passing
outside.
"""

from __future__ import annotations

import re
from itertools import accumulate
from typing import TYPE_CHECKING

from podnotes.ads.features import breaks, describe, normalised
from podnotes.ads.repetition import heard_before, shingles
from podnotes.ads.viterbi import AD, CONTENT, HOUSE, SIDES, best_path, runs, weigh, weights
from podnotes.models import Skipped
from podnotes.text.languages import language_name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from podnotes.models import Chapter
    from podnotes.text.sentences import Sentence

_APART = 25.0  # a silence of this many seconds ends a span

_AD, _FIRST, _LAST, _HOUSE = range(len(SIDES))
# Log-odds that can't be learned from single episodes: for text repeated from another episode, and for chapters.
_REPEAT, _REPEATED, _LEAST_REPEATED = 4.0, 0.6, 5  # minimum share of repeated words, and minimum words in the sentence
_CHAPTER, _CHAPTER_EDGE = 3.0, 3.0
_CHAPTER_TITLE = re.compile(
    r"(?:ad|advert|advertisement|commercial)s?(?: breaks?)?|.*\bsponsor(?:s|ed)?\b.*|brought to (?:you|us) by\b.*",
    re.IGNORECASE,
)

_LIKE = {"ad": "sounds like advertising", "housekeeping": "sounds like housekeeping"}


def fingerprints(sentences: Sequence[Sentence]) -> frozenset[int]:
    """Return hashes of a transcript's runs of seven words, by which its reads are recognised in other episodes.

    The hashes are the same in every process, so they can be stored.
    """
    return frozenset(shingles([word for sentence in sentences for word in normalised(sentence.text)]))


def find_skipped(
    sentences: Sequence[Sentence],
    *,
    known_reads: Iterable[Collection[int]] = (),
    chapters: Sequence[Chapter] = (),
) -> tuple[Skipped, ...]:
    """Find sponsor reads and housekeeping, each from the start of its first sentence to the end of its last.

    ``known_reads`` has `fingerprints` of other transcripts of the same feed, one collection per transcript; the title
    of a chapter, such as "Sponsors", counts as evidence.
    """
    words = [normalised(sentence.text) for sentence in sentences]
    learned = weights()
    evidence = [weigh(shown, learned) for shown in describe(sentences, words)]
    besides: list[str] = [""] * len(sentences)
    _add_repeats(evidence, besides, words, heard_before(words, known_reads))
    _add_chapters(evidence, besides, sentences, chapters)
    path = best_path(evidence, breaks(sentences), learned)
    _begin_later(path, evidence)
    spans = []
    for states, kind in ((AD, "ad"), ((HOUSE,), "housekeeping")):
        for run in runs(path, states):
            for part in _parts(run, sentences):
                end = max(sentences[place].end for place in part)
                reason = "; ".join(dict.fromkeys(filter(None, besides[part.start : part.stop]))) or _LIKE[kind]
                spans.append(Skipped(kind, sentences[part.start].start, end, reason))
    return tuple(sorted(spans, key=lambda span: (span.start, span.end)))


def unsearched(language: str | None) -> str | None:
    """Return a notice for the user if sponsor reads can't be recognised by their wording in a language, or None."""
    if language in (None, "en"):
        return None
    named = "this language" if language == "und" else language_name(language)
    return (
        f"Sponsor reads can't be recognised by their wording in {named}, only from chapters or other episodes of the "
        "podcast. Check that no quote is advertising."
    )


def _add_repeats(
    evidence: Sequence[list[float]], besides: list[str], words: Sequence[Sequence[str]], shares: Sequence[float]
) -> None:
    """Add evidence against content where text is repeated verbatim from another episode."""
    for place, share in enumerate(shares):
        if share >= _REPEATED and len(words[place]) >= _LEAST_REPEATED:
            for side in (_AD, _HOUSE):
                evidence[place][side] += _REPEAT * share
            besides[place] = "repeated word for word from another episode"


def _add_chapters(
    evidence: Sequence[list[float]], besides: list[str], sentences: Sequence[Sentence], chapters: Sequence[Chapter]
) -> None:
    """Add evidence from publisher chapters with a title such as "Sponsors"."""
    ordered = sorted(chapters, key=lambda chapter: chapter.start)
    for place, chapter in enumerate(ordered):
        if not _CHAPTER_TITLE.fullmatch(chapter.title.strip()):
            continue
        until = chapter.end
        if until is None:
            until = ordered[place + 1].start if place + 1 < len(ordered) else float("inf")
        inside = [at for at, one in enumerate(sentences) if chapter.start <= (one.start + one.end) / 2 < until]
        for at in inside:
            evidence[at][_AD] += _CHAPTER
            besides[at] = f'in the chapter "{chapter.title}"'
        if inside:
            evidence[inside[0]][_FIRST] += _CHAPTER_EDGE
            evidence[inside[-1]][_LAST] += _CHAPTER_EDGE


def _begin_later(path: list[int], evidence: Sequence[Sequence[float]]) -> None:
    """Relabel the beginning of a read as content if its total evidence is against a read.

    Starting a read right after housekeeping costs little, so content between a welcome and a read would be absorbed.
    """
    for run in runs(path, AD):
        if run.start == 0 or path[run.start - 1] != HOUSE:
            continue
        sums = list(accumulate(evidence[place][_AD] for place in run))
        least = min(range(len(sums)), key=sums.__getitem__)
        if sums[least] < 0.0:
            path[run.start : run.start + least + 1] = [CONTENT] * (least + 1)


def _parts(run: range, sentences: Sequence[Sentence]) -> list[range]:
    """Split a run of sentences at long silences."""
    cuts = [at for at in run[1:] if sentences[at].start - sentences[at - 1].end >= _APART]
    return [range(first, last) for first, last in zip([run.start, *cuts], [*cuts, run.stop], strict=True)]
