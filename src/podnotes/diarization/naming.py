"""Naming voices by evidence; without enough evidence, a voice stays unnamed.

The evidence consists of names in the transcript, voices named in earlier episodes, words of the episode (introductions,
greetings and thanks by name), and people listed in the feed and the title. A spoken name counts only if the feed
confirms it, or if it occurs twice in the same spelling, because a speech model spells unfamiliar names at random.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from podnotes.transcripts.people import bare_name, plain_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from podnotes.diarization.enrollment import KnownVoice
    from podnotes.models import Episode

_TITLE = r"(?:(?:Dr|Prof|Mr|Mrs|Ms)\.?\s|Doctor\s|Professor\s)?"
_NAME = (
    rf"({_TITLE}[A-Z][\w'’-]+(?:\s(?:[A-Z]\.|(?:de|del|van|von|der|den|di|da|la|le|bin|al)\b|[A-Z][\w'’-]+)){{0,4}})"
)
_SELF = re.compile(
    rf"\b(?:[Mm]y name is|[Mm]y name's|I'm your host,?|I am your host,?|I'm|I am|[Tt]his is) {_NAME}"
    r"(?=[,.!?;]| and\b| from\b|$)"
)
# Somebody else is introduced, who speaks next.
_OTHER = re.compile(
    r"\b(?:(?:[Mm]y|[Oo]ur) guest (?:today |this week |for today )?(?:is|are)|[Tt]oday'?s guest is|"
    r"(?:joined|here|talking|speaking|sitting down|chatting)(?: today)?(?: down)? (?:by|with|to)|"
    rf"[Ww]elcome(?: back)?,?) {_NAME}"
)
# Somebody is addressed by name.
_SPOKEN_TO = re.compile(
    r"\b(?:[Tt]hanks|[Tt]hank you|[Hh]i|[Hh]ello|[Hh]ey|[Gg]ood morning)(?: so much| very much)?,? "
    rf"{_NAME}(?=[,.!?;—–-]|$)"
    rf"|(?:^|[.!?] ){_NAME}, (?:thanks|thank you|welcome|great to|good to|it's great|what|how|why|tell)\b"
)
# Guests named in titles: "… with Dr. Jack Feldman", "Dr. Jack Feldman: …".
_IN_TITLE = re.compile(
    r"(?:\b(?:with|w/|ft\.?|feat\.?|featuring)\s+(?P<after>[^|:–—(]+?)\s*(?:$|[|:–—(]))"
    r"|^(?P<before>(?:Dr|Prof)\.? [^:|–—]{3,40}):"
)
# Words that occur in the place of a name, capitalised at the start of a sentence.
_NO_NAMES = re.compile(
    "i|you|it|we|he|she|they|the|an?|and|but|so|or|if|yes|no|not|this|that|there|here|what|how|why|who|when|where|"
    "everyone|everybody|all|guys|friends|folks|today|welcome|thanks?|hello|hi|good|great|well|okay|ok|right|"
    "listeners|ladies|gentlemen|(?:mon|tues|wednes|thurs|fri|satur|sun)day|god|episode|part"
)
# A voice with a smaller share of the speech is a clip or a laugh, not a person named in the feed.
_LEAST_SHARE = 0.05
# Weights of the kinds of evidence.
_BY_SELF, _BY_INTRODUCTION, _BY_ADDRESS = 3, 2, 1


@dataclass(frozen=True, slots=True)
class Naming:
    """The name of a voice, and the reason for it.

    Attributes:
        name: The name, or None if unclear.
        reason: A sentence for the user.
    """

    name: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Utterance:
    """Consecutive words of one voice.

    Attributes:
        voice: Index of the voice, or None if unknown.
        text: The words.
    """

    voice: int | None
    text: str


def name_voices(
    utterances: Sequence[Utterance],
    seconds: Sequence[float],
    episode: Episode | None = None,
    known: Mapping[int, KnownVoice] | None = None,
    given: Mapping[int, str] | None = None,
) -> dict[int, Naming]:
    """Name the voices of an episode.

    Args:
        utterances: The utterances of the episode, in order of time.
        seconds: Speech of each voice.
        episode: The feed's information, or None without a feed.
        known: Known voices of the show, by index of the episode's voice.
        given: Names from the transcript, by index of the voice.

    Returns:
        Name and reason by index of the voice; each name at most once.
    """
    stated = _stated(episode)
    votes: dict[int, Counter[str]] = defaultdict(Counter)
    candidates: set[str] = set()
    for voice, name, worth in _evidence(utterances):
        full = _in_full(name, stated)
        candidates.add(full)
        if voice is not None:
            votes[voice][full] += worth
    said = " ".join(utterance.text for utterance in utterances)
    credible = {name for name in candidates if _is_stated(name, episode, stated) or _count(name, said) > 1}
    given, known = given or {}, known or {}
    result = {voice: Naming(name, "The transcript names the speaker.") for voice, name in given.items()}
    for voice, one in known.items():
        if one.name is not None and one.name not in given.values():
            result.setdefault(voice, Naming(one.name, "This voice was named in this show before."))
    taken = {bare_name(naming.name or "").lower() for naming in result.values()}
    claims = sorted(
        ((worth, voice, name) for voice, names in votes.items() for name, worth in names.items()),
        key=lambda claim: -claim[0],
    )
    for worth, voice, name in claims:
        if voice in result or worth <= 0 or name not in credible or bare_name(name).lower() in taken:
            continue
        rival = max(
            (
                w
                for w, v, n in claims
                if (v == voice) != (n == name) and v not in result and (n == name or n in credible)
            ),
            default=0,
        )
        if worth > rival:
            result[voice] = Naming(name, "The speaker is named in the episode.")
            taken.add(bare_name(name).lower())
    _by_elimination(result, seconds, stated, taken)
    for voice in range(len(seconds)):
        result.setdefault(voice, Naming(None, "Neither the episode nor its feed identifies this speaker."))
    return result


def _evidence(utterances: Sequence[Utterance]) -> Iterable[tuple[int | None, str, int]]:
    """Return all evidence as voice, name and weight; a negative weight is evidence against the name."""
    for index, utterance in enumerate(utterances):
        text = utterance.text.replace("’", "'")
        before = _other_voice(utterance.voice, reversed(utterances[:index]))
        after = _other_voice(utterance.voice, utterances[index + 1 :])
        for name in _names(_SELF, text):
            if len(name.split()) > 1 or re.search(rf"name(?: is|'s) {re.escape(name)}", text):
                yield utterance.voice, name, _BY_SELF
        for name in _names(_OTHER, text):
            yield after, name, _BY_INTRODUCTION
            yield utterance.voice, name, -_BY_INTRODUCTION
        for name in _names(_SPOKEN_TO, text):
            opening = text.find(name) < 60
            yield (before if opening and before is not None else after), name, _BY_ADDRESS
            yield utterance.voice, name, -_BY_ADDRESS


def _names(pattern: re.Pattern[str], text: str) -> Iterable[str]:
    for match in pattern.finditer(text):
        found = next((group for group in match.groups() if group), "")
        name = plain_name(found)
        if name and not any(_NO_NAMES.fullmatch(word.lower().strip(".")) for word in bare_name(name).split()):
            yield name


def _other_voice(own: int | None, utterances: Iterable[Utterance]) -> int | None:
    """Return the first voice that isn't the own one."""
    return next((one.voice for one in utterances if one.voice not in (own, None)), None)


