"""Make Whisper models of real sizes with random weights, to measure speed and memory.

Real models can't be included, or downloaded everywhere. The effects of threads, batch size and compute type, and the
memory per window, depend only on the shape of the network.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

MODEL = Path(__file__).resolve().parent.parent / "examples" / "speech_model"
#: Vocabulary size of the English models; encoder steps for 30 s; context length of the decoder in tokens.
_VOCABULARY, _STEPS, _CONTEXT = 51_864, 1500, 448


@dataclass(frozen=True)
class Shape:
    """Size of a network.

    Attributes:
        layers: Number of layers of the encoder, and of the decoder.
        heads: Number of attention heads per layer.
        width: Dimension of the vectors.
    """

    layers: int
    heads: int
    width: int


#: Radford et al. 2022, table 1.
SHAPES = {
    "tiny": Shape(4, 6, 384),
    "base": Shape(6, 8, 512),
    "small": Shape(12, 12, 768),
    "medium": Shape(24, 16, 1024),
}


def write_model(folder: Path, shape: Shape) -> None:
    """Write a model in CTranslate2's format, with the sample model's tokenizer.

    Args:
        folder: Folder for the model; created if missing.
        shape: Size of the model.
    """
    from ctranslate2.specs import WhisperSpec

    specification = WhisperSpec(shape.layers, shape.heads, shape.layers, shape.heads)
    _Weights(shape).fill(specification)
    known = json.loads((MODEL / "vocabulary.json").read_text(encoding="utf-8"))
    filled = known + [f"<filler {number}>" for number in range(_VOCABULARY - len(known))]
    specification.register_vocabulary(filled)
    for name, value in json.loads((MODEL / "config.json").read_text(encoding="utf-8")).items():
        setattr(specification.config, name, value)
    specification.config.alignment_heads = [[shape.layers - 1, 0]]
    specification.validate()
    specification.optimize(quantization="float16")
    folder.mkdir(parents=True, exist_ok=True)
    specification.save(str(folder))
    shutil.copy(MODEL / "tokenizer.json", folder)
    features = json.loads((MODEL / "preprocessor_config.json").read_text(encoding="utf-8"))
    (folder / "preprocessor_config.json").write_text(json.dumps(features | {"chunk_length": 30}), encoding="utf-8")


class _Weights:
    """Random weights, scaled so that activations stay bounded."""

    def __init__(self, shape: Shape) -> None:
        self._shape = shape
        self._random = np.random.default_rng(1)

    def fill(self, model: Any) -> None:
        width, mels = self._shape.width, 80
        encoder, decoder = model.encoder, model.decoder
        for layer, inputs in ((encoder.conv1, mels), (encoder.conv2, width)):
            layer.weight, layer.bias = self._matrix(width, inputs, 3), np.zeros(width, np.float16)
        encoder.position_encodings.encodings = self._matrix(_STEPS, width)
        decoder.position_encodings.encodings = self._matrix(_CONTEXT, width)
        decoder.embeddings.weight = decoder.projection.weight = self._matrix(_VOCABULARY, width)
        decoder.scale_embeddings = False
        for part in (encoder, decoder):
            self._norm(part.layer_norm)
            for layer in part.layer:
                self._attention(layer.self_attention, 3, 1)
                self._feed_forward(layer.ffn)
        for layer in decoder.layer:
            self._attention(layer.attention, 1, 2, 1)

    def _matrix(self, *size: int) -> NDArray[np.float16]:
        drawn: NDArray[np.float32] = self._random.standard_normal(size, dtype=np.float32)
        return (drawn * np.float32(0.5 / size[-1] ** 0.5)).astype(np.float16)

    def _norm(self, norm: Any) -> None:
        norm.gamma, norm.beta = np.ones(self._shape.width, np.float16), np.zeros(self._shape.width, np.float16)

    def _linear(self, linear: Any, outputs: int, inputs: int) -> None:
        linear.weight, linear.bias = self._matrix(outputs, inputs), np.zeros(outputs, np.float16)

    def _attention(self, attention: Any, *sizes: int) -> None:
        """Add queries, keys and values in one or two matrices, and the output projection."""
        self._norm(attention.layer_norm)
        for linear, times in zip(attention.linear, sizes, strict=True):
            self._linear(linear, times * self._shape.width, self._shape.width)

    def _feed_forward(self, layer: Any) -> None:
        width = self._shape.width
        self._norm(layer.layer_norm)
        self._linear(layer.linear_0, 4 * width, width)
        self._linear(layer.linear_1, width, 4 * width)
