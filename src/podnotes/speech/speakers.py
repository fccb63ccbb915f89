"""Who speaks: names that stand before the words ("ANNA: …", ">> Dr. Berg: …", "Speaker 1: …").

Captions name a speaker where the speaker changes, transcripts at each paragraph. A label is taken for a name only when
it looks like one and the file as a whole speaks for it: "Remember: pain is not damage" names nobody.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podnotes.models import Doubt, Word

_PREFIX = re.compile(r"(?:>>+[ ]?|[-–—][ ])?([^\W_][^:<>\[\](){}?!\"“”]{0,48}?):[ ]+(?=\S)")
_CHANGE = re.compile(r">>+[ ]?")
_NUMBERED = re.compile(r"(?i)(speaker|spk|voice|host|guest|narrator|interviewer|interviewee)[ _-]?[0-9A-Z]{0,3}")
_SMALL = re.compile(r"and|&|de|da|der|den|di|du|la|le|van|von|zu|of|the|y|e|bin|ibn|al")
# Capitalised words that open a sentence before a colon far more often than they name anybody.
_NO_NAME = re.compile(
    "note|question|answer|remember|example|warning|tip|step|chapter|part|section|number|reason|point|result|source|"
    "reference|summary|conclusion|disclaimer|fact|myth|first|second|third|fourth|fifth|finally|also|so|and|but|or|yes|"
    "no|okay|ok|well|now|then|here|there|hello|hi|look|listen|think|imagine|again|meaning|translation|update|correction|spoiler|episode|season|"
    "title|subject|re|ps|https?|transcript|time|date|day|week|month|rule|lesson|takeaway"
)


@dataclass(frozen=True, slots=True)
class Line:
    """What one cue says before speakers are told apart.

    Attributes:
        start: Seconds.
        end: Seconds.
        texts: Its lines without mark-up.
        words: Words with times, or ().
        speaker: Name where the file tags it.
        tagged: Whether the file has a tag for who speaks here.
        doubt: Why it is not to be trusted, or None.
    """

    start: float
    end: float
    texts: tuple[str, ...]
    words: tuple[Word, ...] = ()
    speaker: str | None = None
    tagged: bool = False
    doubt: Doubt | None = None

    def with_texts(self, texts: tuple[str, ...]) -> Line:
        """The same line with other texts."""
        return replace(self, texts=texts)

    def until(self, end: float) -> Line:
        """The same line with another end."""
        return replace(self, end=max(self.end, end))


def looks_like_speaker(text: str) -> re.Match[str] | None:
    """Tell whether a text begins with what could be a speaker's name and a colon.

    Returns:
        The match: group 1 is the name, the match's end is where the words begin.
    """
    if ":" not in text[:56]:
        return None
    match = _PREFIX.match(text)
    return match if match and _is_name(match.group(1)) else None


def find_speakers(lines: Sequence[Line]) -> list[Line]:
    """Move names that stand before the words into ``speaker``.

    A name in mixed case counts when it comes twice or when names stand before a large part of the lines; where names
    stand only at changes, they hold until the next.

    Args:
        lines: In order of time; lines with a tagged speaker are left as they are.
    """
    if any(line.tagged for line in lines):
        return list(lines)
    matches = [looks_like_speaker(line.texts[0]) if line.texts else None for line in lines]
    names = Counter(match.group(1) for match in matches if match)
    if not names and not any(line.texts and line.texts[0].startswith(">>") for line in lines):
        return list(lines)
    share = sum(names.values()) / len(lines)
    many = share == 1 or (share >= 0.4 and sum(names.values()) > 1)
    accepted = {name for name, count in names.items() if count > 1 or many or _is_certain(name)}
    at_changes_only = sum(names[name] for name in accepted) < 0.5 * len(lines)
    current: str | None = None
    found: list[Line] = []
    for line, match in zip(lines, matches, strict=True):
        first = line.texts[0] if line.texts else ""
        if match and match.group(1) in accepted:
            current = match.group(1)
            found.append(_without_prefix(line, first[match.end() :], current))
            continue
        changed = _CHANGE.match(first)
        if changed:  # somebody else, who isn't named
            current = None
            found.append(_without_prefix(line, first[changed.end() :], None))
            continue
        found.append(replace(line, speaker=current if at_changes_only else None))
    return [line for line in found if line.texts]


def _without_prefix(line: Line, first: str, speaker: str | None) -> Line:
    texts = ((first,) if first else ()) + line.texts[1:]
    # The name was timed as a word, too.
    words = line.words[len(line.words) - len(" ".join(texts).split()) :] if line.words else ()
    return replace(line, texts=texts, words=words, speaker=speaker)


def _is_certain(name: str) -> bool:
    return (name.isupper() and len(name) > 2) or _NUMBERED.fullmatch(name) is not None


def _is_name(name: str) -> bool:
    if _NUMBERED.fullmatch(name):
        return True
    words = re.split(r"[ ,]+", name.strip())
    if not 1 <= len(words) <= 6 or _NO_NAME.fullmatch(words[0].lower().strip(".")):
        return False
    return all(word[:1].isupper() or _SMALL.fullmatch(word.lower()) for word in words if word)
