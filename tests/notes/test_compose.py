"""What a draft says, and that every word of it was said."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from podnotes.errors import UsageError
from podnotes.models import Findings, Note, Passage, Quote, Segment, Skipped, Topic, Transcript, Word
from podnotes.notes.compose import choose_prompts, compose_note
from podnotes.notes.fact_check import kinds_of_claim
from podnotes.notes.options import NoteOptions
from podnotes.notes.rendering import render
from podnotes.notes.titles import key_terms, titles
from tests.notes import material


@pytest.fixture(scope="module")
def note() -> Note:
    return compose_note(
        material.episode(), material.findings(), material.transcript(), material.TOPICS, options=material.OPTIONS
    )


def quoted(note: Note) -> list[Quote]:
    """Everything of the episode that stands in a draft."""
    return [
        *(quote for section in note.sections for quote in section.quotes),
        *note.questions,
    ]


def said_at(transcript: Transcript, quote: Quote) -> str:
    """What the transcript has between the quote's seconds."""
    return " ".join(
        segment.text
        for segment in transcript.segments
        if segment.start >= quote.passage.start - 1.0 and segment.end <= quote.passage.end + 1.0
    )


def test_every_quoted_word_is_said_at_the_second_it_says(note: Note) -> None:
    assert len(quoted(note)) >= 6
    for quote in quoted(note):
        assert quote.passage.text in said_at(material.transcript(), quote)
        minutes, seconds = quote.time.split(":")
        assert int(minutes) * 60 + int(seconds) == int(quote.passage.start)
        assert quote.url == f"https://cdn.example.org/e1.mp3?a=1&b=2#t={int(quote.passage.start)}"


def test_title_says_what_the_post_is_about(note: Note) -> None:
    subjects, _, voice = note.title.partition(": ")
    # Who says what is quoted is not for a title to claim.
    assert voice == "notes from a talk with Noor Haddad"
    text = " ".join(quote.passage.text for quote in quoted(note)).lower()
    assert all(subject in text for subject in re.split(", | and ", subjects.lower().replace("the ", "")))
    assert note.title not in note.titles
    assert all(len(title) <= 90 for title in [note.title, *note.titles])


def test_titles_of_two_episodes_differ_however_alike_they_are(note: Note) -> None:
    long = "The science and the practice of everything that eases pain, with many examples, part "
    names = ["Why it hurts", "What helps", f"{long}two", f"One more: {long}three"]
    for terms in ((), ("vagus nerve",)):
        found = [titles(material.episode(name), note.sections, (), terms)[0] for name in names]
        assert len(set(found)) == len(names)
        assert all(len(title) <= 90 for title in found)


@pytest.mark.parametrize(
    ("term", "said"),
    [("falling asleep", "You fall asleep. They fall asleep."), ("sympathetic", "The sympathetic branch is awake.")],
)
def test_words_that_are_no_subject_stand_in_no_title(term: str, said: str) -> None:
    from podnotes.models import Section

    passage = Passage("sleep", 0.0, 9.0, 0.9, said)
    topic = Topic("sleep", "Sleep", terms=(term,), glossary={"sympathetic": "Of a branch."})
    section = Section(topic, (Quote(passage, "0:00"),))
    assert key_terms(material.episode(), (section,)) == ()


def test_opening_names_podcast_people_and_day(note: Note) -> None:
    assert note.opening == (
        "In “Why it hurts, and what helps”, an episode of Body Talk from 9 March 2026, "
        "Ada Brandt talks with Noor Haddad about pain, endorphins and touch."
    )


def test_sections_are_in_the_packs_order_and_only_what_the_episode_has(note: Note) -> None:
    assert [section.topic.id for section in note.sections] == ["pain", "endorphins", "touch"]


def test_no_sponsor_no_doubtful_words_no_housekeeping(note: Note) -> None:
    text = " ".join(quote.passage.text for quote in quoted(note))
    for word in ("mattress", "twenty percent off", "loop", "rate the show", "Welcome"):
        assert word not in text


def test_nothing_leans_on_what_is_not_there(note: Note) -> None:
    for quote in quoted(note):
        assert not re.match(r"(?:that's why|and they|so,)", quote.passage.text, re.IGNORECASE)


