"""Speech models: found in a folder, downloaded from a hub, told about when they can't be had."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from podnotes.asr.model_store import download_model, find_model, list_models
from podnotes.errors import ModelError
from tests.asr.hub import Hub

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from podnotes.asr.speech_options import SpeechProgress

REPOSITORY = "Systran/faster-whisper-tiny.en"


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("PODNOTES_MODELS", "PODNOTES_MIRROR", "HF_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    # The hub's client reads its settings when it is imported.
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def hub(speech_model: Path) -> Iterator[Hub]:
    with Hub(REPOSITORY, speech_model) as running:
        yield running


def test_a_folder_is_a_name(speech_model: Path, tmp_path: Path) -> None:
    assert find_model(speech_model) == speech_model
    assert find_model(str(speech_model)) == speech_model
    with pytest.raises(ModelError, match=r"no model\.bin"):
        find_model(tmp_path)


def test_an_unknown_name_is_answered_with_those_there_are() -> None:
    with pytest.raises(ModelError, match=r"“smal\.en”.*tiny\.en.*large-v3"):
        find_model("smal.en")
    with pytest.raises(ModelError, match="“smal”"):
        download_model("smal")


def test_a_name_downloads_on_first_use_and_never_again(hub: Hub, tmp_path: Path) -> None:
    seen: list[SpeechProgress] = []
    folder = find_model("tiny.en", mirror=hub.url, models_dir=tmp_path / "models", on_progress=seen.append)
    assert folder == tmp_path / "models" / "tiny.en"
    for name in ("model.bin", "config.json", "tokenizer.json"):
        assert (folder / name).read_bytes() == (hub.files / name).read_bytes()
    assert not (folder / "README.md").exists()
    assert {event.step for event in seen} == {"download"}
    assert [event.done for event in seen] == sorted(event.done for event in seen)
    assert seen[-1].done >= (hub.files / "model.bin").stat().st_size
    assert all(event.total is not None and event.done <= event.total for event in seen)
    asked = len(hub.asked)
    assert find_model("tiny.en", mirror=hub.url, models_dir=tmp_path / "models") == folder
    assert len(hub.asked) == asked


def test_without_a_folder_of_her_own_models_go_where_the_hubs_client_keeps_them(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PODNOTES_MIRROR", hub.url)
    folder = find_model("tiny.en")
    assert folder.is_relative_to(tmp_path / "cache")
    asked = len(hub.asked)
    assert find_model("tiny.en", offline=True) == folder
    assert find_model(REPOSITORY, offline=True) == folder
    assert len(hub.asked) == asked
    (there,) = [model for model in list_models() if model.folder is not None]
    assert (there.name, there.folder, there.english_only) == ("tiny.en", folder, True)


def test_the_environment_names_the_folder(monkeypatch: pytest.MonkeyPatch, speech_model: Path, tmp_path: Path) -> None:
    shutil.copytree(speech_model, tmp_path / "mine" / "small.en")
    shutil.copytree(speech_model, tmp_path / "mine" / "my-own")
    monkeypatch.setenv("PODNOTES_MODELS", str(tmp_path / "mine"))
    assert find_model("small.en", offline=True) == tmp_path / "mine" / "small.en"
    assert find_model("my-own", offline=True) == tmp_path / "mine" / "my-own"
    there = {model.name: model for model in list_models() if model.folder is not None}
    assert set(there) == {"small.en", "my-own"}
    assert there["my-own"].size_mb == 2 or there["my-own"].size_mb == 3
    assert all(model.size_mb for model in list_models())


def test_offline_says_what_to_do() -> None:
    with pytest.raises(ModelError, match=r"podnotes models download small\.en"):
        find_model("small.en", offline=True)


def test_a_hub_that_cant_be_reached(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="can't be reached; go online once") as caught:
        find_model("small.en", mirror="http://127.0.0.1:9", models_dir=tmp_path)
    assert "\n" not in str(caught.value)


def test_a_hub_that_doesnt_have_it(hub: Hub, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"“base\.en” at http://127"):
        find_model("base.en", mirror=hub.url, models_dir=tmp_path)


def test_a_repository_that_is_no_speech_model(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "config.json").write_text("{}", encoding="utf-8")
    with Hub("somebody/else", tmp_path / "files") as hub, pytest.raises(ModelError, match="CTranslate2"):
        find_model("somebody/else", mirror=hub.url, models_dir=tmp_path / "models")


def test_a_download_that_breaks_off_leaves_no_half_model(hub: Hub, tmp_path: Path) -> None:
    hub.cut = True
    with pytest.raises(ModelError):
        find_model("tiny.en", mirror=hub.url, models_dir=tmp_path / "models")
    with pytest.raises(ModelError, match="isn't on this computer"):
        find_model("tiny.en", models_dir=tmp_path / "models", offline=True)
    hub.cut = False
    folder = find_model("tiny.en", mirror=hub.url, models_dir=tmp_path / "models")
    assert (folder / "model.bin").stat().st_size == (hub.files / "model.bin").stat().st_size


def test_a_folder_that_cant_be_written(hub: Hub, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    with pytest.raises(ModelError):
        find_model("tiny.en", mirror=hub.url, models_dir=tmp_path / "file")