def _stated(episode: Episode | None) -> list[str]:
    """Return the full names of people that the feed states for the episode."""
    if episode is None:
        return []
    names = [name for person in episode.persons if (name := plain_name(person.name))]
    match = _IN_TITLE.search(episode.title)
    if match:
        for part in re.split(r",? (?:and|&) |, ", match["after"] or match["before"]):
            name = plain_name(part)
            if name and re.fullmatch(_NAME, name) and len(bare_name(name).split()) > 1:
                names.append(name)
    kept: dict[str, str] = {}
    for name in names:
        kept.setdefault(bare_name(name).lower(), name)
    return list(kept.values())


def _in_full(name: str, stated: Sequence[str]) -> str:
    """Return the full name stated by the feed if exactly one contains the given name, else the given name."""
    parts = set(bare_name(name).lower().split())
    fitting = [full for full in stated if parts <= set(bare_name(full).lower().split())]
    return fitting[0] if len(fitting) == 1 else name


def _is_stated(name: str, episode: Episode | None, stated: Sequence[str]) -> bool:
    if name in stated:
        return True
    if episode is None:
        return False
    return _count(name, f"{episode.title} {episode.summary} {episode.author or ''}") > 0


def _count(name: str, text: str) -> int:
    return len(re.findall(rf"\b{re.escape(bare_name(name))}\b", text))


def _by_elimination(
    result: dict[int, Naming], seconds: Sequence[float], stated: Sequence[str], taken: set[str]
) -> None:
    """Give the last unnamed voice the last unused name, if there are as many voices as known people."""
    heard = [voice for voice, length in enumerate(seconds) if length >= _LEAST_SHARE * sum(seconds)]
    left = [voice for voice in heard if voice not in result]
    people = [name for name in stated if bare_name(name).lower() not in taken]
    if len(heard) == len(taken) + len(people) and len(left) == len(people) == 1:
        result[left[0]] = Naming(people[0], "The feed names no other possible speaker.")