def test_no_quote_has_a_question_without_its_mark() -> None:
    lines = (
        "Does my neck need a massage every week.",
        "Slow massage of the neck calms the spinal cord, and the brain turns the pain down.",
        "Nothing else was said about anything in the whole of the afternoon here.",
    ) * 2
    segments = tuple(Segment(9.0 * at, 9.0 * at + 8.0, line) for at, line in enumerate(lines))
    words = Transcript(segments, 60.0)
    found = Findings((Passage("pain", 0.0, 60.0, 0.9, words.text),), duration=60.0)
    note = compose_note(material.episode(), found, words, material.TOPICS, options=NoteOptions(quotation_share=1.0))
    assert [quote.passage.text.startswith("Slow massage") for quote in quoted(note)] == [True]


def test_nothing_is_quoted_twice(note: Note) -> None:
    spans = sorted((quote.passage.start, quote.passage.end) for quote in quoted(note))
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))


def test_what_is_said_again_stands_once() -> None:
    lines = (
        "Slow touch calms the heart because thick fibers carry signals to the brain.",
        *["The train was late again and the people on the platform looked at their telephones."] * 5,
        "Thick fibers carry signals to the brain, which is why slow touch calms the heart.",
        "The weather of that week was cold and wet, and nobody went out to the garden.",
        "Massage of the neck reduces tension in the muscles that hold the head.",
        *["The ferry left the harbour before the fog came down over the two islands."] * 5,
    ) * 2
    segments = tuple(Segment(9.0 * at, 9.0 * at + 8.0, line) for at, line in enumerate(lines))
    words = Transcript(segments, segments[-1].end)
    found = Findings((Passage("touch", 0.0, words.duration, 0.9, words.text),), duration=words.duration)
    options = NoteOptions(quotation_share=1.0)
    note = compose_note(material.episode(), found, words, material.TOPICS, options=options)
    text = " ".join(quote.passage.text for quote in quoted(note))
    assert text.count("hick fibers carry signals") == 1
    assert text.count("Massage of the neck") == 1


def test_what_a_speaker_reads_out_is_not_attributed_to_them() -> None:
    lines = (
        '"Pain is made by the brain, and the brain changes the volume of pain with attention."',
        "Nothing else was said about anything in the whole of the afternoon here.",
        "Chronic pain often remains because the spinal cord amplifies signals from the skin.",
    ) * 2
    segments = tuple(Segment(9.0 * at, 9.0 * at + 8.0, line, speaker="Ada Brandt") for at, line in enumerate(lines))
    words = Transcript(segments, 60.0)
    found = Findings((Passage("pain", 0.0, 60.0, 0.9, words.text),), duration=60.0)
    options = NoteOptions(quotation_share=1.0)
    note = compose_note(material.episode(), found, words, material.TOPICS, options=options)
    assert any("amplifies signals" in quote.passage.text for quote in quoted(note))
    assert not any("made by the brain" in quote.passage.text for quote in quoted(note))


# With the longer warning, both together are more than a quote may have.
@pytest.mark.parametrize("more", ["", ", " + ", ".join(["in a pool or a bath or on the shore of a lake"] * 7)])
def test_a_warning_stays_with_the_instruction_it_belongs_to(more: str) -> None:
    lines = (
        "Hold your breath after you have let all the air go, and the pain in your back is felt less.",
        f"Never do this breathing near water{more}, and sit down for it.",
        "The weather of that week was cold and wet, and nobody went out to the garden.",
        "Chronic pain often remains because the spinal cord amplifies signals from the skin.",
    ) * 2
    segments = tuple(Segment(9.0 * at, 9.0 * at + 8.0, line, speaker="Ada Brandt") for at, line in enumerate(lines))
    words = Transcript(segments, 80.0)
    found = Findings((Passage("pain", 0.0, 80.0, 0.9, words.text),), duration=80.0)
    note = compose_note(
        material.episode(), found, words, material.TOPICS, options=NoteOptions(quotation_share=1.0, quotes=10)
    )
    assert any("Hold your breath" in quote.passage.text for quote in quoted(note)) == (not more)
    for quote in quoted(note):
        assert ("Hold your breath" in quote.passage.text) <= ("near water" in quote.passage.text)


