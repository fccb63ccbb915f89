"""Synthesise speech with word and phoneme times, using libespeak-ng.

The library is called through ``ctypes`` because, unlike the command ``espeak-ng``, it reports the start of each word
and phoneme. On Debian and Ubuntu it is in ``libespeak-ng1``, a dependency of ``espeak-ng``.

Source: ``speak_lib.h`` of eSpeak NG 1.51, https://github.com/espeak-ng/espeak-ng.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SAMPLE_RATE = 22050
"""Sampling rate of everything espeak-ng speaks, in Hz."""

WORD = re.compile(r"[A-Za-z']+")
"""What counts as a word of a text."""

# Constants of speak_lib.h.
_AUDIO_OUTPUT_SYNCHRONOUS = 2
_INITIALIZE_PHONEME_EVENTS = 1
_EVENT_LIST_TERMINATED, _EVENT_WORD, _EVENT_PHONEME = 0, 1, 7
_PARAMETER_RATE, _PARAMETER_PITCH = 1, 3
_POSITION_CHARACTER = 1
_CHARS_UTF8, _END_PAUSE = 1, 0x1000

_SILENT_PHONEMES = frozenset({"_:", "_", "_::", ""})
_AUDIBLE = 40  # minimum magnitude of speech samples; silence of espeak-ng is exactly 0


class EspeakMissingError(RuntimeError):
    """libespeak-ng is not installed, or lacks a voice."""


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """A word with its times.

    Attributes:
        text: The word as written.
        start: Seconds from the first sample.
        end: Seconds from the first sample.
        merged: Whether espeak-ng spoke it as one word with its neighbour ("of the"), so that the boundary between them
            is estimated from the lengths of the words.
    """

    text: str
    start: float
    end: float
    merged: bool = False


@dataclass(frozen=True, slots=True)
class Phoneme:
    """A phoneme in espeak-ng's notation, with its start in seconds from the first sample."""

    name: str
    start: float


@dataclass(frozen=True, slots=True)
class Speech:
    """A synthesised text.

    Attributes:
        samples: Mono, 16 bit, at `SAMPLE_RATE`.
        words: The words in order.
        phonemes: The phonemes in chronological order, including silent ones.
        start: Start of the speech in seconds.
        end: End of the speech in seconds.
    """

    samples: NDArray[np.int16]
    words: tuple[SpokenWord, ...]
    phonemes: tuple[Phoneme, ...]
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice of espeak-ng.

    Attributes:
        name: Name of the voice, with a variant after a plus sign: ``en-us+f3``.
        rate: Words per minute.
        pitch: 0 to 100; 50 is the voice's default.
    """

    name: str = "en-us"
    rate: int = 150
    pitch: int = 50


@dataclass(frozen=True, slots=True)
class _Event:
    kind: int
    position: int  # of the word in the text, counted from 0
    time: float  # seconds
    name: str  # of the phoneme


class _EventId(ctypes.Union):
    _fields_: ClassVar = [("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8)]


class _EventStructure(ctypes.Structure):
    _fields_: ClassVar = [
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _EventId),
    ]


_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_EventStructure)
)


class Espeak:
    """Synthesiser using libespeak-ng.

    The library has one state per process, and the variation of a voice depends on earlier calls. The same calls in the
    same order in a new process give the same samples.
    """

    def __init__(self) -> None:
        self._library = _load()
        self._voice: str | None = None
        self._blocks: list[NDArray[np.int16]] = []
        self._events: list[_Event] = []
        self._callback = _Callback(self._receive)  # keeps a reference, since the library calls it later
        self._library.espeak_SetSynthCallback(self._callback)

    @property
    def version(self) -> str:
        """The library's version, such as ``1.51``."""
        self._library.espeak_Info.restype = ctypes.c_char_p
        version: bytes = self._library.espeak_Info(None)
        return version.decode().split()[0]

    def speak(self, text: str, voice: Voice | None = None) -> Speech:
        """Speak a text, ideally a single sentence.

        Args:
            text: ASCII text with at least one word.
            voice: The voice; by default the one that the small speech model was trained on.

        Returns:
            The samples and the times of words and phonemes.

        Raises:
            EspeakMissingError: If espeak-ng has no such voice.
            ValueError: If the text has no word, or the library refuses it.
        """
        if not WORD.search(text) or not text.isascii():
            raise ValueError(f"not an ASCII text with at least one word: {text!r}")
        voice = voice or Voice()
        if voice.name != self._voice:
            if self._library.espeak_SetVoiceByName(voice.name.encode()) != 0:
                raise EspeakMissingError(f"espeak-ng has no voice {voice.name!r}")
            self._voice = voice.name
        self._library.espeak_SetParameter(_PARAMETER_RATE, voice.rate, 0)
        self._library.espeak_SetParameter(_PARAMETER_PITCH, voice.pitch, 0)
        self._blocks, self._events = [], []
        data = text.encode() + b"\0"
        status = self._library.espeak_Synth(
            data, ctypes.c_size_t(len(data)), 0, _POSITION_CHARACTER, 0, _CHARS_UTF8 | _END_PAUSE, None, None
        )
        if status != 0 or not self._blocks:
            raise ValueError(f"espeak-ng did not speak {text!r} (status {status})")
        return _speech(text, np.concatenate(self._blocks), self._events)

    def _receive(self, samples: Any, count: int, events: Any) -> int:
        if samples and count > 0:
            self._blocks.append(np.ctypeslib.as_array(samples, (count,)).copy())
        for event in events:
            if event.type == _EVENT_LIST_TERMINATED:
                break
            if event.type in (_EVENT_WORD, _EVENT_PHONEME):
                name = (
                    bytes(event.id)[:8].split(b"\0")[0].decode("utf-8", "replace")
                    if event.type == _EVENT_PHONEME
                    else ""
                )
                self._events.append(_Event(event.type, event.text_position - 1, event.audio_position / 1000, name))
        return 0


