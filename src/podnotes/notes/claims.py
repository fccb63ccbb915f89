"""What is said and should be checked before it is published: numbers, studies, doses, cures."""

from __future__ import annotations

import re

_NUMBER_WORD = (
    r"(?:\d[\d,.]*|half|twice|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|"
    r"sixty|seventy|eighty|ninety|hundreds?|thousands?|millions?|billions?|trillions?)"
)
_CURE = re.compile(
    r"\b(?:cure[sd]?|curing|heals?|healed|eliminat(?:e|es|ed|ing)|eradicat\w+|revers(?:e|es|ed|ing) (?:\w+ ){0,2}(?:pain|disease|"
    r"depression|damage|injury|aging|ageing|diabetes|arthritis)|gets? rid of|prevents?|treats?|treatments? for|remed(?:y|ies)|"
    r"miracle|proven|guarantee[sd]?|always works?|fix(?:es|ed)? (?:your|the|their|my|chronic|back|pain)|"
    r"(?:completely|entirely|totally) (?:gone|better|pain[- ]free|relieved?|abolish\w*)|side effects?|detox\w*|boosts?|"
    r"as (?:effective|powerful|potent|good) as|more (?:effective|powerful|potent) than)\b",
    re.IGNORECASE,
)
_DOSE = re.compile(
    rf"\b{_NUMBER_WORD}(?:[\s-]*(?:to|and|or|-|–)[\s-]*{_NUMBER_WORD})?[\s-]*(?:milligrams?|micrograms?|grams?|mgs?|mcg|µg|iu|"
    rf"international units|millilit(?:er|re)s?|ml|capsules?|tablets?|drops|doses?)\b"
    r"|\b(?:dos(?:e|es|age|ages|ing)|milligrams?|micrograms?|per kilo(?:gram)?|supplement(?:s|ation|ing)?)\b",
    re.IGNORECASE,
)
_STUDY = re.compile(
    r"\b(?:stud(?:y|ies)|trials?|papers?|meta-?anal\w+|researchers?|research (?:shows?|has|suggests?|found|from|by|at)|published|"
    r"journals?|experiments?|scientists?|peer[- ]reviewed|evidence|randomi[sz]ed|placebo[- ]controlled|data (?:show|shows|suggest|from|on)|"
    r"findings?|laborator(?:y|ies)|university|colleagues at|survey|statistics?|has been shown|have shown|been demonstrated)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    rf"\b{_NUMBER_WORD}(?:[\s-]*(?:to|and|or|-|–)[\s-]*{_NUMBER_WORD})?[\s-]*(?:%|percent(?:age)?|per cent|times|fold|-fold|minutes?|hours?|"
    rf"seconds?|days?|weeks?|months?|years?|degrees?|people|patients|subjects|participants|individuals|adults|women|men|"
    rf"out of|in (?:ten|five|four|three|every|\d+)|points?|sessions?|hertz|meters?|metres?|inches|centimeters?|millimeters?|neurons|"
    rf"receptors|nerves?|fibers|cells|calories)\b|\d[\d,.]*\s*%"
    r"|\b\d{2,}(?:[.,]\d+)?\b|\b(?:double[sd]?|triple[sd]?|quadruple[sd]?|percent|majority|most people)\b"
    rf"|\b(?:a|one) (?:third|quarter|fifth|tenth) of\b|\b{_NUMBER_WORD} (?:thirds|quarters)\b",
    re.IGNORECASE,
)
# The gravest first: a sentence is listed once, under the kind that asks for most care.
_KINDS = (("a cure", _CURE), ("a dose", _DOSE), ("a study", _STUDY), ("a number", _NUMBER))


def kinds_of_claim(text: str) -> tuple[str, ...]:
    """What in a sentence should be checked.

    Args:
        text: A sentence or more.

    Returns:
        Any of "a cure", "a dose", "a study", "a number", in this order; () when there is nothing to check.
    """
    return tuple(kind for kind, pattern in _KINDS if pattern.search(text))
