"""Label the sentences of an episode as content, advertising or housekeeping.

Sentences aren't labelled individually. A read has an opening ("our sponsor today is …") and an end ("go to …"), and
everything between them belongs to it, whatever it says. The labels are the most likely sequence (the Viterbi algorithm;
Rabiner 1989, "A tutorial on hidden Markov models") under a linear-chain conditional random field (Lafferty, McCallum
and Pereira 2001). Its learned weights are in ``weights.tsv``.
"""

from __future__ import annotations

import functools
from importlib import resources
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from podnotes.ads.features import Features

# States of a sentence: content; housekeeping; the first, an inner, the last or the only sentence of a read.
CONTENT, HOUSE, FIRST, INSIDE, LAST, ONLY = STATES = range(6)
AD = frozenset({FIRST, INSIDE, LAST, ONLY})
# What a weight is evidence for, relative to content: a read, its beginning, its end, housekeeping.
SIDES = ("ad", "first", "last", "housekeeping")
# Kinds of steps between consecutive sentences; the meaning of a silence depends on them.
STEPS = ("stay", "into ad", "out of ad", "ad to ad", "inside ad", "into house", "out of house", "between")

_NEVER = -1e9
_COMPLETE = (CONTENT, HOUSE, LAST, ONLY)
BEFORE = {state: ((FIRST, INSIDE) if state in (INSIDE, LAST) else _COMPLETE) for state in STATES}


def step(before: int, after: int) -> int:
    """Return the kind of a step between two states, as an index into `STEPS`."""
    if before in AD and after in AD:
        return 3 if before in (LAST, ONLY) else 4
    if after in AD:
        return 1 if before == CONTENT else 7
    if before in AD:
        return 2 if after == CONTENT else 7
    if before == after:
        return 0
    return 5 if after == HOUSE else 6


class Weights(NamedTuple):
    """Learned weights, as log-odds.

    Attributes:
        phrases: Weights of each phrase, in the order of `SIDES`.
        values: The same for each context feature.
        steps: For each state, its possible predecessors, with the weight and kind of the step.
        breaks: For each of `STEPS`, the weight of each of `podnotes.ads.features.BREAKS`.
    """

    phrases: Mapping[str, tuple[float, ...]]
    values: Mapping[str, tuple[float, ...]]
    steps: Sequence[Sequence[tuple[int, float, int]]]
    breaks: Sequence[Sequence[float]]


def read_weights(text: str) -> Weights:
    """Read learned weights: tab-separated lines with the kind of weight, its name and weights in hundredths."""
    tables: dict[str, dict[str, tuple[float, ...]]] = {"phrase": {}, "value": {}, "state": {}, "step": {}}
    for line in text.splitlines():
        if not line.startswith("#"):
            kind, name, *numbers = line.split("\t")
            tables[kind][name] = tuple(int(number) / 100 for number in numbers)
    come = tables["state"]
    return Weights(
        tables["phrase"],
        tables["value"],
        [[(before, come[str(after)][before], step(before, after)) for before in BEFORE[after]] for after in STATES],
        [tables["step"][name] for name in STEPS],
    )


@functools.cache
def weights() -> Weights:
    """Return the weights included in the package."""
    return read_weights(resources.files("podnotes.ads").joinpath("weights.tsv").read_text(encoding="utf-8"))


def weigh(features: Features, learned: Weights) -> list[float]:
    """Return the evidence of a single sentence: log-odds relative to content, one for each of `SIDES`."""
    ad = first = last = house = 0.0
    known = learned.phrases
    for phrase in features.phrases & known.keys():
        weight = known[phrase]
        ad += weight[0]
        first += weight[1]
        last += weight[2]
        house += weight[3]
    for name, value in features.values.items():
        weight = learned.values[name]
        ad += value * weight[0]
        first += value * weight[1]
        last += value * weight[2]
        house += value * weight[3]
    return [ad, first, last, house]


def best_path(evidence: Sequence[Sequence[float]], breaks: Sequence[Sequence[float]], learned: Weights) -> list[int]:
    """Find the most likely state of each sentence."""
    if not evidence:
        return []
    scores = [0.0 if state not in (INSIDE, LAST) else _NEVER for state in STATES]
    scores = [score + own for score, own in zip(scores, _states(evidence[0]), strict=True)]
    back: list[list[int]] = []
    for found, before in zip(evidence[1:], breaks[1:], strict=True):
        kinds = [sum(a * b for a, b in zip(row, before, strict=True)) for row in learned.breaks]
        come, from_ = [], []
        for own, ways in zip(_states(found), learned.steps, strict=True):
            best, best_before = max((scores[state] + weight + kinds[kind], -state) for state, weight, kind in ways)
            come.append(best + own)
            from_.append(-best_before)
        scores = come
        back.append(from_)
    state = max(_COMPLETE, key=lambda state: scores[state])
    path = [state]
    for from_ in reversed(back):
        state = from_[state]
        path.append(state)
    return path[::-1]


def _states(evidence: Sequence[float]) -> tuple[float, ...]:
    ad, first, last, house = evidence
    return (0.0, house, ad + first, ad, ad + last, ad + first + last)


def runs(path: Sequence[int], states: Collection[int]) -> list[range]:
    """Return the index ranges of consecutive sentences that are in any of the given states."""
    found, first = [], None
    for place, here in enumerate([*path, -1]):
        if here in states and first is None:
            first = place
        elif here not in states and first is not None:
            found.append(range(first, place))
            first = None
    return found
