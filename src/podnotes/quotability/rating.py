"""Rate quotes with a small encoder trained on a reader's decisions to keep, edit or delete quotes.

A six-layer BERT encoder (MiniLM: Wang et al. 2020, https://arxiv.org/abs/2002.10957) reads the episode in overlapping
chunks, so that each sentence is seen in context. A sentence is represented by the mean of its token vectors; a window
of sentences by the vectors of its first and last sentence, its mean vector, the sentences before and after it, and its
length. A small network predicts the reader's verdict on the window as a quote, and whether the reader would mark
exactly this window; from the latter, the verdict follows in another way (:mod:`podnotes.quotability.verdicts`), and the
mean of both is used. The training script is ``tools/train_quotability.py``; model/README.md describes the data.
"""

from __future__ import annotations

import functools
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from podnotes.interruption import check_given_up
from podnotes.quotability.verdicts import expected_verdicts
from podnotes.quotability.windows import windows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from podnotes.quotability.windows import Window
    from podnotes.text.sentences import Sentence

# Tokens per chunk, and tokens shared with the next chunk so that every window is whole in at least one. As in training.
_CHUNK, _OVERLAP = 480, 110
# A longer sentence is truncated to this number of tokens.
LONGEST_SENTENCE = 200
_BATCH = 16
#: Folder of the model; benchmarks set the folder of a model trained without the test episodes.
MODEL = Path(__file__).parent / "model"
START, SEPARATOR = 101, 102  # [CLS] and [SEP] of the vocabulary


@dataclass(frozen=True, slots=True)
class Candidate:
    """A window of sentences as a possible quote.

    Attributes:
        window: Its sentences.
        worth: Expected verdict of a reader: 0 (delete), 0.5 (edit), 1 (keep).
        highlight: Probability that it is one of the episode's best, 0 to 1.
    """

    window: Window
    worth: float
    highlight: float


def rate(sentences: Sequence[Sentence], usable: Sequence[bool] | None = None) -> list[Candidate]:
    """Rate every possible quote in an episode.

    The ratings are for English. They ignore the user's topics; the caller decides which windows are on topic.

    Args:
        sentences: All sentences of the episode, in order of time.
        usable: False for sentences that must not be quoted (sponsor reads, doubtful words); all may be quoted if None.

    Returns:
        One candidate for each window of :func:`podnotes.quotability.windows.windows`, in the same order.
    """
    found = windows(sentences, [True] * len(sentences) if usable is None else usable)
    if not found:
        return []
    judged = _judge(MODEL, tuple(sentence.text for sentence in sentences), tuple(found))
    verdicts = (judged[:, :2] + expected_verdicts(sentences, found, judged[:, 2:])) / 2
    return [
        Candidate(window, float(worth), float(highlight))
        for window, (worth, highlight) in zip(found, verdicts, strict=True)
    ]


def vocabulary() -> frozenset[str]:
    """Return the whole words in the encoder's vocabulary: frequent words of English, in lower case."""
    words = _load(MODEL)[1].get_vocab()
    return frozenset(word for word in words if word.isalpha())


# Cached by chunk: a draft, its review page and a digest need the same ratings, and a corrected word affects few chunks.
_judged: dict[tuple[Path, tuple[str, ...], tuple[Window, ...]], np.ndarray[Any, Any]] = {}
_MOST_JUDGED = 1000  # chunks: twenty hours of speech


