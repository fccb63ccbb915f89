"""Windows to learn from: recordings, pauses and noise put together, with all that is known about them.

For each 20 ms of the encoder: which word is heard, which word came before it, which phoneme. For the decoder: the
tokens that Whisper would give (with times or without, with a prompt or without) and, for each, where in the audio it
is heard, so that attention can be guided.

All mixing is done on log10 mel powers (see `features`): a sum of sounds is a sum of powers, a gain is an addition.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from tools.espeak import WORD
from tools.train_speech_model.features import (
    FRAMES_PER_SECOND,
    MELS,
    SAMPLE_RATE,
    SILENCE,
    WINDOW_FRAMES,
    log_power,
    normalised,
)
from tools.train_speech_model.tokens import TIMES, Encoder, Piece, Tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from tools.train_speech_model.recordings import Recording

STEPS_PER_SECOND = 50
"""Steps of the encoder's output, and of Whisper's timestamps."""
WINDOW_STEPS = 1500
NOWHERE = (-1, -1)
"""Span of a token that is not heard."""

_LN10 = float(np.log(10))
_RARE = 700  # a word in fewer recordings than this says what a sentence is about
# Of the whole windows that end early: inside a sentence. A model trained further with 0.6 was better in sequential
# recognition (word errors 0.2 % instead of 4 %) and worse in batched recognition with timestamps (10 % instead of 5 %).
# The two also differed in how long they were trained, so this is a hint; 0.2 has not been measured.
_CUT_OFF_SHARE = 0.2
_PROMPT_TOKENS = 223  # the longest prompt that Whisper is given
_LONGEST_PAUSE = 5.0


@dataclass(slots=True)
class Window:
    """What is heard in a window, and what to learn from it.

    Attributes:
        features: Shape (bands, 2 × steps), as the encoder wants them.
        offset: At which step of Whisper's 30 s window this one begins.
        words: Token heard at each step; 0 where none is.
        previous: Token of the word before it in the sentence.
        phonemes: Number of the phoneme heard at each step; 0 where none is.
        tokens: The decoder's sequence.
        targets: What it must say in their place; differs where nothing is said.
        spans: First and last step at which each token is heard.
        counted: Whether the decoder must learn to say the token.
    """

    features: NDArray[np.float32]
    offset: int
    words: NDArray[np.int64]
    previous: NDArray[np.int64]
    phonemes: NDArray[np.int64]
    tokens: list[int] = field(default_factory=list)
    targets: list[int] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)
    counted: list[bool] = field(default_factory=list)

    def say(self, token: int, span: tuple[int, int] = NOWHERE, *, counted: bool = True) -> None:
        """Append a token to the decoder's sequence."""
        self.tokens.append(token)
        self.targets.append(token)
        self.spans.append(span)
        self.counted.append(counted)


@dataclass(frozen=True, slots=True)
class Batch:
    """Windows of the same length, their sequences filled up with ``<|endoftext|>``; fields as in `Window`."""

    features: NDArray[np.float32]
    offset: NDArray[np.int64]
    words: NDArray[np.int64]
    previous: NDArray[np.int64]
    phonemes: NDArray[np.int64]
    tokens: NDArray[np.int64]
    targets: NDArray[np.int64]
    spans: NDArray[np.int64]
    counted: NDArray[np.bool_]


@dataclass(slots=True)
class _Heard:
    """What was put into a window so far."""

    power: NDArray[np.float32]
    window: Window
    sentences: list[list[Piece]] = field(default_factory=list)
    partial: list[Piece] | None = None  # a sentence that the window cuts off
    last_word: int = 0
    end: int = 0  # frame at which the recording ends