def _load() -> Any:
    name = ctypes.util.find_library("espeak-ng") or "libespeak-ng.so.1"
    try:
        library = ctypes.CDLL(name)
    except OSError as error:
        raise EspeakMissingError("libespeak-ng is not installed (Debian: apt install espeak-ng)") from error
    rate = library.espeak_Initialize(_AUDIO_OUTPUT_SYNCHRONOUS, 0, None, _INITIALIZE_PHONEME_EVENTS)
    if rate != SAMPLE_RATE:
        raise EspeakMissingError(f"libespeak-ng did not start with its usual sampling rate (answer {rate})")
    return library


def _speech(text: str, samples: NDArray[np.int16], events: list[_Event]) -> Speech:
    audible = np.flatnonzero(np.abs(samples.astype(np.int32)) > _AUDIBLE)
    start, end = float(audible[0]) / SAMPLE_RATE, float(audible[-1] + 1) / SAMPLE_RATE
    phonemes = tuple(Phoneme(event.name, event.time) for event in events if event.kind == _EVENT_PHONEME)
    return Speech(samples, _words(text, events, phonemes, (start, end)), phonemes, start, end)


def _words(
    text: str, events: list[_Event], phonemes: tuple[Phoneme, ...], bounds: tuple[float, float]
) -> tuple[SpokenWord, ...]:
    matches = list(WORD.finditer(text))
    times: list[float | None] = [None] * len(matches)
    for event in events:
        if event.kind == _EVENT_WORD:
            for index, match in enumerate(matches):
                if match.start() <= event.position < match.end() and times[index] is None:
                    times[index] = event.time
                    break
    merged = [time is None for time in times]
    starts = _interpolated(times, [len(match.group()) for match in matches], bounds)
    silences = [phoneme.start for phoneme in phonemes if phoneme.name in _SILENT_PHONEMES]
    words = []
    for index, match in enumerate(matches):
        start = starts[index]
        end = starts[index + 1] if index + 1 < len(matches) else bounds[1]
        # A word before a comma ends before the next word starts.
        end = next((silence for silence in silences if start + 0.05 < silence < end), end)
        guess = merged[index] or (index + 1 < len(matches) and merged[index + 1])
        words.append(SpokenWord(match.group(), max(start, bounds[0]), min(end, bounds[1]), guess))
    return tuple(words)


def _interpolated(times: list[float | None], lengths: list[int], bounds: tuple[float, float]) -> list[float]:
    """Return the starts of all words; those without an event are interpolated by number of letters."""
    starts = [bounds[0] if index == 0 and time is None else time for index, time in enumerate(times)]
    result: list[float] = []
    for index, time in enumerate(starts):
        if time is not None:
            result.append(time)
            continue
        following = next((later for later in range(index, len(starts)) if starts[later] is not None), len(starts))
        until = starts[following] if following < len(starts) else bounds[1]
        assert until is not None
        share = lengths[index - 1] / sum(lengths[index - 1 : following])
        result.append(result[-1] + (until - result[-1]) * share)
    return result