def test_a_long_episode_gives_no_long_draft() -> None:
    """Two hours on nothing but her topics, with the bounds as they are."""
    plain = material.transcript().segments[:-1]
    length = plain[-1].end + 2.0
    segments = tuple(
        replace(
            s, start=s.start + turn * length, end=s.end + turn * length, text=s.text.replace("pain", f"pain {turn}")
        )
        for turn in range(40)
        for s in plain
    )
    passages = tuple(
        replace(
            p, start=p.start + turn * length, end=p.end + turn * length, text=p.text.replace("pain", f"pain {turn}")
        )
        for turn in range(40)
        for p in material.findings().passages[:-1]
    )
    words = Transcript(segments, 40 * length)
    note = compose_note(material.episode(), Findings(passages, (), 40 * length), words, material.TOPICS)
    assert len(note.sections) == 3
    quotes = [quote for section in note.sections for quote in section.quotes]
    assert sum(len(quote.passage.text.split()) for quote in quotes) <= 500
    assert all(quote.passage.end - quote.passage.start <= 90 for quote in quotes)
    assert 4 <= len(quotes) <= 8


def test_a_quote_with_a_word_that_may_be_misheard_ranks_lower() -> None:
    def best(transcript: Transcript) -> str:
        options = replace(material.OPTIONS, quotes=1, sections=1)
        return quoted(
            compose_note(material.episode(), material.findings(), transcript, material.TOPICS, options=options)
        )[0].passage.text

    def heard(transcript: Transcript, text: str, probability: float) -> Transcript:
        """The words of a sentence timed, and the model's confidence in its third word."""
        segments = []
        for one in transcript.segments:
            tokens, each = one.text.split(), (one.end - one.start) / len(one.text.split())
            timed = tuple(
                Word(one.start + at * each, one.start + (at + 1) * each, token, probability if at == 2 else 0.95)
                for at, token in enumerate(tokens)
            )
            segments.append(replace(one, words=timed) if one.text in text else one)
        return replace(transcript, segments=tuple(segments))

    first = best(material.transcript())
    assert best(heard(material.transcript(), first, 0.6)) == first
    assert best(heard(material.transcript(), first, 0.4)) != first


def test_the_draft_says_where_its_words_come_from(note: Note) -> None:
    assert "faster-whisper 1.2.1 with the model small.en" in note.provenance
    text = " ".join(render(note).split())
    assert note.quoted_share is not None
    percent = round(100 * note.quoted_share, 1)
    assert f"This draft quotes {note.quoted_words} words, {percent} % of the episode." in text
    assert re.search(r"Made with podnotes \d+\.\d+\S* on 2026-11-22\.$", text)


def test_speakers_are_named_where_the_transcript_names_them(note: Note) -> None:
    assert {quote.speaker for quote in quoted(note)} <= {"Noor Haddad", "Ada Brandt"}


def test_speakers_are_not_guessed() -> None:
    words = material.transcript(voices=False)
    note = compose_note(material.episode(), material.findings(), words, material.TOPICS, options=material.OPTIONS)
    assert quoted(note)
    assert all(quote.speaker is None for quote in quoted(note))
    assert any("does not name the speakers" in notice for notice in note.notices)


@pytest.mark.parametrize("label", ["SPEAKER_01", "Speaker 2", "Guest", "1", "spk_0", "Unknown"])
def test_labels_of_voices_are_no_names(label: str) -> None:
    words = material.transcript()
    words = replace(words, segments=tuple(replace(segment, speaker=label) for segment in words.segments))
    note = compose_note(material.episode(), material.findings(), words, material.TOPICS, options=material.OPTIONS)
    assert quoted(note)
    assert all(quote.speaker is None for quote in quoted(note))


def test_names_heard_in_the_introduction_are_used_and_said_so() -> None:
    words = material.transcript(voices=False)
    episode = replace(material.episode(), persons=())
    note = compose_note(episode, material.findings(), words, material.TOPICS, options=material.OPTIONS)
    assert [(person.name, person.role) for person in note.people] == [
        ("Ada Brandt", "host"),
        ("Dr. Noor Haddad", "guest"),
    ]
    assert any("check the spelling" in notice for notice in note.notices)
    assert note.citation.startswith("Brandt, A. (Host). (2026, March 9).")


