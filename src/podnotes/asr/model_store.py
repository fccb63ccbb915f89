"""Speech models: known names, where they are stored, and downloading them."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any

from podnotes.asr.speech_options import SpeechProgress
from podnotes.asr.throughput import expected_speed, suitable_model
from podnotes.errors import ModelError
from podnotes.interruption import reporting

if TYPE_CHECKING:
    from collections.abc import Callable
    from importlib.metadata import EntryPoint

#: Name: repository on the hub, megabytes to download (float16 weights). The names are those of faster-whisper.
_KNOWN: dict[str, tuple[str, int]] = {
    "tiny.en": ("Systran/faster-whisper-tiny.en", 78),
    "tiny": ("Systran/faster-whisper-tiny", 78),
    "base.en": ("Systran/faster-whisper-base.en", 148),
    "base": ("Systran/faster-whisper-base", 148),
    "small.en": ("Systran/faster-whisper-small.en", 486),
    "small": ("Systran/faster-whisper-small", 486),
    "medium.en": ("Systran/faster-whisper-medium.en", 1530),
    "medium": ("Systran/faster-whisper-medium", 1530),
    "large-v1": ("Systran/faster-whisper-large-v1", 3090),
    "large-v2": ("Systran/faster-whisper-large-v2", 3090),
    "large-v3": ("Systran/faster-whisper-large-v3", 3090),
    "large": ("Systran/faster-whisper-large-v3", 3090),
    "large-v3-turbo": ("mobiuslabsgmbh/faster-whisper-large-v3-turbo", 1620),
    "turbo": ("mobiuslabsgmbh/faster-whisper-large-v3-turbo", 1620),
    "distil-small.en": ("Systran/faster-distil-whisper-small.en", 336),
    "distil-medium.en": ("Systran/faster-distil-whisper-medium.en", 792),
    "distil-large-v2": ("Systran/faster-distil-whisper-large-v2", 1520),
    "distil-large-v3": ("Systran/faster-distil-whisper-large-v3", 1520),
    "distil-large-v3.5": ("distil-whisper/distil-large-v3.5-ct2", 1520),
}
_FILES = ["config.json", "preprocessor_config.json", "model.bin", "tokenizer.json", "vocabulary.*"]
_REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+")


@dataclass(frozen=True, slots=True)
class SpeechModel:
    """A speech model that can be chosen by name.

    Attributes:
        name: Value for the argument ``model``.
        size_mb: Size in megabytes, of the folder if downloaded, else of the download; None if unknown.
        folder: Folder of the model, or None if not downloaded yet.
        english_only: Whether it supports only English.
        speed: Seconds of audio per second on this computer in earlier runs, or None if it was never run.
        suits: Whether it is the recommended model for this computer and its languages.
    """

    name: str
    size_mb: int | None
    folder: Path | None
    english_only: bool
    speed: float | None = None
    suits: bool = False


def list_models(*, models_dir: Path | None = None) -> tuple[SpeechModel, ...]:
    """List the known models and those in the models folder.

    Args:
        models_dir: Folder for models; None for ``PODNOTES_MODELS`` or the hub's cache.
    """
    suitable = {suitable_model("en"), suitable_model(None)}
    folders: dict[str, Path | None] = {name: _find_local(name, models_dir) for name in _KNOWN}
    place = _models_dir(models_dir)
    if place is not None and place.is_dir():
        folders |= {folder.name: folder for folder in sorted(place.iterdir()) if _is_model(folder)}
    models = []
    for name, folder in folders.items():
        size = _folder_mb(folder) if folder else _KNOWN[name][1]
        # The distilled models were trained on English, though their vocabulary has all languages.
        english = name.endswith(".en") or name.startswith("distil-")
        models.append(SpeechModel(name, size, folder, english, expected_speed(name), name in suitable))
    return tuple(models)


def find_model(
    name: str | Path,
    *,
    models_dir: Path | None = None,
    mirror: str | None = None,
    offline: bool = False,
    on_progress: Callable[[SpeechProgress], None] | None = None,
) -> Path:
    """Find a model's folder, downloading the model if necessary.

    Args:
        name: A folder, a model's name ("small.en"), or "owner/name" on the hub.
        models_dir: Folder for models; None for ``PODNOTES_MODELS`` or the hub's cache.
        mirror: Address of a mirror of the hub; None for ``PODNOTES_MIRROR``, ``HF_ENDPOINT`` or the hub itself.
        offline: Whether downloads are forbidden.
        on_progress: Called with the progress of a download.

    Raises:
        ModelError: There is no such model, or it isn't downloaded yet and can't be.
    """
    folder = Path(name).expanduser()
    if folder.is_dir():
        if not _is_model(folder):
            raise ModelError(
                f"{folder} contains no speech model in CTranslate2 format (no model.bin); choose another folder."
            )
        return folder
    shown = str(name)
    if (found := _find_local(shown, models_dir)) is not None:
        return found
    if _repository(shown) is None:
        choice = f"choose a folder or one of {', '.join(_KNOWN)}"
        if engines := sorted(installed_engines()):
            choice += f"; installed engines: {', '.join(engines)}"
        raise ModelError(f"There is no speech model “{shown}”; {choice}.")
    if offline:
        raise ModelError(
            f"The speech model {shown} isn't on this computer, and downloads are "
            f"turned off; run “podnotes models download {shown}” while online, or give a folder that contains a model."
        )
    return download_model(shown, models_dir=models_dir, mirror=mirror, on_progress=on_progress)


def is_known(name: str) -> bool:
    """Return whether a name is one of the known Whisper models."""
    return name in _KNOWN


def installed_engines() -> dict[str, EntryPoint]:
    """Return the engines of other packages by name: entry points in the group ``podnotes.engines``."""
    return {point.name: point for point in entry_points(group="podnotes.engines")}


def download_model(
    name: str,
    *,
    models_dir: Path | None = None,
    mirror: str | None = None,
    on_progress: Callable[[SpeechProgress], None] | None = None,
) -> Path:
    """Download a model, or its missing files.

    Args:
        name: A model's name ("small.en"), or "owner/name" on the hub.
        models_dir: Folder for models; None for ``PODNOTES_MODELS`` or the hub's cache.
        mirror: Address of a mirror of the hub; None for ``PODNOTES_MIRROR``, ``HF_ENDPOINT`` or the hub itself.
        on_progress: Called with the progress in bytes, in the caller's thread, at least every half second.

    Returns:
        The model's folder.

    Raises:
        ModelError: There is no such model, or it can't be downloaded.
    """
    import huggingface_hub
    from huggingface_hub.errors import RepositoryNotFoundError

    repository = _repository(name)
    if repository is None:
        raise ModelError(f"There is no speech model “{name}”; choose one of {', '.join(_KNOWN)}.")
    place = _models_dir(models_dir)
    endpoint = mirror or os.environ.get("PODNOTES_MIRROR") or os.environ.get("HF_ENDPOINT") or None
    expected = _KNOWN[name][1] * 1e6 if name in _KNOWN else None
    options: dict[str, Any] = {
        "allow_patterns": _FILES,
        "endpoint": endpoint.rstrip("/") if endpoint else None,
        "token": False,
        "local_dir": place / name.replace("/", "--") if place else None,
    }

    def fetch(report: Callable[[SpeechProgress], None]) -> Path:
        bar = _progress_bar(report, expected)
        try:
            return Path(huggingface_hub.snapshot_download(repository, tqdm_class=bar, **options))
        except RepositoryNotFoundError as error:
            raise ModelError(
                f"There is no speech model “{name}” at {endpoint or 'the model hub'}; check its name."
            ) from error
        except Exception as error:
            if isinstance(error, OSError) and error.filename is not None:
                said = f"The speech model {name} can't be saved: {error.strerror} ({error.filename})."
            else:
                said = (
                    f"The speech model {name} isn't on this computer and {endpoint or 'the model hub'} can't be "
                    "reached; go online once to download it, or give a folder that contains a model."
                )
            raise ModelError(said) from error

    # The hub's client handles an interrupt only after all its threads have finished.
    folder = reporting(fetch, on_progress, SpeechProgress("download", 0.0, expected))
    if not _is_model(folder):
        raise ModelError(f"{repository} contains no speech model in CTranslate2 format (no model.bin); check its name.")
    return folder


def _repository(name: str) -> str | None:
    if _REPOSITORY.fullmatch(name):
        return name
    return _KNOWN[name][0] if name in _KNOWN else None


def _models_dir(models_dir: Path | None) -> Path | None:
    if models_dir is not None:
        return models_dir.expanduser()
    named = os.environ.get("PODNOTES_MODELS")
    return Path(named).expanduser() if named else None


def _find_local(name: str, models_dir: Path | None) -> Path | None:
    place = _models_dir(models_dir)
    if place is not None and _is_model(place / name.replace("/", "--")):
        return place / name.replace("/", "--")
    repository = _repository(name)
    if repository is None:
        return None
    import huggingface_hub
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        folder = Path(huggingface_hub.snapshot_download(repository, local_files_only=True, allow_patterns=_FILES))
    except (LocalEntryNotFoundError, OSError, ValueError):
        return None
    return folder if _is_model(folder) else None


def _is_model(folder: Path) -> bool:
    return (folder / "model.bin").is_file() and (folder / "config.json").is_file()


def _folder_mb(folder: Path) -> int:
    return max(1, round(sum(file.stat().st_size for file in folder.iterdir() if file.is_file()) / 1e6))


def _progress_bar(report: Callable[[SpeechProgress], None], expected: float | None) -> Any:
    """Make a progress bar class for the hub's client that forwards the bytes; ``report`` may raise."""
    from huggingface_hub.utils.tqdm import tqdm

    class Bar(tqdm):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            self._bytes = kwargs.get("unit") == "B" and "econstruct" in str(kwargs.get("desc"))
            self._done = 0.0
            kwargs["disable"] = True
            kwargs.pop("name", None)
            super().__init__(*args, **kwargs)  # type: ignore[no-untyped-call] # the hub's class has no annotations

        def update(self, n: float | None = 1) -> bool | None:
            self._done += n or 0
            if self._bytes:
                report(SpeechProgress("download", self._done, max(expected or 0.0, float(self.total or 0), self._done)))
            return None

    return Bar
