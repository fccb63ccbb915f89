"""Finding passages: verbatim, bounded where thoughts are, on the topic and on nothing else."""

from __future__ import annotations

import itertools
import time
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from podnotes.errors import UsageError
from podnotes.models import Chapter, Passage, Segment, Topic, Transcript
from podnotes.passages import find_passages
from podnotes.text.sentences import sentences
from podnotes.topics import load_topics
from tests.passages.talks import FILLER, PARAGRAPHS, annotated_episode, spoken

BODYWORK = load_topics("bodywork")
PAIN = next(topic for topic in BODYWORK if topic.id == "pain")
ON_PAIN = PARAGRAPHS["chronic pain"]


def of(passages: tuple[Passage, ...], topic: str) -> list[Passage]:
    return [passage for passage in passages if passage.topic == topic]


# ----------------------------------------------------------------------------------------------------------- verbatim

_SOME_WORDS = """
pain painful nociceptor the spinal cord nerve touch massage skin opioid endorphin we talk about it and then so because
what is this that I you release. hurts. brain? calm, breathing sleep stress mood. Today Now But listen! subscribe
sponsor train rain bench».
"""
_WORDS = st.sampled_from(_SOME_WORDS.split())
_SEGMENTS = st.lists(
    st.tuples(
        st.floats(0, 900, allow_nan=False),
        st.floats(0, 40, allow_nan=False),
        st.lists(_WORDS, max_size=60).map(" ".join),
        st.sampled_from([None, "Rosa", "Imre"]),
    ),
    max_size=40,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_SEGMENTS)
def test_passages_are_the_transcripts_words_in_order(cues: list[tuple[float, float, str, str | None]]) -> None:
    segments = tuple(Segment(start, start + length, text, speaker=name) for start, length, text, name in cues)
    transcript = Transcript(segments, 1000.0)
    findings = find_passages(transcript, BODYWORK)
    words = " ".join(" ".join(s.text for s in sorted(segments, key=lambda segment: segment.start)).split())
    edges = {word for sentence in sentences(transcript) for word in (sentence.start, sentence.end)}
    for passage in findings.passages:
        assert f" {passage.text} " in f" {words} "
        assert 0 <= passage.score <= 1
        assert 20 - 1e-3 <= passage.end - passage.start <= 90 + 1e-3
        assert any(abs(passage.start - edge) < 1e-3 for edge in edges)
        assert any(abs(passage.end - edge) < 1e-3 for edge in edges)
        for skipped in findings.skipped:
            assert min(passage.end, skipped.end) - max(passage.start, skipped.start) < 0.2
    for topic in BODYWORK:
        scores = [passage.score for passage in of(findings.passages, topic.id)]
        assert scores == sorted(scores, reverse=True)


# ----------------------------------------------------------------------------------------------------------- on topic


def test_the_passage_on_the_topic_is_found_among_other_talk() -> None:
    transcript = spoken(FILLER[0], ON_PAIN, FILLER[1])
    findings = find_passages(transcript, BODYWORK)
    best = of(findings.passages, "pain")[0]
    assert "central sensitization" in best.text
    assert {"chronic pain", "nociceptor"} <= set(best.terms)
    assert not any("counter petition" in passage.text for passage in findings.passages)
    assert findings.notice is None
    assert findings.duration == transcript.duration


@pytest.mark.parametrize("name", ["pain point", "touch base", "nervous about", "massage the data"])
def test_figures_of_speech_are_not_the_topic(name: str) -> None:
    figure = PARAGRAPHS[name]
    transcript = spoken(*FILLER[:2], figure, figure.replace("The", "That"), *FILLER[2:])
    assert find_passages(transcript, BODYWORK[:4]).passages == ()


def test_passages_of_a_topic_do_not_overlap() -> None:
    found = find_passages(annotated_episode()[0], BODYWORK).passages
    for topic in BODYWORK:
        spans = sorted((passage.start, passage.end) for passage in of(found, topic.id))
        assert all(one[1] <= other[0] for one, other in pairwise(spans))


def test_a_topic_mentioned_for_a_sentence_is_no_passage() -> None:
    chat = FILLER[0] + " My uncle has chronic pain, by the way. " + FILLER[2]
    assert find_passages(spoken(FILLER[1], chat, FILLER[3]), [PAIN]).passages == ()


