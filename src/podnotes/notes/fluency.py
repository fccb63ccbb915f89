"""Does a spoken sentence stand on its own on paper?

Talk leans on what was said before ("And that's why …") and on the room ("as I mentioned"). A sentence that is lifted
out of it reads well when it begins with a subject that it names itself, says something rather than announcing it, and
is free of stumbling. These are rules on surface words, as no tagger is at hand without a download; they are meant to be
strict, because there are always more sentences than a draft has room for.
"""

from __future__ import annotations

import re
from functools import lru_cache

from podnotes.notes import fluency_words as lists
from podnotes.notes.fluency_words import alternatives
from podnotes.text.words import count_words as count_words

_OPENER = re.compile(rf"{alternatives(lists.OPENERS)}(?:,\s*|\s+)(?=\S)")
_NOT_OPENER = re.compile(alternatives(lists.NOT_OPENERS))
_LEANING = re.compile(rf"{alternatives(lists.LEANING)}(?![\w'-])")
_FORWARD = re.compile(alternatives(lists.FORWARD))
_POINTING = re.compile(rf"(?<![\w'-]){alternatives(lists.POINTING)}(?![\w'-])")
_PRONOUN = re.compile(r"\b(?:he|she|they|him|her|them|his|their|it|its|there|here)\b")
_EARLY = re.compile(r"\b(?:he|she|they|him|them|it|this|these|those)\b(?!-)")
_ANNOUNCING = re.compile(rf"(?<![\w'-]){alternatives(lists.ANNOUNCING)}(?![\w'-])")
_PERSONAL = re.compile(rf"(?<![\w'-]){alternatives(lists.PERSONAL)}(?![\w'-])")
_ANECDOTE = re.compile(rf"(?<![\w'-]){alternatives(lists.ANECDOTE)}(?![\w'-])")
_STUMBLING = re.compile(rf"(?<![\w'-]){alternatives(lists.STUMBLING)}(?![\w'-])|\b(\w+),? \1\b|[…♪\[\]]|\.\.\.|--|—")
_EXPLAINING = re.compile(rf"(?<![\w'-]){alternatives(lists.EXPLAINING)}(?![\w'-])")
_VERB = re.compile(rf"(?<![\w-]){alternatives(lists.VERBS)}(?:s|es)?(?![\w-])")
_BROKEN_OFF = re.compile(rf"(?<![\w'-]){alternatives(lists.BROKEN_OFF)}(?![\w'-])")
_TRAILING = re.compile(rf"(?<![\w'-]){alternatives(lists.TRAILING)}(?![\w'-])")
_IN_THE_ROOM = re.compile(rf"(?<![\w'-]){alternatives(lists.IN_THE_ROOM)}(?![\w'-])")
_ASKED = re.compile(rf"{alternatives(lists.ASKED)}")
# "Physical touch is this foundational element of culture": this one points forward.
_EXPLAINED = re.compile(
    r"(?<=\bis )this(?= (?:[\w-]+ ){1,3}(?:of|that|which|where|called)\b)"
    r"|(?<=\bhave )this(?= (?:[\w-]+ ){1,2}(?:of|to)\b)"
    r"|(?<=\bare )these(?= (?:[\w-]+ ){1,3}(?:that|which|where|called|within|inside)\b)"
    r"|\bthis(?= (?:[\w-]+ ){1,2}called\b)"
)
_SOURCE = re.compile(
    r"\b(?:this|these|that|those) (stud(?:y|ies)|papers?|protocols?|experiments?|subjects|article|groups?|book)\b"
)
_THEY = re.compile(r"\b(?:they|them|their)\b")
_MANY = re.compile(
    r"\b(?:people|children|men|women|folks|those|both|(?!(?:is|was|has|does|this|its|us|thus|always|perhaps|sometimes|"
    r"less|unless|as|yes|plus)\b)\w{2,}s)\b|\w+ (?:and|or) \w+|\b(?:somebody|someone|everyone|everybody|anyone|nobody|"
    r"person|each|every|client|patient|child|team|couple|majority|number|group|public|baby|family|animal|organism|cell)\b"
)
_HE = re.compile(r"\b(?:he|she|him|his|her|hers)\b", re.IGNORECASE)
_SOMEBODY = re.compile(
    r"(?<=[\w,] )(?!I\b)[A-Z]\w+|\b(?i:person|people|man|woman|boy|girl|mother|father|mom|dad|child|baby|infant|"
    r"son|daughter|husband|wife|friend|partner|client|patient|doctor|therapist|surgeon|nurse|teacher|student|athlete|runner|author|"
    r"scientist|researcher|psychologist|professor|colleague|animal|rat|mouse|monkey|dog|someone|somebody|everyone|anyone|"
    r"nobody|whoever|king|queen|player|guy|kid)\b"
)
_ASKING = re.compile(rf"{alternatives(lists.ASKING)}\b")
_TAG_QUESTION = re.compile(r",? (?:right|okay|ok|you know|isn't it|correct|huh|yeah|don't you think)[?.!]?$")
# What transcribers write where they don't write words: "[laughter]", "[unintelligible 00:24:13]".
_NOT_SAID = re.compile(r"[\[\]♪]|\((?:laughs?|laughter|inaudible|music|applause|crosstalk)\)", re.IGNORECASE)
# Questions to one who is there, about a past of theirs, or meant as an exclamation.
_TO_SOMEBODY = re.compile(
    r"(?:are|were|did|do|have|would|could|will|has|had) (?:you|we|our|your)\b|who (?:would|could|knew)\b|"
    r"what (?:about|if)\b|.*\b(?:did (?:we|you)|we were|you were|our parents)\b"
)
_UNCLEAR_THAT = re.compile(
    r"\b(?:will|does|do|did|is|was|would|can|could|has|should|of|for|about|with|by|from|than|like|after|before) that\b"
)
_HEADLESS = re.compile(r"what (?:it|they|he|she|we|you|i)\b(?!.*\b(?:is|was|are|were|means?|meant|makes?|'s)\b)")
# With so many of its longer words in capitals, a line is a title.
_TITLED = 0.7
_LETTERS = re.compile(r"[^\W\d_]{4,}")
# The first words of a sentence, in which its subject stands.
_SUBJECT = 3
# A list without a verb has such short parts.
_FEW_WORDS = 2
_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")


