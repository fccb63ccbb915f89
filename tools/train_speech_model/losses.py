"""What the network is taught: the decoder's tokens, where its attention belongs, the encoder's frames, the position."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as functional

from tools.train_speech_model.network import CURRENT_LAYER, GUIDED_HEADS, NEXT_LAYER, POSITION_DIMENSIONS

if TYPE_CHECKING:
    from torch import Tensor

    from tools.train_speech_model.network import SpeechModel
    from tools.train_speech_model.tokens import Tokens

# A timestamp is right within a step or two of 20 ms: its probability is spread over its neighbours.
_SPREAD = torch.tensor([math.exp(-0.5 * (step / 0.8) ** 2) for step in range(-2, 3)])
_SPREAD = _SPREAD / _SPREAD.sum()


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each part of the loss counts.

    Attributes:
        frames: The encoder's frame heads.
        guide: Guided attention.
        position: The position-carrying head.
        frame_share: Share of the frames that is looked at; the heads are large.
    """

    frames: float
    guide: float = 1.0
    position: float = 3.0
    frame_share: float = 0.3


@dataclass(frozen=True, slots=True)
class Targets:
    """A batch as tensors; fields as in `windows.Batch`."""

    features: Tensor
    offset: Tensor
    words: Tensor
    previous: Tensor
    phonemes: Tensor
    tokens: Tensor
    targets: Tensor
    spans: Tensor
    counted: Tensor


def loss(
    model: SpeechModel, batch: Targets, tokens: Tokens, weights: Weights, *, decoder: bool
) -> tuple[Tensor, dict[str, float]]:
    """Loss of a batch.

    Args:
        model: The network.
        batch: What it hears and should say.
        tokens: Of its vocabulary.
        weights: Of the parts.
        decoder: Whether the decoder is taught, too, or the encoder alone.

    Returns:
        The loss, and figures to watch: ``word_frames`` and ``tokens`` (shares that are right), ``times`` (share
        within 60 ms), and parts of the loss.
    """
    memory, first = model.encoder(batch.features, batch.offset)
    frames, word_frames = _frame_loss(model, batch, memory, first, weights.frame_share)
    total = weights.frames * frames
    figures = {"frame_loss": frames.item(), "word_frames": word_frames}
    if decoder:
        position = _position_loss(model, batch, memory)
        output, attention = model.decoder(batch.tokens[:, :-1], memory)
        spoken, right, timed = _token_loss(model, batch, tokens, output)
        guide = _guide_loss(batch, attention, memory.shape[1])
        total = total + spoken + weights.guide * guide + weights.position * position
        figures |= {"loss": spoken.item(), "guide_loss": guide.item(), "tokens": right, "times": timed}
    return total, figures


def _frame_loss(
    model: SpeechModel, batch: Targets, memory: Tensor, first: Tensor, share: float
) -> tuple[Tensor, float]:
    size = memory.shape[0] * memory.shape[1]
    chosen = torch.randperm(size, device=memory.device)[: int(size * share)]
    memory, first = memory.flatten(0, 1)[chosen], first.flatten(0, 1)[chosen]
    words, previous, phonemes = (x.flatten()[chosen] for x in (batch.words, batch.previous, batch.phonemes))
    scores = model.aux_word(memory).float()
    heard = words > 0
    right = ((scores.argmax(-1) == words) & heard).sum() / heard.sum().clamp(min=1)
    result = functional.cross_entropy(scores, words)
    result = result + 0.5 * functional.cross_entropy(model.aux_ph(first).float(), phonemes)
    if heard.any():
        result = result + 0.3 * functional.cross_entropy(model.aux_prev(memory[heard]).float(), previous[heard])
    return result, right.item()


def _position_loss(model: SpeechModel, batch: Targets, memory: Tensor) -> Tensor:
    known = model.encoder.position(batch.offset, memory.shape[1])[..., POSITION_DIMENSIONS]
    return functional.mse_loss(model.carried_position(memory).float(), known)


def _token_loss(model: SpeechModel, batch: Targets, tokens: Tokens, output: Tensor) -> tuple[Tensor, float, float]:
    counted = batch.counted[:, 1:]
    targets = batch.targets[:, 1:][counted]
    scores = functional.linear(output[counted], model.decoder.embed_tokens.weight).float().log_softmax(-1)
    exact = -scores.gather(1, targets[:, None])[:, 0]
    near = (targets[:, None] + torch.arange(-2, 3, device=targets.device)).clamp(tokens.first_time, tokens.total - 1)
    spread = -(scores.gather(1, near) * _SPREAD.to(scores.device)).sum(1)
    timed = targets >= tokens.first_time
    said = scores.argmax(-1)
    right = (said == targets)[~timed].float().mean().item()
    close = ((said - targets).abs() <= 3)[timed].float().mean().item() if timed.any() else 1.0
    return torch.where(timed, spread, exact).mean(), right, close


def _guide_loss(batch: Targets, attention: dict[int, Tensor], steps: int) -> Tensor:
    """How much attention is where it doesn't belong."""
    moments = torch.arange(steps, device=batch.spans.device)[None]
    parts = []
    for layer, spans in ((CURRENT_LAYER, batch.spans[:, :-1]), (NEXT_LAYER, batch.spans[:, 1:])):
        heard = (spans[..., 0] >= 0) & batch.counted[:, 1:]
        inside = ((moments >= spans[heard][:, :1]) & (moments <= spans[heard][:, 1:])).float()
        if len(inside):
            parts += [
                -((attention[layer][:, head][heard] * inside).sum(-1) + 1e-5).log().mean() for head in GUIDED_HEADS
            ]
    return torch.stack(parts).mean() if parts else torch.zeros((), device=batch.spans.device)
