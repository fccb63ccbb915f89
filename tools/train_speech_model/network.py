"""The network: a small Whisper, with extra heads that only training uses.

Names of parameters are those of Transformers' Whisper, so that the export only has to copy them.

What is not Whisper's own, and why:

* **Frame heads.** espeak-ng says exactly when each word and each phoneme is heard, so the encoder is taught by labels
  for each 20 ms (words after the last layer, phonemes after the first) and learns within minutes. Export drops the
  heads.
* **Reserved dimensions.** Timestamps are learnt only if the position in the window survives to the end of the
  encoder. So `POSITION_DIMENSIONS` of the residual stream hold the position embedding and nothing else is ever
  written there (`SpeechModel.keep_position`).
* **A start that helps.** Self-attention heads 0 and 1 begin by looking a few steps back and ahead; head 1 of the last
  cross-attention begins by carrying the position to the embeddings of the timestamps, which begin as sinusoids of
  their time.

Source: Radford et al. 2022, Robust Speech Recognition via Large-Scale Weak Supervision, section 2.2 and table 1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as functional
from torch import Tensor, nn

from tools.train_speech_model.features import MELS
from tools.train_speech_model.tokens import TIMES, Tokens
from tools.train_speech_model.windows import WINDOW_STEPS


@dataclass(frozen=True, slots=True)
class Size:
    """Dimensions of the network; the names are the paper's."""

    width: int = 128
    heads: int = 4
    feed_forward: int = 512
    encoder_layers: int = 3
    decoder_layers: int = 3
    context: int = 448

    @property
    def head(self) -> int:
        """Width of an attention head."""
        return self.width // self.heads


SIZE = Size()

CURRENT_LAYER, NEXT_LAYER = 0, SIZE.decoder_layers - 1
"""Cross-attention of these layers is guided: to where the last token is heard, and to where the next one is."""
GUIDED_HEADS = (0, 1)