def _judge(model: Path, texts: tuple[str, ...], found: tuple[Window, ...]) -> np.ndarray[Any, Any]:
    """Return the output of the network for each window, as of :meth:`_Head.judge`."""
    encoder, tokenizer, head = _load(model)
    tokens = [
        encoding.ids[:LONGEST_SENTENCE] for encoding in tokenizer.encode_batch(list(texts), add_special_tokens=False)
    ]
    total = np.zeros((len(found), 4))
    times = np.zeros((len(found), 1))
    starts = [window.first for window in found]
    parts: dict[tuple[int, int], tuple[list[int], tuple[Path, tuple[str, ...], tuple[Window, ...]]]] = {}
    for a, b in chunks([len(ids) + 1 for ids in tokens]):
        low, high = np.searchsorted(starts, [a, b])
        inside = [index for index in range(low, high) if found[index].last < b]
        if inside:
            moved = [
                found[index]._replace(first=found[index].first - a, last=found[index].last - a) for index in inside
            ]
            parts[a, b] = inside, (model, texts[a:b], tuple(moved))
    # Looked up only once, because another thread may clear the cache.
    judged = {part: known for part, (_, key) in parts.items() if (known := _judged.get(key)) is not None}
    # Batching chunks of similar length avoids padding.
    order = sorted(
        (part for part in parts if part not in judged), key=lambda part: sum(map(len, tokens[part[0] : part[1]]))
    )
    if len(_judged) + len(order) > _MOST_JUDGED:
        _judged.clear()
    for at in range(0, len(order), _BATCH):
        check_given_up()
        batch = order[at : at + _BATCH]
        read = [[START, *(id_ for ids in tokens[a:b] for id_ in (*ids, SEPARATOR))] for a, b in batch]
        states = np.asarray(encoder.forward_batch(read).last_hidden_state, dtype=np.float32)
        for (a, b), state in zip(batch, states, strict=True):
            key = parts[a, b][1]
            judged[a, b] = _judged[key] = head.judge(state, [len(ids) for ids in tokens[a:b]], key[2])
    for part, (inside, _) in parts.items():
        total[inside] += judged[part]
        times[inside] += 1
    return total / np.maximum(times, 1)


def chunks(lengths: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Generate the first sentence of each chunk and one past the last, given the number of tokens of each sentence."""
    first = 0
    while first < len(lengths):
        last, size = first, 1
        while last < len(lengths) and size + lengths[last] <= _CHUNK:
            size += lengths[last]
            last += 1
        yield first, last
        if last >= len(lengths):
            return
        following, again = last, 0
        while following > first + 1 and again + lengths[following - 1] <= _OVERLAP:
            following -= 1
            again += lengths[following]
        first = max(following, first + 1)


class _Head:
    """The network that judges windows by the encoder's vectors."""

    def __init__(self, weights: dict[str, np.ndarray[Any, Any]]) -> None:
        self._of = weights

    def judge(
        self, state: np.ndarray[Any, Any], lengths: Sequence[int], inside: Sequence[Window]
    ) -> np.ndarray[Any, Any]:
        """Judge windows.

        Args:
            state: One vector per token of the chunk.
            lengths: Number of tokens of each sentence in the chunk, without its separator.
            inside: The windows, counted from the chunk's first sentence.

        Returns:
            Array of shape (windows, 4): worth (0 delete, 0.5 edit, 1 keep), probability of a highlight, and the
            probabilities that exactly this window would be marked as a quote and as a highlight.
        """
        of = self._of
        sums = np.concatenate([np.zeros((1, state.shape[1]), np.float32), np.cumsum(state, axis=0, dtype=np.float32)])
        begins = 1 + np.concatenate([[0], np.cumsum(np.asarray(lengths) + 1)])[:-1]
        ends = begins + np.asarray(lengths)
        means = (sums[ends] - sums[begins]) / np.maximum(ends - begins, 1)[:, None]
        around = np.concatenate([of["nothing"][None], means, of["nothing"][None]])
        first = np.array([window.first for window in inside])
        last = np.array([window.last for window in inside])
        words = np.array([window.words for window in inside], dtype=np.float32)
        whole = (sums[ends[last]] - sums[begins[first]]) / (ends[last] - begins[first])[:, None]
        described = np.concatenate(
            [around[first + 1], around[last + 1], whole, around[first], around[last + 2]], axis=1
        )
        length = np.stack([words / 50, np.log(words) / 4, (words > 70).astype(np.float32)], axis=1)
        hidden = described @ of["describe.weight"].T + of["describe.bias"] + of["sentences.weight"][last - first]
        hidden = np.maximum(hidden + length @ of["length.weight"].T + of["length.bias"], 0.0)
        judged: np.ndarray[Any, Any] = 1.0 / (1.0 + np.exp(-(hidden @ of["judge.weight"].T + of["judge.bias"])))
        return judged


@functools.lru_cache(maxsize=1)
def _load(model: Path) -> tuple[Any, Any, _Head]:
    """Load the encoder, its tokenizer and the rating network."""
    import ctranslate2
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    # The default of four threads is slow on fewer cores.
    threads = min(4, os.cpu_count() or 1)
    encoder = ctranslate2.Encoder(str(model), device="cpu", compute_type="int8", intra_threads=threads)
    with np.load(model / "head.npz") as head:
        return encoder, tokenizer, _Head({name: head[name] for name in head.files})
