"""Find statements to check before publication: numbers, studies, doses, health claims."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from podnotes.models import Claim
from podnotes.notes.titles import listed
from podnotes.notes.wording import alternatives

if TYPE_CHECKING:
    from podnotes.models import Quote

_COUNT = alternatives(r"""
    \d[\d,.]*; half; twice; two; three; four; five; six; seven; eight; nine; ten; eleven; twelve; fifteen; twenty;
    thirty; forty; fifty; sixty; seventy; eighty; ninety; hundreds?; thousands?; millions?; billions?; trillions?
""")
_RANGE = rf"{_COUNT}(?:[\s-]*(?:to|and|or|-|–)[\s-]*{_COUNT})?"
_CLAIMED_EFFECT = alternatives(r"""
    cure[sd]?; curing; heals?; (?<!has )(?<!have )healed; eliminat(?:e|es|ed|ing); eradicat\w+; gets? rid of; treats?;
    boosts?; detox\w*;
    treatments? for; remed(?:y|ies); miracles?; proven; guarantee[sd]?; always works?; side effects?;
    risks? (?:of|for); likelier; (?:more|less) likely to (?:get|have|develop|suffer|die|be);
    (?:good|bad|healthy|unhealthy|beneficial|harmful|dangerous|safe) for (?:you|your|us|our|the|pain|people)\b;
    protect(?:s|ive|ion)? (?:us |you |behaviou?r )?against; symptoms;
    revers(?:e|es|ed|ing) (?:\w+ ){0,2}(?:pain|disease|depression|damage|injury|aging|ageing|diabetes|arthritis);
    fix(?:es|ed)? (?:your|the|their|my|chronic|back|pain); (?:as|more) (?:effective|powerful|potent|strong) (?:as|than);
    (?:completely|entirely|totally) (?:gone|better|pain[- ]free|relieved?|abolish\w*)
""")
_DOSE = alternatives(r"""
    milligrams?; micrograms?; per kilo(?:gram)?; dos(?:e|es|age|ages|ing); supplement(?:s|ation|ing)?
""")
_UNIT_OF_DOSE = alternatives(r"""
    milligrams?; micrograms?; grams?; mgs?; mcg; µg; iu; international units; millilit(?:er|re)s?; ml; capsules?;
    tablets?; drops; doses?
""")
_STUDY = alternatives(r"""
    stud(?:y|ies); trials?; papers?; meta-?anal\w+; research (?:shows?|has|suggests?|found|from|by|at);
    (?:researchers|scientists)(?! (?:call|think|believe|who|like|say)\b);
    published; journals?; experiments?; peer[- ]reviewed; evidence; randomi[sz]ed; placebo[- ]controlled;
    data (?:show|shows|suggest|from|on); findings?; laborator(?:y|ies); university; colleagues at; survey; statistics?;
    (?:has|have) been shown; have shown; been demonstrated
""")
_UNIT = alternatives(r"""
    percent(?:age)?; per cent; times; -?fold; minutes?; hours?; seconds?; days?; weeks?; months?; years?; degrees?;
    people; patients; subjects; participants; individuals; adults; women; men; out of; points?; sessions?; hertz;
    met(?:er|re)s?; in (?:ten|five|four|three|every|\d+); inches; centimeters?; millimeters?; neurons; receptors;
    nerves?; fibers; cells; calories
""")
_SHARE = alternatives(r"""
    double[sd]?; triple[sd]?; quadruple[sd]?; percent; majority; most people;
    (?:a|one) (?:third|quarter|fifth|tenth) of; two thirds; three quarters
""")
_NUMBER = rf"\b{_RANGE}[\s-]*{_UNIT}\b|\d\s*%|(?<![\w-])\d{{2,}}(?:[.,]\d+)?\b(?!-)|\b{_SHARE}\b"

_OUTCOME = alternatives(r"""
    pain; anxiety; depress\w+; cortisol; blood pressure; inflammation; immune; healing; recovery; sleep; insomnia;
    symptoms?; stress; mood; heart (?:rate|attacks?|disease); diseases?; illness(?:es)?; injur\w+; infections?; cancer;
    dementia; alzheimer\w*; stroke; mortality; death; obesity; diabetes; trauma; addiction; migraines?; headaches?;
    fatigue; memory; longevity; aging; ageing
""")
_EFFECT = alternatives(r"""
    (?:lower|reduc|reliev|decreas|increas|rais|improv|strengthen|support|worsen|calm|eas|prevent|caus|affect|disrupt|
    creat|mak)(?:e|es|s|ed|ing); (?:lower|prevent|cause|worsen|calm|affect|support|strengthen|disrupt);
    (?:reduction|increase|decrease|improvement)s? in; (?:associated|correlated?|correlates|linked) (?:with|to);
    leads? to; results? in; relief; protects?
""")

# The most serious first.
_KINDS = (
    (
        "a health claim",
        re.compile(rf"\b{_CLAIMED_EFFECT}\b|\b{_EFFECT} (?:[\w-]+ ){{0,4}}{_OUTCOME}\b", re.IGNORECASE),
    ),
    ("a dose", re.compile(rf"\b{_RANGE}[\s-]*{_UNIT_OF_DOSE}\b|\b{_DOSE}\b", re.IGNORECASE)),
    ("a study", re.compile(rf"\b{_STUDY}\b", re.IGNORECASE)),
    ("a number", re.compile(_NUMBER, re.IGNORECASE)),
)


# Numbers in a thought experiment aren't claims.
_IMAGINED = re.compile(r"\b(?:imagine|suppose|picture|let's say)\b", re.IGNORECASE)


def kinds_of_claim(text: str) -> tuple[str, ...]:
    """Return the kinds of claims in a text: "a health claim", "a dose", "a study", "a number", in this order."""
    if _IMAGINED.search(text):
        return ()
    return tuple(kind for kind, pattern in _KINDS if pattern.search(text))


def claim_in(quote: Quote) -> Claim | None:
    """Return the sentences of a quote that make claims, with the kinds of claims; None if there are none."""
    claiming = [part for part in re.split(r"(?<=[.!?])\s+", quote.passage.text) if kinds_of_claim(part)]
    if not claiming:
        return None
    text = " … ".join(claiming)
    return Claim(text, listed(kinds_of_claim(text)), quote.time, quote.url)