_FREQUENCIES = torch.tensor([0, 1, 2, 4, 6, 8, 11, 14, 17, 20, 24, 28, 32, 36, 41, 47])
POSITION_DIMENSIONS = torch.cat([_FREQUENCIES, _FREQUENCIES + SIZE.width // 2])
"""Of the encoder's residual stream: sines and cosines of some frequencies of the position."""

_REACH = (5, 9, 14)  # steps that heads 0 and 1 of each encoder layer look back and ahead, at first


def sinusoids(length: int, width: int) -> Tensor:
    """Whisper's position embedding, shape (length, width)."""
    frequencies = torch.exp(-math.log(10_000) / (width // 2 - 1) * torch.arange(width // 2))
    angles = torch.arange(length).view(-1, 1) * frequencies.view(1, -1)
    return torch.cat([angles.sin(), angles.cos()], 1)


class Attention(nn.Module):
    """Multi-head attention with Whisper's projections (none but the keys' lacks a bias)."""

    def __init__(self) -> None:
        super().__init__()
        self.k_proj = nn.Linear(SIZE.width, SIZE.width, bias=False)
        self.v_proj = nn.Linear(SIZE.width, SIZE.width)
        self.q_proj = nn.Linear(SIZE.width, SIZE.width)
        self.out_proj = nn.Linear(SIZE.width, SIZE.width)

    def forward(self, queries: Tensor, memory: Tensor, *, causal: bool = False) -> Tensor:
        """Attend; shapes (batch, steps, width)."""
        q, k, v = self._heads(self.q_proj(queries)), self._heads(self.k_proj(memory)), self._heads(self.v_proj(memory))
        mixed = functional.scaled_dot_product_attention(q, k, v, is_causal=causal)
        return self._joined(mixed)

    def with_weights(self, queries: Tensor, memory: Tensor) -> tuple[Tensor, Tensor]:
        """Attend, and say where to: the weights have shape (batch, heads, queries, memory)."""
        q, k, v = self._heads(self.q_proj(queries)), self._heads(self.k_proj(memory)), self._heads(self.v_proj(memory))
        weights = ((q @ k.transpose(-1, -2)).float() * SIZE.head**-0.5).softmax(-1)
        return self._joined(weights.to(v.dtype) @ v), weights

    def _heads(self, x: Tensor) -> Tensor:
        return x.view(x.shape[0], x.shape[1], SIZE.heads, SIZE.head).transpose(1, 2)

    def _joined(self, x: Tensor) -> Tensor:
        return self.out_proj(x.transpose(1, 2).reshape(x.shape[0], x.shape[2], SIZE.width))


class EncoderLayer(nn.Module):
    """Self-attention and a feed-forward network, each after its layer norm."""

    def __init__(self) -> None:
        super().__init__()
        self.self_attn = Attention()
        self.self_attn_layer_norm = nn.LayerNorm(SIZE.width)
        self.fc1 = nn.Linear(SIZE.width, SIZE.feed_forward)
        self.fc2 = nn.Linear(SIZE.feed_forward, SIZE.width)
        self.final_layer_norm = nn.LayerNorm(SIZE.width)

    def forward(self, x: Tensor) -> Tensor:
        """One layer; shape (batch, steps, width)."""
        normal = self.self_attn_layer_norm(x)
        x = x + self.self_attn(normal, normal)
        return x + self.fc2(functional.gelu(self.fc1(self.final_layer_norm(x))))


class DecoderLayer(nn.Module):
    """Self-attention, attention to the encoder and a feed-forward network, each after its layer norm."""

    def __init__(self) -> None:
        super().__init__()
        self.self_attn = Attention()
        self.self_attn_layer_norm = nn.LayerNorm(SIZE.width)
        self.encoder_attn = Attention()
        self.encoder_attn_layer_norm = nn.LayerNorm(SIZE.width)
        self.fc1 = nn.Linear(SIZE.width, SIZE.feed_forward)
        self.fc2 = nn.Linear(SIZE.feed_forward, SIZE.width)
        self.final_layer_norm = nn.LayerNorm(SIZE.width)

    def forward(self, x: Tensor, memory: Tensor, *, weights: bool) -> tuple[Tensor, Tensor | None]:
        """One layer; the weights of the attention to the encoder come with it if wanted."""
        normal = self.self_attn_layer_norm(x)
        x = x + self.self_attn(normal, normal, causal=True)
        normal = self.encoder_attn_layer_norm(x)
        attention: Tensor | None = None
        if weights:
            heard, attention = self.encoder_attn.with_weights(normal, memory)
        else:
            heard = self.encoder_attn(normal, memory)
        x = x + heard
        return x + self.fc2(functional.gelu(self.fc1(self.final_layer_norm(x)))), attention


class Encoder(nn.Module):
    """Two convolutions and the encoder's layers."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv1d(MELS, SIZE.width, 3, padding=1)
        self.conv2 = nn.Conv1d(SIZE.width, SIZE.width, 3, stride=2, padding=1)
        self.embed_positions = nn.Embedding(WINDOW_STEPS, SIZE.width)
        self.embed_positions.weight.data = sinusoids(WINDOW_STEPS, SIZE.width)
        self.embed_positions.weight.requires_grad = False
        self.layers = nn.ModuleList(EncoderLayer() for _ in range(SIZE.encoder_layers))
        self.layer_norm = nn.LayerNorm(SIZE.width)
        for layer, reach in zip(self.layers, _REACH, strict=True):
            for head, steps in ((0, -reach), (1, reach)):
                _look_aside(layer.self_attn, head, steps)

    def forward(self, features: Tensor, offset: Tensor) -> tuple[Tensor, Tensor]:
        """Encode.

        Args:
            features: Shape (batch, bands, 2 × steps).
            offset: Step of the window at which each begins, shape (batch,).

        Returns:
            The output and what the first layer made, both of shape (batch, steps, width).
        """
        x = features.transpose(1, 2)
        x = functional.gelu(_convolved(x, self.conv1, 1))
        x = functional.gelu(_convolved(x, self.conv2, 2))
        x = x + self.position(offset, x.shape[1])
        first = x
        for number, layer in enumerate(self.layers):
            x = layer(x)
            first = x if number == 0 else first
        return self.layer_norm(x), first

    def position(self, offset: Tensor, steps: int) -> Tensor:
        """Position embeddings of windows that begin at the offsets, shape (batch, steps, width)."""
        return self.embed_positions.weight[offset[:, None] + torch.arange(steps, device=offset.device)[None]]


class Decoder(nn.Module):
    """Embeddings and the decoder's layers."""

    def __init__(self, tokens: Tokens) -> None:
        super().__init__()
        self.embed_tokens = nn.Embedding(tokens.total, SIZE.width)
        self.embed_positions = nn.Embedding(SIZE.context, SIZE.width)
        nn.init.normal_(self.embed_tokens.weight, std=0.05)
        self.embed_positions.weight.data = sinusoids(SIZE.context, SIZE.width) * 0.05
        self.layers = nn.ModuleList(DecoderLayer() for _ in range(SIZE.decoder_layers))
        self.layer_norm = nn.LayerNorm(SIZE.width)
        self._carry_position(tokens)

    def forward(self, tokens: Tensor, memory: Tensor) -> tuple[Tensor, dict[int, Tensor]]:
        """Decode.

        Args:
            tokens: Shape (batch, length).
            memory: The encoder's output.

        Returns:
            The output, shape (batch, length, width), and the attention weights of the guided layers.
        """
        x = self.embed_tokens(tokens) + self.embed_positions.weight[: tokens.shape[1]]
        weights = {}
        for number, layer in enumerate(self.layers):
            x, attention = layer(x, memory, weights=number in (CURRENT_LAYER, NEXT_LAYER))
            if attention is not None:
                weights[number] = attention
        return self.layer_norm(x), weights

    def _carry_position(self, tokens: Tokens) -> None:
        """Let head 1 of the last layer write the position that it looks at into the embeddings of the timestamps."""
        attention = self.layers[-1].encoder_attn
        head = slice(SIZE.head, 2 * SIZE.head)
        places = torch.arange(len(POSITION_DIMENSIONS))
        attention.v_proj.weight.data[head] = 0
        attention.v_proj.weight.data[SIZE.head + places, POSITION_DIMENSIONS] = 1
        attention.out_proj.weight.data[:, head] = 0
        attention.out_proj.weight.data[POSITION_DIMENSIONS, SIZE.head + places] = 1.5
        times = self.embed_tokens.weight.data[tokens.first_time :]
        times[:] = torch.randn(SIZE.width) * 0.04
        times[:, POSITION_DIMENSIONS] = sinusoids(TIMES, SIZE.width)[:, POSITION_DIMENSIONS] * 0.22


class SpeechModel(nn.Module):
    """Encoder, decoder, and the heads that teach the encoder."""

    def __init__(self, tokens: Tokens, phonemes: int) -> None:
        """Set up a model that has learnt nothing.

        Args:
            tokens: Of its vocabulary.
            phonemes: How many phonemes the encoder is taught.
        """
        super().__init__()
        self.encoder = Encoder()
        self.decoder = Decoder(tokens)
        self.aux_word = nn.Linear(SIZE.width, tokens.first_time)
        self.aux_prev = nn.Linear(SIZE.width, tokens.first_time)
        self.aux_ph = nn.Linear(SIZE.width, phonemes + 1)
        self.keep_position()

    @torch.no_grad()
    def keep_position(self) -> None:
        """Let nothing but the position be written to the reserved dimensions; after each step of the optimiser."""
        writers = [self.encoder.conv2]
        for layer in self.encoder.layers:
            writers += [layer.self_attn.out_proj, layer.fc2]
        for writer in writers:
            writer.weight[POSITION_DIMENSIONS] = 0
            writer.bias[POSITION_DIMENSIONS] = 0

    def carried_position(self, memory: Tensor) -> Tensor:
        """What the position-carrying head reads from the encoder's output, shape (batch, steps, head)."""
        values = self.decoder.layers[-1].encoder_attn.v_proj
        head = slice(SIZE.head, 2 * SIZE.head)
        return functional.linear(memory, values.weight[head], values.bias[head])


def _convolved(x: Tensor, convolution: nn.Conv1d, stride: int) -> Tensor:
    """A convolution of width 3 over (batch, steps, channels) as one matrix product.

    On a CPU, its gradient is much faster than the convolution's.
    """
    x = functional.pad(x, (0, 0, 1, 1))
    steps = (x.shape[1] - 3) // stride + 1
    x = torch.cat([x[:, start : start + stride * (steps - 1) + 1 : stride] for start in range(3)], -1)
    weight = convolution.weight.permute(0, 2, 1).reshape(convolution.weight.shape[0], -1)
    return functional.linear(x, weight, convolution.bias)


def _look_aside(attention: Attention, head: int, steps: int) -> None:
    """Let a head begin by attending to what is so many steps away.

    A query turns each of the position's sines and cosines by the angle that lies between, the key leaves them as they
    are.
    """
    numbers = torch.arange(SIZE.head // 2) * 2 + 2
    frequencies = torch.exp(-math.log(10_000) / (SIZE.width // 2 - 1) * numbers)
    query, key = torch.zeros(SIZE.head, SIZE.width), torch.zeros(SIZE.head, SIZE.width)
    half = SIZE.width // 2
    for row, (number, frequency) in enumerate(zip(numbers.tolist(), frequencies.tolist(), strict=True)):
        sine, cosine = math.sin(frequency * steps), math.cos(frequency * steps)
        query[2 * row, number], query[2 * row, number + half] = cosine, sine
        query[2 * row + 1, number + half], query[2 * row + 1, number] = cosine, -sine
        key[2 * row, number], key[2 * row + 1, number + half] = 1, 1
    rows = slice(head * SIZE.head, (head + 1) * SIZE.head)
    attention.q_proj.weight.data[rows] = query * 1.4
    attention.k_proj.weight.data[rows] = key * 1.4