def test_claims_are_what_she_should_verify() -> None:
    words = material.transcript()
    trial = next(segment for segment in words.segments if "212 patients" in segment.text)
    plain = next(segment for segment in words.segments if segment.text.startswith("Gate control"))
    found = Findings(
        tuple(Passage("pain", segment.start, segment.end, 0.9, segment.text) for segment in (trial, plain)),
        duration=words.duration,
    )
    note = compose_note(material.episode(), found, words, material.TOPICS, options=material.OPTIONS)
    claims = {claim.text: claim.why for claim in note.claims}
    assert claims[trial.text] == "a study and a number"
    assert plain.text not in claims


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("In a trial with 212 patients, back pain fell by 30 percent.", ("a study", "a number")),
        ("Take 300 milligrams a day.", ("a dose", "a number")),
        ("Two to five grams of it are enough.", ("a dose",)),
        ("It cures back pain.", ("a health claim",)),
        ("Massage is as effective as ibuprofen.", ("a health claim",)),
        ("Massage lowers cortisol.", ("a health claim",)),
        ("Late day cortisol is associated with depression.", ("a health claim",)),
        ("It would never prevent you from getting a good night of rest.", ()),
        ("Just imagine two people talking to one another.", ()),
        ("A meta-analysis was published in 2021.", ("a study", "a number")),
        ("Pain doubled in half of them.", ("a number",)),
        ("One of the fibers carries touch.", ()),
        ("I saw the secure line.", ()),
        ("Pain is made by the brain.", ()),
    ],
)
def test_kinds_of_claims(text: str, kinds: tuple[str, ...]) -> None:
    assert kinds_of_claim(text) == kinds


def test_glossary_has_only_words_that_occur(note: Note) -> None:
    text = " ".join(quote.passage.text for quote in quoted(note)).lower()
    assert note.glossary
    assert all(word in text for word, _ in note.glossary)
    assert "dynorphin" not in dict(note.glossary)


def test_words_of_a_topic_without_a_section_are_explained_where_they_occur() -> None:
    found = replace(
        material.findings(), passages=tuple(p for p in material.findings().passages if p.topic == "endorphins")
    )
    topics = (*material.TOPICS, Topic("nerves", "Nerves", glossary={"spinal cord": "The nerves in the back."}))
    note = compose_note(material.episode(), found, material.transcript(), topics, options=material.OPTIONS)
    assert [section.topic.id for section in note.sections] == ["endorphins"]
    assert "spinal cord" in " ".join(quote.passage.text for quote in quoted(note))
    assert dict(note.glossary)["spinal cord"] == "The nerves in the back."


def test_prompts_are_the_packs(note: Note) -> None:
    for section in note.sections:
        assert section.prompts
        asked = {prompt for prompt in section.prompts if not prompt.startswith("How would you explain “")}
        assert asked <= set(section.topic.prompts)


def test_prompts_fit_the_words() -> None:
    topic = Topic(
        "pain",
        "Pain",
        prompts=("What do you do first in pain?", "Do you work with heat?", "What of fear and pain?"),
        glossary={"nociceptor": "A nerve ending."},
    )
    fitting = choose_prompts(topic, "Heat is what a nociceptor reports.", 2)
    assert fitting == ("Do you work with heat?", "How would you explain “nociceptor” to a client, in one sentence?")
    assert choose_prompts(topic, "Pain feeds on fear, and heat calms pain.", 2) == topic.prompts[1:]
    assert choose_prompts(topic, "Nothing that fits.", 2) == topic.prompts[:2]


def test_tags_are_topics_and_terms(note: Note) -> None:
    assert note.tags[:3] == ("pain", "endorphins", "touch")
    assert all(re.fullmatch(r"[a-z0-9-]+", tag) for tag in note.tags)


def test_an_episode_with_nothing_on_her_topics_has_no_sections() -> None:
    note = compose_note(material.episode(), Findings(duration=160.0), material.transcript(), material.TOPICS)
    assert note.sections == ()
    assert note.title == "Why it hurts, and what helps"


@pytest.mark.parametrize(("score", "sections"), [(0.45, 0), (0.85, 1)])
def test_a_word_in_passing_makes_no_draft(score: float, sections: int) -> None:
    lines = ["The release of the new version was late again, and the team looked at the telephones."] * 400
    lines[200] = "If you touched memory over there, it means that the second bit of your key is zero."
    segments = tuple(Segment(9.0 * at, 9.0 * at + 8.0, line) for at, line in enumerate(lines))
    words = Transcript(segments, 3600.0)
    found = Findings((Passage("touch", 1800.0, 1808.0, score, lines[200], ("touch",)),), duration=3600.0)
    note = compose_note(material.episode(), found, words, material.TOPICS)
    assert len(note.sections) == sections


