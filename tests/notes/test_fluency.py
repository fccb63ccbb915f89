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
        ("But what they found is that touch calms the heart.", "Touch calms the heart."),
        ("What we know is not much.", "What we know is not much."),
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
        "Other animals don't have much of it.",
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
        "What I'm saying is the ones who got it still felt it.",
        "She holds a master of science in physical therapy.",
        "Doctor Haddad is a professor of neurobiology at the university.",
        "The neurons that control the waves, as you call them, are special.",
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
        "Hippocampus, of course, being an area of the brain associated with learning.",
        "Enduring Grief Activates the Brain's Reward Center.",
        "Emotion, material, thoughts, traumas.",
        "What it calms the nervous system.",
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


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Should a massage be painful to work.", True),
        ("Can you feel endorphins after a massage.", True),
        ("So, does chronic pain mean that something is broken.", True),
        ("Why does my neck still hurt after so many months.", True),
        ("What's the best dose of it.", True),
        ("Should pain get worse, stop at once.", False),
        ("Do not press hard on a bruise.", False),
        ("How the brain makes pain is not known.", False),
        ("What is said matters.", False),
        ("Why it hurts is a good question.", False),
    ],
)
def test_questions_whose_mark_was_not_recognised(text: str, asked: bool) -> None:
    assert fluency.is_unmarked_question(text) is asked
    assert fluency.is_question(text) is asked
    assert not fluency.is_unmarked_question(text.replace(".", "?"))


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("There is more pleasure, and then there's a, without you doing anything, a mirror of it.", True),
        ("With your, you know, your dynamic work the muscle changes.", True),
        ("The parasympathetic neurons exist in, they are some of the nerves.", True),
        ("We also make dynorphin, that's D-Y-N-O-R-P-H-I-N, dynorphin.", True),
        ("The ones who got it - they still felt the same.", True),
        ("In the brain, acetylcholine works, and it works well.", False),
        ("A-delta fibers and C-fibers carry pain.", False),
    ],
)
def test_sentences_broken_off_and_begun_again(text: str, broken: bool) -> None:
    assert fluency.breaks_off(text) is broken


@pytest.mark.parametrize(
    ("text", "nobody"),
    [
        ("When a certain emotion is evoked, they start to move the spine.", True),
        ("When people are touched, they relax.", False),
        ("Muscles hurt when they are cold.", False),
        ("Pain and touch meet where they enter.", False),
        ("If someone is afraid, they hold their breath.", False),
        ("In a series of studies, what he did is had volunteers guess.", True),
        ("In 1965 Patrick Wall showed with his colleague how touch calms pain.", False),
        ("A patient knows more about her pain than any scan.", False),
    ],
)
def test_they_stands_for_something_in_the_sentence(text: str, nobody: bool) -> None:
    assert fluency.names_nobody(text) is nobody


def test_this_may_point_forward() -> None:
    assert not fluency.points_back("Physical touch is this foundational element of human development.")
    assert not fluency.points_back("Mirror neurons are these neurons within the brain that help us.")
    assert fluency.points_back("Pain travels along this pathway.")


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
        fluency.breaks_off,
        fluency.trails_off,
        fluency.names_nobody,
        fluency.is_in_the_room,
        fluency.is_unmarked_question,
    ):
        assert rule(text) in {True, False}
    assert fluency.stumbles(text) >= 0
