"""One talk in the many ways that programs and people write it down: the words, their speakers and their times come out.

Each way is a function from the turns of the talk to a file. What is checked of all of them is the same: every spoken
word, in order, and nothing else; nobody's words under another name; times where the file has them.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podnotes.errors import TranscriptError
from podnotes.models import Doubt
from podnotes.sounds import has_gap
from podnotes.text.sentences import sentences
from podnotes.transcripts import parse_transcript

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from podnotes.models import Transcript


@dataclass(frozen=True)
class Turn:
    """Something that somebody says."""

    start: float
    end: float
    name: str
    text: str

    @property
    def halves(self) -> tuple[str, str]:
        words = self.text.split()
        return " ".join(words[: len(words) // 2]), " ".join(words[len(words) // 2 :])


def _talk() -> tuple[Turn, ...]:
    said = [
        ("Mara Lind", "Good morning, and welcome to the kitchen table, where we talk about sleep."),
        ("Mara Lind", "With me is Doctor Okafor, who has watched people sleep for fifteen years."),
        ("Dr. Okafor", "Thank you, Mara, it is good to be here, wide awake."),
        ("Mara Lind", "Why does a tired body feel every bruise twice?"),
        ("Dr. Okafor", "A short night lowers the threshold at which the nerves report pain."),
        ("Dr. Okafor", "Remember: the pain is real, and yet the tissue has not changed at all."),
        ("Mara Lind", "So at 10:30 in the evening, what should I do?"),
        ("Dr. Okafor", "Dim the lights, put the phone away, and breathe out slowly."),
        ("Dr. Okafor", "One patient of mine counted 42 breaths before she slept."),
        ("Mara Lind", "And if I wake up at night?"),
        ("Dr. Okafor", "Then get up for a while; the bed is no place to worry."),
        ("Mara Lind", "That is what I will try tonight."),
    ]
    turns, at = [], 1.0
    for name, text in said:
        end = round(at + len(text) / 15, 3)
        turns.append(Turn(at, end, name, text))
        at = round(end + 0.4, 3)
    return tuple(turns)


TALK = _talk()
WORDS = " ".join(turn.text for turn in TALK).split()
SPOKEN_BY = [turn.name.lower() for turn in TALK for _ in turn.text.split()]


# ------------------------------------------------------------------------------------------------------------- times


def clock(seconds: float, mark: str = ",", *, hours: bool = True) -> str:
    whole, thousandths = divmod(round(seconds * 1000), 1000)
    text = f"{whole // 60 % 60:02d}:{whole % 60:02d}"
    text = f"{whole // 3600:02d}:{text}" if hours else text
    return f"{text}{mark}{thousandths:03d}" if mark else text


def frames(seconds: float, mark: str, rate: int) -> str:
    whole = int(seconds)
    return f"{clock(whole, '')}{mark}{int((seconds - whole) * rate):02d}"


def spelled(seconds: float, pattern: str = "{} minutes {} seconds") -> str:
    minutes, rest = divmod(int(seconds), 60)
    return pattern.format(minutes, rest) if minutes else f"{rest} seconds"


def full_width(text: str) -> str:
    return text.translate(
        {**{ord("0") + digit: ord("０") + digit for digit in range(10)}, ord(":"): "：", ord(","): "，"}
    )


# ------------------------------------------------------------------------------------------------- making up captions


def srt(
    time: Callable[[float], str] = clock,
    arrow: str = " --> ",
    line: Callable[[Turn], str] = lambda turn: turn.text,
    *,
    numbered: bool = True,
    blank: str = "\n\n",
) -> str:
    cues = []
    for number, turn in enumerate(TALK, 1):
        head = f"{number}\n" if numbered else ""
        cues.append(f"{head}{time(turn.start)}{arrow}{time(turn.end)}\n{line(turn)}")
    return blank.join(cues) + "\n"


def webvtt(line: Callable[[Turn], str], *, blank: str = "\n\n", settings: str = "") -> str:
    cues = (f"{clock(t.start, '.')} --> {clock(t.end, '.')}{settings}\n{line(t)}" for t in TALK)
    return "WEBVTT\n\n" + blank.join(cues) + "\n"


def pairs(line: Callable[[Turn], str]) -> str:
    """Two turns share a cue, as many captioners have it."""
    cues = []
    for first, second in zip(TALK[::2], TALK[1::2], strict=True):
        cues.append(f"{clock(first.start)} --> {clock(second.end)}\n{line(first)}\n{line(second)}")
    return "\n\n".join(f"{number}\n{cue}" for number, cue in enumerate(cues, 1)) + "\n"


def at_changes(line: Callable[[Turn], str]) -> str:
    """The name stands only where somebody else begins."""
    before = ""
    cues = []
    for turn in TALK:
        cues.append(f"{clock(turn.start)} --> {clock(turn.end)}\n{turn.text if turn.name == before else line(turn)}")
        before = turn.name
    return "\n\n".join(cues) + "\n"


def paragraphs(line: Callable[[Turn], str], *, between: str = "\n\n") -> str:
    return between.join(line(turn) for turn in TALK) + "\n"


def ttml(body: str, *, head: str = "", root: str = "") -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<tt xmlns="http://www.w3.org/ns/ttml" '
        f'xmlns:ttp="http://www.w3.org/ns/ttml#parameter" xmlns:ttm="http://www.w3.org/ns/ttml#metadata" '
        f'xml:lang="en" {root}><head><metadata><ttm:title>Sleep</ttm:title>{head}</metadata></head>'
        f"<body><div>{body}</div></body></tt>"
    )


AGENTS = "".join(
    f'<ttm:agent type="person" xml:id="{key}"><ttm:name type="full">{name}</ttm:name></ttm:agent>'
    for key, name in (("a1", "Mara Lind"), ("a2", "Dr. Okafor"))
)


def agent(turn: Turn) -> str:
    return "a1" if turn.name == "Mara Lind" else "a2"


def apple(turn: Turn) -> str:
    words = turn.text.split()
    step = (turn.end - turn.start) / len(words)
    spans = "".join(
        f'<span podcasts:unit="word" begin="{turn.start + i * step:.3f}" end="{turn.start + (i + 1) * step:.3f}">'
        f"{escape(word)}</span>"
        for i, word in enumerate(words)
    )
    return (
        f'<p begin="{turn.start}" end="{turn.end}" ttm:agent="{agent(turn)}">'
        f'<span podcasts:unit="sentence" begin="{turn.start}" end="{turn.end}">{spans}</span></p>'
    )


def rolling() -> str:
    """Automatic captions of video sites: each cue repeats the line before."""
    cues, before = [], ""
    for turn in TALK:
        cues.append(f"{clock(turn.start, '.')} --> {clock(turn.end, '.')}\n{before or ' '}\n{turn.text}")
        before = turn.text
    return "WEBVTT\nKind: captions\nLanguage: en\n\n" + "\n\n".join(cues) + "\n"


def csv(delimiter: str, *rows: str) -> str:
    return "\n".join([delimiter.join(rows[0].split()), *rows[1:]]) + "\n"


TIMED: dict[str, tuple[str, str]] = {  # by what it is: file name and content
    "srt": ("a.srt", srt()),
    "srt without numbers": ("a.srt", srt(numbered=False)),
    "srt without blank lines": ("a.srt", srt(blank="\n")),
    "srt with neither": ("a.srt", srt(numbered=False, blank="\n")),
    "srt with two blank lines": ("a.srt", srt(blank="\n\n\n")),
    "srt with blank lines inside": ("a.srt", srt(line=lambda t: "\n\n".join(t.halves))),
    "srt with a blank line before the words": ("a.srt", srt(line=lambda t: f"\n{t.text}")),
    "srt with a dot": ("a.srt", srt(lambda s: clock(s, "."))),
    "srt with a colon before the milliseconds": ("a.srt", srt(lambda s: clock(s, ":"))),
    "srt without hours": ("a.srt", srt(lambda s: clock(s, hours=False))),
    "srt with drop frames": ("a.srt", srt(lambda s: frames(s, ";", 30))),
    "srt with frames behind a colon": ("a.srt", srt(lambda s: frames(s, ":", 25))),
    "srt with frames behind a dot": ("a.srt", srt(lambda s: frames(s, ".", 24))),
    "srt with floats behind the milliseconds": (
        "a.srt",
        srt(lambda s: f"{clock(s, '')},{round(s % 1 * 1000)}.0499999999998"),
    ),
    "srt with nine decimals": ("a.srt", srt(lambda s: clock(s) + "999999")),
    "srt with thirty decimals": ("a.srt", srt(lambda s: clock(s, ".") + "0" * 27)),
    "srt with unpadded milliseconds": ("a.srt", srt(lambda s: f"{clock(s, '')},{round(s % 1 * 1000)}")),
    "srt with unpadded times": ("a.srt", srt(lambda s: f"0:{int(s) // 60}:{int(s) % 60},{round(s % 1 * 1000):03d}")),
    "srt with spaces in its times": ("a.srt", srt(lambda s: clock(s).replace(":", ": ").replace(",", ", "))),
    "srt in full width": ("a.srt", srt(lambda s: full_width(clock(s)))),
    "srt with full-width colons": ("a.srt", srt(lambda s: clock(s).replace(":", "：").replace(",", "，"))),
    "srt with an en dash for the arrow": ("a.srt", srt(arrow=" –> ")),
    "srt with an em dash for the arrow": ("a.srt", srt(arrow=" —> ")),
    "srt with a pretty arrow": ("a.srt", srt(arrow=" → ")),
    "srt with a short arrow": ("a.srt", srt(arrow=" -> ")),
    "srt with an escaped arrow": ("a.srt", srt(arrow=" --&gt; ")),
    "srt with a thick arrow": ("a.srt", srt(arrow=" ==> ")),
    "srt with no space at the arrow": ("a.srt", srt(arrow="-->")),
    "srt with coordinates": (
        "a.srt",
        re.sub(r"(-->.*)", r"\1  X1:100 X2:600 Y1:050 Y2:100", srt()),
    ),
    "srt with fonts": ("a.srt", srt(line=lambda t: f'<font color="#ffff00">{{\\an8}}{t.text}</font>')),
    "srt that was escaped": ("a.srt", srt(line=lambda t: f"&lt;i&gt;{t.text}&lt;/i&gt;")),
    "srt that was escaped twice": ("a.srt", srt(line=lambda t: f"&amp;lt;b&amp;gt;{t.text}&amp;lt;/b&amp;gt;")),
    "srt called txt": ("a.txt", srt()),
    "webvtt": ("a.vtt", webvtt(lambda t: t.text)),
    "webvtt with settings": ("a.vtt", webvtt(lambda t: t.text, settings=" align:start position:0% line:79%")),
    "webvtt with a blank line inside": ("a.vtt", webvtt(lambda t: "\n\n".join(t.halves))),
    "webvtt with lines of spaces inside": ("a.vtt", webvtt(lambda t: "\n \n".join(t.halves))),
    "webvtt with a blank line before the words": ("a.vtt", webvtt(lambda t: f"\n{t.text}")),
    "webvtt with comments between": ("a.vtt", webvtt(lambda t: f"{t.text}\n\nNOTE checked by KL\non two lines")),
    "webvtt with styles at the top": (
        "a.vtt",
        webvtt(lambda t: t.text).replace("WEBVTT\n", "WEBVTT\n\nSTYLE\n::cue { color: red }\n\nREGION\nid:fred\n", 1),
    ),
    "webvtt with names of cues": (
        "a.vtt",
        "WEBVTT\n\n"
        + "\n\n".join(
            f"part {n} of the talk\n{clock(t.start, '.')} --> {clock(t.end, '.')}\n{t.text}" for n, t in enumerate(TALK)
        ),
    ),
    "webvtt with ids as meeting programs have them": (
        "a.vtt",
        "WEBVTT\n\n"
        + "\n\n".join(
            f"0d7a6c1e-5a0a-4b5e-9c59-0c6f1f9d{n:04d}/{n}-0\n{clock(t.start, '.')} --> {clock(t.end, '.')}\n{t.text}"
            for n, t in enumerate(TALK)
        ),
    ),
    "webvtt in pieces": (
        "a.vtt",
        "\n\n".join(
            "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:900000,LOCAL:00:00:00.000\n\n"
            f"{clock(t.start, '.')} --> {clock(t.end, '.')}\n{t.text}"
            for t in TALK
        ),
    ),
    "webvtt that rolls": ("a.vtt", rolling()),
    "what whisper prints": (
        "a.txt",
        "".join(f"[{clock(t.start, '.')} --> {clock(t.end, '.')}]  {t.text}\n" for t in TALK),
    ),
    "what faster-whisper's example prints": (
        "a.txt",
        "".join(f"[{t.start:.2f}s -> {t.end:.2f}s] {t.text}\n" for t in TALK),
    ),
    "sbv": ("a.sbv", "\n".join(f"{clock(t.start, '.')[1:]},{clock(t.end, '.')[1:]}\n{t.text}\n" for t in TALK)),
    "avid": (
        "a.txt",
        "<begin subtitles>\n\n"
        + "\n".join(f"{frames(t.start, ':', 24)} {frames(t.end, ':', 24)}\n{t.text}\n" for t in TALK),
    ),
    "lrc": (
        "a.lrc",
        "[ti:Sleep]\n[ar:Mara Lind]\n[by:somebody]\n"
        + "".join(f"[{clock(t.start, '.', hours=False)[:-1]}]{t.text}\n" for t in TALK),
    ),
    "whisper's tsv": (
        "a.tsv",
        "start\tend\ttext\n" + "".join(f"{t.start * 1000:.0f}\t{t.end * 1000:.0f}\t{t.text}\n" for t in TALK),
    ),
    "audacity's labels": ("labels.txt", "".join(f"{t.start:.6f}\t{t.end:.6f}\t{t.text}\n" for t in TALK)),
    "ttml": (
        "a.ttml",
        ttml("".join(f'<p begin="{clock(t.start, ".")}" end="{clock(t.end, ".")}">{escape(t.text)}</p>' for t in TALK)),
    ),
    "ttml with offsets": (
        "a.xml",
        ttml("".join(f'<p begin="{t.start}s" dur="{t.end - t.start:.3f}s">{escape(t.text)}</p>' for t in TALK)),
    ),
    "ttml with ticks": (
        "a.dfxp",
        ttml(
            "".join(f'<p begin="{t.start * 1e7:.0f}t" end="{t.end * 1e7:.0f}t">{escape(t.text)}</p>' for t in TALK),
            root='ttp:tickRate="10000000"',
        ),
    ),
    "ttml with frames": (
        "a.ttml",
        ttml(
            "".join(
                f'<p begin="{frames(t.start, ":", 25)}" end="{frames(t.end, ":", 25)}">{escape(t.text)}</p>'
                for t in TALK
            ),
            root='ttp:frameRate="25"',
        ),
    ),
    "ttml with line breaks and spans": (
        "a.ttml",
        ttml(
            "".join(
                f'<p begin="{clock(t.start, ".")}" end="{clock(t.end, ".")}">'
                f'<span style="s1">{escape(t.halves[0])}</span>'
                f"<br/>{escape(t.halves[1])}</p>"
                for t in TALK
            )
        ),
    ),
    "youtube's xml": (
        "a.xml",
        '<?xml version="1.0" encoding="utf-8" ?><transcript>'
        + "".join(f'<text start="{t.start}" dur="{t.end - t.start:.3f}">{escape(escape(t.text))}</text>' for t in TALK)
        + "</transcript>",
    ),
    "youtube's timed text": (
        "a.srv3",
        '<?xml version="1.0" encoding="utf-8" ?><timedtext format="3"><head><pen id="1"/></head><body>'
        + "".join(f'<p t="{t.start * 1000:.0f}" d="{(t.end - t.start) * 1000:.0f}">{escape(t.text)}</p>' for t in TALK)
        + "</body></timedtext>",
    ),
    "json in hundredths": (
        "a.json",
        json.dumps([{"start": round(t.start * 100), "stop": round(t.end * 100), "text": f" {t.text}"} for t in TALK]),
    ),
    "json in milliseconds": (
        "a.json",
        json.dumps([{"start": round(t.start * 1000), "end": round(t.end * 1000), "text": t.text} for t in TALK]),
    ),
    "json with escapes and mark-up": (
        "a.json",
        json.dumps([{"start": t.start, "end": t.end, "text": f"<i>{t.text}</i>&nbsp;"} for t in TALK]),
    ),
    "text with mm:ss before each line": (
        "a.txt",
        paragraphs(lambda t: f"{clock(t.start, '', hours=False)} {t.text}", between="\n"),
    ),
    "text with mm:ss above each line": (
        "a.txt",
        paragraphs(lambda t: f"{clock(t.start, '', hours=False)}\n{t.text}", between="\n"),
    ),
    "text with a time in brackets": ("a.txt", paragraphs(lambda t: f"[{clock(t.start, '')}] {t.text}")),
    "text with a time within": (
        "a.txt",
        paragraphs(lambda t: f"{t.halves[0]} [{clock((t.start + t.end) / 2, '')}] {t.halves[1]}"),
    ),
    "text with spelled times": ("a.txt", paragraphs(lambda t: f"{spelled(t.start)}\n{t.text}")),
    "text copied from a video page": (
        "a.txt",
        paragraphs(
            lambda t: f"{clock(t.start, '', hours=False)}\n{spelled(t.start, '{} minutes, {} seconds')}\n{t.text}",
            between="\n",
        ),
    ),
}

NAMED: dict[str, tuple[str, str]] = {
    "srt with NAME:": ("a.srt", srt(line=lambda t: f"{t.name.upper()}: {t.text}")),
    "srt with Name:": ("a.srt", srt(line=lambda t: f"{t.name}: {t.text}")),
    "srt with name:": ("a.srt", srt(line=lambda t: f"{t.name}: {t.text}".lower())),
    "srt with Name :": ("a.srt", srt(line=lambda t: f"{t.name} : {t.text}")),
    "srt with [Name]": ("a.srt", srt(line=lambda t: f"[{t.name}] {t.text}")),
    "srt with [Name]:": ("a.srt", srt(line=lambda t: f"[{t.name}]: {t.text}")),
    "srt with (Name)": ("a.srt", srt(line=lambda t: f"({t.name}) {t.text}")),
    "srt with (NAME):": ("a.srt", srt(line=lambda t: f"({t.name.upper()}): {t.text}")),
    "srt with >> NAME:": ("a.srt", srt(line=lambda t: f">> {t.name.upper()}: {t.text}")),
    "srt with - NAME:": ("a.srt", srt(line=lambda t: f"- {t.name.upper()}: {t.text}")),
    "srt with -Name:": ("a.srt", srt(line=lambda t: f"-{t.name}: {t.text}")),
    "srt with NAME (remark):": ("a.srt", srt(line=lambda t: f"{t.name.upper()} (cont'd): {t.text}")),
    "srt with Name: on its own line": ("a.srt", srt(line=lambda t: f"{t.name}:\n{t.text}")),
    "srt with [Name] on its own line": ("a.srt", srt(line=lambda t: f"[{t.name}]\n{t.text}")),
    "srt with the name alone on its line": ("a.srt", srt(line=lambda t: f"{t.name}\n{t.text}")),
    "srt with full-width colons": ("a.srt", srt(line=lambda t: f"{t.name}：{t.text}")),
    "srt with two turns in a cue": ("a.srt", pairs(lambda t: f"{t.name.upper()}: {t.text}")),
    "srt with two bracketed names in a cue": ("a.srt", pairs(lambda t: f"[{t.name}] {t.text}")),
    "srt with two names on their own lines in a cue": ("a.srt", pairs(lambda t: f"{t.name}:\n{t.text}")),
    "srt with names at changes": ("a.srt", at_changes(lambda t: f"{t.name.upper()}: {t.text}")),
    "srt with chevrons and names at changes": ("a.srt", at_changes(lambda t: f">> {t.name}: {t.text}")),
    "srt with wrapped lines": ("a.srt", srt(line=lambda t: f"{t.name}: " + "\n".join(t.halves))),
    "webvtt with voices": ("a.vtt", webvtt(lambda t: f"<v {t.name}>{t.text}</v>")),
    "webvtt with voices of a class": ("a.vtt", webvtt(lambda t: f"<v.loud {t.name}><i>{t.text}</i>")),
    "webvtt with escaped voices": ("a.vtt", webvtt(lambda t: f"&lt;v {t.name}&gt;{t.text}&lt;/v&gt;")),
    "webvtt with escaped chevrons": ("a.vtt", webvtt(lambda t: f"&gt;&gt; {t.name.upper()}: {t.text}")),
    "webvtt with chevrons escaped twice": ("a.vtt", webvtt(lambda t: f"&amp;gt;&amp;gt; {t.name.upper()}: {t.text}")),
    "webvtt with spaces as entities": ("a.vtt", webvtt(lambda t: f"&nbsp;{t.name}:&nbsp;{t.text}")),
    "webvtt with marks of direction": ("a.vtt", webvtt(lambda t: f"&lrm;{t.name}: {t.text}")),
    "webvtt with names and blank lines inside": (
        "a.vtt",
        webvtt(lambda t: f"{t.name}: " + "\n\n".join(t.halves)),
    ),
    "srt with NAME -": ("a.srt", srt(line=lambda t: f"{t.name.upper()} - {t.text}")),
    "srt with Name –": ("a.srt", srt(line=lambda t: f"{t.name} – {t.text}")),
    "srt with Name>": ("a.srt", srt(line=lambda t: f"{t.name}> {t.text}")),
    "srt with {Name}": ("a.srt", srt(line=lambda t: f"{{{t.name}}} {t.text}")),
    "srt with <Name>": ("a.srt", srt(line=lambda t: f"<{t.name}> {t.text}")),
    "webvtt with escaped <Name>": ("a.vtt", webvtt(lambda t: f"&lt;{t.name}&gt; {t.text}")),
    "srt with *Name*:": ("a.srt", srt(line=lambda t: f"*{t.name}*: {t.text}")),
    "srt with **Name:**": ("a.srt", srt(line=lambda t: f"**{t.name}:** {t.text}")),
    "srt with bold names": ("a.srt", srt(line=lambda t: f"<b>{t.name}:</b> {t.text}")),
    "srt with two dashed names in a cue": ("a.srt", pairs(lambda t: f"-{t.name.upper()}: {t.text}")),
    "srt with two lower-case names in a cue": ("a.srt", pairs(lambda t: f"({t.name.lower()}) {t.text}")),
    "what meeting programs copy": (
        "a.txt",
        "\n\n".join(f"{clock(t.start, '.')} --> {clock(t.end, '.')}\n{t.name}\n{t.text}" for t in TALK),
    ),
    "sbv with names": (
        "a.sbv",
        "\n".join(f"{clock(t.start, '.')[1:]},{clock(t.end, '.')[1:]}\n{t.name}: {t.text}\n" for t in TALK),
    ),
    "lrc with names": (
        "a.lrc",
        "".join(f"[{clock(t.start, '.', hours=False)[:-1]}]{t.name}: {t.text}\n" for t in TALK),
    ),
    "what premiere exports": (
        "a.txt",
        "\n".join(f"{frames(t.start, ':', 24)} - {frames(t.end, ':', 24)}\n{t.name}\n{t.text}\n" for t in TALK),
    ),
    "ttml with agents": (
        "a.ttml",
        ttml(
            "".join(
                f'<p begin="{clock(t.start, ".")}" end="{clock(t.end, ".")}" ttm:agent="{agent(t)}">'
                f"{escape(t.text)}</p>"
                for t in TALK
            ),
            head=AGENTS,
        ),
    ),
    "ttml with agents of spans": (
        "a.ttml",
        ttml(
            "".join(
                f'<p begin="{clock(a.start, ".")}" end="{clock(b.end, ".")}">'
                f'<span ttm:agent="{agent(a)}">{escape(a.text)}'
                f'</span><br/><span ttm:agent="{agent(b)}">{escape(b.text)}</span></p>'
                for a, b in zip(TALK[::2], TALK[1::2], strict=True)
            ),
            head=AGENTS,
        ),
    ),
    "ttml with a word a span": (
        "a.ttml",
        ttml(
            "".join(map(apple, TALK)),
            head=AGENTS,
            root='xmlns:podcasts="http://podcasts.apple.com/transcript-ttml-internal"',
        ),
    ),
    "csv": (
        "a.csv",
        "Speaker Name;Start Time;End Time;Text\n"
        + "".join(f'"{t.name}";"{frames(t.start, ":", 25)}";"{frames(t.end, ":", 25)}";"{t.text}"\n' for t in TALK),
    ),
    "json with a name in the body": (
        "a.json",
        json.dumps(
            {"segments": [{"startTime": t.start, "endTime": t.end, "body": f"{t.name}: {t.text}"} for t in TALK]}
        ),
    ),
    "json with speakers as objects": (
        "a.json",
        json.dumps(
            [{"start": t.start, "end": t.end, "text": t.text, "speaker": {"id": 1, "name": t.name}} for t in TALK]
        ),
    ),
    "text: Name (time)": ("a.txt", paragraphs(lambda t: f"{t.name} ({clock(t.start, '', hours=False)})\n{t.text}")),
    "text: Name time": ("a.txt", paragraphs(lambda t: f"{t.name}  {clock(t.start, '', hours=False)}\n{t.text}")),
    "text: [time] Name: words": (
        "a.txt",
        paragraphs(lambda t: f"[{clock(t.start, '')}] {t.name}: {t.text}", between="\n"),
    ),
    "text: [time.mmm] - Name": ("a.txt", paragraphs(lambda t: f"[{clock(t.start, '.')}] - {t.name}\n{t.text}")),
    "text: time Name": ("a.txt", paragraphs(lambda t: f"{clock(t.start, '')} {t.name}\n{t.text}")),
    "text: time, Name and words on three lines": (
        "a.txt",
        paragraphs(lambda t: f"{clock(t.start, '', hours=False)}\n{t.name}\n{t.text}"),
    ),
    "text: Name, spelled time and words on three lines": (
        "a.txt",
        paragraphs(lambda t: f"{t.name}\n{spelled(t.start)}\n{t.text}"),
    ),
    "text: Name, spelled time and words without blank lines": (
        "a.txt",
        paragraphs(lambda t: f"{t.name}\n{spelled(t.start, '{} minutes and {} seconds')}\n{t.text}", between="\n"),
    ),
    "text: Name [time - time]": (
        "a.txt",
        paragraphs(lambda t: f"{t.name} [{clock(t.start, '')} - {clock(t.end, '')}]\n{t.text}"),
    ),
    "text: Name | time": ("a.txt", paragraphs(lambda t: f"{t.name} | {clock(t.start, '', hours=False)}\n{t.text}")),
    "text: Name: (time)": ("a.txt", paragraphs(lambda t: f"{t.name}: ({clock(t.start, '', hours=False)})\n{t.text}")),
    "text: @time - Name": ("a.txt", paragraphs(lambda t: f"@{clock(t.start, '', hours=False)} - {t.name}\n{t.text}")),
    "text: Name time words": ("a.txt", paragraphs(lambda t: f"{t.name} {clock(t.start, '')} {t.text}", between="\n")),
    "text: [Name] [time] words": ("a.txt", paragraphs(lambda t: f"[{t.name}] [{clock(t.start, '')}] {t.text}")),
    "text: [time] name: words": ("a.txt", paragraphs(lambda t: f"[{clock(t.start, '')}] {t.name}: {t.text}".lower())),
    "text: Name (1m 54s)": (
        "a.txt",
        paragraphs(lambda t: f"{t.name} ({int(t.start) // 60}m {int(t.start) % 60}s)\n{t.text}"),
    ),
    "text: Name, spelled time": ("a.txt", paragraphs(lambda t: f"{t.name}, {spelled(t.start)}\n{t.text}")),
    "text: spelled time: Name: words": ("a.txt", paragraphs(lambda t: f"{spelled(t.start)}: {t.name}: {t.text}")),
    "text with times that are links": (
        "a.md",
        paragraphs(lambda t: f"**{t.name}** [[{clock(t.start, '')}]](https://a.example/?t={int(t.start)})\n{t.text}"),
    ),
    "html with names in bold and times as links": (
        "a.html",
        "<body>"
        + paragraphs(
            lambda t: f"<div><a href='#'>{clock(t.start, '')}</a> <b>{t.name}:</b> <span>{t.text}</span></div>"
        ),
    ),
    "text with bold names": (
        "a.txt",
        paragraphs(lambda t: f"**{t.name}** ({clock(t.start, '', hours=False)}): {t.text}"),
    ),
    "text with bold labels": ("a.txt", paragraphs(lambda t: f"[{clock(t.start, '')}] **{t.name}:** {t.text}")),
    "markdown with headings": (
        "a.md",
        "# Sleep\n\n" + paragraphs(lambda t: f"### {t.name} ({clock(t.start, '')})\n\n{t.text}"),
    ),
    "html of the podcast namespace": (
        "a.html",
        paragraphs(
            lambda t: f"<cite>{t.name}:</cite>\n<time>{clock(t.start, '', hours=False)}</time>\n<p>{t.text}</p>"
        ),
    ),
}

UNTIMED: dict[str, tuple[str, str]] = {
    "text: Name: words": ("a.txt", paragraphs(lambda t: f"{t.name}: {t.text}")),
    "text: Name: words, a line each": ("a.txt", paragraphs(lambda t: f"{t.name}: {t.text}", between="\n")),
    "text: NAME on its own line": ("a.txt", paragraphs(lambda t: f"{t.name.upper()}:\n{t.text}")),
    "text: the name alone on its line": ("a.txt", paragraphs(lambda t: f"{t.name}\n{t.text}")),
    "text with stars": ("a.txt", paragraphs(lambda t: f"**{t.name}:** {t.text}")),
    "text with stars around words": (
        "a.txt",
        paragraphs(
            lambda t: f"*{t.name}*: {t.halves[0]} **{t.halves[1].split()[0]}** {' '.join(t.halves[1].split()[1:])}"
        ),
    ),
    "markdown with stars": ("a.md", "# Sleep\n\n" + paragraphs(lambda t: f"**{t.name}**: {t.text}")),
    "html with bold names": (
        "a.html",
        "<body>" + paragraphs(lambda t: f"<p><b>{t.name}:</b> {t.text}</p>") + "</body>",
    ),
}


def read(file: tuple[str, str]) -> Transcript:
    return parse_transcript(file[1], name=file[0], duration=80.0)


def check_words(transcript: Transcript) -> None:
    assert [word.lower() for word in transcript.text.split()] == [word.lower() for word in WORDS]
    assert not transcript.warnings or not transcript.timed


def check_speakers(transcript: Transcript) -> None:
    told = [(s.speaker or "").lower() for s in transcript.segments for _ in s.text.split()]
    assert told == SPOKEN_BY


def check_times(transcript: Transcript, tolerance: float) -> None:
    assert transcript.timed
    starts = {}
    place = 0
    for segment in transcript.segments:
        starts[place] = segment.start
        place += len(segment.text.split())
    place = 0
    for turn in TALK:
        if place in starts:
            assert abs(starts[place] - turn.start) <= tolerance, turn
        place += len(turn.text.split())
    assert len(starts) >= len(TALK) / 2


@pytest.mark.parametrize("kind", TIMED)
def test_words_and_times(kind: str) -> None:
    transcript = read(TIMED[kind])
    check_words(transcript)
    check_times(transcript, 1.01 if "text" in kind else 0.05)


@pytest.mark.parametrize("kind", NAMED)
def test_words_times_and_speakers(kind: str) -> None:
    transcript = read(NAMED[kind])
    check_words(transcript)
    check_speakers(transcript)
    # Two in a cue share its time, and text often has whole seconds.
    check_times(transcript, 3.0 if "two" in kind or "spans" in kind else 1.01)


@pytest.mark.parametrize("kind", UNTIMED)
def test_words_and_speakers_without_times(kind: str) -> None:
    transcript = read(UNTIMED[kind])
    check_words(transcript)
    check_speakers(transcript)
    assert not transcript.timed


# ------------------------------------------------------------------------------------------------------- who speaks


def cues(*texts: str) -> str:
    return srt_of(texts)


def srt_of(texts: Sequence[str]) -> str:
    return "\n\n".join(f"{n}\n{clock(4 * n)} --> {clock(4 * n + 3.5)}\n{text}" for n, text in enumerate(texts, 1))


def told(text: str, name: str = "a.srt") -> list[tuple[str | None, str]]:
    return [(s.speaker, s.text) for s in parse_transcript(text, name=name).segments]


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


MONOLOGUE = ["Good evening.", "I want to talk about knees.", "They carry us all day long."] * 6


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


# ---------------------------------------------------------------------------------------------------- sounds and gaps


@pytest.mark.parametrize(
    "sound",
    [
        "[Music]", "(SIGHS)", "*laughs*", "{laughter}", "♪", "♪ ♪", "[crosstalk]", "[crosstalk 00:12:30]", "(chuckles)",
        "[upbeat music playing]", "[LAUGHTER]", "<i>(coughs)</i>", "[♪ gentle piano ♪]", "(clears throat)", "[Applaus]",
        "（笑）", "[rires]", "(risas)", "[door slams]", "(laughs softly)", "[BLANK_AUDIO]", "[00:12:30]", "[sic]", "🎵",
        "[SOUND]", "(both laugh)", "[phone ringing]", "(audience applauds)", "[12]",
    ],
)  # fmt: skip
def test_sounds_are_no_words(sound: str) -> None:
    for text in (f"The knee {sound} is swollen.", f"{sound} The knee is swollen.", f"The knee is swollen. {sound}"):
        for name, file in (("a.srt", cues(text)), ("a.vtt", f"WEBVTT\n\n{clock(1, '.')} --> {clock(4, '.')}\n{text}")):
            assert told(file, name) == [(None, "The knee is swollen.")]
    assert told(cues("Before.", sound, "After.")) == [(None, "Before."), (None, "After.")]
    if "<" not in sound:
        assert parse_transcript(f"The knee {sound} is swollen.\n\nIt is.").text == "The knee is swollen. It is."
        data = json.dumps([{"start": 1, "end": 4, "text": f"The knee {sound} is swollen."}])
        assert parse_transcript(data).text == "The knee is swollen."


@pytest.mark.parametrize(
    "text",
    [
        "The knee (or elbow) is swollen.", "The [left] knee is swollen.", "The knee *really* is swollen.",
        "Endorphins (the body's own) are released.", "He hummed (and sang along to the radio) all day.",
        "Central sensitization (CS) is known.", "Take 2 * 3 * 4 steps.",
    ],
)  # fmt: skip
def test_what_is_said_in_brackets_stays(text: str) -> None:
    assert told(cues(text)) == [(None, text)]


def test_a_name_is_no_sound() -> None:
    names = ("Laughlin", "Moana", "Clapton", "Sobel", "Lachlan", "Drummond")
    found = told(cues(*[f"[{name}] {line}" for name in names for line in MONOLOGUE[:3]]))
    assert {name for name, _ in found} == set(names)


@pytest.mark.parametrize(
    "gap",
    [
        "[inaudible]", "[inaudible 00:01:02]", "(unintelligible)", "[INDISTINCT]", "[unclear 12:05]", "[??]", "[?]",
        "[unverständlich]", "(inaudible)", "[ __ ]", "[...]", "[speaking German]", "[foreign language]", "<inaudible>",
        "[knee cap? 00:12]", "[audio cuts out]", "(indistinct chatter)", "[inaudible 00:01:02 - 00:01:05]", "[bleep]",
    ],
)  # fmt: skip
def test_a_sentence_with_a_gap_is_marked(gap: str) -> None:
    transcript = parse_transcript(cues("The first one is whole.", f"The knee is {gap} and swollen.", "So is the last."))
    assert not re.search(r"\d\d:\d\d", transcript.text)
    assert [has_gap(segment.text) for segment in transcript.segments] == [False, True, False]
    assert [sentence.doubt for sentence in sentences(transcript)] == [None, Doubt.UNINTELLIGIBLE, None]


def test_a_gap_may_go_over_two_cues() -> None:
    transcript = parse_transcript(cues("The knee is [inaudible", "00:12:28.21] and swollen."))
    assert transcript.text == "The knee is [inaudible] and swollen."


def test_a_sung_line_stays_and_is_not_quoted() -> None:
    transcript = parse_transcript(cues("Here it comes.", "♪ Oh my knees,\noh my knees ♪", "Wasn't it nice?"))
    assert [sentence.doubtful for sentence in sentences(transcript)] == [False, True, False]


# ------------------------------------------------------------------------------------------------ not understood


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("{\\rtf1\\ansi\\deff0 {\\fonttbl{\\f0 Arial;}}\n\\pard Mara: Good morning.\\par\n}", "a.rtf"),
        ("{\\rtf1\\ansi Mara: Good morning.\\par}", "a.txt"),
        ("%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n", "a.pdf"),
        ("<SAMI><BODY><SYNC Start=1000><P Class=ENCC>Good morning.</BODY></SAMI>", "a.smi"),
        ("[Script Info]\nTitle: x\n\n[Events]\nDialogue: 0,0:00:01.00,0:00:05.00,Default,Mara,0,0,0,,Hello.", "a.ass"),
        ("{25}{125}Good morning.\n{150}{250}Welcome.\n", "a.sub"),
        ("Scenarist_SCC V1.0\n\n00:00:01:00\t9420 9420 c8e5 ecec\n", "a.scc"),
        ("<?xml version='1.0'?><rss><channel><title>Knees</title></channel></rss>", "a.xml"),
        ("<?xml version='1.0'?><!DOCTYPE tt [<!ENTITY a 'b'>]><tt><body><p begin='1s'>&a;</p></body></tt>", "a.ttml"),
        ("<tt xmlns='http://www.w3.org/ns/ttml'><body><div><p begin='1s'>Good mor", "a.ttml"),
        ("PK\x03\x04\x14\x00\x06\x00\x08\x00" + "\x00\x01" * 400, "a.docx"),
        ("".join(f"00:00:0{n},000 | 00:00:0{n},900 | word number {n}\n" for n in range(9)), "a.txt"),
    ],
)
def test_what_isnt_understood_is_refused_in_one_sentence(content: str, name: str) -> None:
    with pytest.raises(TranscriptError) as caught:
        parse_transcript(content.encode(), name=name)
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)


def test_a_few_codes_are_cut_out_and_said() -> None:
    lines = [*MONOLOGUE, "The knee 00:01:02,500 is swollen {\\x1}.", *MONOLOGUE]
    transcript = parse_transcript(cues(*lines))
    assert "The knee is swollen ." in transcript.text or "The knee is swollen." in transcript.text
    assert transcript.warnings
    assert not parse_transcript(cues(*MONOLOGUE)).warnings


def test_a_cue_whose_times_are_broken_keeps_its_words() -> None:
    text = cues(*MONOLOGUE).replace("00:00:12,000 --> 00:00:15,500", "00:00:1x,000 --> 00:00:15,500")
    assert parse_transcript(text, name="a.srt").text == " ".join(MONOLOGUE)


def test_numbers_that_are_said_are_no_counters() -> None:
    lines = ["How many?", "20", "And now?", "7", "Thank you."]
    for text in (cues(*lines), srt_without_numbers(lines), "WEBVTT\n\n" + srt_without_numbers(lines).replace(",", ".")):
        assert parse_transcript(text).text == " ".join(lines)


def srt_without_numbers(texts: Sequence[str]) -> str:
    return "\n\n".join(f"{clock(4 * n)} --> {clock(4 * n + 3.5)}\n{text}" for n, text in enumerate(texts, 1))


def test_a_time_of_day_is_said() -> None:
    text = paragraphs(lambda t: f"{t.name}: {t.text}").replace("Good morning", "10:30 is early, good morning")
    assert "10:30 is early, good morning" in parse_transcript(text).text


def test_stamps_that_fall_back_are_no_speech() -> None:
    text = paragraphs(lambda t: f"{clock(t.start, '', hours=False)}\n{t.text}").replace("00:29\n", "09:59\n", 1)
    transcript = parse_transcript(text, name="a.txt")
    check_words(transcript)
    assert transcript.timed


def test_ttml_counts_times_from_what_they_stand_in() -> None:
    body = (
        '<p begin="1s" end="2s">One <span begin="0s">two</span>.</p>'
        '<p begin="3s" end="4s" xml:space="preserve">  Three. </p>'
    )
    text = ttml(body).replace("<body>", '<body begin="10s">').replace("<div>", '<div begin="5s">')
    assert [(s.start, s.end, s.text) for s in parse_transcript(text).segments] == [
        (16.0, 17.0, "One two."), (18.0, 19.0, "Three."),
    ]  # fmt: skip


def test_ttml_of_a_word_a_span_keeps_the_words_times() -> None:
    transcript = read(NAMED["ttml with a word a span"])
    assert all(" ".join(word.text for word in s.words) == s.text for s in transcript.segments)


def test_lrc_with_an_offset_and_times_of_words() -> None:
    text = "[offset:+500]\n[00:01.50][00:10.50]Knees up.\n[00:04.00]<00:04.00>Knees <00:05.00>down.\n"
    assert [(s.start, s.text) for s in parse_transcript(text).segments] == [
        (1.0, "Knees up."), (3.5, "Knees down."), (10.0, "Knees up."),
    ]  # fmt: skip


# ------------------------------------------------------------------------------------------------ whatever the file is

_word = st.text("abcdefghijklmnopqrstuvwxyzäéñøß", min_size=1, max_size=8)
_sentence = st.lists(_word, min_size=1, max_size=8).map(lambda words: " ".join(words).capitalize() + ".")
_TIME_OR_CODE = re.compile(r"\d+[:：;]\d|-->|[–—-]>|[<>{}\\]|&\w+;")
_styles = st.fixed_dictionaries(
    {
        "time": st.sampled_from(
            [
                clock,
                lambda s: clock(s, "."),
                lambda s: clock(s, hours=False),
                lambda s: full_width(clock(s)),
                lambda s: clock(s) + "4999999999",
                lambda s: clock(s).replace(":", ": "),
            ]
        ),
        "arrow": st.sampled_from([" --> ", "-->", " –> ", " -> ", " → ", " --&gt; "]),
        "number": st.sampled_from(["", "{n}\n", "#{n}\n"]),
        "open": st.sampled_from(["", "\n", "<i>", "{{\\an8}}", "&lrm;", "[Music] "]),
        "break": st.sampled_from([" ", "\n", "\n\n", "<br>", "\\N", " (SIGHS) "]),
        "between": st.sampled_from(["\n", "\n\n", "\n\n\n", "\n \n"]),
        "head": st.sampled_from(
            ["", "WEBVTT\n\n", "WEBVTT - Knees\nLanguage: en\n\nSTYLE\n::cue {{ color: red }}\n\n", "\ufeff"]
        ),
    }
)


@given(st.lists(_sentence, min_size=2, max_size=16, unique=True), _styles)
def test_every_spoken_word_of_every_cue_and_nothing_else(sentences_said: list[str], style: dict[str, Any]) -> None:
    said = list(zip(sentences_said[::2], sentences_said[1::2], strict=False))
    parts = []
    for n, (first, second) in enumerate(said, 1):
        time, number = style["time"], style["number"].format(n=n)
        text = style["open"].replace("{{", "{").replace("}}", "}") + first + style["break"] + second
        parts.append(f"{number}{time(4.0 * n)}{style['arrow']}{time(4.0 * n + 3.25)}\n{text}")
    file = style["head"].replace("{{", "{").replace("}}", "}") + style["between"].join(parts) + "\n"
    transcript = parse_transcript(file)
    assert transcript.text == " ".join(text for pair in said for text in pair)
    assert [segment.start for segment in transcript.segments] == [4.0 * n for n in range(1, len(said) + 1)]


_SCRAPS = (
    "00:00:01,000 --> 00:00:02,000", "00:00:05;16 --> 00:00:07;02", "1", "2", "WEBVTT", "", "NOTE x", "- and you",
    "Mara: hello there", "[Music]", "<v Bo>fine", "{\\an8}good", "&amp;gt;&amp;gt; so", "0:00:01.000,0:00:05.000",
    "[00:12.00]la", "12:30", "00:01", "1 minutes 5 seconds", "[inaudible 00:12]", "00:00:09,000 -> ", "\\par",
    "00：00：01，000 --> 00：00：02，000", "--> 00:00:09,000", "**Bo:** well", "<p begin='1s'>", "STYLE",
    "X-TIMESTAMP-MAP=LOCAL:0", "Mara 0:05",
)  # fmt: skip


@given(st.lists(st.sampled_from(_SCRAPS), max_size=14))
def test_whatever_is_mixed_no_time_or_code_is_spoken(lines: list[str]) -> None:
    try:
        transcript = parse_transcript("\n".join(lines), name="a.txt")
    except TranscriptError:  # refused
        return
    assert all(segment.start <= segment.end for segment in transcript.segments)
    for segment in transcript.segments:
        assert not _TIME_OR_CODE.search(re.sub(r"12:30|00:01|Mara 0:05", "", segment.text)), segment