@lru_cache(maxsize=20_000)
def opener_length(text: str) -> int:
    """How many characters at the start are discourse markers that can go ("So, and then, …").

    Args:
        text: A sentence as it was said.

    Returns:
        Where the sentence proper begins; 0 when it begins at once.
    """
    plain = _straight(text)
    at = 0
    while True:
        match = _OPENER.match(plain, at)
        # What is left must be a sentence still.
        if match is None or _NOT_OPENER.match(plain, at) or len(plain) - match.end() < 12:
            return at
        at = match.end()


def _straight(text: str) -> str:
    """Lower case with straight apostrophes; no character more or less."""
    return "".join(character.lower() if len(character.lower()) == 1 else character for character in text).replace(
        "’", "'"
    )


def _proper(text: str) -> str:
    """The sentence less its opener, for looking at its words."""
    return _EXPLAINED.sub("the", _straight(text[opener_length(text) :]).lstrip("\"'“‘("))


def without_opener(text: str) -> str:
    """The sentence without what leads into it, beginning with a capital letter.

    Args:
        text: A sentence as it was said.

    Returns:
        The same words in the same order, less the discourse markers at the start.
    """
    rest = text[opener_length(text) :]
    return rest[:1].upper() + rest[1:]


@lru_cache(maxsize=20_000)
def leans_back(text: str) -> bool:
    """Whether the sentence, less its opener, begins with something that only makes sense after what was said before."""
    rest = _proper(text)
    return not _FORWARD.match(rest) and bool(_LEANING.match(rest))


@lru_cache(maxsize=20_000)
def points_back(text: str) -> bool:
    """Whether words in the sentence point at something outside it ("this pathway", an early "they")."""
    rest = _proper(text)
    if _POINTING.search(rest):
        return True
    early = " ".join(rest.split()[:6])
    return not _FORWARD.match(rest) and bool(_PRONOUN.search(early))


def points_back_again(text: str) -> bool:
    """Whether a sentence that goes on with another points back after its first words, too ("That is this type …")."""
    return bool(_POINTING.search(" ".join(_proper(text).split()[_SUBJECT:])))


@lru_cache(maxsize=20_000)
def names_nobody(text: str) -> bool:
    """Whether a "they" or a "he" comes before anything in the sentence that it could stand for."""
    rest = _proper(text)
    they = _THEY.search(rest)
    if they is not None and not _MANY.search(rest[: they.start()]):
        return True
    plain = text[opener_length(text) :].replace("’", "'")
    he = _HE.search(plain)
    return he is not None and not _SOMEBODY.search(plain[: he.start()])


def points_at_unnamed_source(text: str, before: str) -> bool:
    """Whether a sentence speaks of "this study" or "these subjects" though nothing before it names one."""
    said = _straight(before)
    return any(noun[:4] not in said for noun in _SOURCE.findall(_straight(text)))


@lru_cache(maxsize=20_000)
def breaks_off(text: str) -> bool:
    """Whether the speaker begins again in the middle, or spells a word out."""
    return bool(_BROKEN_OFF.search(_straight(text)))


@lru_cache(maxsize=20_000)
def trails_off(text: str) -> bool:
    """Whether a list in it ends nowhere ("and so on")."""
    return bool(_TRAILING.search(_straight(text)))


