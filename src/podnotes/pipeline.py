"""The whole way: feeds → audio → transcript → passages → drafts, remembered and resumed.

The only module that knows the order of the steps. Each episode goes through them alone, so that a bad one never stops
the others; what is finished is in the library before the next step begins, so that an interrupted run goes on where
it stopped. The next episode's audio is fetched while this one is recognised.
"""

from __future__ import annotations

import hashlib
import json
import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from podnotes.errors import FeedError, LibraryError, OutputError, PodnotesError
from podnotes.models import Episode, Findings, Podcast, Topic, Transcript

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from concurrent.futures import Future
    from datetime import date

    from podnotes.library import DraftResult, Library
    from podnotes.notes import NoteOptions
    from podnotes.speech import SpeechOptions

log = logging.getLogger(__name__)
