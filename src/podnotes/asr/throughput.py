"""Measured speed of models on this computer, and the default model for it."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING

from podnotes.asr.hardware import cuda_devices, memory_gb, physical_cores
from podnotes.asr.language_detection import primary
from podnotes.errors import OutputError
from podnotes.files import write_file

if TYPE_CHECKING:
    from pathlib import Path

# Requirements of models, so that they run well above real-time speed and leave room for other programs.
_CORES_FOR_SMALL, _MEMORY_FOR_SMALL_GB, _MEMORY_FOR_BASE_GB = 2, 3.0, 1.5
# Shorter runs aren't measured: loading and warming up distort the result.
_LEAST_SECONDS = 60.0


def expected_speed(model: str) -> float | None:
    """Return the speed of a model in earlier runs here (seconds of audio per second); None if it was never run."""
    return _read().get(model)


def suitable_model(language: str | None = None) -> str:
    """Choose the default model.

    The choice depends on the hardware, not on measured speed, because an interrupted run must be resumed with the same
    model.

    Args:
        language: Language of the speech (BCP 47 tag); None if unknown.

    Returns:
        A model's name; for English an English-only model, which is better at the same size.
    """
    english = primary(language) == "en"
    if cuda_devices():
        return "distil-large-v3" if english else "large-v3-turbo"
    if physical_cores() >= _CORES_FOR_SMALL and memory_gb() >= _MEMORY_FOR_SMALL_GB:
        size = "small"
    else:
        size = "base" if memory_gb() >= _MEMORY_FOR_BASE_GB else "tiny"
    return f"{size}.en" if english else size


def remember_speed(model: str, audio_s: float, spent_s: float) -> None:
    """Record the speed of a model; the new value is averaged with the previous one.

    Args:
        model: Name of the model.
        audio_s: Seconds of audio recognised.
        spent_s: Seconds it took.
    """
    if audio_s < _LEAST_SECONDS or spent_s <= 0:
        return
    known = _read()
    speed = audio_s / spent_s
    known[model] = round((known.get(model, speed) + speed) / 2, 3)
    # If the speed can't be saved, it is measured again next time; no need to report it.
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
