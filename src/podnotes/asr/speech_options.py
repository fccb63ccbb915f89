"""Options and progress of speech recognition."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from podnotes.checks import check_number, check_texts, check_type
from podnotes.errors import UsageError

DEVICES = ("auto", "cpu", "cuda")
#: Incremented whenever the same audio, model and options yield different words, so that chunks of an earlier version
#: are not combined with those of this one.
DECODING = 3


@dataclass(frozen=True, slots=True)
class SpeechOptions:
    """Options of speech recognition; the defaults suit the computer it runs on.

    Attributes:
        device: "auto" (a GPU if CTranslate2 finds one), "cpu" or "cuda".
        compute_type: CTranslate2's: "auto" (float16 on a GPU, int8 on a CPU), "int8", "int8_float32", "bfloat16", …
        threads: CPU threads, or 0 for the number of physical cores.
        batch_size: Windows of up to 30 s recognised at once, or 0 for a choice based on device and memory.
        beam_size: Hypotheses followed by the decoder; 5 is Whisper's default, 1 is faster and slightly less accurate.
        hotwords: Words for the decoder to expect, such as names and terms.
        allow_incomplete: Whether to recognise a truncated file as far as it goes, with a warning, instead of raising
            an error.
        models_dir: Folder for speech models, or None for ``PODNOTES_MODELS`` or the hub's own cache.
        mirror: Address of a mirror of the Hugging Face hub, or None for ``PODNOTES_MIRROR`` or ``HF_ENDPOINT``.
        offline: Whether downloads are forbidden.
    """

    device: str = "auto"
    compute_type: str = "auto"
    threads: int = 0
    batch_size: int = 0
    beam_size: int = 5
    hotwords: tuple[str, ...] = ()
    allow_incomplete: bool = False
    models_dir: Path | None = None
    mirror: str | None = None
    offline: bool = False

    def __post_init__(self) -> None:
        if self.device not in DEVICES:
            raise UsageError(f"“{self.device}” isn't a device; choose one of {', '.join(DEVICES)}.")
        for name in ("threads", "batch_size"):
            check_number(f"{name} (0: automatic)", getattr(self, name), least=0)
        check_number("beam_size", self.beam_size, least=1)
        object.__setattr__(self, "hotwords", check_texts("hotwords", self.hotwords))
        if self.models_dir is not None:
            check_type("models_dir", self.models_dir, "a folder", str, Path)
            object.__setattr__(self, "models_dir", Path(self.models_dir))


@dataclass(frozen=True, slots=True)
class SpeechProgress:
    """Progress of speech recognition.

    Attributes:
        step: "download" (of the model; ``done`` and ``total`` in bytes), "load" or "recognise" (in seconds of audio).
        done: Bytes or seconds done.
        total: Total bytes or seconds, or None if unknown.
        speed: Seconds of audio (bytes of a download) per second in this run, or None before the first result.
        left_s: Remaining seconds at this speed, estimated from earlier runs on this computer before the first result;
            None if unknown.
    """

    step: str
    done: float
    total: float | None = None
    speed: float | None = None
    left_s: float | None = None
