"""Detection of speakers in text, from labels and marks for a change of speaker.

Captions name the speaker at each change, transcripts at each paragraph: ``ANNA: …``, ``[Anna] …``, ``(Anna): …``,
``>> Dr. Berg: …``, ``Speaker 1: …``, or the name on a separate line. All these forms are ambiguous ("Remember: pain is
no damage", "[the] brain"), so labels are determined from the whole file: names recur and aren't words of the running
text. Ambiguous segments get no speaker.

A dash or ``>>`` before a line marks a change of speaker without a name. Such speakers alternate between "Unknown 1" and
"Unknown 2", which only separates adjacent speakers.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from podnotes.sounds import is_bracketed_sound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podnotes.models import QualityFlag, Word

_DASH = re.compile(r"(?:[-‐‑–—−―]{1,2}(?![-\d>])[ ]?|(?:>>+|»+|››+|＞＞+)[ ]?)(?=\S)")
_CHEVRONS = re.compile(r"[>»›＞]")
_CHEVRONS_WITHIN = re.compile(r"[ ](?=(?:>>+|＞＞+)[ ]?\S)")
_LONG_DASH = re.compile(r"[–—―]|--")
_COLON = re.compile(
    r"[*_]{0,3}([^\W_](?:[^:：<>\[\](){}?!\"“”…;\n\u2060*.]|\.(?!\.)){0,48}?)"
    r"[*_]{0,3}[ ]?(?:[(\[][^()\[\]]{0,40}[)\]][ ]?)?(?:[:：][*_]{0,3}(?:[ ]+|$)|：(?!\d))"
)
_BRACKET = re.compile(
    r"(?:\[([^\[\]\n]{1,50})\]|\(([^()\n]{1,50})\)|\{([^{}\n]{1,50})\}|<([^<>\n]{1,50})>"
    r"|【([^【】\n]{1,50})】)[ ]?[:：]?(?:[ ]+|$)"
)
_DIVIDED = re.compile(r"[ ][-–—|][ ]")
_SEPARATED = re.compile(r"([^\W_][^:<>\[\](){}?!\"“”…;|\n]{0,40}?)(?:[ ][-–—|][ ]|[ ]?>[ ])(?=\S)")
_NUMBERED = re.compile(
    r"(?i)(?:speaker|spk|voice|host|co-?host|guest|narrator|interviewer|interviewee|moderator|participant|person|unknown"
    r"|sprecher(?:in)?|locuteur|hablante|orador|moderatorin)(?:[ _#-]{0,2}(?:\d{1,3}|[A-Z]))?"
)
_UNKNOWN = re.compile(r"Unknown [12]")
_SMALL = re.compile(r"and|&|de|da|der|den|di|du|la|le|van|von|zu|of|the|y|e|bin|ibn|al")
_TITLED = re.compile(
    r"(?:dr|prof|professor|doctor|mr|mrs|ms|mx|sir|dame|rev|herr|frau|mme|sr|sra)\.?[ ]", re.IGNORECASE
)
# Words before a colon that rarely name a speaker.
_NO_NAME = re.compile(
    r"note|question|answer|remember|example|warning|tip|step|chapter|part|section|number|reason|point|result|source|"
    r"reference|summary|conclusion|disclaimer|fact|myth|first|second|third|fourth|fifth|finally|also|so|and|but|or|yes|"
    r"no|okay|ok|well|now|then|here|there|hello|hi|look|listen|think|imagine|again|meaning|translation|update|correction|"
    r"spoiler|episode|season|title|subject|re|ps|https?|transcript|time|date|day|week|month|rule|lesson|takeaway|breathe|"
    r"important|attention|one|two|three|four|five|because|is|it|this|that|these|those|what|why|how|when|where|which|who|"
    r"my|your|our|his|her|its|their|i|you|he|she|we|they|if|in|on|at|to|for|with|from|by|of|the|a|an|"
    r"frage|antwort|merke|achtung|wichtig|also|und|aber|question|réponse|attention|pregunta|respuesta|recuerda"
)
_CONTINUED = re.compile(
    r"[ ]*\((?:cont(?:inu(?:ed|ing|es))?[.'’]?d?\.?|v\.?o\.?|o\.?s\.?|on phone|off)\)", re.IGNORECASE
)
_ENDS = re.compile(r"[.?!…。？！:;][\"'”’)\]]*$")
_CASED = re.compile(r"[a-zà-ÿA-ZÀ-ÞА-Яа-яΑ-Ωα-ω]")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a cue or of a paragraph.

    Attributes:
        text: Text without markup.
        speaker: Speaker as tagged or detected, or None.
        words: Words with times, or () if unknown.
    """

    text: str
    speaker: str | None = None
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class Cue:
    """Lines with a common start and end.

    Attributes:
        start: Seconds.
        end: Seconds; may precede ``start`` in a broken file.
        lines: Lines of text.
        doubt: Reason why the text can't be trusted, or None.
    """

    start: float
    end: float
    lines: tuple[Line, ...]
    doubt: QualityFlag | None = None