def test_explanations_beat_announcements() -> None:
    announcement = PARAGRAPHS["announcement"]
    findings = find_passages(spoken(announcement, FILLER[0], FILLER[1], ON_PAIN, FILLER[2]), [PAIN])
    assert "central sensitization" in findings.passages[0].text


def test_quality_on_an_annotated_episode() -> None:
    """Floors for the judged paragraphs of our own episode; all four topics together."""
    transcript, paragraphs = annotated_episode()
    findings = find_passages(transcript, BODYWORK)
    wanted = covered = worth = slight = off = 0
    for topic in BODYWORK[:4]:
        passages = of(findings.passages, topic.id)
        for start, end, grades in paragraphs:
            if grades.get(topic.id) == 2:
                wanted += 1
                covered += any(min(p.end, end) - max(p.start, start) >= 15 for p in passages)
        for passage in passages:
            grade = max(
                grades.get(topic.id, 0)
                for start, end, grades in paragraphs
                if min(passage.end, end) - max(passage.start, start) >= 0.4 * (passage.end - passage.start)
            )
            worth, slight, off = worth + (grade == 2), slight + (grade == 1), off + (grade == 0)
    assert covered / wanted >= 0.8
    assert worth > off
    assert (worth + slight) / (worth + slight + off) >= 0.65
    for topic_id in ("pain", "endorphins", "nervous-system", "touch"):
        first = of(findings.passages, topic_id)[0]
        assert any(
            grades.get(topic_id) == 2 and min(first.end, end) - max(first.start, start) >= 15
            for start, end, grades in paragraphs
        ), f"the best passage on {topic_id} is not worth quoting: {first.text}"


# --------------------------------------------------------------------------------------------------------- boundaries


def test_a_question_and_its_answer_stay_together() -> None:
    question = "And why does pain last when the injury has healed?"
    transcript = spoken(FILLER[0], FILLER[1] + " " + question, ON_PAIN, FILLER[2])
    best = find_passages(transcript, [PAIN]).passages[0]
    assert best.text.startswith(question)


def test_a_passage_does_not_open_on_what_leans_on_the_sentence_before() -> None:
    talk = (
        "Inflammation makes the nerve endings more sensitive. That's why a sunburn hurts when warm water runs over it. "
        "The nociceptors answer to a temperature which they would ignore on another day. So that is allodynia, and it "
        "goes away with the inflammation. Chronic pain is different. Because the spinal cord itself has changed, the "
        "pain stays when the skin has healed. And that is what a pain clinic works on for weeks and sometimes years."
    )
    found = find_passages(spoken(FILLER[0], talk, FILLER[1]), [PAIN]).passages
    assert found
    for passage in found:
        assert not passage.text.startswith(("That's", "So that", "Because", "And that"))


def test_limit_keeps_the_best_of_each_topic() -> None:
    transcript, _ = annotated_episode()
    everything = find_passages(transcript, BODYWORK).passages
    one_each = find_passages(transcript, BODYWORK, limit=1).passages
    assert [passage.topic for passage in one_each] == list(dict.fromkeys(p.topic for p in everything))
    assert all(passage == of(everything, passage.topic)[0] for passage in one_each)
    assert find_passages(transcript, BODYWORK, limit=0).passages == ()
    with pytest.raises(UsageError, match="expected 0 or more"):
        find_passages(transcript, BODYWORK, limit=-1)


def test_topics_come_in_the_order_given() -> None:
    transcript, _ = annotated_episode()
    turned = tuple(reversed(BODYWORK))
    order = list(dict.fromkeys(passage.topic for passage in find_passages(transcript, turned).passages))
    assert order == [topic.id for topic in turned if topic.id in order]


def test_a_pack_of_three_terms_learns_from_the_episode() -> None:
    mine = Topic("breath", "Breathing", about="How the breath calms", terms=("exhale", "vagus nerve", "breathing"))
    transcript, _ = annotated_episode()
    found = find_passages(transcript, [mine]).passages
    assert "physiological sigh" in found[0].text
    assert not any("petition" in passage.text for passage in found[:3])


def test_a_passage_names_its_chapter_and_speaker_and_why() -> None:
    transcript = spoken(FILLER[0], ON_PAIN, FILLER[1], speaker="Imre Vass")
    start = transcript.segments[1].start
    chapters = (Chapter(0.0, "Trains"), Chapter(start - 1, "Pain"), Chapter(transcript.segments[2].start, "Pipes"))
    best = find_passages(transcript, [PAIN], chapters=chapters).passages[0]
    assert best.chapter == "Pain"
    assert best.speaker == "Imre Vass"
    assert any(reason.startswith("is the topic: ") and "chronic pain" in reason for reason in best.reasons)


