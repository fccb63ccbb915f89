"""Who speaks, by dashes, labels and names in captions."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.transcripts.talk import MONOLOGUE, cues, told


def test_a_dash_begins_somebody_else() -> None:
    found = told(cues("- Where does it hurt?\n- In the left knee.", "- Since when?\n- Since Easter."))
    assert [text for _, text in found] == ["Where does it hurt?", "In the left knee.", "Since when?", "Since Easter."]
    names = [name for name, _ in found]
    assert all(a != b for a, b in pairwise(names))


@pytest.mark.parametrize("dash", ["-", "- ", "– ", "—", "— ", ">> ", ">>", "&gt;&gt; ", "‐ ", "-- "])
def test_every_kind_of_dash(dash: str) -> None:
    found = told(
        cues("So you came walking.", f"{dash}Where does it hurt?\n{dash}In the left knee.", "It began at Easter.")
    )
    assert [text for _, text in found] == [
        "So you came walking.", "Where does it hurt?", "In the left knee.", "It began at Easter.",
    ]  # fmt: skip
    assert len({name for name, _ in found[:3]}) == 3


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (">> Does it hurt? >> Yes, >>it does.", ["Does it hurt?", "Yes,", "it does."]),
        ("- Does it hurt? - Yes. - Where?", ["Does it hurt?", "Yes.", "Where?"]),
        ("MARA: Does it hurt? BO: Yes - and badly. MARA: Where?", ["Does it hurt?", "Yes - and badly.", "Where?"]),
    ],
)
def test_somebody_else_may_begin_within_a_line(text: str, expected: list[str]) -> None:
    found = told(cues(text, "BO: Here." if "BO" in text else "- Here."))
    assert [line for _, line in found][: len(expected)] == expected
    assert all(a != b for a, b in pairwise([name for name, _ in found][: len(expected)]))


def test_what_is_tagged_for_nobody_is_not_the_last_speakers() -> None:
    said = [
        "<v Anna Berg>Where does it hurt?",
        "In the left knee.",
        "It began in March",
        "and it stayed.",
        "<v Bo>Yes.",
    ]
    assert [name for name, _ in told(cues(*said))] == ["Anna Berg", None, None, None, "Bo"]


def test_a_number_below_zero_and_a_sentence_that_goes_on_are_no_change() -> None:
    found = told(cues("-20 degrees in the bath", "—and then out again—", "- Really?"))
    assert [name for name, _ in found][:2] == [None, None]
    assert found[0][1] == "-20 degrees in the bath"
    assert found[2] == ("Unknown 1", "Really?")


def test_dashes_in_shared_cues_dont_hold_beyond_them() -> None:
    """Where dashes stand only between two who share a cue, the next cue may be anybody's."""
    found = told(cues("- Does it hurt?\n- Yes.", "Then we stop here.", "- And now?\n- No."))
    assert found[2] == (None, "Then we stop here.")


def test_a_sentence_goes_on_in_the_next_cue() -> None:
    found = told(cues("- Does it hurt?\n- Only when I climb", "the stairs at night.", "- And now?\n- No."))
    assert [name for name, _ in found[1:3]] == ["Unknown 2", "Unknown 2"]


@pytest.mark.parametrize(
    "text",
    [
        "Remember: breathe.", "Breathe: it costs nothing.", "Step one: sit down.", "And this is the thing: it moves.",
        "TENS: a small current.", "My advice: walk.", "Number two: rest.", "[the] knee was fine.", "(laughing) no.",
        "At 10:30 we stop.", "Ratio 3:1 at most.", "He said: stop.", "https://knees.example/a is the address.",
    ],
)  # fmt: skip
def test_a_word_with_a_colon_names_nobody(text: str) -> None:
    spoken = text.replace("(laughing) ", "")
    assert told(cues(*MONOLOGUE, text, *MONOLOGUE))[len(MONOLOGUE)] == (None, spoken)
    named = [f"{'MARA' if n % 3 else 'BO'}: {line}" for n, line in enumerate(MONOLOGUE)]
    found = told(cues(*named, f"MARA: Listen.\n{text}", *named))
    assert (f"Listen. {spoken}" in {line for _, line in found}) or (None, spoken) in found
    assert {name for name, _ in found} <= {"MARA", "BO", None}


def test_an_acronym_that_is_spoken_of_is_no_speaker() -> None:
    named = [f"{'MARA' if n % 3 else 'BO'}: {line}" for n, line in enumerate(MONOLOGUE)]
    found = told(cues(*named, "MARA: We call it TENS.\nTENS: a small current.", *named))
    assert ("MARA", "We call it TENS. TENS: a small current.") in found


def test_no_capitals_in_the_whole_file() -> None:
    found = told(cues("mara: does it hurt?", "bo: yes, a bit.", "mara: remember: breathe.", "bo: i do."))
    assert found == [
        ("mara", "does it hurt?"), ("bo", "yes, a bit."), ("mara", "remember: breathe."), ("bo", "i do."),
    ]  # fmt: skip


def test_all_capitals_in_the_whole_file() -> None:
    lines = [f"{'MARA' if n % 2 else 'BO'}: {line.upper()}" for n, line in enumerate(MONOLOGUE)]
    found = told(cues(*lines))
    assert [name for name, _ in found] == ["BO", "MARA"] * 9
    assert told(cues(*[line.upper() for line in MONOLOGUE], "TIP: WALK.", "MORE TO COME."))[-2] == (None, "TIP: WALK.")


def test_a_name_that_stands_once_among_labels_is_signed() -> None:
    named = [f"{'Mara' if n % 3 else 'Bo'}: {line}" for n, line in enumerate(MONOLOGUE)]
    assert ("Caller", "My knee clicks.") in told(cues(*named, "Caller: My knee clicks.", *named))


def test_japanese_labels() -> None:
    found = told(cues("真理：痛みは警報です。", "武：そうですか。", "真理：はい。", "武：なるほど。"))
    assert [name for name, _ in found] == ["真理", "武", "真理", "武"]


def test_french_spacing() -> None:
    found = told(
        cues("Mara\u00a0: Ça fait mal\u00a0?", "Luc\u00a0: Un peu.", "Mara\u00a0: Où\u00a0?", "Luc\u00a0: Là.")
    )
    assert [name for name, _ in found] == ["Mara", "Luc", "Mara", "Luc"]