@dataclass(frozen=True, slots=True)
class _Label:
    """A possible speaker label at the start of a line.

    Attributes:
        name: Name as written.
        rest: Text after the label; "" if the label has a line of its own.
        form: ":" followed by a colon, "[" in brackets, "-" followed by a dash or similar, "=" on a line of its own.
    """

    name: str
    rest: str
    form: Literal[":", "[", "-", "="]

    @property
    def key(self) -> str:
        """The name, case-folded for comparison."""
        return self.name.casefold()


def attribute(cues: Sequence[Cue]) -> list[Cue]:
    """Attribute each line to a speaker, and remove labels and dashes from the text.

    Args:
        cues: Cues in chronological order. Tagged speakers are kept.

    Returns:
        The cues that contain words, with the speaker of each line. Adjacent lines of one speaker aren't joined; no line
        has words of two speakers.
    """
    cues = [_divided(cue, _CHEVRONS_WITHIN) for cue in cues]
    read = [[_read(line) for line in cue.lines] for cue in cues]
    verdict = _Verdict(cues, read)
    if verdict.within:
        cues = [_divided(cue, verdict.within) for cue in cues]
        read = [[_read(line) for line in cue.lines] for cue in cues]
    return _Attribution(cues, read, verdict).cues


def _divided(cue: Cue, pattern: re.Pattern[str]) -> Cue:
    """Split the lines of a cue at changes of speaker within them.

    Args:
        cue: The cue.
        pattern: Matches the space before a mark or label.
    """
    if not any(pattern.search(line.text) for line in cue.lines):
        return cue
    lines: list[Line] = []
    for line in cue.lines:
        words = line.words
        for text in filter(None, pattern.split(line.text)):
            count = len(text.split())
            lines.append(Line(text, line.speaker, words[:count]))
            words = words[count:]
    return replace(cue, lines=tuple(lines))


def is_known(speaker: str | None) -> bool:
    """Tell whether a speaker is named or labelled in the file, rather than "Unknown 1" or "Unknown 2"."""
    return speaker is not None and not _UNKNOWN.fullmatch(speaker)


def is_name(name: str) -> bool:
    """Tell whether a text has the form of a speaker's name or label, in capitals or mixed case."""
    if _NUMBERED.fullmatch(name):
        return True
    if not any(map(str.isalpha, name)):
        return False
    words = re.split(r"[ ,]+", name.strip())
    if not 1 <= len(words) <= 6 or _NO_NAME.fullmatch(words[0].lower().strip(".")):
        return False
    return all(word[:1].isupper() or _SMALL.fullmatch(word.lower()) or not _CASED.match(word) for word in words if word)


# ------------------------------------------------------------------------------------------------- reading one line


@dataclass(frozen=True, slots=True)
class _Read:
    """A parsed line: leading dash or chevrons, the text after them, and the possible label at its start."""

    dash: str
    text: str
    label: _Label | None


def _read(line: Line) -> _Read:
    text = line.text
    dash = ""
    if not text[:1].isalnum() and (match := _DASH.match(text)):
        dash, text = match.group(), text[match.end() :]
    return _Read(dash, text, _label(text))


@lru_cache(maxsize=4096)
def _label(text: str) -> _Label | None:
    if text[:1] in "[({<【":
        match = _BRACKET.match(text)
        if match is None:
            return None
        name = next(group for group in match.groups() if group).strip(" :")
        if not name or is_bracketed_sound(name, square=text[0] != "(") or not _has_shape(name):
            return None
        return _Label(_plain(name), text[match.end() :], "[")
    if ":" in text[:100] or "：" in text[:100]:
        match = _COLON.match(text)
        if match and _has_shape(match[1].strip()) and not _DIVIDED.search(match[1]):
            return _Label(_plain(match[1]), text[match.end() :], ":")
    if (match := _SEPARATED.match(text)) and is_name(match[1]):
        return _Label(match[1], text[match.end() :], "-")
    if len(text) <= 40 and is_name(text) and not text.endswith((".", "!", "?", ",")):
        return _Label(text, "", "=")
    return None


def _plain(name: str) -> str:
    return _CONTINUED.sub("", name).strip(" *_")


def _has_shape(name: str) -> bool:
    """Tell whether a text has the form of a label: a name, or up to three words in one case."""
    if is_name(name):
        return True
    words = name.replace(".", " ").split()
    lower = name == name.lower() and len(words) <= 3
    return (lower or (len(words) <= 3 and name.isupper())) and any(map(str.isalpha, name))