@lru_cache(maxsize=20_000)
def is_in_the_room(text: str) -> bool:
    """Whether it speaks of what only those see who are there."""
    return bool(_IN_THE_ROOM.search(_straight(text)))


@lru_cache(maxsize=20_000)
def begins_with_pronoun(text: str) -> bool:
    """Whether one of its first words stands for something outside it ("You can do this …")."""
    early = " ".join(_proper(text).split()[:5]).replace("when it comes to", "")
    return not _FORWARD.match(_proper(text)) and bool(_EARLY.search(early))


@lru_cache(maxsize=20_000)
def is_talk_about_talk(text: str) -> bool:
    """Whether the sentence announces, recalls or greets instead of saying something."""
    return bool(_ANNOUNCING.search(_straight(text)))


@lru_cache(maxsize=20_000)
def is_personal(text: str) -> bool:
    """Whether the speaker speaks of themselves or to the listeners."""
    return bool(_PERSONAL.search(_straight(text)))


def is_anecdote(text: str) -> bool:
    """Whether it is part of somebody's story."""
    return bool(_ANECDOTE.search(_straight(text)))


def explains(text: str) -> int:
    """How many words in it explain: what is done to what, and why."""
    return len(_EXPLAINING.findall(_straight(text)))


def is_question(text: str) -> bool:
    """Whether it is a question (or ends in "…, right?"), also where the question mark was not recognised."""
    return has_question_mark(text) or is_unmarked_question(text)


def has_question_mark(text: str) -> bool:
    """Whether it ends in a question mark."""
    return text.rstrip("\"'”’ ").endswith("?")


@lru_cache(maxsize=20_000)
def is_unmarked_question(text: str) -> bool:
    """Whether the words stand in the order of a question that has no question mark."""
    return not has_question_mark(text) and bool(_ASKED.fullmatch(_proper(text.rstrip("\"'”’ ")).rstrip(".!")))


@lru_cache(maxsize=20_000)
def is_complete(text: str) -> bool:
    """Whether it has a verb, a beginning with a capital letter and an end."""
    bare = text.strip("\"'“”‘’ ")
    if not bare or not bare[0].isalnum() or bare[0].islower():
        return False
    if bare[-1] not in ".!?" or bare.endswith(("..", "-.", ",.")):
        return False
    if _NOT_SAID.search(bare):
        return False
    rest = _proper(bare)
    # "Enduring Grief Activates the Brain's Reward Center." is a title.
    words = _LETTERS.findall(bare)
    if len(words) > _FEW_WORDS and sum(word[0].isupper() for word in words) > _TITLED * len(words):
        return False
    # "What it calms the nervous system." is a "but it calms …" that was misheard.
    if _HEADLESS.match(rest) and not is_question(text):
        return False
    # "The hippocampus being an area associated with memory." and "Emotions, thoughts, pain." have no verb of their own.
    if re.search(r"\bbeing\b", rest):
        rest = re.sub(r"\bbeing\b|\b\w+ed\b", "", rest)
    parts = rest.split(",")
    if len(parts) > 2 and all(count_words(part) <= _FEW_WORDS for part in parts):
        return False
    # "The role of the skin and how it feels." has its verb in the wrong place.
    main = rest if is_question(text) else re.split(r"(?:^|(?<=\S) )(?:how|why|whether)\b", rest, maxsplit=1)[0]
    return bool(_VERB.search(main)) and len(_WORD.findall(rest)) >= 4


def is_balanced(text: str) -> bool:
    """Whether what somebody is quoted as saying begins and ends in it."""
    return text.count('"') % 2 == 0 and text.count("“") == text.count("”") and text.count("(") == text.count(")")


@lru_cache(maxsize=20_000)
def stumbles(text: str) -> float:
    """How often the speaker stumbles, fills or repeats, per ten words."""
    words = count_words(text)
    if not words:
        return 0.0
    plain = _straight(text)
    count = len(_STUMBLING.findall(plain)) + (2 if _TAG_QUESTION.search(plain) else 0)
    return count * 10.0 / words


def is_open_question(text: str) -> bool:
    """Whether it is a real question that can be understood alone."""
    rest = _proper(text)
    if not is_question(text) or _TAG_QUESTION.search(rest) or not 5 <= count_words(rest) <= 26:
        return False
    if not _ASKING.match(rest) or is_talk_about_talk(text) or is_personal(text) or stumbles(text) > 1.0:
        return False
    if _UNCLEAR_THAT.search(rest) or not is_complete(text):
        return False
    if _TO_SOMEBODY.match(rest):
        return False
    return not _POINTING.search(rest) and not _PRONOUN.search(rest) and rest.count("?") <= 1
