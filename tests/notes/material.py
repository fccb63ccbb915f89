"""A short made-up episode with everything that a draft has to cope with, and a hostile one."""

from __future__ import annotations

from datetime import UTC, date, datetime

from podnotes.models import (
    Enclosure,
    Episode,
    Findings,
    Passage,
    Person,
    QualityFlag,
    Segment,
    Skipped,
    Topic,
    Transcript,
)
from podnotes.notes.options import NoteOptions

HOSTILE = '<script>alert(1)</script> & "friends" | [x](javascript:y)'

TOPICS = (
    Topic(
        "pain",
        "Pain",
        about="How pain is made and calmed.",
        terms=("pain", "nociceptor", "chronic pain", "back pain", "gate control"),
        related=("spinal cord", "injury"),
        prompts=(
            "What do you ask before you touch the place?",
            "When do you send a client with back pain to a doctor?",
        ),
        glossary={
            "nociceptor": "A nerve ending that answers to what could harm.",
            "gate control": "Touch can close a gate for pain.",
            "naloxone": "A medicine that blocks opioid receptors.",
        },
    ),
    Topic(
        "endorphins",
        "Endorphins",
        terms=("endorphin", "enkephalin", "opioid receptor", "runner's high"),
        related=("morphine", "laughter"),
        prompts=(
            "When do you see the release on the table?",
            "What do you tell clients who feel light after laughter?",
        ),
        glossary={"endorphin": "A painkiller that the body makes itself.", "dynorphin": "Another opioid of the body."},
    ),
    Topic("touch", "Touch", terms=("touch", "massage", "C-tactile"), prompts=("Which touch do you choose?",)),
    Topic("sleep", "Sleep", terms=("sleep",)),
)

# Seconds, topic (or "ad"), speaker, sentence.
_SCRIPT = """
5 |  | A | Welcome to the Body Talk podcast, my name is Ada Brandt.
5 |  | A | Our guest today is Dr. Noor Haddad, who studies pain.
6 | ad | A | This episode is brought to you by Sleepwell, the mattress that cures back pain.
5 | ad | A | Use the code TALK for twenty percent off your first mattress.
8 | pain | N | So, nociceptors are nerve endings that send signals when tissue may be harmed.
2 | pain | N | That's why it hurts.
8 | pain | N | Pain is made by the brain, and the brain changes the volume of pain with attention and with fear.
4 | pain | N | And they found it in 2019, you know, in that paper.
8 | pain | N | In a trial with 212 patients, back pain fell by 30 percent when people understood how pain works.
7 | pain | N | Chronic pain often remains because the spinal cord amplifies signals from the skin.
4 | pain | A | What makes pain last longer than the injury?
8 | pain | N | Gate control means that touch activates thick fibers, which block pain signals in the spinal cord.
7 | pain | N | Back pain changes when people move more, because movement reduces the alarm of the nervous system.
8 | endorphins | N | Endorphins are painkillers that the body makes itself; they bind to the opioid receptor.
5 | endorphins | N | Laughter releases endorphins, and so does singing in a choir.
8 | endorphins | N | Runner's high is caused by endorphins and other molecules after thirty minutes of effort.
8 | endorphins | N | Enkephalins inhibit pain signals in the spinal cord, where cells carry the opioid receptor.
7 | endorphins | N | A dose of 10 milligrams of naloxone blocks the effect of endorphins for about an hour.
8 | endorphins | A | Endorphins rise when people sing or laugh together, which means that company helps against pain.
7 | touch | N | Slow touch at skin temperature activates C-tactile fibers, which signal comfort to the brain.
8 | touch | N | Massage lowers the heart rate because slow touch activates the calming branch of the nervous system.
7 | touch | A | Touch that people choose themselves reduces stress more than touch that they only allow.
4 |  | A | Thanks for listening, and please rate the show.
"""
_VOICES = {"A": "Ada Brandt", "N": "Noor Haddad"}


def _script() -> tuple[tuple[str, float, str, str], ...]:
    lines = (line.split(" | ", 3) for line in _SCRIPT.strip().splitlines())
    return tuple((text, float(seconds), topic.strip(), _VOICES[voice]) for seconds, topic, voice, text in lines)


