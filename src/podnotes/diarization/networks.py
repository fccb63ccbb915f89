"""ONNX networks for diarization: those included in podnotes, and others by path."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from podnotes.errors import ModelError

# The embedding model included in podnotes.
_EMBEDDING = "campplus"


def bundled_network(name: str) -> Path:
    """Return the file of a network included in podnotes."""
    return Path(str(resources.files("podnotes.diarization").joinpath("models", f"{name}.onnx")))


def find_speaker_model(model: str | None) -> Path:
    """Find a speaker embedding model.

    Args:
        model: Path of an ONNX file that takes 80 log mel bands, or None for CAM++, which is included in podnotes.

    Raises:
        ModelError: There is no such file.
    """
    if model is None:
        return bundled_network(_EMBEDDING)
    if Path(model).is_file():
        return Path(model)
    raise ModelError(f"There is no speaker model {model}: give the path of an ONNX file.")


def speaker_model_id(model: str | None) -> str:
    """Return an identifier of an embedding model; vectors of different models can't be compared.

    Raises:
        ModelError: As :func:`find_speaker_model`.
    """
    if model is None:
        return _EMBEDDING
    return f"sha256:{hashlib.sha256(find_speaker_model(model).read_bytes()).hexdigest()[:16]}"


@cache
def load_network(file: Path) -> Any:
    """Load a network, once per process.

    Raises:
        ModelError: The file isn't a readable ONNX file.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    # One thread that doesn't spin, because recognition needs the other cores.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # Inputs differ in length, so memory plans for each length would only take up memory.
    options.enable_mem_pattern = False
    try:
        return onnxruntime.InferenceSession(file.read_bytes(), options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise ModelError(f"{file.name} can't be loaded: it isn't a readable ONNX file.") from error