def test_a_transcript_without_words_makes_no_draft() -> None:
    note = compose_note(material.episode(), material.findings(), Transcript((), 160.0), material.TOPICS)
    assert note.sections == ()


def test_without_the_transcript_passages_are_quoted() -> None:
    found = replace(material.findings(), passages=material.findings().passages[:-1])
    note = compose_note(material.episode(), found, None, material.TOPICS, options=material.OPTIONS)
    assert quoted(note)
    for quote in (quote for section in note.sections for quote in section.quotes):
        (passage,) = (one for one in found.passages if quote.passage.text in one.text)
        assert passage.start <= quote.passage.start < quote.passage.end <= passage.end
    assert "estimates" in note.provenance
    assert note.quoted_share is None


@pytest.mark.parametrize(
    ("options", "limit"),
    [
        (NoteOptions(quotation_words=60), 60),
        (NoteOptions(quotation_words=120), 120),
        (NoteOptions(quotation_share=0.2), 70),
    ],
)
def test_quotation_is_bounded(options: NoteOptions, limit: int) -> None:
    note = compose_note(
        material.episode(), material.findings(), material.transcript(), material.TOPICS, options=options
    )
    words = sum(len(quote.passage.text.split()) for quote in quoted(note))
    assert 0 < words <= limit
    assert words == note.quoted_words


def test_no_quote_lasts_longer_than_allowed() -> None:
    options = NoteOptions(quote_seconds=8.5)
    note = compose_note(
        material.episode(), material.findings(), material.transcript(), material.TOPICS, options=options
    )
    assert quoted(note)
    assert all(quote.passage.end - quote.passage.start <= 8.5 for quote in quoted(note))


@pytest.mark.parametrize(
    "wrong", [{"sections": 0}, {"quotes": -1}, {"quotation_words": 3}, {"quote_seconds": 0.0}, {"quotation_share": 1.5}]
)
def test_bounds_that_leave_nothing_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(UsageError, match=next(iter(wrong))):
        NoteOptions(**wrong)  # type: ignore[arg-type]  # wrong on purpose


def test_orders_that_do_not_stand_alone_are_quoted_rather_than_nothing() -> None:
    from podnotes import find_passages

    lines = (
        "Now let me tell you about my favorite soup recipe.", "Chop the onions and add a spoon of butter.",
        "Peel the potatoes and add a spoon of salt.", "Cook the lentils for twenty minutes.",
        "The secret of good soup is patience and a heavy pot.", "Serve the soup with bread and olive oil.",
    )  # fmt: skip
    segments = tuple(Segment(5.0 * at, 5.0 * at + 4.6, line) for at, line in enumerate(lines))
    transcript = Transcript(segments, 30.0, "en")
    soup = Topic("soup", "Soup", terms=("soup", "potato", "onion", "lentil"))
    note = compose_note(material.episode(), find_passages(transcript, (soup,)), transcript, (soup,))
    assert [section.topic.id for section in note.sections] == ["soup"]
    assert all(quote.passage.text in transcript.text for quote in quoted(note))


def test_local_audio_is_never_linked() -> None:
    from podnotes.models import Enclosure

    episode = replace(material.episode(), audio=Enclosure("/home/her/secret folder/e1.mp3"), link="javascript:alert(1)")
    note = compose_note(episode, material.findings(), material.transcript(), material.TOPICS, options=material.OPTIONS)
    assert all(quote.url is None for quote in quoted(note))
    assert "secret" not in note.citation
    assert "javascript" not in note.citation


_WORDS = """
    pain endorphins touch So, And the brain makes signals because it that This spinal cord blocks you know 30 percent
    increases study, releases And so Now when people massage. fibers. skin. relief? they
"""
_LINES = st.lists(
    st.tuples(
        st.lists(
            st.sampled_from(_WORDS.split()),
            min_size=1,
            max_size=18,
        ),
        st.floats(0.5, 12.0),
        st.sampled_from([None, "Ada", "SPEAKER_1"]),
        st.booleans(),
    ),
    min_size=1,
    max_size=24,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_LINES, st.integers(20, 400), st.sampled_from(["pain", "endorphins", "touch", "other"]))
