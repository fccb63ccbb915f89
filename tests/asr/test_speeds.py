"""How fast models are on this machine: measured and remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from podnotes import DraftOptions
from podnotes.asr.model_store import list_models
from podnotes.asr.recognition import transcribe
from podnotes.asr.throughput import expected_speed, remember_speed, suitable_model
from podnotes.models import Transcript
from podnotes.pipeline.transcription import Recogniser
from tests.asr.conftest import write_wav
from tests.asr.test_recognition import Parrot

if TYPE_CHECKING:
    from pathlib import Path

    from tests.asr.conftest import Spoken


def test_a_run_is_measured() -> None:
    assert expected_speed("small.en") is None
    remember_speed("small.en", 3600, 900)
    assert expected_speed("small.en") == 4.0
    remember_speed("small.en", 3600, 600)
    assert expected_speed("small.en") == 5.0
    remember_speed("small.en", 5, 5)
    assert expected_speed("small.en") == 5.0
    assert expected_speed("medium.en") is None
    assert {model.name: model.speed for model in list_models()}["small.en"] == 5.0


def test_a_run_remembers(tmp_path: Path, spoken: Spoken) -> None:
    transcribe(write_wav(tmp_path / "a.wav", spoken.part(0, 70).samples), Parrot())
    speed = expected_speed("parrot")
    assert speed is not None
    assert speed > 1


@pytest.mark.parametrize(
    ("cores", "memory", "gpus", "english", "other"),
    [
        (8, 32.0, 1, "distil-large-v3", "large-v3-turbo"),
        (8, 32.0, 0, "small.en", "small"),
        (2, 4.0, 0, "small.en", "small"),
        (1, 4.0, 0, "base.en", "base"),
        (4, 2.0, 0, "base.en", "base"),
        (1, 1.0, 0, "tiny.en", "tiny"),
    ],
)
def test_the_choice_follows_the_machine_and_the_language(
    cores: int, memory: float, gpus: int, english: str, other: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("podnotes.asr.throughput.physical_cores", lambda: cores)
    monkeypatch.setattr("podnotes.asr.throughput.memory_gb", lambda: memory)
    monkeypatch.setattr("podnotes.asr.throughput.cuda_devices", lambda: gpus)
    assert suitable_model("en-GB") == suitable_model("EN_us") == english
    assert suitable_model("de") == suitable_model(None) == other
    # How fast a model was once changes nothing: an interrupted run goes on with the same one.
    remember_speed(english, 3600, 36000)
    assert suitable_model("en") == english
    assert {model.name for model in list_models() if model.suits} == {english, other}


def test_an_episode_gets_the_model_of_its_language() -> None:
    recogniser = Recogniser(DraftOptions(), print)
    for language in ("en", "de", None):
        made = Transcript((), 60.0, language=language, model=suitable_model(language))
        assert not recogniser.is_made_by_another(made)
        assert Recogniser(DraftOptions(model="large-v3"), print).is_made_by_another(made)
    assert recogniser.is_made_by_another(Transcript((), 60.0, language="en", model="large-v3"))


def test_a_broken_memory_is_no_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "speeds.json"
    monkeypatch.setattr("podnotes.asr.throughput._file", lambda: file)
    for content in ("{", "[1]", '{"small.en": "fast", "tiny.en": -1}'):
        file.write_text(content, encoding="utf-8")
        assert expected_speed("small.en") is None
    monkeypatch.setattr("podnotes.asr.throughput._file", lambda: tmp_path / "speeds.json" / "no" / "folder")
    remember_speed("small.en", 3600, 900)
    assert expected_speed("small.en") is None
