"""One talk in the many ways that programs and people write it down.

Each way is a function from the turns of the talk to a file.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from podnotes.transcripts.formats import parse_transcript

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


MONOLOGUE = ["Good evening.", "I want to talk about knees.", "They carry us all day long."] * 6


def cues(*texts: str) -> str:
    return srt_of(texts)


def srt_of(texts: Sequence[str]) -> str:
    return "\n\n".join(f"{n}\n{clock(4 * n)} --> {clock(4 * n + 3.5)}\n{text}" for n, text in enumerate(texts, 1))


def told(text: str, name: str = "a.srt") -> list[tuple[str | None, str]]:
    return [(s.speaker, s.text) for s in parse_transcript(text, name=name).segments]
