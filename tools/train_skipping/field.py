"""A linear-chain conditional random field with partial labels.

See Lafferty, McCallum and Pereira 2001; for partial labels, Tsuboi et al. 2008.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from podnotes.ads.viterbi import AD, BEFORE, FIRST, HOUSE, INSIDE, LAST, ONLY, SIDES, STATES, STEPS, step

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Numbers = NDArray[np.float64]

# States supported by each side of the evidence.
SPEAKS = np.zeros((len(SIDES), len(STATES)))
SPEAKS[0, sorted(AD)] = SPEAKS[1, [FIRST, ONLY]] = SPEAKS[2, [LAST, ONLY]] = SPEAKS[3, HOUSE] = 1
LEGAL = np.zeros((len(STATES), len(STATES)))
KIND = np.zeros((len(STEPS), len(STATES), len(STATES)))
for after in STATES:
    for before in BEFORE[after]:
        LEGAL[before, after] = KIND[step(before, after), before, after] = 1
_NEVER = -1e4


@dataclass(frozen=True)
class Learned:
    """The weights.

    Attributes:
        features: Array of shape (features, sides).
        states: Array of shape (states, states), for transitions.
        breaks: Array of shape (steps, breaks).
    """

    features: Numbers
    states: Numbers
    breaks: Numbers


class Pieces:
    """Sequences of sentences, padded to the same length.

    Args:
        lengths: Number of sentences of each sequence.
        weights: Weight of each sequence.
    """

    def __init__(self, lengths: list[int], weights: list[float]) -> None:
        self.lengths = np.array(lengths)
        self.weights = np.array(weights)
        self.inside = np.arange(self.lengths.max())[None, :] < self.lengths[:, None]

    def laid_out(self, flat: Numbers) -> Numbers:
        """Reshape (sentences, …) to (sequences, longest, …)."""
        out = np.zeros((*self.inside.shape, *flat.shape[1:]))
        out[self.inside] = flat
        return out


def learn(
    features: csr_matrix, breaks: Numbers, allowed: NDArray[np.bool_], pieces: Pieces, penalty: Numbers, rounds: int
) -> Learned:
    """Fit the weights by maximum penalised likelihood.

    Args:
        features: Array of shape (sentences, features).
        breaks: Array of shape (sentences, breaks), for the break before each sentence.
        allowed: Boolean array of shape (sentences, states): the states that each sentence may have.
        pieces: Division of the sentences into sequences.
        penalty: Array of shape (features, sides): penalty on the square of each weight.
        rounds: Maximum number of L-BFGS iterations; early stopping also regularises.

    Returns:
        The weights.
    """
    shape, count = penalty.shape, penalty.size
    states = len(STATES)
    between = pieces.laid_out(breaks)
    known = pieces.laid_out(np.where(allowed, 0.0, _NEVER))
    transposed = features.T.tocsr()
    edges = np.zeros((*pieces.inside.shape, states))
    edges[:, 0, [INSIDE, LAST]] += _NEVER
    edges[np.arange(len(pieces.lengths)), pieces.lengths - 1] += [_NEVER * (s in (FIRST, INSIDE)) for s in STATES]

    def unpacked(theta: Numbers) -> Learned:
        return Learned(
            theta[:count].reshape(shape),
            theta[count : count + states**2].reshape(states, states),
            theta[count + states**2 :].reshape(len(STEPS), -1),
        )

    def loss(theta: Numbers) -> tuple[float, Numbers]:
        now = unpacked(theta)
        scores = pieces.laid_out((features @ now.features) @ SPEAKS) + edges
        steps = np.exp(now.states + np.tensordot(between @ now.breaks.T, KIND, (2, 0))) * LEGAL
        likely, one, two = _marginals(scores, steps, pieces)
        likely_known, one_known, two_known = _marginals(scores + known, steps, pieces)
        one, two = (one - one_known)[pieces.inside], two - two_known
        by_kind = np.tensordot(two, KIND, ((2, 3), (1, 2)))
        parts = (
            transposed @ (one @ SPEAKS.T) + penalty * now.features,
            two.sum((0, 1)) + 0.1 * now.states,
            np.tensordot(by_kind, between, ((0, 1), (0, 1))) + 0.1 * now.breaks,
        )
        cost = 0.5 * (penalty * now.features**2).sum() + 0.05 * ((now.states**2).sum() + (now.breaks**2).sum())
        return likely - likely_known + cost, np.concatenate([part.ravel() for part in parts])

    start = np.zeros(count + states**2 + len(STEPS) * breaks.shape[1])
    done: Any = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": rounds, "maxcor": 12})
    return unpacked(done.x)


def _marginals(scores: Numbers, steps: Numbers, pieces: Pieces) -> tuple[float, Numbers, Numbers]:
    """Compute the log-partition function and the marginals of states and pairs of states (forward-backward)."""
    top = scores.max(axis=2, keepdims=True)
    own = np.exp(scores - top)
    inside = pieces.inside
    forward, backward, ahead = np.zeros_like(own), np.zeros_like(own), np.zeros_like(own)
    scale = np.ones(inside.shape)
    forward[:, 0] = own[:, 0]
    for at in range(inside.shape[1]):
        if at:
            came = np.matmul(forward[:, at - 1, None, :], steps[:, at])[:, 0]
            forward[:, at] = came * own[:, at] * inside[:, at, None]
        scale[:, at] = np.where(inside[:, at], forward[:, at].sum(1), 1.0)
        forward[:, at] /= scale[:, at, None]
    backward[np.arange(len(inside)), pieces.lengths - 1] = 1.0
    for at in range(inside.shape[1] - 2, -1, -1):
        ahead[:, at + 1] = own[:, at + 1] * backward[:, at + 1] / scale[:, at + 1, None] * inside[:, at + 1, None]
        came = np.matmul(steps[:, at + 1], ahead[:, at + 1, :, None])[:, :, 0]
        backward[:, at] = np.where(inside[:, at + 1, None], came, backward[:, at])
    weights = pieces.weights
    pairs = np.zeros_like(steps)
    pairs[:, 1:] = forward[:, :-1, :, None] * steps[:, 1:] * (ahead[:, 1:, None, :] * weights[:, None, None, None])
    single = forward * backward * (inside * weights[:, None])[:, :, None]
    return float((((np.log(scale) + top[:, :, 0]) * inside).sum(1) * weights).sum()), single, pairs
