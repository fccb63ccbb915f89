"""Extract the features that show whether a sentence is advertising or housekeeping: its phrases and its context.

The weights of the features are learned (`podnotes.ads.viterbi`).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from podnotes.text.sentence_words import CLINGING, HANGING, OPENERS
from podnotes.text.words import Remembered

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from podnotes.text.sentences import Sentence

_TOP_LEVEL = (
    "com|org|net|co|io|fm|tv|edu|gov|app|link|ai|us|uk|ca|au|de|shop|store|health|life|me|info|biz|ly|gg|club|live|bio"
    "|dev|tech|so|xyz|online|site|world|news|studio|cloud|email|money|fit|eu|ie|nz|in|ch|build|sh"
)
_ADDRESS = re.compile(rf"(?:https?://)?(?:[a-z0-9-]+[.,]+)+(?:{_TOP_LEVEL})(?:/.*)?|https?://.+|www\..+")
_PHONE = re.compile(
    r"(?:1-?)?\(?[89][0-9]{2}\)?-?[a-z0-9]{3}-?[a-z0-9]{4}|1-[89][0-9]{2}-[a-z0-9-]{5,}"
    r"|(?:[2-9][0-9]{2}-)?[0-9]{3}-[0-9]{4}"
)
_PRICE = re.compile(r"[$£€]\d[\d,.]*(?:k|m|bn|million|billion)?|\d[\d,.]*[€£]")
_PERCENT = re.compile(r"\d[\d.,]*%")
_SOCIAL = re.compile(
    r"(?:https?://)?(?:www[.,]+)?(?:patreon|instagram|twitter|facebook|youtube|tiktok|discord|substack|twitch|bsky|ko-fi"
    r"|buymeacoffee|threads|mastodon|reddit|spotify)[.,]+(?:com|gg|tv|app|net|social)(?:/.*)?"
)
# "sofi.com/cj", the usual form of "sofi.com slash CJ", but not pages on sites that host code or articles.
_PATH = re.compile(
    r"(?:https?://)?(?:www\.)?(?!(?:git|npmjs|pypi|crates|wikipedia|stackoverflow|medium|arxiv|doi)).+\.[a-z]+"
    r"/[a-z0-9-]+/?"
)
_NUMBER = re.compile(r"\d[\d,.]*(?:st|nd|rd|th|k|\+)?|\d+-\d+")
_EDGE = ".,?!;:\"'()[]{}<>…“”‘’«»*_-–—/\\"
_NUMBERS = """
NUM two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion twenty-four twenty-five
thirty-five forty-five ninety-nine
"""
_SAID_NUMBERS = frozenset(_NUMBERS.split())
_MONEY = ("dollar", "dollars", "bucks", "cents", "pounds", "quid", "euros")
_UNITS = {"percent": "PERCENT"} | dict.fromkeys(_MONEY, "PRICE")
_ADDRESSES = frozenset({"URL", "PATH"})
_SAID_ENDS = frozenset({"com", "org", "net", "co", "io", "fm", "tv", "edu", "uk", "ai", "dev", "gov", "app", "ie"})
_HOST = re.compile(r"(?:https?://)?(?:www\.)?([a-z0-9-]{3,63})[.,]")
_LEAST_SAID, _LONGEST_LABEL = 4, 63  # minimum letters of a spoken address; maximum of a label (RFC 1035)
_WORDS_SAID = 3  # maximum number of words before "dot com" that form the address
_LEAST_START, _LEAST_PART = 3, 5  # minimum letters of a word that an address starts with, or contains

_LONGEST = 3  # maximum words in a phrase
_LONG_SENTENCE = 40  # words
_AWAY = 90.0  # seconds beyond which a mention counts as elsewhere in the episode
_NEAR = 75.0  # seconds around an address in which its name is taken as the sponsor's
_TOGETHER, _SPOT = 60.0, 150.0  # maximum seconds between mentions of a name in one spot, and from first to last
_SPOTS = 6  # maximum number of spots for one name in an episode
_ENOUGH = 6  # number of words at which the novelty of a sentence counts fully
_EDGES = (15.0, 45.0, 120.0)  # seconds from the beginning and from the end
_LONG_ENOUGH = 300.0  # minimum seconds for an episode to have a beginning and an end
_LONG = 900.0  # seconds at which novelty counts fully; in a shorter episode, most words are new

_CALENDAR = """
monday tuesday wednesday thursday friday saturday sunday january february march april june july august september
october november december please thank thanks welcome hello today tonight tomorrow yesterday doctor mister
"""
_NO_NAMES = HANGING | CLINGING | frozenset(_CALENDAR.split()) | {word.lower() for word in OPENERS}

# Features of the break between two sentences, which affect how likely a change of label is.
BREAKS = ("step", "silence", "half a second", "a second", "two seconds", "four seconds", "apart")
_SILENCES = (0.5, 1.0, 1.8, 4.0, 25.0)  # seconds


class Token(NamedTuple):
    """An element of a phrase.

    Attributes:
        word: Normalised word; "NUM", "PRICE", "PERCENT" or "URL" for an expression of several words.
        named: Whether it is capitalised like a name.
    """

    word: str
    named: bool


class Features(NamedTuple):
    """Features of a sentence.

    Attributes:
        phrases: Its phrases of one to three words.
        values: Its context in the episode, by feature name; each from 0 to 2.
    """

    phrases: frozenset[str]
    values: Mapping[str, float]


def _normalise(word: str) -> str:
    bare = word.lower().replace("’", "'").strip(_EDGE)
    if not bare or bare.isalpha():
        return bare
    if _ADDRESS.fullmatch(bare):
        return "SOCIAL" if _SOCIAL.fullmatch(bare) else "PATH" if _PATH.fullmatch(bare) else "URL"
    if bare[-1] == "%" and _PERCENT.fullmatch(bare):
        return "PERCENT"
    if _PRICE.fullmatch(bare):
        return "PRICE"
    if _PHONE.fullmatch(bare):
        return "PHONE"
    if bare[0].isdigit() and _NUMBER.fullmatch(bare):
        return "NUM"
    return bare


_NORMALISED = Remembered(_normalise)


def normalised(text: str) -> list[str]:
    """Return the words of a sentence for comparison: lower case, without punctuation, "" if only punctuation.

    Placeholders stand for expressions: "URL", "PATH" (an address with a path), "SOCIAL" (one at Patreon, YouTube, …),
    "PRICE", "PERCENT", "PHONE" and "NUM".
    """
    return list(map(_NORMALISED.__getitem__, text.split()))


def tokens(text: str, words: Sequence[str]) -> list[Token]:
    """Split a sentence into tokens for phrases; "twenty five percent" and "dot com" are one token each."""
    made: list[Token] = []
    spoken = text.split()
    at = 0
    while at < len(words):
        word, last = words[at], at + 1
        named = False
        if word in _SAID_NUMBERS:
            while last < len(words) and words[last] in _SAID_NUMBERS:
                last += 1
            word = "NUM"
            if last < len(words) and words[last] in _UNITS:
                word, last = _UNITS[words[last]], last + 1
        elif word == "dot" and last < len(words) and words[last] in _SAID_ENDS:
            word, last = "URL", last + 1
        elif at and spoken[at][0].isupper() and word.islower() and word not in _NO_NAMES:
            named = spoken[at - 1][-1] not in ".?!"
        if word:
            made.append(Token(word, named))
        at = last
    return made


def phrases(of: Sequence[Token]) -> Iterator[str]:
    """Generate the phrases of one to three words.

    In phrases of two or three words, names become "NAME", and "^" and "$" mark the start and end of the sentence.
    """
    yield from (token.word for token in of)
    line = ["^", *("NAME" if token.named else token.word for token in of), "$"]
    for length in range(2, _LONGEST + 1):
        for at in range(len(line) - length + 1):
            yield " ".join(line[at : at + length])


def describe(sentences: Sequence[Sentence], words: Sequence[Sequence[str]]) -> list[Features]:
    """Describe each sentence of an episode by its features; doubtful sentences have only their length."""
    if not sentences:
        return []
    times = _mentions(sentences, words)
    in_spots = {word for word, at in times.items() if len(at) > 1 and _is_in_spots(at)}
    named = [address_names(sentence.text, of) for sentence, of in zip(sentences, words, strict=True)]
    given = [(sentence.start, name) for sentence, names in zip(sentences, named, strict=True) for name in names]
    begin, end = sentences[0].start, sentences[-1].end
    found = []
    for place, (sentence, of) in enumerate(zip(sentences, words, strict=True)):
        values = {"sentence": 1.0, "length": 2 * min(len(of), _LONG_SENTENCE) / _LONG_SENTENCE}
        if sentence.doubtful:
            found.append(Features(frozenset(), values))
            continue
        if not in_spots.isdisjoint(of):
            spoken = sentence.text.split()
            here = [at for at, word in enumerate(of) if word in in_spots]
            values["word only here"] = min(len({of[at] for at in here}), 4) / 4
            values["name only here"] = min(sum(at > 0 and spoken[at][:1].isupper() for at in here), 2) / 2
        telling = [times[word] for word in set(of) if word in times]
        if telling:
            new = sum(_is_new(at, sentence.start) for at in telling)
            values["new to the episode"] = new / max(len(telling), _ENOUGH) * min(1.0, (end - begin) / _LONG)
        near = {name for time, name in given if abs(time - sentence.start) <= _NEAR}
        if near and _names_one(of, near):
            values["name of an address near"] = 1.0
        if named[place]:
            values["address"] = 1.0
        if end - begin > _LONG_ENOUGH:
            for limit in _EDGES:
                if sentence.start - begin < limit:
                    values[f"first {limit:.0f} seconds"] = 1.0
                if end - sentence.end < limit:
                    values[f"last {limit:.0f} seconds"] = 1.0
        found.append(Features(frozenset(phrases(tokens(sentence.text, of))), values))
    return found


def breaks(sentences: Sequence[Sentence]) -> list[list[float]]:
    """Describe the break before each sentence by a number for each of `BREAKS`."""
    found = [[1.0] + [0.0] * (len(BREAKS) - 1)] if sentences else []
    for before, here in pairwise(sentences):
        gap = max(0.0, here.start - before.end)
        silences = [float(gap >= least) for least in _SILENCES]
        found.append([1.0, min(gap, 2.0) / 2, *silences])
    return found


def address_names(text: str, words: Sequence[str]) -> list[str]:
    """Find the names in web addresses: "insidetracker" for "www.InsideTracker.com" and for "inside tracker dot com"."""
    names = []
    if not _ADDRESSES.isdisjoint(words):
        spoken = text.split()
        hosts = (_HOST.match(spoken[at].lower().strip("\"'(“‘")) for at, word in enumerate(words) if word in _ADDRESSES)
        names = [host[1].replace("-", "") for host in hosts if host]
    if "dot" in words:
        for at, word in enumerate(words[:-1]):
            if word == "dot" and words[at + 1] in _SAID_ENDS:
                joined = ""
                for part in reversed(words[max(0, at - _WORDS_SAID) : at]):
                    if part in _NO_NAMES or not part:
                        break
                    joined = _joinable(part) + joined
                if _LEAST_SAID <= len(joined) <= _LONGEST_LABEL:
                    names.append(joined)
    return names


def _joinable(word: str) -> str:
    """Return the form of a word in an address: "its" for "it's"."""
    return word.replace("'", "").replace("-", "")


def _names_one(words: Sequence[str], names: Iterable[str]) -> bool:
    """Return whether a sentence contains one of the names or part of one: "Sleeptide" for "sleeptidebeds"."""
    bare = [_joinable(word.removesuffix("'s")) for word in words]
    parts = {"".join(bare[at:last]) for at in range(len(bare)) for last in range(at + 1, min(at + 3, len(bare)) + 1)}
    return any(
        (len(part) >= _LEAST_START and name.startswith(part)) or (len(part) >= _LEAST_PART and part in name)
        for name in names
        for part in parts
    )


def _mentions(sentences: Sequence[Sentence], words: Sequence[Sequence[str]]) -> dict[str, list[float]]:
    """Return the times at which each word that could be a name is said."""
    times: dict[str, list[float]] = defaultdict(list)
    for sentence, of in zip(sentences, words, strict=True):
        for word in of:
            if word and word not in _NO_NAMES:
                times[word].append(sentence.start)
    return times


def _is_new(at: Sequence[float], here: float) -> bool:
    """Return whether a word is said at most once elsewhere in the episode."""
    return bisect_left(at, here - _AWAY) + len(at) - bisect_left(at, here + _AWAY) <= 1


def _is_in_spots(at: Sequence[float]) -> bool:
    """Return whether a word occurs only in short spots, at least twice in each."""
    spots, first, count, last = 0, at[0], 0, at[0]
    for time in [*at, float("inf")]:
        if time - last > _TOGETHER:
            if count < 2 or last - first > _SPOT:
                return False
            spots += 1
            if spots > _SPOTS:
                return False
            first, count = time, 0
        last = time
        count += 1
    return True
