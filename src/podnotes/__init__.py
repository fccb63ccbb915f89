"""podnotes: turn podcasts into draft blog posts with verbatim quotes, on your own machine.

The steps can be used individually::

    podcast = podnotes.read_feed("https://example.org/feed.xml")
    audio = podnotes.fetch_audio(podcast.episodes[0], "audio")
    transcript = podnotes.transcribe(audio, model="small.en")
    findings = podnotes.find_passages(transcript, podnotes.load_topics("bodywork"))
    note = podnotes.compose_note(podcast.episodes[0], findings, transcript)
    print(podnotes.render(note))

or all together, with results saved in the library::

    for result in podnotes.draft_notes("https://example.org/feed.xml"):
        print(result.outcome, result.drafts)

Names are imported on first use, so ``import podnotes`` is quick; ``__init__.pyi`` lists them.
"""

from __future__ import annotations

import importlib
import logging
import re
from pathlib import Path

__version__ = "0.1.0"

_STUB = Path(__file__).with_suffix(".pyi").read_text(encoding="utf-8")
_MODULES = {name: module for module, name in re.findall(r"^from (\S+) import (\w+)", _STUB, re.MULTILINE)}
__all__ = sorted(_MODULES)


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(_MODULES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__


logging.getLogger(__name__).addHandler(logging.NullHandler())
