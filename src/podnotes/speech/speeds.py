"""How fast models are on this machine: measured in earlier runs and remembered, else estimated; and which one suits.

The estimate comes from the size of the models and the number of cores. After the first run it is replaced by what was
measured, for that model and, in proportion, for the others.
"""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING

from podnotes.errors import OutputError
from podnotes.files import write_file
from podnotes.speech.machine import cuda_devices, memory_gb, physical_cores
from podnotes.speech.options import SpeechOptions

if TYPE_CHECKING:
    from pathlib import Path

#: Time that a model takes, small being 1: encoder and decoder layers by width, as CTranslate2 runs them in batches.
_COST = {
    "tiny": 0.19,
    "base": 0.34,
    "small": 1.0,
    "medium": 3.0,
    "large-v1": 6.0,
    "large-v2": 6.0,
    "large-v3": 6.0,
    "large": 6.0,
    "large-v3-turbo": 2.8,
    "turbo": 2.8,
    "distil-small": 0.6,
    "distil-medium": 1.7,
    "distil-large-v2": 2.8,
    "distil-large-v3": 2.8,
    "distil-large-v3.5": 2.8,
}
# Seconds of audio a second with "small" in int8 on one core; a GPU as measured by faster-whisper's authors.
_SMALL_PER_CORE, _SMALL_ON_GPU = 1.2, 60.0
# What a model needs to keep well ahead of real time and to leave other programs their part.
_CORES_FOR_SMALL, _MEMORY_FOR_SMALL_GB, _MEMORY_FOR_BASE_GB = 2, 3.0, 1.5
# Too short to measure by: loading and warming up weigh too much.
_LEAST_SECONDS = 60.0


def expected_speed(model: str, options: SpeechOptions | None = None) -> tuple[float | None, bool]:
    """Tell how fast a model is on this machine.

    Args:
        model: A model's name.
        options: How it is run; None for what suits the machine.

    Returns:
        Seconds of audio a second, None for a model of unknown size that was never run; and whether it was measured.
    """
    options = options or SpeechOptions()
    settings = _settings(options)
    measured = {name: speed for key, speed in _read().items() for name, how in [_parted(key)] if how == settings}
    if model in measured:
        return measured[model], True
    cost = _cost(model)
    if cost is None:
        return None, False
    scaled = [speed * known / cost for name, speed in measured.items() if (known := _cost(name)) is not None]
    if scaled:
        return sum(scaled) / len(scaled), False
    if options.device != "cpu" and cuda_devices():
        return _SMALL_ON_GPU / cost, False
    cores = min(options.threads or physical_cores(), physical_cores())
    return _SMALL_PER_CORE * cores / cost, False


def expected_seconds(model: str, duration: float, options: SpeechOptions | None = None) -> float | None:
    """Tell how long a model takes for an episode, or None where nothing is known.

    Args:
        model: A model's name.
        duration: Seconds of audio.
        options: How it is run; None for what suits the machine.
    """
    speed, _ = expected_speed(model, options)
    return duration / speed if speed else None


def suitable_model(language: str | None = None) -> str:
    """Choose the model that is used where none is named.

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


def remember_speed(model: str, audio_s: float, spent_s: float, options: SpeechOptions | None = None) -> None:
    """Note how fast a model was; a later run with the same settings counts as much as all before it.

    Args:
        model: Name of what was run.
        audio_s: Seconds of audio that it recognised.
        spent_s: Seconds that it took.
        options: How it was run; None for what suits the machine.
    """
    if audio_s < _LEAST_SECONDS or spent_s <= 0:
        return
    known = _read()
    speed = audio_s / spent_s
    key = f"{model}{_settings(options or SpeechOptions())}"
    known[key] = round((known[key] + speed) / 2 if key in known else speed, 3)
    with contextlib.suppress(OutputError):  # what can't be remembered is measured again
        write_file(_file(), json.dumps(known), replace=True)


def _read() -> dict[str, float]:
    try:
        known = json.loads(_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(known, dict):
        return {}
    return {name: float(speed) for name, speed in known.items() if isinstance(speed, int | float) and speed > 0}


def _settings(options: SpeechOptions) -> str:
    """What she chose of that which makes a model faster or slower, behind its name; "" when she chose nothing."""
    names = ("device", "compute_type", "threads", "batch_size", "beam_size")
    plain = SpeechOptions()
    chosen = [f"{name}={getattr(options, name)}" for name in names if getattr(options, name) != getattr(plain, name)]
    return f" ({', '.join(chosen)})" if chosen else ""


def _parted(key: str) -> tuple[str, str]:
    """A remembered key as the model's name and the settings behind it."""
    name, bracket, settings = key.partition(" (")
    return name, bracket + settings


def _file() -> Path:
    import platformdirs

    return platformdirs.user_cache_path("podnotes", appauthor=False) / "speech-speeds.json"


def _cost(model: str) -> float | None:
    return _COST.get(model.removesuffix(".en"))
