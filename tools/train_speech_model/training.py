"""Training in stages, from the encoder alone on short clips to whole windows of 30 seconds."""

from __future__ import annotations

import dataclasses
import itertools
import math
import queue
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import torch

from tools.train_speech_model.losses import Targets, Weights, loss
from tools.train_speech_model.network import SpeechModel
from tools.train_speech_model.tokens import BYTES, Tokens
from tools.train_speech_model.windows import WINDOW_STEPS, Mixer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from torch import Tensor

    from tools.train_speech_model.recordings import Recording

_MUON_FACTOR = 10.0  # Muon's learning rate over AdamW's
_WARM_UP = 30  # steps
_REPORT_EVERY, _SAVE_EVERY = 50, 200  # steps


@dataclass(frozen=True, slots=True)
class Clips:
    """One kind of batch: how many windows, and how many steps of 20 ms each has."""

    size: int
    steps: int


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of the training.

    Attributes:
        name: For the reports.
        clips: Kinds of batches, taken in turn.
        steps: Steps of the optimiser.
        rates: Learning rate at the beginning and at the end, with half a cosine between them.
        weights: Of the parts of the loss.
        decoder: Whether the decoder is taught, too.
    """

    name: str
    clips: tuple[Clips, ...]
    steps: int
    rates: tuple[float, float]
    weights: Weights
    decoder: bool = True


_SHORT, _MIDDLE, _WHOLE = Clips(10, 400), Clips(5, 750), Clips(3, WINDOW_STEPS)

STAGES = (
    Stage("encoder", (Clips(24, 160),), 1800, (2.5e-3, 1.2e-3), Weights(1.0, frame_share=0.35), decoder=False),
    Stage("short", (_SHORT, _SHORT, _MIDDLE), 2500, (2e-3, 1.2e-3), Weights(0.6)),
    Stage("whole", (_WHOLE, _SHORT, _MIDDLE), 8000, (1e-3, 1e-5), Weights(0.4, frame_share=0.15)),
)
"""From nothing, one after the other; going on needs the last only."""


@dataclass(frozen=True, slots=True)
class Trained:
    """A model with what it was trained on.

    Attributes:
        model: The network.
        tokens: Of its vocabulary.
        phonemes: Names of the phonemes that its encoder was taught.
    """

    model: SpeechModel
    tokens: Tokens
    phonemes: tuple[str, ...]

    def save(self, path: Path) -> None:
        """Write a checkpoint: to a temporary name, then in place of the last one."""
        temporary = path.with_name(f"{path.name}.part")
        content = {
            "network": self.model.state_dict(),
            "words": list(self.tokens.words),
            "phonemes": list(self.phonemes),
        }
        torch.save(content, temporary)
        temporary.replace(path)

    @classmethod
    def new(cls, tokens: Tokens, phonemes: Sequence[str], *, seed: int = 0) -> Self:
        """A model that has learnt nothing."""
        torch.manual_seed(seed)
        return cls(SpeechModel(tokens, len(phonemes)), tokens, tuple(phonemes))

    @classmethod
    def load(cls, path: Path, tokens: Tokens | None = None, phonemes: Sequence[str] | None = None) -> Self:
        """Read a checkpoint.

        Args:
            path: What `save` wrote.
            tokens: Of the vocabulary to go on with, if not the checkpoint's own. Words that both have keep what was
                learnt.
            phonemes: To go on with, likewise.

        Returns:
            The model.
        """
        content: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
        old = cls.new(Tokens(tuple(content["words"])), content["phonemes"])
        old.model.load_state_dict(content["network"])
        if (tokens is None or tokens == old.tokens) and (phonemes is None or tuple(phonemes) == old.phonemes):
            return old
        new = cls.new(tokens or old.tokens, old.phonemes if phonemes is None else phonemes)
        _carry_over(old, new)
        return new


def train(
    trained: Trained,
    recordings: Sequence[Recording],
    stages: Sequence[Stage],
    *,
    checkpoint: Path,
    report: Callable[[str, int, dict[str, float]], None],
    seed: int = 0,
) -> None:
    """Train a model in place.

    Args:
        trained: The model to go on with.
        recordings: What it hears.
        stages: In this order.
        checkpoint: Written every few minutes, and at the end of each stage.
        report: Called every 50 steps with the name of the stage, the step, and running means of the figures of
            `losses.loss` by the length of the clips, as ``30s loss``.
        seed: Of what it hears.
    """
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    trained.model.to(device)
    optimisers = _optimisers(trained.model)
    for stage in stages:
        sources = [
            _Prefetch(Mixer(recordings, trained.tokens, seed=seed + number), clips, device)
            for number, clips in enumerate(stage.clips)
        ]
        try:
            _run(trained, stage, sources, optimisers, checkpoint=checkpoint, report=report)
        finally:
            for source in sources:
                source.close()
        trained.save(checkpoint)
        seed += len(sources)
    trained.model.to("cpu")


def _run(
    trained: Trained,
    stage: Stage,
    sources: Sequence[_Prefetch],
    optimisers: Sequence[tuple[torch.optim.Optimizer, float]],
    *,
    checkpoint: Path,
    report: Callable[[str, int, dict[str, float]], None],
) -> None:
    model = trained.model
    begun = time.monotonic()
    means: dict[str, float] = {}
    for step, source in zip(range(1, stage.steps + 1), itertools.cycle(sources)):
        first, last = stage.rates
        rate = last + (first - last) * 0.5 * (1 + math.cos(math.pi * step / stage.steps))
        for optimiser, factor in optimisers:
            for group in optimiser.param_groups:
                group["lr"] = rate * factor * min(1.0, step / _WARM_UP)
        batch = source.get()
        with torch.autocast(batch.features.device.type, torch.bfloat16):
            total, figures = loss(model, batch, trained.tokens, stage.weights, decoder=stage.decoder)
        model.zero_grad(set_to_none=True)
        total.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for optimiser, _ in optimisers:
            optimiser.step()
        model.keep_position()
        for name, value in figures.items():
            key = f"{source.seconds:.0f}s {name}"
            means[key] = 0.95 * means.get(key, value) + 0.05 * value
        if step % _REPORT_EVERY == 0 or step == stage.steps:
            report(stage.name, step, {"seconds": time.monotonic() - begun, "rate": rate} | means)
        if step % _SAVE_EVERY == 0:
            trained.save(checkpoint)


def _optimisers(model: SpeechModel) -> list[tuple[torch.optim.Optimizer, float]]:
    """Muon for the matrices of the layers, AdamW for the rest; each with a factor for its learning rate."""
    matrices = [parameter for name, parameter in model.named_parameters() if ".layers." in name and parameter.ndim == 2]
    chosen = {id(parameter) for parameter in matrices}
    rest = [parameter for parameter in model.parameters() if parameter.requires_grad and id(parameter) not in chosen]
    return [
        (torch.optim.Muon(matrices, lr=0.02, weight_decay=0.01, momentum=0.95), _MUON_FACTOR),
        (torch.optim.AdamW(rest, lr=2e-3, betas=(0.9, 0.98), weight_decay=0.0), 1.0),
    ]


class _Prefetch:
    """Makes batches in a thread of its own while the network learns."""

    def __init__(self, mixer: Mixer, clips: Clips, device: torch.device) -> None:
        self.seconds = clips.steps / 50
        self._mixer, self._clips, self._device = mixer, clips, device
        self._ready: queue.Queue[Targets] = queue.Queue(2)
        self._closed = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def get(self) -> Targets:
        """The next batch."""
        while True:
            try:
                return self._ready.get(timeout=1)
            except queue.Empty:
                if self._failure is not None:
                    raise RuntimeError("batches could not be made") from self._failure

    def close(self) -> None:
        self._closed.set()
        self._thread.join()

    def _work(self) -> None:
        try:
            while not self._closed.is_set():
                batch = self._mixer.batch(self._clips.size, self._clips.steps)
                tensors = {
                    field.name: torch.from_numpy(getattr(batch, field.name)).to(self._device)
                    for field in dataclasses.fields(batch)
                }
                self._put(Targets(**tensors))
        except Exception as error:  # noqa: BLE001 - raised again where the batch is asked for
            self._failure = error

    def _put(self, batch: Targets) -> None:
        while not self._closed.is_set():
            try:
                self._ready.put(batch, timeout=0.5)
            except queue.Full:
                continue
            return


@torch.no_grad()
def _carry_over(old: Trained, new: Trained) -> None:
    """Copy what was learnt into a model of another vocabulary.

    Rows of known words, phonemes, special tokens and times find their new places; all else has the same shape.
    """
    before, after = old.model.state_dict(), new.model.state_dict()
    place = {token: row for row, token in enumerate(old.tokens.all())}
    rows = [place.get(token) for token in new.tokens.all()]
    sounds = {name: row + 1 for row, name in enumerate(old.phonemes)}
    heads = {"aux_ph": [0, *(sounds.get(name) for name in new.phonemes)]}
    for name, value in after.items():
        source = before[name]
        if name.partition(".")[0] not in {"aux_word", "aux_prev", "aux_ph"} and not name.endswith(
            "embed_tokens.weight"
        ):
            value.copy_(source)
            continue
        places = heads.get(name.partition(".")[0], rows)[: len(value)]
        known = [row for row, origin in enumerate(places) if origin is not None]
        value[known] = source[[origin for origin in places if origin is not None]]
        if name.endswith("embed_tokens.weight"):
            _place_new_words(
                value, source[BYTES : old.tokens.end], [row for row in range(len(value)) if row not in set(known)]
            )


def _place_new_words(embeddings: Tensor, known: Tensor, rows: list[int]) -> None:
    """New words begin near the middle of the known ones."""
    for row in rows:
        embeddings[row] = known.mean(0) + 0.5 * known.std() * torch.randn(known.shape[1])
