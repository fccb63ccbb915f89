"""Word lists, mostly English, that `podnotes.text.sentences` uses to decide where a sentence ends or may be cut."""

from __future__ import annotations

# By language: abbreviations whose full stop never ends a sentence, and those whose full stop does if the next word
# typically starts one.
_ABBREVIATIONS = {
    "en": (
        """dr mr mrs ms mx prof rev hon fr sr st ste gen col capt lt cmdr sgt maj gov sen rep pres supt vs e.g i.e eg ie
        cf viz approx fig figs eq eqs ch sec vol ed eds trans mt ft messrs mme mlle""",
        """jr etc inc ltd co corp bros al ph.d psy.d m.d d.o d.c b.a m.a b.s m.s d.d.s r.n l.m.t u.s u.k u.n e.u a.m p.m
        pp p jan feb mar apr jun jul aug sep sept oct nov dec dept est min max ca esp incl resp univ assn""",
    ),
    "de": ("bspw bzw ca dr evtl fr ggf hr inkl max mind min mio mrd nr prof sog st str u tel vgl", "etc usw uvm jh co"),
    "es": ("aprox av dr dra ee ej gral núm pág prof profa sr sra srta sres tel ud uds vs", "etc uu"),
    "fr": ("av dr env ex m mm mme mmes mlle no p pr st ste vol vs", "etc"),
    "it": ("art dott dr ecc es ing pag prof sig sigg st vs", "ecc etc"),
    "nl": ("bijv blz bv dhr dr drs ing mevr mr nr prof st vgl", "enz etc"),
    "pt": ("aprox av dr dra ex n núm pág prof profa sr sra vs", "etc"),
}
ABBREVIATIONS = {
    language: (frozenset(always.split()), frozenset(may.split())) for language, (always, may) in _ABBREVIATIONS.items()
}
# Capitalised words that are rarely part of a name and rarely follow an abbreviation within a sentence.
_OPENERS = """
The This That These Those There Then They It Its He She We You I I'm I've I'd I'll It's That's There's He's She's
We're You're They're But And So Or Because If When While What Who Where Why How Which Now Well Okay Ok Yes No Yeah
In On At As For After Before By My Your Our Their His Her A An All Some Let's Also
"""
OPENERS = frozenset(_OPENERS.split())
# Words that open a new thought in speech (Schiffrin 1987, "Discourse markers"), and their strength.
MARKERS = {
    "so": 1.0, "okay": 1.0, "ok": 1.0, "now": 0.9, "but": 0.9, "well": 0.8, "anyway": 1.0, "alright": 1.0, "yeah":
    0.7, "and": 0.0, "because": 0.4, "um": 0.5, "uh": 0.3, "if": 0.3, "when": 0.3, "what": 0.3, "however": 0.9,
    "therefore": 0.8, "i": 0.3, "it's": 0.3, "that's": 0.3, "there's": 0.4, "you": 0.2, "we": 0.3, "they": 0.3,
    "the": 0.2, "there": 0.4, "here's": 0.5, "then": 0.4, "he": 0.2, "she": 0.2, "it": 0.2, "this": 0.3, "these":
    0.2, "today": 0.5, "first": 0.3, "let's": 0.6, "or": 0.3, "which": 0.2, ">>": 5.0,
}  # fmt: skip
# Words that leave a thought unfinished: no cut after them.
_HANGING = """
a an the of to in on at by for from with without into onto about as than that which who whose whom and or but nor so
because if when while where my your our their his her its this these those is are was were be been am being do does
did has have had will would can could shall should may might must not no very really more most such i you he she it
we they i'm you're it's that's there's he's she's we're they're i've you've gonna going want every each some any
"""
HANGING = frozenset(_HANGING.split())

# Words that attach to the previous word: no cut before them.
_CLINGING = """
of to than that who which is are was were be been has have had will would can could do does did up out off down in
on at by for from with without into as well too either though ago away back me him them us not n't also just only
"""
CLINGING = frozenset(_CLINGING.split())
