"""Simulated recording conditions: telephone, noise, music, reverberation, low level, whispering, other voices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

RATE = 16_000


def telephone(speech: NDArray[np.float32]) -> NDArray[np.float32]:
    """Remove frequencies below 300 Hz and above 3.4 kHz."""
    spectrum, frequency = np.fft.rfft(speech), np.fft.rfftfreq(len(speech), 1 / RATE)
    spectrum[(frequency < 300) | (frequency > 3400)] = 0
    return np.fft.irfft(spectrum, len(speech)).astype(np.float32)


def noise(speech: NDArray[np.float32], decibels: float = 5.0) -> NDArray[np.float32]:
    """Add white noise at the given signal-to-noise ratio."""
    sound = np.random.default_rng(3).standard_normal(len(speech)).astype(np.float32)
    return _mixed(speech, sound, decibels)


def music(length: int) -> NDArray[np.float32]:
    """Generate chords, a bass, a drum and a hi-hat."""
    at = np.arange(length) / RATE
    chance = np.random.default_rng(4)
    beat = np.floor(at / 0.5).astype(int)
    roots = np.array([220.0, 196.0, 174.6, 261.6])[(beat // 4) % 4]
    sound = 2 * np.exp(-(at % 0.5) * 30) * np.sin(2 * np.pi * 60 * (at % 0.5))
    sound += 0.3 * chance.standard_normal(length) * np.exp(-(at % 0.25) * 60)
    for voice in range(6):
        steps = np.array([0, 4, 7, 12, 7, 4, 0, -5])[(beat + voice) % 8]
        phase = 2 * np.pi * np.cumsum(roots * 2 ** (steps / 12) * (1 if voice < 3 else 0.5)) / RATE
        sound += np.exp(-(at % 0.5) * 3) * (np.sin(phase) + 0.4 * np.sin(2 * phase) + 0.2 * np.sin(3 * phase))
    return np.asarray(sound, np.float32)


def over_music(speech: NDArray[np.float32]) -> NDArray[np.float32]:
    """Add background music 10 dB below the speech."""
    return _mixed(speech, music(len(speech)), 10.0)


def room(speech: NDArray[np.float32]) -> NDArray[np.float32]:
    """Add the reverberation of a hard room with a distant microphone."""
    length = round(0.6 * RATE)
    echo = np.random.default_rng(5).standard_normal(length) * np.exp(-np.arange(length) / RATE / 0.15)
    echo[0] = 8
    size = len(speech) + length
    wet = np.fft.irfft(np.fft.rfft(speech, size) * np.fft.rfft(echo, size), size)[: len(speech)]
    return np.asarray(0.7 * wet / np.abs(wet).max(), np.float32)


def quiet(speech: NDArray[np.float32]) -> NDArray[np.float32]:
    """Reduce the amplitude to a hundredth."""
    return 0.01 * speech


def whispered(speech: NDArray[np.float32]) -> NDArray[np.float32]:
    """Replace the voice by whispering: noise with the spectral envelope of the voice, without harmonics."""
    size, step = 512, 128
    shape = np.hanning(size + 1)[:size]
    breath = np.random.default_rng(6).standard_normal(len(speech))
    whisper = np.zeros(len(speech))
    for at in range(0, len(speech) - size, step):
        spectrum = np.log(np.abs(np.fft.rfft(shape * speech[at : at + size])) + 1e-4)
        cepstrum = np.fft.irfft(spectrum)
        cepstrum[30 : size - 30] = 0  # removes periods of 2 ms or more: the voice
        envelope = np.exp(np.fft.rfft(cepstrum).real)
        whisper[at : at + size] += shape * np.fft.irfft(envelope * np.fft.rfft(shape * breath[at : at + size]))
    return np.asarray(0.3 * whisper / np.abs(whisper).max(), np.float32)


def with_laughter(speech: NDArray[np.float32]) -> NDArray[np.float32]:
    """Add two seconds of laughter every fifteen seconds, as loud as the speech."""
    at = np.arange(len(speech)) / RATE
    burst = np.exp(-(at % 0.2) * 18) * (at % 15 < 2)
    pitch = 2 * np.pi * np.cumsum(330 - 60 * (at % 0.2) / 0.2 - 40 * (at % 15)) / RATE
    voice = sum(np.sin(n * pitch) / n for n in range(1, 9)) + 0.5 * np.random.default_rng(7).standard_normal(len(at))
    level = float(np.sqrt(np.square(speech[np.abs(speech) > 0.01]).mean()))
    laughter = burst * voice
    return np.asarray(speech + laughter * level / np.sqrt(np.square(laughter[burst > 0]).mean()), np.float32)


def two_voices(speech: NDArray[np.float32]) -> NDArray[np.float32]:
    """Add another, higher voice throughout, 10 dB below."""
    places = np.arange(0, len(speech) - 1, 1.18)
    other = np.interp(places, np.arange(len(speech)), np.roll(speech, len(speech) // 2))
    return _mixed(speech, np.resize(other, len(speech)).astype(np.float32), 10.0)


CONDITIONS: dict[str, Callable[[NDArray[np.float32]], NDArray[np.float32]]] = {
    "clean": lambda speech: speech,
    "telephone": telephone,
    "noise at 5 dB": noise,
    "music at 10 dB": over_music,
    "room": room,
    "quiet": quiet,
    "whispered": whispered,
    "with laughter": with_laughter,
    "two voices": two_voices,
}


def _mixed(speech: NDArray[np.float32], sound: NDArray[np.float32], decibels: float) -> NDArray[np.float32]:
    level = float(np.sqrt(np.square(speech[np.abs(speech) > 0.01]).mean()))
    return speech + sound * np.float32(level * 10 ** (-decibels / 20) / np.sqrt(np.square(sound).mean()))
