"""What podnotes relies on in faster-whisper and the model hub's client beyond what they document.

pyproject.toml bounds both versions. When a bound is raised, these tests say what has to be looked at again.
"""

from __future__ import annotations

import inspect
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

if TYPE_CHECKING:
    from pathlib import Path


def names_of(function: Any) -> set[str]:
    return set(inspect.signature(function).parameters)


def test_the_versions_are_those_that_were_looked_at() -> None:
    assert version("faster-whisper").split(".")[:2] == ["1", "2"]
    assert version("huggingface-hub").split(".")[0] == "2"


def test_the_voice_detector_is_a_session_that_carries_its_state_on() -> None:
    from faster_whisper.vad import get_vad_model

    assert {one.name for one in get_vad_model().session.get_inputs()} == {"input", "h", "c"}


def test_faster_whisper_takes_what_it_is_given() -> None:
    from faster_whisper import BatchedInferencePipeline, WhisperModel
    from faster_whisper.audio import pad_or_trim
    from faster_whisper.tokenizer import Tokenizer
    from faster_whisper.transcribe import merge_punctuations

    assert names_of(WhisperModel.encode) == {"self", "features"}
    assert {"tokenizer", "text_tokens", "encoder_output", "num_frames"} <= names_of(WhisperModel.find_alignment)
    assert {"alignment", "prepended", "appended"} <= names_of(merge_punctuations)
    assert {"tokenizer", "multilingual", "task", "language"} <= names_of(Tokenizer)
    assert pad_or_trim(np.zeros((80, 10), np.float32)).shape == (80, 3000)
    assert {"clip_timestamps", "batch_size", "without_timestamps", "word_timestamps", "hotwords"} <= names_of(
        BatchedInferencePipeline.transcribe
    )


@pytest.mark.speech
def test_a_batch_is_encoded_once_by_the_model_and_says_where_its_windows_lie(speech_model: Path) -> None:
    from faster_whisper import BatchedInferencePipeline, WhisperModel

    model = WhisperModel(str(speech_model), device="cpu", compute_type="int8", cpu_threads=1)
    assert model.feature_extractor.chunk_length > 0
    assert model.supported_languages == ["en"]
    assert not model.model.is_multilingual
    assert model.max_length > 0
    assert model.hf_tokenizer.token_to_id("<|startoftranscript|>") is not None
    encode, encoded = model.encode, []

    def noted(features: Any) -> Any:
        encoded.append(len(features))
        return encode(features)

    model.encode = noted
    rng = np.random.default_rng(1)
    segments, _ = BatchedInferencePipeline(model).transcribe(
        (rng.standard_normal(16_000 * 8) * 0.1).astype(np.float32),
        clip_timestamps=[{"start": 0.5, "end": 3.0}, {"start": 4.0, "end": 7.25}],
        batch_size=2,
        language="en",
        vad_filter=False,
        without_timestamps=True,
    )
    assert {segment.seek for segment in segments} <= {50, 400}
    assert encoded == [2]


def test_the_hubs_client_reports_bytes_to_a_class_that_it_is_given() -> None:
    import huggingface_hub
    from huggingface_hub.errors import LocalEntryNotFoundError, RepositoryNotFoundError
    from huggingface_hub.utils.tqdm import tqdm

    wanted = {"tqdm_class", "local_dir", "allow_patterns", "endpoint", "token", "local_files_only"}
    assert wanted <= names_of(huggingface_hub.snapshot_download)
    assert callable(tqdm.update)
    assert issubclass(LocalEntryNotFoundError, OSError | ValueError)
    assert issubclass(RepositoryNotFoundError, Exception)
