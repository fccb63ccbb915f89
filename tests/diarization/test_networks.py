"""Speaker embedding models of the user's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from podnotes import diarize
from podnotes.diarization.networks import bundled_network, speaker_model_id
from podnotes.errors import ModelError
from tests.diarization.talks import MAN, WOMAN, needs_espeak, talk, write_wav

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def own_model(tmp_path: Path) -> Path:
    path = tmp_path / "own.onnx"
    path.write_bytes(bundled_network("campplus").read_bytes())
    return path


@needs_espeak
def test_a_model_of_ones_own_is_used(tmp_path: Path, own_model: Path) -> None:
    said = talk((WOMAN, "Good morning, and welcome to the garden."), (MAN, "The snails have eaten the lettuce again."))
    audio = write_wav(tmp_path / "talk.wav", said.samples)
    assert diarize(audio, str(own_model)).turns == diarize(audio).turns


def test_models_are_told_apart_by_what_is_in_them(tmp_path: Path, own_model: Path) -> None:
    moved, other = tmp_path / "moved.onnx", tmp_path / "other.onnx"
    moved.write_bytes(own_model.read_bytes())
    other.write_bytes(b"another model")
    assert speaker_model_id(None) == "campplus"
    assert speaker_model_id(str(own_model)) == speaker_model_id(str(moved)) != "campplus"
    assert speaker_model_id(str(other)) != speaker_model_id(str(own_model))


@needs_espeak
@pytest.mark.parametrize("fault", ["no network", "another network", "no file"])
def test_what_is_no_speaker_model_is_refused_in_a_sentence(fault: str, tmp_path: Path) -> None:
    audio = write_wav(tmp_path / "talk.wav", talk((MAN, "Good morning.")).samples)
    path = tmp_path / "model.onnx"
    if fault == "no network":
        path.write_text("<html>not found</html>")
    elif fault == "another network":
        path.write_bytes(bundled_network("segmentation").read_bytes())
    with pytest.raises(ModelError, match=r"model\.onnx"):
        diarize(audio, str(path))
