"""What stands alone on paper and what does not."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podnotes.notes import fluency, fluency_words


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("So, and then pain is made by the brain.", "Pain is made by the brain."),
        ("Now, of course, touch calms the heart.", "Touch calms the heart."),
        ("It turns out that pain is a perception.", "Pain is a perception."),
        ("I should also point out that massage takes time.", "Massage takes time."),
        ("What's also interesting is that slow touch helps more.", "Slow touch helps more."),
        ("Second of all, the stress response shuts things down.", "The stress response shuts things down."),
        ("So much of it is learned.", "So much of it is learned."),
        ("Right before bed it works best.", "Right before bed it works best."),
        ("First responders know this pain.", "First responders know this pain."),
        ("No pain is imagined.", "No pain is imagined."),
        ("Still water is calming.", "Still water is calming."),
        ("However, the brain decides in the end.", "The brain decides in the end."),
    ],
)
def test_openers_go_and_words_that_belong_stay(said: str, written: str) -> None:
    assert fluency.without_opener(said) == written


@pytest.mark.parametrize("hedge", ["I think", "I believe", "In my opinion,", "Maybe", "Some say"])
def test_doubts_of_the_speaker_are_never_taken_away(hedge: str) -> None:
    said = f"{hedge} massage lowers the blood pressure."
    assert fluency.without_opener(said) == said


@pytest.mark.parametrize(
    "text",
    [
        "This is why it hurts.",
        "And that's why massage works.",
        "He showed it in rats.",
        "So that pathway activates the insula.",
        "The second group slept better.",
        "As a result, the pain fell.",
        "In this study, the pain fell.",
        "Which means that touch helps.",
        "There are also other fibers.",
        "It's going well for them.",
    ],
)
def test_sentences_that_lean_on_others(text: str) -> None:
    assert fluency.leans_back(text)


@pytest.mark.parametrize(
    "text",
    [
        "There are two kinds of fibers in the skin.",
        "It is important that people move.",
        "There's evidence that touch helps.",
        "Those who sleep well feel less pain.",
        "Both pain and touch travel through the spinal cord.",
        "When we touch the skin, nerves fire.",
        "Pain is made by the brain.",
    ],
)
def test_sentences_that_stand(text: str) -> None:
    assert not fluency.leans_back(text)
    assert fluency.is_complete(text)


@pytest.mark.parametrize(
    "text",
    [
        "We're also going to talk about pain.",
        "I just mentioned the vagus nerve.",
        "You've already learned about cortisol.",
        "Let's get back to the skin.",
        "As you'll soon learn, the skin is large.",
        "We did an entire episode on stress.",
    ],
)
def test_talk_about_the_talk(text: str) -> None:
    assert fluency.is_talk_about_talk(text)


@pytest.mark.parametrize(
    "text",
    [
        "Narrowed focus, elevated mood, more relaxed and yet energetic.",
        "The role of mirror neurons and how they're connected to empathy.",
        "and so the pain goes away.",
        "That helps [unintelligible 00:24:13] the pain.",
        "Pain and more pain",
    ],
)
def test_what_is_no_sentence(text: str) -> None:
    assert not fluency.is_complete(text)


@pytest.mark.parametrize(
    ("text", "open_"),
    [
        ("What makes pain last longer than the injury?", True),
        ("Will that cure your depression?", False),
        ("Pain is made by the brain, right?", False),
        ("Why does it do this?", False),
        ("How should people think about pain?", True),
    ],
)
def test_questions(text: str, open_: bool) -> None:
    assert fluency.is_open_question(text) is open_


def test_the_lists_have_no_spaces_that_a_broken_line_would_lose() -> None:
    for name in dir(fluency_words):
        listed = getattr(fluency_words, name)
        if name.isupper() and isinstance(listed, str):
            groups = re.findall(r"\(\?:([^()]*\|[^()]*)\)", re.sub(r"\|\s+", "|", " ".join(listed.split())))
            assert not [group for group in groups if " |" in group or group.endswith(" ") or group.startswith(" ")], (
                name
            )


@given(st.text(max_size=80))
def test_no_text_breaks_the_rules(text: str) -> None:
    assert text.endswith(text[fluency.opener_length(text) :])
    assert fluency.without_opener(text)[1:] == text[fluency.opener_length(text) :][1:] or len(text[:1].upper()) != 1
    for rule in (
        fluency.leans_back,
        fluency.points_back,
        fluency.begins_with_pronoun,
        fluency.is_talk_about_talk,
        fluency.is_complete,
        fluency.is_open_question,
        fluency.is_balanced,
    ):
        assert rule(text) in {True, False}
    assert fluency.stumbles(text) >= 0
