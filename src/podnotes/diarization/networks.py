"""ONNX networks for diarization: those included in podnotes, and others by name or path."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from podnotes.errors import ModelError

#: The embedding model that comes with podnotes.
BUNDLED_MODEL = "campplus"
# Other embedding models by name: the hub's repository and the file in it.
_ON_HUB = {"wespeaker-resnet34": ("Wespeaker/wespeaker-voxceleb-resnet34-LM", "voxceleb_resnet34_LM.onnx")}


def bundled_network(name: str) -> Path:
    """The file of a network that comes with podnotes."""
    return Path(str(resources.files("podnotes.diarization").joinpath("models", f"{name}.onnx")))


def find_speaker_model(model: str | None) -> Path:
    """Find a speaker embedding model; one that is chosen by name is downloaded when it is first used.

    Args:
        model: "campplus", which comes with podnotes and is used for None; "wespeaker-resnet34" (26 MB); or the path of
            an ONNX file that takes 80 log mel bands.

    Raises:
        ModelError: There is no such model, or it can't be downloaded.
    """
    if model is None or model == BUNDLED_MODEL:
        return bundled_network(BUNDLED_MODEL)
    if model not in _ON_HUB:
        if Path(model).is_file():
            return Path(model)
        names = " or ".join((BUNDLED_MODEL, *_ON_HUB))
        raise ModelError(f"There is no speaker model {model}: give {names}, or the path of an ONNX file.")
    import huggingface_hub

    try:
        return Path(huggingface_hub.hf_hub_download(*_ON_HUB[model]))
    except Exception as error:
        raise ModelError(
            f"The speaker model {model} can't be downloaded; check the connection, or leave --speaker-model out."
        ) from error


def speaker_model_id(model: str | None) -> str:
    """What tells the vectors of one embedding model from those of another, which they can't be compared with.

    Raises:
        ModelError: As :func:`find_speaker_model`.
    """
    if model is None or model == BUNDLED_MODEL or model in _ON_HUB:
        return model or BUNDLED_MODEL
    return f"sha256:{hashlib.sha256(find_speaker_model(model).read_bytes()).hexdigest()[:16]}"


@cache
def load_network(file: Path) -> Any:
    """Load a network, once.

    Raises:
        ModelError: It isn't a readable ONNX file.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    # One thread that doesn't spin: recognition needs the other cores.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # Inputs differ in length: memory is given back, not planned and kept for each.
    options.enable_mem_pattern = False
    try:
        return onnxruntime.InferenceSession(file.read_bytes(), options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise ModelError(f"{file.name} can't be loaded: it isn't a readable ONNX file.") from error
