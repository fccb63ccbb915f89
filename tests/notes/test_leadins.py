"""What only leads into a sentence can go; what belongs to it stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podnotes.notes.leadins import leadin_length, without_leadin


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("So, nerves carry it to the brain.", "Nerves carry it to the brain."),
        ("And so the brain decides what hurts.", "The brain decides what hurts."),
        ("Well, you know, touch is a signal for safety.", "Touch is a signal for safety."),
        ("So many people hurt every day.", "So many people hurt every day."),
        ("Right before bed the room is cool.", "Right before bed the room is cool."),
        ("You know what pain is for, I think.", "You know what pain is for, I think."),
        ("Well-being matters to everyone in here.", "Well-being matters to everyone in here."),
        ("No pain is worth that much trouble.", "No pain is worth that much trouble."),
        ("So it hurts.", "So it hurts."),
    ],
)
def test_leadins(said: str, written: str) -> None:
    assert without_leadin(said) == written


@given(st.text(max_size=80))
def test_what_is_left_was_said(text: str) -> None:
    rest = text[leadin_length(text) :]
    assert text.endswith(rest)
    assert bool(rest) == bool(text)