class Mixer:
    """Makes windows out of recordings."""

    def __init__(self, recordings: Sequence[Recording], tokens: Tokens, *, seed: int = 0) -> None:
        """Index the recordings.

        Args:
            recordings: What can be heard.
            tokens: Of the vocabulary that they keep to.
            seed: Of all choices; two mixers with one seed make the same windows.
        """
        self.tokens = tokens
        self.phonemes = phonemes_of(recordings)
        self._recordings = recordings
        self._encoder = Encoder(tokens)
        self._number = {name: index + 1 for index, name in enumerate(self.phonemes)}
        self._choice = random.Random(seed)
        self._numpy = np.random.default_rng(seed)
        self._noises = _noises()
        by_word: dict[str, list[int]] = {}
        for index, recording in enumerate(recordings):
            for word in set(WORD.findall(recording.text.lower())):
                by_word.setdefault(word, []).append(index)
        self._by_word = {word: places for word, places in by_word.items() if len(places) < _RARE}

    def batch(self, size: int, steps: int) -> Batch:
        """Make several windows.

        Args:
            size: How many.
            steps: Length of each in steps of 20 ms; `WINDOW_STEPS` gives whole windows, in which the audio may end
                early, with prompts.

        Returns:
            The windows.
        """
        windows = [self.window(steps) for _ in range(size)]
        longest = max(len(window.tokens) for window in windows)
        tokens = np.full((size, longest), self.tokens.end, np.int64)
        targets = tokens.copy()
        spans = np.full((size, longest, 2), -1, np.int64)
        counted = np.zeros((size, longest), np.bool_)
        for row, window in enumerate(windows):
            length = len(window.tokens)
            tokens[row, :length], targets[row, :length] = window.tokens, window.targets
            spans[row, :length], counted[row, :length] = window.spans, window.counted
        heard = (spans != -1).any(axis=2, keepdims=True)
        return Batch(
            features=np.stack([window.features for window in windows]),
            offset=np.array([window.offset for window in windows]),
            words=np.stack([window.words for window in windows]),
            previous=np.stack([window.previous for window in windows]),
            phonemes=np.stack([window.phonemes for window in windows]),
            tokens=tokens,
            targets=targets,
            spans=np.where(heard, np.clip(spans, 0, steps - 1), -1),
            counted=counted,
        )

    def window(self, steps: int) -> Window:
        """Make a window; see `batch`."""
        whole = steps == WINDOW_STEPS
        frames = 2 * steps
        words, previous, phonemes = (np.zeros(steps, np.int64) for _ in range(3))
        offset = 0 if whole else self._choice.randint(0, WINDOW_STEPS - steps)
        power = np.full((MELS, frames), SILENCE, np.float32)
        heard = _Heard(power, Window(power, offset, words, previous, phonemes), end=frames)
        if whole and self._choice.random() < 0.05:
            self._put_no_speech(heard)
        else:
            self._put_speech(heard, whole=whole)
        heard.window.features = self._features(heard)
        for labels in (words, previous, phonemes):
            labels[heard.end // 2 :] = 0
        self._write(heard, prompts=whole)
        return heard.window

    def _put_no_speech(self, heard: _Heard) -> None:
        frames = heard.power.shape[1]
        if self._choice.random() < 0.6:
            self._add_noise(heard.power, 0, frames, self._choice.uniform(-3, 0.3))
        if self._choice.random() < 0.5:
            heard.end = self._choice.randint(20, frames)

    def _put_speech(self, heard: _Heard, *, whole: bool) -> None:
        """Add sentences and pauses until the window is full."""
        choice, frames = self._choice, heard.power.shape[1]
        cut_off = whole and self._end_early(heard)
        time = self._first_pause(whole=whole)
        if whole and time > 2 and choice.random() < 0.6:
            self._add_noise(heard.power, 0, int(time * 100) - 10, choice.uniform(-2, 0))
        alike = self._alike()
        while time * 100 <= frames - 8:
            recording = choice.choice(alike if alike and choice.random() < 0.7 else self._recordings)
            pieces, cut = self._encoder.pieces(recording.text, recording.words), 0
            if not heard.sentences and choice.random() < (0.1 if frames >= 600 else 0.6) and len(recording.words) > 4:
                pieces, cut = self._begin_inside(recording, pieces)
                time = 0.0
            at = round(time * 100)
            rest = recording.power.shape[1] - cut  # frames of the recording that would be heard
            complete = at + rest - 1 <= heard.end
            if not complete and not heard.sentences and 600 <= frames < WINDOW_FRAMES and choice.random() < 0.7:
                time = choice.uniform(0, 0.1)  # look for a shorter one
                continue
            if not complete and heard.end < frames and not cut_off:
                # The audio ends with a whole sentence: the last one, or this one if it is the first.
                if heard.sentences:
                    if choice.random() < 0.5:
                        heard.end = min(frames, at - choice.randint(0, 12))
                    return
                heard.end = min(frames, at + rest)
                complete = True
            length = min(rest, (frames if complete else heard.end) - at)
            if length < 8:
                return
            self._put(heard, recording, pieces, at, slice(cut, cut + length))
            shift = (at - cut) / 100
            pieces = [Piece(p.token, p.start + shift, p.end + shift, p.is_word) for p in pieces]
            if not complete:
                heard.partial = pieces
                return
            heard.sentences.append(pieces)
            time = _end(pieces) + self._pause()
            if whole and choice.random() < 0.04:
                self._fall_silent(heard, int(time * 100))
                return

    def _end_early(self, heard: _Heard) -> bool:
        """Choose where the audio of a whole window ends; the answer is whether that may be inside a sentence.

        It is the end of a recording, or a window shorter than 30 s: faster-whisper fills both up with zeros.
        """
        choice, frames = self._choice, heard.power.shape[1]
        if choice.random() < 0.75:
            heard.end = choice.randint(150, frames) if choice.random() < 0.4 else choice.randint(500, 1000)
        return heard.end < frames and choice.random() < _CUT_OFF_SHARE

    def _begin_inside(self, recording: Recording, pieces: list[Piece]) -> tuple[list[Piece], int]:
        """The rest of a sentence, and the frame at which it begins."""
        first = recording.words[self._choice.randint(1, len(recording.words) - 3)][0]
        rest = [piece for piece in pieces if piece.start > first - 1e-6]
        return rest if rest[0].is_word else rest[1:], int(first * 100)

    def _fall_silent(self, heard: _Heard, start: int) -> None:
        """Nobody speaks any more from a frame on; there may be music."""
        if self._choice.random() < 0.4:
            self._add_noise(heard.power, start, heard.power.shape[1], self._choice.uniform(-2, 0))

    def _put(self, heard: _Heard, recording: Recording, pieces: list[Piece], at: int, part: slice) -> None:
        """Add a part of a recording at frame `at`, and label what is heard."""
        power, window, cut = heard.power, heard.window, part.start
        sound = recording.power[:, part].astype(np.float32)
        place = slice(at, at + sound.shape[1])
        power[:, place] = np.maximum(power[:, place], sound)
        shift = (at - cut) / 100
        steps = len(window.words)
        for piece in pieces:
            if piece.is_word:
                first, last = _step(piece.start + shift), _step(piece.end + shift)
                if first >= steps:
                    break
                window.words[first:last] = piece.token
                window.previous[first:last] = heard.last_word
                heard.last_word = piece.token
        ends = [*(moment for _, moment in recording.phonemes[1:]), recording.words[-1][1]]
        for (name, start), end in zip(recording.phonemes, ends, strict=True):
            first, last = _step(start + shift), _step(end + shift)
            if last > 0 and first < steps and name in self._number:
                window.phonemes[max(first, 0) : last] = self._number[name]

    def _features(self, heard: _Heard) -> NDArray[np.float32]:
        """Gain and noise, then what the encoder wants."""
        choice, power = self._choice, heard.power
        gain = choice.uniform(-1.2, 0.3)
        if choice.random() < 0.45:
            level = choice.uniform(-7, -2.6)
            tilt = choice.uniform(-1.2, 0.3) * np.linspace(0, 1, MELS, dtype=np.float32)[:, None]
            flicker = np.log10(self._numpy.gamma(1.6, 0.6, power.shape).astype(np.float32) + 1e-3)
            power = (np.logaddexp(power * _LN10, (flicker + level + tilt) * _LN10) / _LN10).astype(np.float32)
        power = np.maximum(power + gain, SILENCE)
        loudest = float(power[:, : heard.end].max())
        if not _is_speech(heard) and choice.random() < 0.5:
            loudest = max(loudest, 1.0 + gain)
        # The loudest sound may be in another window of the recording: faster-whisper looks at all of it.
        features = normalised(power, loudest + choice.uniform(0, 0.25))
        features[:, heard.end :] = 0  # what faster-whisper fills up short windows with
        return features

    def _write(self, heard: _Heard, *, prompts: bool) -> None:
        """The decoder's sequence."""
        choice, tokens, window = self._choice, self.tokens, heard.window
        timed = choice.random() < 0.45
        if prompts and choice.random() < 0.35:
            self._write_prompt(window)
        window.say(tokens.start, counted=False)
        if not _is_speech(heard):
            self._write_no_speech(window)
        elif timed:
            self._write_timed(heard)
        else:
            window.say(tokens.no_times, counted=False)
            last = 0
            limit = heard.end / FRAMES_PER_SECOND + 0.02
            for pieces in [*heard.sentences, *([heard.partial] if heard.partial else [])]:
                for piece in pieces:
                    if piece.end > limit:
                        break
                    last = _step(piece.end)
                    window.say(piece.token, (_step(piece.start) - 1, last + 1))
            window.say(tokens.end, (last, last + 6))

    def _write_timed(self, heard: _Heard) -> None:
        window, tokens = heard.window, self.tokens

        def time(seconds: float) -> int:
            return tokens.first_time + max(0, min(TIMES - 1, _step(seconds) + window.offset))

        last = 0
        for pieces in heard.sentences:
            start, end = max(0.0, pieces[0].start), _end(pieces)
            window.say(time(start), (_step(start) - 3, _step(start) + 2))
            for piece in pieces:
                window.say(piece.token, (_step(piece.start) - 1, _step(piece.end) + 1))
            last = _step(end)
            window.say(time(end), (last - 2, last + 4))
        if heard.partial and heard.partial[0].start < heard.end / FRAMES_PER_SECOND - 0.1:
            # Whisper ends with the start of what the window cuts off; the next window begins there.
            last = _step(heard.partial[0].start)
            window.say(time(heard.partial[0].start), (last - 3, last + 2))
        window.say(tokens.end, (last, last + 6))

    def _write_no_speech(self, window: Window) -> None:
        tokens = self.tokens
        if self._choice.random() < 0.6:
            window.say(tokens.first_time)
            if self._choice.random() < 0.85:
                window.targets[-1] = tokens.no_speech
        else:
            window.say(tokens.no_times, counted=False)
        window.say(tokens.end)

    def _write_prompt(self, window: Window) -> None:
        choice, tokens = self._choice, self.tokens
        wanted = choice.randint(1, _PROMPT_TOKENS)
        prompt: list[int] = []
        while len(prompt) < wanted:
            recording = choice.choice(self._recordings)
            start = choice.randint(0, 1400)
            said = [piece.token for piece in self._encoder.pieces(recording.text, recording.words)]
            if choice.random() < 0.8:
                end = min(TIMES - 1, start + 15 * len(said))
                said = [tokens.first_time + start, *said, tokens.first_time + end]
            prompt += said
        window.say(tokens.previous, counted=False)
        for token in prompt[-wanted:]:
            window.say(token, counted=False)

    def _alike(self) -> list[Recording]:
        """Recordings that share words.

        What people talk about comes again, and attention must not jump to where it came before.
        """
        if self._choice.random() < 0.4:
            return []
        text = self._choice.choice(self._recordings).text
        words = [word for word in WORD.findall(text.lower()) if word in self._by_word]
        self._choice.shuffle(words)
        return [
            self._recordings[index]
            for word in words[:3]
            for index in self._choice.sample(self._by_word[word], min(10, len(self._by_word[word])))
        ]

    def _first_pause(self, *, whole: bool) -> float:
        share = self._choice.random()
        if share < 0.15:
            return 0.0
        if share < 0.8:
            return self._choice.uniform(0, 0.6)
        return self._choice.uniform(0.6, 1.5) if not whole or share < 0.93 else self._choice.uniform(1.5, 8)

    def _pause(self) -> float:
        share = self._choice.random()
        if share < 0.7:
            return self._choice.uniform(0.12, 0.6)
        return self._choice.uniform(0.6, 1.5) if share < 0.92 else self._choice.uniform(1.5, _LONGEST_PAUSE)

    def _add_noise(self, power: NDArray[np.float32], start: int, end: int, level: float) -> None:
        noise = self._choice.choice(self._noises)
        end = min(end, power.shape[1], start + noise.shape[1])
        if end - start >= 10:
            begin = self._choice.randint(0, noise.shape[1] - (end - start))
            power[:, start:end] = np.maximum(power[:, start:end], noise[:, begin : begin + end - start] + level)


def phonemes_of(recordings: Sequence[Recording]) -> tuple[str, ...]:
    """Names of the phonemes that occur often enough to learn, pauses left out."""
    counts: dict[str, int] = {}
    for recording in recordings:
        for name, _ in recording.phonemes:
            counts[name] = counts.get(name, 0) + 1
    return tuple(sorted(name for name, count in counts.items() if count >= 20 and not name.startswith("_")))


def _noises(seconds: float = 35.0) -> list[NDArray[np.float32]]:
    """Log10 mel powers of what is no speech: tones, chords, arpeggios, hiss, rumble, a sweep, clicks."""
    random_state = np.random.RandomState(3)
    time = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    sounds = [np.sin(2 * np.pi * random_state.uniform(150, 1500) * time) for _ in range(3)]
    for _ in range(3):
        root = random_state.uniform(100, 900)
        chord = [np.sin(2 * np.pi * root * ratio * time + random_state.rand()) for ratio in (1, 1.26, 1.5, 2)]
        sounds.append(np.sum(chord, axis=0))
    for _ in range(4):
        step = random_state.uniform(0.1, 0.5)
        notes = (time / step).astype(int)
        frequency = 110 * 2 ** (random_state.randint(0, 36, notes.max() + 1) / 12)
        phase = np.cumsum(frequency[notes]) / SAMPLE_RATE * 2 * np.pi
        overtones = np.sin(phase) + 0.5 * np.sin(2 * phase) + 0.3 * np.sin(3 * phase)
        sounds.append(overtones * np.exp(-(time % step) * random_state.uniform(1, 8)))
    sounds.append(random_state.randn(len(time)))
    rumble = np.cumsum(random_state.randn(len(time)))
    sounds.append(rumble - np.convolve(rumble, np.ones(400) / 400, "same"))
    sounds.append(np.sin(2 * np.pi * np.cumsum(200 + 1000 * (time % 3)) / SAMPLE_RATE))
    sounds.append((random_state.rand(len(time)) > 0.9995) * random_state.randn(len(time)) * 5)
    return [log_power((0.3 * sound / np.abs(sound).max()).astype(np.float32)) for sound in sounds]


def _is_speech(heard: _Heard) -> bool:
    return bool(heard.sentences) or heard.partial is not None


def _end(pieces: Sequence[Piece]) -> float:
    """When the last word of a sentence ends."""
    return next(piece.end for piece in reversed(pieces) if piece.is_word)


def _step(seconds: float) -> int:
    return round(seconds * STEPS_PER_SECOND)