# ------------------------------------------------------------------------------------------ what is a label in a file


class _Verdict:
    """Determines which label candidates in a file are speaker labels.

    Attributes:
        names: Keys of the labels.
        uncertain: Keys of possible labels.
        within: Pattern for changes of speaker within a line: before a known label, or before a dash if lines start with
            dashes; None if there are none.
        everywhere: Whether labels occur not only at changes of speaker, so that a cue without one isn't attributed to
            the previous speaker.
        small: Whether the whole file is in lower case.
        dashes_share: Whether dashes occur only in cues with two speakers, so that they don't apply to later cues.
    """

    def __init__(self, cues: Sequence[Cue], read: Sequence[Sequence[_Read]]) -> None:
        self._cues = cues
        self._texts: str | None = None
        found: list[_Label] = []
        opening: Counter[str] = Counter()  # labels at the start of cues
        weak: Counter[str] = Counter()
        for lines in read:
            for place, line in enumerate(lines):
                label = line.label
                if label is None:
                    continue
                if label.form in "-=":
                    # Only at the start of a cue and before other text, as meeting software writes it.
                    if place == 0 and (label.rest or len(lines) > 1) and not line.dash:
                        weak[label.key] += 1
                    continue
                if label.rest or place + 1 < len(lines) or label.form == ":":
                    found.append(label)
                    opening[label.key] += place == 0
        self._size = max(1, len(cues))
        self._counts = Counter(label.key for label in found)
        spellings: defaultdict[str, Counter[str]] = defaultdict(Counter)
        forms: defaultdict[str, set[str]] = defaultdict(set)
        for label in found:
            spellings[label.key][label.name] += 1
            forms[label.key].add(label.form)
        spelled = {key: counts.most_common(1)[0][0] for key, counts in spellings.items()}
        letters = [c for cue in cues[:400] for line in cue.lines for c in line.text[:200] if c.isalpha()]
        self._capitals = sum(map(str.isupper, letters)) > 0.7 * max(1, len(letters))
        self.small = sum(map(str.isupper, letters)) < 0.005 * max(1, len(letters))
        likely = sum(n for key, n in self._counts.items() if self._is_likely(spelled[key], n))
        share = likely / self._size
        opened = sum(opening.values())
        # If nearly every cue starts with a label, anything at the start that looks like a name is one, too.
        self._opening = {key for key, n in opening.items() if n} if opened >= 0.8 * self._size else set()
        self._share = share
        singletons = sum(n == 1 for n in self._counts.values()) > 0.5 * len(self._counts)
        self.names: set[str] = set()
        self.uncertain: set[str] = set()
        for key, count in self._counts.items():
            verdict = self._judge(spelled[key], count, forms[key], singletons=singletons)
            if verdict:
                self.names.add(key)
            elif verdict is None:
                self.uncertain.add(key)
        self.weak = self._weak(weak)
        names = {label.name for label in found if label.key in self.names}
        marks = [
            rf"{re.escape(name)}(?:[ ]\([^()]{{1,30}}\))?[ ]?[:：]" for name in sorted(names, key=len, reverse=True)
        ]
        if any(line.dash and not _CHEVRONS.match(line.dash) for lines in read for line in lines):
            marks.append("[-–—][ ]?[^\\W\\d_a-z]")
        self.within = re.compile(rf"(?<=[.?!…\"”’)\]])[ ](?={'|'.join(marks)})") if marks else None
        told = [line.label.key for lines in read for line in lines if line.label and line.label.key in self.names]
        # Labels used only at changes of speaker are never followed by the same label.
        self.everywhere = sum(a == b for a, b in pairwise(told)) > 0.1 * len(told)
        at_once = [sum(bool(line.dash) for line in lines) for lines in read]
        self.dashes_share = any(at_once) and all(n != 1 for n in at_once)

    def _weak(self, weak: Counter[str]) -> set[str]:
        """Accept unmarked names as labels only if most cues have one and the names recur."""
        total = sum(weak.values())
        if total < 3 or total < 0.6 * self._size or len(weak) > max(2, 0.34 * total):
            return set()
        return set(weak)

    def _is_likely(self, name: str, count: int) -> bool:
        return bool(_NUMBERED.fullmatch(name)) or (
            not _NO_NAME.fullmatch(name.split(" ")[0].lower().strip(".")) and (is_name(name) or count > 1)
        )

    def _judge(self, name: str, count: int, forms: set[str], *, singletons: bool) -> bool | None:
        """Decide whether a label is a speaker's; None if it is unclear."""
        numbered = _NUMBERED.fullmatch(name)
        if numbered and (":" in forms or any(map(str.isdigit, name)) or count > 1):
            return True
        own = count / self._size
        if _NO_NAME.fullmatch(name.split(" ")[0].lower().strip(".")):
            return own >= 0.2 and count >= 4  # "Question:" and "Answer:" throughout the file
        if name.casefold() in self._opening and is_name(name):
            return True
        dense = self._share >= 0.3
        if name.isupper() and len(name) > 2 and not self._capitals and ":" in forms:
            # In "TENS: how it works", TENS isn't a speaker if the text mentions it.
            if count > 1:
                return True
            if self._mentions(name, exact=True) or (self._share <= 1 / self._size and self._size > 3):
                return False
            return True if singletons or not self._opening else None
        if name == name.lower() and _CASED.search(name):
            mentions = self._mentions(name)
            return count > 1 and own >= (0.1 if self.small else 0.2) and (mentions <= count or own >= 0.3)
        if not _CASED.search(name):  # a script without capitals
            return count > 1 and (own >= 0.05 or self._share >= 0.3)
        if self._mentions(name.lower(), exact=True) and not self._capitals and not self.small:  # a common word
            return count >= max(3, 0.05 * self._size)
        if "[" in forms and ":" not in forms and count == 1 and not dense:
            return False
        if count > 1:
            return count > 2 or self._share >= 0.05 or dense
        if not dense:
            return False
        if singletons or _TITLED.match(name) or len(name.split()) > 1:
            return True
        return None

    def _mentions(self, name: str, *, exact: bool = False) -> int:
        """Count the occurrences of a name in the running text."""
        if self._texts is None:
            self._texts = "\n".join(line.text for cue in self._cues for line in cue.lines)
        pattern = rf"(?<!\w){re.escape(name)}(?!\w|[ ]?[:：\])】])"
        return len(re.findall(pattern, self._texts, 0 if exact else re.IGNORECASE))