def test_whatever_is_said_is_quoted_right(
    lines: list[tuple[list[str], float, str | None, bool]], words: int, topic: str
) -> None:
    from podnotes.text.sentences import sentences

    segments, at = [], 0.0
    for tokens, seconds, speaker, _ in lines:
        each = seconds / len(tokens)
        timed = tuple(Word(at + i * each, at + (i + 1) * each, token) for i, token in enumerate(tokens))
        segments.append(Segment(at, at + seconds, " ".join(tokens), timed, speaker))
        at += seconds
    transcript = Transcript(tuple(segments), at)
    cut = sentences(transcript)
    passages = tuple(
        Passage(topic, cut[i].start, cut[min(i + 2, len(cut) - 1)].end, 0.9, " ".join(s.text for s in cut[i : i + 3]))
        for i in range(0, len(cut), 3)
    )
    skipped = tuple(Skipped("ad", s.start, s.end) for s, line in zip(segments, lines, strict=True) if line[3])
    note = compose_note(
        material.episode(),
        Findings(passages, skipped, at),
        transcript,
        material.TOPICS,
        options=NoteOptions(quotation_words=words),
    )
    whole = transcript.text
    all_words = [word for segment in segments for word in segment.words]
    for quote in quoted(note):
        assert quote.passage.text in whole
        inside = [
            w.text for w in all_words if quote.passage.start - 1e-6 <= w.start and w.end <= quote.passage.end + 1e-6
        ]
        assert " ".join(inside).endswith(quote.passage.text)
        assert not any(quote.passage.start < s.end - 0.06 and quote.passage.end > s.start + 0.06 for s in skipped)
        assert quote.speaker in {None, "Ada", "Ada Brandt"}  # the feed knows but one Ada
    assert sum(len(quote.passage.text.split()) for quote in quoted(note)) == note.quoted_words <= words + words // 2


def test_without_full_stops_there_are_quotes_all_the_same() -> None:
    plain = material.transcript()
    segments = tuple(
        replace(segment, text=re.sub(r"[.,;?!]", "", segment.text).lower()) for segment in plain.segments[:-1]
    )
    words = replace(plain, segments=segments)
    passages = tuple(
        replace(passage, text=re.sub(r"[.,;?!]", "", passage.text).lower())
        for passage in material.findings().passages[:-1]
    )
    from podnotes.text.sentences import sentences

    cut = sentences(words)
    found = []
    for passage in passages:
        inside = [s for s in cut if passage.start <= s.start and s.end <= passage.end]
        text = " ".join(s.text for s in inside)
        found.append(replace(passage, start=inside[0].start, end=inside[-1].end, text=text))
    note = compose_note(
        material.episode(), Findings(tuple(found), (), words.duration), words, material.TOPICS, options=material.OPTIONS
    )
    assert {"pain", "endorphins"} <= {section.topic.id for section in note.sections}
    assert len(quoted(note)) > 3
    for quote in quoted(note):
        assert quote.passage.text in words.text


def test_rules_for_english_are_not_asked_of_other_languages() -> None:
    lines = (
        "Der Schmerz entsteht im Gehirn, und das Gehirn kann ihn lauter und leiser machen.",
        "Sie haben in der Studie gezeigt, dass langsame Berührung den Schmerz bei vielen Menschen lindert.",
        "Chronischer Schmerz bleibt oft, obwohl die Verletzung schon lange verheilt ist und nichts mehr zu sehen ist.",
        "Wie lange dauert es, bis der Schmerz nach einer Behandlung nachlässt?",
    )
    segments = tuple(Segment(i * 9.0, i * 9.0 + 8.0, line) for i, line in enumerate(lines))
    words = Transcript(segments, 40.0, language="de")
    topic = Topic("schmerz", "Schmerz", terms=("Schmerz",), language="de")
    passage = Passage("schmerz", 0.0, segments[-1].end, 0.9, " ".join(lines))
    note = compose_note(material.episode(), Findings((passage,), (), 40.0), words, (topic,), options=material.OPTIONS)
    assert [section.topic.title for section in note.sections] == ["Schmerz"]
    assert all(quote.passage.text in " ".join(lines) for quote in quoted(note))
    assert not any(quote.cut for quote in quoted(note))
