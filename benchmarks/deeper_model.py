"""A model with the same words as another one at many times the cost.

A layer of a transformer adds what it computes to what comes in. Further copies of the last layer whose output
projections are zero compute as much as any other layer and add nothing: encoder and decoder get more of them, and the
words stay the same to the last bit of every number.

The layout of ``model.bin`` is CTranslate2's (``ctranslate2/specs/model_spec.py``, binary version 6).
"""

from __future__ import annotations

import re
import shutil
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_VERSION = 6
_LAYER = re.compile(r"(encoder|decoder)/layer_(\d+)/(.+)")
# The last projection of each part of a layer.
_OUTPUTS = {
    "encoder": ("self_attention/linear_1", "ffn/linear_1"),
    "decoder": ("self_attention/linear_1", "attention/linear_2", "ffn/linear_1"),
}


@dataclass(frozen=True, slots=True)
class _Variable:
    name: str
    shape: bytes  # rank, dimensions and type, as they stand in the file
    data: bytes


def deepen(model: Path, into: Path, layers: int) -> Path:
    """Write a model with the same output and more layers.

    Args:
        model: Folder of a Whisper model in CTranslate2 format.
        into: Folder for the new one; made when missing.
        layers: How many layers encoder and decoder get each; no fewer than they have.

    Returns:
        ``into``.

    Raises:
        ValueError: The model's format is not known here, or it has more layers.
    """
    into.mkdir(parents=True, exist_ok=True)
    for file in model.iterdir():
        if file.name != "model.bin" and file.is_file():
            shutil.copy(file, into / file.name)
    head, variables, tail = _read((model / "model.bin").read_bytes())
    depth = {stack: 1 + max(number for _, number in _of(variables, stack)) for stack in _OUTPUTS}
    if layers < max(depth.values()):
        raise ValueError(f"{model} has {max(depth.values())} layers already")
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
            binary.write(_string(variable.name) + variable.shape)
            binary.write(struct.pack("<I", len(variable.data)) + variable.data)
        binary.write(tail)
    return into


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
    return _Variable(f"{stack}/layer_{number}/{found[3]}", variable.shape, data)


def _read(content: bytes) -> tuple[bytes, list[_Variable], bytes]:
    """Part a file into what stands before the number of variables, the variables, and what comes after."""
    (version,) = struct.unpack_from("<I", content)
    if version != _VERSION:
        raise ValueError(f"CTranslate2's binary version {version} is not known here, only {_VERSION}")
    _, at = _take_string(content, 4)
    at += 4  # the specification's revision
    head = content[:at]
    (count,) = struct.unpack_from("<I", content, at)
    at += 4
    variables = []
    for _ in range(count):
        name, at = _take_string(content, at)
        shape = content[at : at + 1 + 4 * content[at] + 1]
        at += len(shape)
        (size,) = struct.unpack_from("<I", content, at)
        variables.append(_Variable(name, shape, content[at + 4 : at + 4 + size]))
        at += 4 + size
    return head, variables, content[at:]


def _string(text: str) -> bytes:
    return struct.pack("<H", len(text) + 1) + text.encode() + b"\0"


def _take_string(content: bytes, at: int) -> tuple[str, int]:
    (size,) = struct.unpack_from("<H", content, at)
    return content[at + 2 : at + 1 + size].decode(), at + 2 + size
