"""Times in transcripts: clock times with fractions of a second or frames.

Only the file as a whole shows what the digits after the seconds mean: "05.16" is sixteen hundredths of a second in one
file and frame sixteen in another. :class:`Fractions` decides this once for all times in a file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from podnotes.timestamps import parse_time

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

#: A clock time in five groups: hours, minutes, seconds, separator of the fraction, fraction. Digits and punctuation may
#: be full-width, and machine translation leaves spaces after the colons.
CLOCK = r"(?:(\d{1,4})[:：][ ]?)?(\d{1,3})[:：][ ]?(\d{1,2})(?:([.,:;，．；][ ]?)(\d+(?:\.\d+)?))?(?![\d:：])"
# Frame rates by upper bound of the highest frame number in a file.
_RATES = ((24, 24.0), (25, 25.0), (30, 30.0), (50, 50.0), (60, 60.0))


def parse_stamp(text: str) -> float | None:
    """Parse a timestamp: ``1:02``, ``1:02:03``, ``1m54s`` or ``1 minute 54 seconds``, but not a bare number."""
    return None if re.fullmatch(r"[\d.,\s]*", text) else parse_time(text.strip().lstrip("@"))


def format_time(seconds: float, *, mark: str = ".") -> str:
    """Format a time as ``HH:MM:SS.mmm``.

    Args:
        seconds: Time in seconds, not negative.
        mark: Separator before the milliseconds: "." in WebVTT, "," in SRT.
    """
    milliseconds = round(seconds * 1000)
    return (
        f"{milliseconds // 3_600_000:02d}:{milliseconds // 60_000 % 60:02d}:"
        f"{milliseconds // 1000 % 60:02d}{mark}{milliseconds % 1000:03d}"
    )


@dataclass(frozen=True, slots=True)
class Fractions:
    """Meaning of the digits after the seconds in a file.

    Attributes:
        frames: Frame rate (frames a second) if the digits are frame numbers, else None.
        counted: Whether the digits are milliseconds with decimals of their own, instead of decimals of the second.
    """

    frames: float | None = None
    counted: bool = False

    @classmethod
    def of(cls, times: Iterable[Sequence[str | None]]) -> Fractions:
        """Infer the meaning from all times in a file.

        Args:
            times: Groups of :data:`CLOCK` for each time.
        """
        stated = [(mark or "", digits) for *_, mark, digits in times if digits]
        found = [digits for _, digits in stated]
        if not found:
            return cls()
        if any("." in digits for digits in found):  # "05,667.0999": a program that wrote milliseconds as a float
            return cls(counted=True)
        pairs = all(len(digits) <= 2 for digits in found)
        highest = max(map(int, found)) if pairs else 0
        marked = sum(mark.strip() in ":;；：" for mark, _ in stated) * 2 > len(stated)
        # Hundredths of a second wouldn't all stay below thirty in so many times.
        telling = all(len(digits) == 2 for digits in found) and len(found) >= 20 and len(set(found)) >= 8
        if pairs and highest < (60 if marked else 30 if telling else 0):
            return cls(frames=next(rate for limit, rate in _RATES if highest < limit))
        return cls()

    def seconds(self, time: Sequence[str | None]) -> float:
        """Convert a time to seconds.

        Args:
            time: Groups of :data:`CLOCK`.

        Returns:
            Seconds, rounded to milliseconds, so that written times are read back as the same floats.
        """
        hours, minutes, seconds, _, digits = time
        whole = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0)
        if not digits:
            return float(whole)
        if self.frames:
            return round(whole + int(digits) / self.frames, 3)
        if self.counted:
            return round(whole + float(digits) / 1000, 3)
        # Not float(): digits may be full-width.
        digits = digits.partition(".")[0][:9]
        return round(whole + int(digits) / 10.0 ** len(digits), 3)
