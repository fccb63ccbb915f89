"""The notation of the cue phrases, and that none of them is dead."""

from __future__ import annotations

import tomllib
from importlib import resources

import pytest

from podnotes.passages.skipping_cues import Cues, english, normalised

WORDING = '[wording]\nselling = "offer"\nimperatives = "visit"\ntalking = "um"\n'


def cues(*phrases: str) -> Cues:
    lines = "\n".join(phrases)
    table = f'[[cue]]\nname = "x"\nkind = "ad"\nscore = 2.0\nsays = "says x"\nphrases = """\n{lines}\n"""\n'
    return Cues(table + WORDING)


@pytest.mark.parametrize(
    ("phrase", "text", "matched"),
    [
        ("brought to you by", "It is Brought To You, by Acme.", "Brought To You, by"),
        ("visit|see our store|shop", "So see our shop.", "see our shop."),
        ("visit|see our store|shop", "So see your shop.", None),
        ("our new? sponsor", "our sponsor and our new sponsor", "our sponsor"),
        ("our new? sponsor", "our new sponsor", "our new sponsor"),
        ("thank .. sponsor", "Thank our very good old sponsor.", "Thank our very good old sponsor."),
        ("thank .. sponsor", "Thank this our very good old sponsor.", None),
        ("^ welcome", "Welcome home.", "Welcome"),
        ("^ welcome", "You are welcome.", None),
        ("goodbye $", "And goodbye!", "goodbye!"),
        ("goodbye $", "Goodbye to that.", None),
        ("listening today|$", "Thanks for listening.", "listening."),
        ("listening today|$", "Thanks for listening today.", "listening today."),
        ("listening today|$", "She was listening to me.", None),
        ("go to URL", "Go to acme.com/hands, please.", "Go to acme.com/hands,"),
        ("go to URL", "Go to acme, please.", None),
        ("URL slash|forward", "Go to acme.com slash hands.", "acme.com slash"),
        ("PATH", "Go to acme.com/hands.", "acme.com/hands."),
        ("PATH", "Go to acme.com.", None),
        ("PATH", "It is at github.com/acme.", None),
        ("SOCIAL", "It is at patreon.com slash hands.", "patreon.com"),
        ("URL", "It is at patreon.com slash hands.", None),
        ("PERCENT off", "Get 20% off.", "20% off."),
        ("PRICE a month", "For $9.99 a month.", "$9.99 a month."),
        ("NUM percent", "That is 3.5 percent.", "3.5 percent."),
        ("call PHONE", "Call 1-800-555-0199 now.", "Call 1-800-555-0199"),
        ("call PHONE", "Call 833-555-0142 now.", "Call 833-555-0142"),
        ("that's all", "That’s all.", "That’s all."),
        ("use code !that|from", "Use code HANDS for that.", "Use code HANDS"),
        ("use code !that|from", "You can use code that works.", None),
        ("use code !that|from", "So you use code.", None),
        ("our favorite program", "It is our favourite programme.", "our favourite programme."),
    ],
)
def test_notation(phrase: str, text: str, matched: str | None) -> None:
    hits = cues(phrase).find(normalised(text))
    assert [" ".join(text.split()[hit.first : hit.last]) for hit in hits] == ([matched] if matched else [])


def test_a_cue_counts_once() -> None:
    assert len(cues("visit us", "our store").find(normalised("Visit us in our store, visit us today."))) == 1


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("InsideTracker.com", "URL"),
        ("R-O-K-A,.com", "URL"),
        ("www.example.org", "URL"),
        ("https://example.org/x?y=1", "URL"),
        ("SoFi.com/CJ.", "PATH"),
        ("instagram.com", "SOCIAL"),
        ("$1,300", "PRICE"),
        ("£50", "PRICE"),
        ("25%", "PERCENT"),
        ("2012", "NUM"),
        ("3.5", "NUM"),
        ("e.g.", "e.g"),
        ("U.S.", "u.s"),
        ("C-tactile", "c-tactile"),
        ("—", ""),
    ],
)
def test_what_words_say(word: str, kind: str) -> None:
    assert normalised(word) == [kind]


def test_every_phrase_finds_what_it_is_made_of() -> None:
    text = resources.files("podnotes.passages").joinpath("skipping_cues.toml").read_text(encoding="utf-8")
    dead = []
    for cue in tomllib.loads(text)["cue"]:
        for phrase in cue["phrases"].splitlines():
            said = []
            for slot in phrase.split():
                choice = slot.removesuffix("?").split("|")[0]
                if choice not in {"..", "^", "$"}:
                    said.append(choice)
            if cue["name"] not in {hit.cue.name for hit in english().find(said)}:
                dead.append((cue["name"], phrase))
    assert dead == []


def test_no_phrase_stands_twice_and_kinds_are_known() -> None:
    text = resources.files("podnotes.passages").joinpath("skipping_cues.toml").read_text(encoding="utf-8")
    for cue in tomllib.loads(text)["cue"]:
        assert cue["kind"] in {"ad", "housekeeping", "break", "back", "public"}
        phrases = cue["phrases"].splitlines()
        repeated = {phrase for phrase in phrases if phrases.count(phrase) > 1}
        assert repeated == set(), cue["name"]
