"""Make a Whisper model with the output of a small one and the cost of a larger one.

The cost of models larger than ``base`` can be measured even if they aren't available: a network is made twice as wide,
and deeper, without changing its output (Chen et al. 2016, "Net2Net"). ``tiny.en`` gets the shape of ``small``, ``base``
that of ``medium``. Unlike with random weights, the number of decoded tokens is the same.

- Wider: each vector is the old one twice. Rows of a matrix are doubled, columns are doubled and halved in value; means
  and variances of layer normalisation don't change. Each attention head is doubled.
- Deeper: copies of the last layer with zero output projections cost as much as any other layer and add nothing.

    python benchmarks/larger_model.py tiny.en/ talk.mp3 --layers 12      the cost of small.en relative to tiny.en

The layout of ``model.bin`` is CTranslate2's (``ctranslate2/specs/model_spec.py``, binary version 6).
"""

from __future__ import annotations

import argparse
import re
import shutil
import struct
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from podnotes import transcribe
from podnotes.asr.engine import load_engine
from podnotes.asr.speech_options import SpeechOptions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

_VERSION = 6
_LAYER = re.compile(r"(encoder|decoder)/layer_(\d+)/(.+)")
# Names of the last projection in each part of a layer.
_OUTPUTS = {
    "encoder": ("self_attention/linear_1", "ffn/linear_1"),
    "decoder": ("self_attention/linear_1", "attention/linear_2", "ffn/linear_1"),
}
# CTranslate2's codes of data types.
_TYPES = {0: np.dtype("<f4"), 1: np.dtype("i1"), 2: np.dtype("<i2"), 3: np.dtype("<i4"), 4: np.dtype("<f2")}
_FLOATS = (0, 4)


@dataclass(frozen=True, slots=True)
class _Variable:
    name: str
    shape: tuple[int, ...]
    type: int
    data: bytes

    def array(self) -> NDArray[np.generic]:
        return np.frombuffer(self.data, _TYPES[self.type]).reshape(self.shape)

    def holding(self, array: NDArray[np.generic]) -> _Variable:
        return _Variable(self.name, array.shape, self.type, np.ascontiguousarray(array).tobytes())


def enlarge(model: Path, into: Path, layers: int, *, wider: bool = True) -> Path:
    """Write a deeper and optionally wider model with the same output.

    Args:
        model: Folder of a Whisper model in CTranslate2 format, in float16 or float32.
        into: Folder for the new model; created if missing.
        layers: Number of layers of the encoder and of the decoder, at least those of the model.
        wider: Whether to double the width and the number of heads.

    Returns:
        ``into``.

    Raises:
        ValueError: The model's format is not supported, or it has more layers.
    """
    into.mkdir(parents=True, exist_ok=True)
    for file in model.iterdir():
        if file.name != "model.bin" and file.is_file():
            shutil.copy(file, into / file.name)
    head, variables, tail = _read((model / "model.bin").read_bytes())
    depth = {stack: 1 + max(number for _, number in _of(variables, stack)) for stack in _OUTPUTS}
    if layers < max(depth.values()):
        raise ValueError(f"{model} has {max(depth.values())} layers already")
    if wider:
        variables = [_widened(variable) for variable in variables]
    more = [
        _copy(variable, stack, number)
        for stack in _OUTPUTS
        for number in range(depth[stack], layers)
        for variable, of_layer in _of(variables, stack)
        if of_layer == depth[stack] - 1
    ]
    with (into / "model.bin").open("wb") as binary:
        binary.write(head + struct.pack("<I", len(variables) + len(more)))
        for variable in sorted([*variables, *more], key=lambda variable: variable.name):
            binary.write(_string(variable.name) + struct.pack("B", len(variable.shape)))
            binary.write(struct.pack(f"<{len(variable.shape)}I", *variable.shape) + struct.pack("B", variable.type))
            binary.write(struct.pack("<I", len(variable.data)) + variable.data)
        binary.write(tail)
    return into