SCRIPT = _script()
# So short an episode would leave little room for quotes.
OPTIONS = NoteOptions(made=date(2026, 11, 22), quotation_share=0.8)


def transcript(*, voices: bool = True) -> Transcript:
    """The episode's words, a segment a sentence."""
    segments: list[Segment] = []
    at = 0.0
    for text, seconds, _, speaker in SCRIPT:
        segments.append(Segment(at, at + seconds, text, speaker=speaker if voices else None))
        at += seconds + 0.4
    details = {"engine": "faster-whisper 1.2.1"}
    loop = "Pain pain pain pain is the loop of the machine."
    segments.append(Segment(at, at + 9, loop, doubt=QualityFlag.LOOP))
    return Transcript(tuple(segments), at + 10, source="recognised", model="small.en", details=details)


def findings() -> Findings:
    """What a search finds in it: one passage a topic and run, and the sponsor read."""
    words = transcript()
    passages: list[Passage] = []
    for topic in ("pain", "endorphins", "touch"):
        run = [segment for segment, line in zip(words.segments, SCRIPT, strict=False) if line[2] == topic]
        passages.append(
            Passage(topic, run[0].start, run[-1].end, 0.9, " ".join(segment.text for segment in run), (topic,))
        )
    ads = [segment for segment, line in zip(words.segments, SCRIPT, strict=False) if line[2] == "ad"]
    doubtful = words.segments[-1]
    passages.append(Passage("pain", doubtful.start, doubtful.end, 1.0, doubtful.text, ("pain",)))
    return Findings(tuple(passages), (Skipped("ad", ads[0].start, ads[-1].end, "code"),), words.duration)


def episode(title: str = "Why it hurts, and what helps", podcast: str = "Body Talk") -> Episode:
    """Where it comes from."""
    return Episode(
        guid="e1",
        title=title,
        podcast=podcast,
        published=datetime(2026, 3, 9, 6, 0, tzinfo=UTC),
        duration=160.0,
        link="https://example.org/episodes/1",
        audio=Enclosure("https://cdn.example.org/e1.mp3?a=1&b=2", "audio/mpeg"),
        persons=(Person("Ada Brandt", "host"), Person("Noor Haddad", "guest")),
        number=12,
    )


def hostile_episode() -> Episode:
    """An episode of which every field is an attack."""
    return Episode(
        guid=HOSTILE,
        title=HOSTILE,
        podcast=HOSTILE + " {{ 7*7 }} {% raw %} {{< x >}} <img src=x onerror=alert(2)>",
        published=datetime(2026, 3, 9, 6, 0, tzinfo=UTC),
        link='https://example.org/"><script>alert(3)</script>',
        audio=Enclosure("javascript:alert(4)", "audio/mpeg"),
        persons=(
            Person("</title><script>alert(5)</script>\n# Heading", "host"),
            Person("*Bo* `b` _c_ --> </style>", "guest"),
        ),
        description_html="<p onclick=alert(6)>Notes <script>alert(7)</script><img src=https://tracker.example/x.png></p>",
    )


def hostile_transcript() -> Transcript:
    """The same words, each sentence with markup in it."""
    plain = transcript()
    attacks = (
        "<script>alert(8)</script>",
        "[x](javascript:y)",
        "<b onclick=alert(9)>",
        "</script><script>alert(10)</script>",
        "`a` *b* _c_ \\ | # ~~d~~",
    )
    segments = tuple(
        Segment(s.start, s.end, f"{s.text[:-1]} {attacks[i % len(attacks)]}.", speaker="<i>Noor</i> Haddad")
        for i, s in enumerate(plain.segments[:-1])
    )
    return Transcript(segments, plain.duration)


def hostile_findings() -> Findings:
    """What is found in the hostile words."""
    words = hostile_transcript()
    found = []
    for topic in ("pain", "endorphins", "touch"):
        run = [segment for segment, line in zip(words.segments, SCRIPT, strict=True) if line[2] == topic]
        found.append(
            Passage(topic, run[0].start, run[-1].end, 0.9, " ".join(segment.text for segment in run), (topic,))
        )
    return Findings(tuple(found), (), words.duration)