# ------------------------------------------------------------------------------------------------------ who says what


class _Attribution:
    """Goes through a file line by line and keeps track of the current speaker."""

    def __init__(self, cues: Sequence[Cue], read: Sequence[Sequence[_Read]], verdict: _Verdict) -> None:
        self._verdict = verdict
        self._tagged = any(line.speaker for cue in cues for line in cue.lines)
        self._current: str | None = None
        self._held = False  # whether a label was on its own, so that it applies to the next words
        self._finished = True  # whether the last words ended a sentence
        self.cues: list[Cue] = []
        for cue, lines in zip(cues, read, strict=True):
            self._goes_on = False
            told = [
                self._tell(line, parts, place) for place, (line, parts) in enumerate(zip(cue.lines, lines, strict=True))
            ]
            spoken = tuple(line for line in told if line is not None)
            if spoken:
                self.cues.append(replace(cue, lines=spoken))

    def _tell(self, line: Line, parts: _Read, place: int) -> Line | None:
        label, verdict = parts.label, self._verdict
        text = line.text
        if label and (label.key in verdict.weak and place == 0 if label.form in "-=" else label.key in verdict.names):
            self._current, text = label.name, label.rest
        elif label and label.form not in "-=" and label.key in verdict.uncertain:
            self._current, text = None, parts.text
        elif line.speaker:
            self._current, text = line.speaker, text if self._resumes(parts) else parts.text
        elif parts.dash and not self._resumes(parts):
            self._current, text = self._somebody_else(), parts.text
        elif not self._goes_on and not self._is_still_theirs():
            self._current = None
        self._held = not text
        if not text:
            return None
        self._goes_on = True
        self._finished = _ENDS.search(text) is not None
        return Line(text, self._current, _last_words(line, text))

    def _is_still_theirs(self) -> bool:
        """Tell whether a cue without a mark belongs to the previous speaker."""
        if self._held:
            return True
        if self._tagged:
            return False
        if not self._finished:
            return True
        if self._current is not None and not is_known(self._current):
            return not self._verdict.dashes_share
        return not self._verdict.everywhere

    def _resumes(self, parts: _Read) -> bool:
        """Tell whether a dash continues a sentence that was interrupted or wrapped, rather than mark a change."""
        if self._finished or not parts.text[:1].islower() or _CHEVRONS.match(parts.dash):
            return False
        # In a file without capitals, a short dash before a lower-case letter is ambiguous.
        return bool(_LONG_DASH.match(parts.dash)) or not self._verdict.small

    def _somebody_else(self) -> str:
        return "Unknown 2" if self._current == "Unknown 1" else "Unknown 1"


def _last_words(line: Line, text: str) -> tuple[Word, ...]:
    """Return the timed words of the remaining text, since the label was timed as a word as well."""
    return line.words[len(line.words) - len(text.split()) :] if line.words else ()