def _widened(variable: _Variable) -> _Variable:
    """Double a variable so that each vector is the old one twice."""
    array, part = variable.array(), variable.name.rpartition("/")[2]
    if part == "num_heads":
        return variable.holding(array * 2)
    if variable.type not in _FLOATS or not variable.shape:
        return variable
    if part == "encodings" or "embeddings" in variable.name:
        return variable.holding(np.concatenate([array, array], axis=-1))
    if part in ("gamma", "beta"):
        doubled = np.concatenate([array, array])
        # Halved in the decoder's last normalisation, since its output is compared with all tokens' doubled vectors.
        return variable.holding(doubled / 2 if variable.name.startswith("decoder/layer_norm") else doubled)
    if "projection" in variable.name:
        return variable.holding(np.concatenate([array, array], axis=-1) if part == "weight" else array)
    # Queries, keys and values are stacked in one matrix; each is doubled separately.
    if variable.name.endswith(("self_attention/linear_0/weight", "self_attention/linear_0/bias")):
        parts = np.split(array, 3)
    elif re.search(r"layer_\d+/attention/linear_1/(weight|bias)$", variable.name):
        parts = np.split(array, 2)
    else:
        parts = [array]
    doubled = np.concatenate([piece for part_ in parts for piece in (part_, part_)])
    if part == "weight" and not variable.name.startswith("encoder/conv1"):
        doubled = np.concatenate([doubled, doubled], axis=1) / 2
    return variable.holding(doubled.astype(array.dtype))


def _of(variables: list[_Variable], stack: str) -> Iterator[tuple[_Variable, int]]:
    for variable in variables:
        found = _LAYER.fullmatch(variable.name)
        if found and found[1] == stack:
            yield variable, int(found[2])


def _copy(variable: _Variable, stack: str, number: int) -> _Variable:
    found = _LAYER.fullmatch(variable.name)
    assert found
    part, _, kind = found[3].rpartition("/")
    silent = part in _OUTPUTS[stack] and kind in ("weight", "bias")
    data = bytes(len(variable.data)) if silent else variable.data
    return _Variable(f"{stack}/layer_{number}/{found[3]}", variable.shape, variable.type, data)


def _read(content: bytes) -> tuple[bytes, list[_Variable], bytes]:
    """Split a file into the header before the number of variables, the variables, and the rest."""
    (version,) = struct.unpack_from("<I", content)
    if version != _VERSION:
        raise ValueError(f"CTranslate2's binary version {version} is not supported, only {_VERSION}")
    _, at = _take_string(content, 4)
    at += 4  # revision of the specification
    head = content[:at]
    (count,) = struct.unpack_from("<I", content, at)
    at += 4
    variables = []
    for _ in range(count):
        name, at = _take_string(content, at)
        rank = content[at]
        shape = struct.unpack_from(f"<{rank}I", content, at + 1)
        kind = content[at + 1 + 4 * rank]
        at += 2 + 4 * rank
        (size,) = struct.unpack_from("<I", content, at)
        variables.append(_Variable(name, shape, kind, content[at + 4 : at + 4 + size]))
        at += 4 + size
    return head, variables, content[at:]


def _string(text: str) -> bytes:
    return struct.pack("<H", len(text) + 1) + text.encode() + b"\0"


def _take_string(content: bytes, at: int) -> tuple[str, int]:
    (size,) = struct.unpack_from("<H", content, at)
    return content[at + 2 : at + 1 + size].decode(), at + 2 + size


def main() -> None:
    """Print the cost of a model and of a larger one with the same output."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path, help="folder of a real model")
    parser.add_argument("audio", type=Path, help="a few minutes of speech")
    parser.add_argument(
        "--layers", type=int, default=12, help="number of layers of the larger model, which is twice as wide"
    )
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        print("| model | processor seconds a minute of talk | ratio |\n|---|---|---|")
        first = 0.0
        for model in (given.model, enlarge(given.model, Path(name) / "larger", given.layers)):
            engine = load_engine(model, SpeechOptions())
            began = time.process_time()
            transcript = transcribe(given.audio, engine, language="en")
            spent = (time.process_time() - began) / transcript.duration * 60
            first = first or spent
            print(f"| {model.name} | {spent:.1f} | {spent / first:.1f} |", flush=True)


if __name__ == "__main__":
    main()
