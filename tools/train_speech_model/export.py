"""From a trained network to the files that faster-whisper loads."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ctranslate2.converters.transformers import WhisperLoader
from transformers import WhisperConfig, WhisperForConditionalGeneration

from tools.train_speech_model.features import MELS
from tools.train_speech_model.network import GUIDED_HEADS, NEXT_LAYER, SIZE
from tools.train_speech_model.windows import WINDOW_STEPS

if TYPE_CHECKING:
    from pathlib import Path

    from tools.train_speech_model.tokens import Tokens
    from tools.train_speech_model.training import Trained

QUANTISATION = "int8_float16"


def export(trained: Trained, folder: Path, *, window_seconds: int = 30) -> None:
    """Write a model in CTranslate2's format.

    Args:
        trained: The network; the heads that only training uses are left out.
        folder: Where the files go; made if missing.
        window_seconds: How much audio the model is given at a time, unless the caller says otherwise.
    """
    tokens = trained.tokens
    model = _whisper(trained)
    specification = WhisperLoader().get_model_spec(model)
    space = tokens.tokenizer().encode(" ", add_special_tokens=False).ids
    specification.config.suppress_ids = []
    specification.config.suppress_ids_begin = space
    specification.config.alignment_heads = [[NEXT_LAYER, head] for head in GUIDED_HEADS]
    specification.config.lang_ids = []
    specification.register_vocabulary(tokens.all())
    specification.validate()
    specification.optimize(quantization=QUANTISATION)
    folder.mkdir(parents=True, exist_ok=True)
    specification.save(str(folder))
    tokens.tokenizer().save(str(folder / "tokenizer.json"), pretty=False)
    features = {
        "chunk_length": window_seconds,
        "feature_size": MELS,
        "hop_length": 160,
        "n_fft": 400,
        "sampling_rate": 16000,
    }
    (folder / "preprocessor_config.json").write_text(json.dumps(features) + "\n", encoding="utf-8")


def _whisper(trained: Trained) -> WhisperForConditionalGeneration:
    """The network as Transformers' Whisper."""
    tokens: Tokens = trained.tokens
    config = WhisperConfig(
        vocab_size=tokens.total,
        num_mel_bins=MELS,
        d_model=SIZE.width,
        encoder_layers=SIZE.encoder_layers,
        decoder_layers=SIZE.decoder_layers,
        encoder_attention_heads=SIZE.heads,
        decoder_attention_heads=SIZE.heads,
        encoder_ffn_dim=SIZE.feed_forward,
        decoder_ffn_dim=SIZE.feed_forward,
        max_source_positions=WINDOW_STEPS,
        max_target_positions=SIZE.context,
        decoder_start_token_id=tokens.start,
        pad_token_id=tokens.end,
        bos_token_id=tokens.end,
        eos_token_id=tokens.end,
        suppress_tokens=[],
        begin_suppress_tokens=[],
        activation_function="gelu",
    )
    model = WhisperForConditionalGeneration(config).eval()
    weights = {
        f"model.{name}": value for name, value in trained.model.state_dict().items() if not name.startswith("aux_")
    }
    missing, unexpected = model.load_state_dict(weights, strict=False)
    if unexpected or not set(missing) <= {"proj_out.weight"}:
        raise ValueError(f"not a network of this project: missing {missing}, unexpected {unexpected}")
    model.tie_weights()
    return model
