"""The mel filters in the speaker encoder are those that its network learned with."""

from __future__ import annotations

import numpy as np
from faster_whisper.feature_extractor import FeatureExtractor
from tools.convert_speaker_encoder import BANDS, FFT_SIZE, SAMPLE_RATE, mel_filters


def test_the_mel_filters_are_slaney_s() -> None:
    others = FeatureExtractor.get_mel_filters(SAMPLE_RATE, FFT_SIZE, BANDS)
    assert np.allclose(mel_filters(), others.T, atol=1e-7)