# ------------------------------------------------------------------------------------------------ odd transcripts


def test_captions_without_punctuation_have_passages_too() -> None:
    bare = " ".join([*FILLER[:2], ON_PAIN, ON_PAIN.replace("Chronic", "Lasting"), *FILLER[2:]])
    words = bare.lower().translate(str.maketrans("", "", ".,?!")).split()
    lines = [" ".join(words[at : at + 8]) for at in range(0, len(words), 8)]
    found = find_passages(spoken(*lines), [PAIN]).passages
    assert found
    assert "central sensitization" in " ".join(passage.text for passage in found)


@pytest.mark.parametrize("language", [None, "de", "en"])
def test_another_language_gives_no_passages_and_says_why(language: str | None) -> None:
    german = (
        "Der Schmerz ist nicht das Maß für einen Schaden, und das ist für viele Menschen neu. Die Nerven melden, was "
        "dem Gewebe schaden könnte, aber der Schmerz entsteht im Gehirn. Wir wissen das seit vielen Jahren, und es ist "
        "auch in der Praxis zu sehen, wenn man sich die Zeit nimmt. Das ist der Grund, warum die Massage hilft."
    )
    findings = find_passages(spoken(german, german, language=language), BODYWORK)
    assert findings.passages == ()
    assert findings.notice == (
        "The episode is in German, but topics are in English, so no passages were found; "
        "use a topics file in the episode's language."
    )


def test_a_pack_in_the_talks_language_works() -> None:
    schmerz = Topic("schmerz", "Schmerz", terms=("Schmerz", "Nerv", "Gehirn"), language="de")
    german = (
        "Der Schmerz ist nicht das Maß für einen Schaden, und das ist für viele Menschen neu. Die Nerven melden, was "
        "dem Gewebe schaden könnte, aber die Schmerzen entstehen im Gehirn. Wir wissen das seit vielen Jahren, und es "
        "ist auch in der Praxis zu sehen, wenn man sich die Zeit nimmt. Das ist der Grund, warum die Massage hilft. "
        "Das Gehirn wägt ab, was der Nerv meldet, und macht den Schmerz größer oder kleiner, je nachdem, was es kennt."
    )
    findings = find_passages(spoken(german), [schmerz, PAIN])
    assert [passage.topic for passage in findings.passages]
    assert {passage.topic for passage in findings.passages} == {"schmerz"}
    assert findings.notice is not None
    assert "only topics in the episode's language" in findings.notice


@pytest.mark.parametrize("texts", [(), ("",), ("  ", "\n")])
def test_a_transcript_without_words_says_so(texts: tuple[str, ...]) -> None:
    findings = find_passages(spoken(*texts), BODYWORK)
    assert findings.passages == ()
    assert findings.notice == "The transcript has no words, so there are no passages."


@pytest.mark.parametrize(
    ("term", "said"),
    [("hip pain", "hip pains"), ("hip pain", "hip-pain"), ("cold foot", "cold feet"), ("tight calf", "tight calves")],
)
def test_a_phrase_of_ones_own_is_found_where_it_is_said_once(term: str, said: str) -> None:
    things = ["gardens", "kitchens", "trains", "rivers", "bakeries", "markets", "lamps", "violins", "letters", "maps"]
    talk = [
        f"My neighbour {did} {one} and {other} in a town by the sea, and the weather was kind to everybody that year."
        for did in ("bought", "painted", "sold", "lost")
        for one, other in itertools.pairwise(things)
    ]
    words = f"Many people who come to see us have {said} after years of sitting, and a walk does more than a rest. "
    own = Topic("own", "Own", terms=(term,))
    [passage] = find_passages(spoken(*talk[:18], words, *talk[18:]), [own]).passages
    assert said in passage.text
    assert passage.terms == (term,)
    assert find_passages(spoken(*talk), [own]).passages == ()


def test_two_hours_are_read_in_a_moment() -> None:
    transcript, _ = annotated_episode()
    texts = [segment.text for segment in transcript.segments] * 15
    started = time.process_time()
    find_passages(spoken(*texts), BODYWORK)
    assert time.process_time() - started < 3.0
