"""Measured speed of models on this computer, and the default model for it."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING

from podnotes.asr.hardware import cuda_devices, memory_gb, physical_cores
from podnotes.errors import OutputError
from podnotes.files import write_file

if TYPE_CHECKING:
    from pathlib import Path

# What a model needs to keep well ahead of real time and to leave other programs their part.
_CORES_FOR_SMALL, _MEMORY_FOR_SMALL_GB, _MEMORY_FOR_BASE_GB = 2, 3.0, 1.5
# Too short to measure by: loading and warming up weigh too much.
_LEAST_SECONDS = 60.0


def expected_speed(model: str) -> float | None:
    """Return how many seconds of audio a second a model took here in earlier runs; None for one that was never run."""
    return _read().get(model)


def suitable_model(language: str | None = None) -> str:
    """Choose the default model.

    It depends on what the machine has, not on how fast it was: an interrupted run must go on with the model that it
    was begun with.

    Args:
        language: BCP 47 tag of what is spoken; None when unknown.

    Returns:
        A model's name: for English one that knows nothing else, since it is better at the same size.
    """
    english = (language or "").lower().replace("_", "-").partition("-")[0] == "en"
    if cuda_devices():
        return "distil-large-v3" if english else "large-v3-turbo"
    if physical_cores() >= _CORES_FOR_SMALL and memory_gb() >= _MEMORY_FOR_SMALL_GB:
        size = "small"
    else:
        size = "base" if memory_gb() >= _MEMORY_FOR_BASE_GB else "tiny"
    return f"{size}.en" if english else size


def remember_speed(model: str, audio_s: float, spent_s: float) -> None:
    """Note how fast a model was; a later run counts as much as all before it.

    Args:
        model: Name of what was run.
        audio_s: Seconds of audio that it recognised.
        spent_s: Seconds that it took.
    """
    if audio_s < _LEAST_SECONDS or spent_s <= 0:
        return
    known = _read()
    speed = audio_s / spent_s
    known[model] = round((known.get(model, speed) + speed) / 2, 3)
    # A speed that can't be saved is measured again; no need to report it.
    with contextlib.suppress(OutputError):
        write_file(_file(), json.dumps(known), replace=True)


def _read() -> dict[str, float]:
    try:
        known = json.loads(_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(known, dict):
        return {}
    return {name: float(speed) for name, speed in known.items() if isinstance(speed, int | float) and speed > 0}


def _file() -> Path:
    import platformdirs

    return platformdirs.user_cache_path("podnotes", appauthor=False) / "speech-speeds.json"
