"""Playback of short sounds with an installed player."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

#: Command lines of players that exit after playing, the most common of each system first.
_PLAYERS = (
    ("afplay",),
    ("pw-play",),
    ("paplay",),
    ("ffplay", "-nodisp", "-autoexit", "-loglevel", "quiet"),
    ("mpv", "--no-video", "--really-quiet"),
    ("aplay", "-q"),
    ("play", "-q"),
)
_LONGEST = 20.0  # seconds


def play(sound: Path) -> bool:
    """Play a WAV file and wait until it ends.

    Args:
        sound: The file.

    Returns:
        Whether a player was found and succeeded.
    """
    if sys.platform == "win32":
        import winsound

        winsound.PlaySound(str(sound), winsound.SND_FILENAME)
        return True
    for name, *options in _PLAYERS:
        if (player := shutil.which(name)) is None:
            continue
        try:
            done = subprocess.run(  # noqa: S603 - a player of the machine, on a file of ours
                [player, *options, str(sound)], stdin=subprocess.DEVNULL, capture_output=True, timeout=_LONGEST
            )
        except (OSError, subprocess.TimeoutExpired):
            continue
        if done.returncode == 0:
            return True
    return False
