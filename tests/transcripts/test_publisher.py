"""Publishers' transcripts, from a server that says all sorts of things about them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from podnotes.models import Episode, TranscriptLink
from podnotes.transcripts.publisher import fetch_transcript
from tests.http.loopback import Handler, Loopback

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WORDS = "Pain is an alarm that protects the body. " * 3
VTT = f"WEBVTT\n\n00:00.000 --> 00:50.000\n<v Anna>{WORDS}\n\n00:50.000 --> 01:00.000\n<v Bob>Thank you for that.\n"
SRT = f"1\n00:00:00,000 --> 00:00:59,000\n{WORDS}\n"
JSON = json.dumps({"version": "1.0.0", "segments": [{"startTime": 0, "endTime": 59, "body": WORDS, "speaker": "Anna"}]})
HTML = f"<html><body><cite>Anna:</cite><time>0:00</time><p>{WORDS}</p><time>0:50</time><p>Yes.</p></body></html>"


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback() as loopback:
        yield loopback


def episode(server: Loopback, *links: tuple[str, str], duration: float | None = 60.0) -> Episode:
    transcripts = tuple(TranscriptLink(server.url(path), kind) for path, kind in links)
    return Episode("1", "Pain", duration=duration, language="en", transcripts=transcripts, feed_url=server.url("/feed"))


def serve(server: Loopback, path: str, body: str | bytes, kind: str = "text/plain", code: int = 200) -> None:
    data = body.encode() if isinstance(body, str) else body

    def reply(handler: Handler) -> None:
        handler.head(code, {"Content-Type": kind, "Content-Length": len(data)})
        handler.wfile.write(data)

    server.add(path, reply)


@pytest.mark.parametrize(
    ("path", "body", "stated", "served"),
    [
        ("/a.vtt", VTT, "text/vtt", "text/vtt"),
        ("/a", VTT, "application/vtt", "application/octet-stream"),
        ("/a.srt", SRT, "application/srt", "text/plain"),
        ("/a.srt", SRT, "application/x-subrip", "binary/octet-stream"),
        ("/a.srt", SRT, "text/srt", "text/html"),
        ("/a.json", JSON, "application/json", "text/plain"),
        ("/a.json", JSON, "text/vtt", "application/json"),
        ("/a?id=3", HTML, "text/html", "text/html; charset=utf-8"),
        ("/a.txt", WORDS, "text/plain", "text/plain"),
        ("/a.vtt", VTT, "", ""),
    ],
)
def test_every_spelling(server: Loopback, path: str, body: str, stated: str, served: str) -> None:
    serve(server, path.partition("?")[0], body, served or "text/plain")
    transcript = fetch_transcript(episode(server, (path, stated)))
    assert transcript is not None
    assert "Pain is an alarm" in transcript.text
    assert transcript.source == "publisher"
    assert transcript.origin == server.url(path)
    assert transcript.language == "en"
    assert transcript.timed == (stated != "text/plain")


def test_the_best_is_taken_and_broken_ones_are_told(server: Loopback) -> None:
    serve(server, "/a.txt", WORDS)
    serve(server, "/a.json", JSON[:50])
    serve(server, "/a.srt", SRT)
    problems: list[str] = []
    links = (
        ("/a.txt", "text/plain"),
        ("/a.srt", "application/srt"),
        ("/a.json", "application/json"),
        ("/none.vtt", "text/vtt"),
    )
    transcript = fetch_transcript(episode(server, *links), on_problem=problems.append)
    assert transcript is not None
    assert transcript.timed
    assert transcript.origin == server.url("/a.srt")
    assert len(problems) == 2
    assert all(problem.startswith("The publisher's transcript can't be used: ") for problem in problems)


def test_text_without_times_is_better_than_none(server: Loopback) -> None:
    serve(server, "/a.txt", WORDS)
    transcript = fetch_transcript(episode(server, ("/none.vtt", "text/vtt"), ("/a.txt", "text/plain")))
    assert transcript is not None
    assert not transcript.timed
    assert transcript.segments[-1].end == 60.0
    assert transcript.warnings


@pytest.mark.parametrize(
    ("body", "duration"),
    [
        ("WEBVTT\n\n00:00.000 --> 00:10.000\nOnly the beginning of it is here.\n", 600.0),
        ("Transcript coming soon.", 600.0),
        ("", 60.0),
    ],
)
def test_what_is_not_of_the_whole_episode_is_passed_over(server: Loopback, body: str, duration: float) -> None:
    serve(server, "/a.vtt", body)
    problems: list[str] = []
    assert fetch_transcript(episode(server, ("/a.vtt", ""), duration=duration), on_problem=problems.append) is None
    assert len(problems) == 1
    assert problems[0].endswith(".")


def test_her_language_comes_first(server: Loopback) -> None:
    serve(server, "/de.vtt", VTT.replace("Pain", "Schmerz"))
    serve(server, "/en.srt", SRT)
    links = (
        TranscriptLink(server.url("/de.vtt"), "text/vtt", language="de"),
        TranscriptLink(server.url("/en.srt"), "application/srt", language="en-US"),
    )
    it = Episode("1", "Pain", duration=60.0, language="en", transcripts=links, feed_url=server.url("/feed"))
    transcript = fetch_transcript(it)
    assert transcript is not None
    assert transcript.language == "en-US"


PLAIN_VTT = f"WEBVTT\n\n00:00.000 --> 00:59.000\n{WORDS}\n"
PLAIN_JSON = json.dumps({"version": "1.0.0", "segments": [{"startTime": 0, "endTime": 59, "body": WORDS}]})
NAMED_SRT = f"1\n00:00:00,000 --> 00:00:50,000\nANNA: {WORDS}\n\n2\n00:00:50,000 --> 00:00:59,000\nBOB: Thank you.\n"


@pytest.mark.parametrize(
    ("served", "taken", "asked"),
    [
        ({"/a.vtt": PLAIN_VTT, "/a.srt": NAMED_SRT}, "/a.srt", ["/a.vtt", "/a.srt"]),  # the second has speakers
        ({"/a.vtt": VTT, "/a.srt": NAMED_SRT}, "/a.vtt", ["/a.vtt"]),  # the first has: nothing else is fetched
        ({"/a.vtt": PLAIN_VTT, "/a.srt": SRT}, "/a.vtt", ["/a.vtt", "/a.srt"]),  # neither has
        ({"/a.json": PLAIN_JSON, "/a.vtt": PLAIN_VTT, "/a.srt": NAMED_SRT}, "/a.json", ["/a.json", "/a.vtt"]),
        ({"/a.vtt": PLAIN_VTT, "/a.srt": "", "/a.html": HTML}, "/a.html", ["/a.vtt", "/a.srt", "/a.html"]),
        ({"/a.vtt": PLAIN_VTT, "/a.txt": f"Anna: {WORDS}"}, "/a.vtt", ["/a.vtt", "/a.txt"]),  # not for times
        ({"/a.html": WORDS, "/a.txt": WORDS}, "/a.html", ["/a.html", "/a.txt"]),
    ],
)
def test_speakers_are_preferred_where_both_are_timed(
    server: Loopback, served: dict[str, str], taken: str, asked: list[str]
) -> None:
    for path, body in served.items():
        serve(server, path, body)
    transcript = fetch_transcript(episode(server, *((path, "") for path in reversed(served))))
    assert transcript is not None
    assert transcript.origin == server.url(taken)
    assert [seen.path for seen in server.seen] == asked


def test_captions_have_times_whatever_their_type(server: Loopback) -> None:
    serve(server, "/a.txt", WORDS)
    serve(server, "/captions", PLAIN_VTT)
    links = (
        TranscriptLink(server.url("/a.txt"), "text/plain"),
        TranscriptLink(server.url("/captions"), "text/plain", rel="captions"),
    )
    it = Episode("1", "Pain", duration=60.0, language="en", transcripts=links, feed_url=server.url("/feed"))
    transcript = fetch_transcript(it)
    assert transcript is not None
    assert transcript.timed
    assert transcript.origin == server.url("/captions")


def test_untimed_words_that_are_spoken_are_worth_more_than_a_translation(server: Loopback) -> None:
    serve(server, "/de.vtt", VTT.replace("Pain", "Schmerz"))
    serve(server, "/en.txt", WORDS)
    links = (
        TranscriptLink(server.url("/de.vtt"), "text/vtt", language="de-DE"),
        TranscriptLink(server.url("/en.txt"), "text/plain", language="en_GB"),
    )
    it = Episode("1", "Pain", duration=60.0, language="en-US", transcripts=links, feed_url=server.url("/feed"))
    transcript = fetch_transcript(it)
    assert transcript is not None
    assert not transcript.timed
    assert transcript.language == "en_GB"


def test_a_feed_cannot_name_transcripts_without_end(server: Loopback) -> None:
    problems: list[str] = []
    many = episode(server, *((f"/{number}.vtt", "text/vtt") for number in range(500)))
    assert fetch_transcript(many, on_problem=problems.append) is None
    assert len(server.seen) == len(problems) == 8


@pytest.mark.parametrize(
    ("encoding", "kind"),
    [("cp1252", "application/srt"), ("cp1252", "text/plain; charset=utf-8"), ("utf-16-le", "application/x-subrip")],
)
def test_subtitles_of_another_age(server: Loopback, encoding: str, kind: str) -> None:
    body = f"1\r\n00:00:00,000 --> 00:00:59,000\r\nSchmerz, früher größer – “naïve”. {WORDS}\r\n"
    serve(server, "/a.srt", body.encode(encoding), kind)
    transcript = fetch_transcript(episode(server, ("/a.srt", "application/srt")))
    assert transcript is not None
    assert "früher größer – “naïve”" in transcript.text


def test_the_language_of_the_episode_tells_the_encoding(server: Loopback) -> None:
    text = "Боль это сигнал мозга. Прикосновение успокаивает. " * 3
    serve(server, "/a.srt", f"1\n00:00:00,000 --> 00:00:59,000\n{text}\n".encode("koi8-r"))
    links = (TranscriptLink(server.url("/a.srt"), "application/srt"),)
    it = Episode("1", "Боль", duration=60.0, language="ru", transcripts=links, feed_url=server.url("/feed"))
    transcript = fetch_transcript(it)
    assert transcript is not None
    assert transcript.text == text.strip()


def test_a_local_file_beside_the_audio(tmp_path: Path) -> None:
    (tmp_path / "talk.vtt").write_text(VTT, encoding="utf-8")
    it = Episode("1", "Talk", transcripts=(TranscriptLink(str(tmp_path / "talk.vtt")),))
    transcript = fetch_transcript(it)
    assert transcript is not None
    assert {segment.speaker for segment in transcript.segments} == {"Anna", "Bob"}


def test_none_and_a_private_address_in_a_public_feed(server: Loopback) -> None:
    assert fetch_transcript(Episode("1", "Pain")) is None
    serve(server, "/a.vtt", VTT)
    link = TranscriptLink(server.url("/a.vtt"), "text/vtt")
    public = Episode("1", "Pain", transcripts=(link,), feed_url="https://example.org/feed")
    problems: list[str] = []
    assert fetch_transcript(public, on_problem=problems.append) is None
    assert len(problems) == 1
    assert not server.seen


# -------------------------------------------------------------------------------- is it this episode's?

LINE = "The hands are warm and the client breathes slowly, because touch tells the brain that all is well. "
LOGIN = """<!DOCTYPE html><html><head><title>Sign in</title></head><body><form><p>Enter your address and your password
to go on listening.</p><input type="email"><input type="password"><button>Sign in</button></form></body></html>"""
CONSENT = (
    "<!DOCTYPE html><html><head><title>Before you go on</title><style>p {}</style></head><body>"
    "<p>Choose which cookies you like.</p>"
    + "".join(f"<a href='/{n}'><h3>Story {n}</h3><p>{LINE * 3}</p></a>" for n in range(40))
    + "</body></html>"
)


def captions(seconds: float, words: int, *, unit: float = 1.0) -> str:
    """JSON of so many words over so many seconds, its times in some part of a second."""
    text = (LINE * (words // 18 + 1)).split()[:words]
    count = max(1, words // 12)
    step = seconds / count
    segments = [
        {"startTime": n * step * unit, "endTime": (n + 1) * step * unit, "body": " ".join(text[n::count])}
        for n in range(count)
    ]
    return json.dumps({"version": "1.0.0", "segments": segments})


def refused(server: Loopback, path: str, kind: str, body: str, duration: float | None) -> str:
    serve(server, path, body)
    problems: list[str] = []
    assert fetch_transcript(episode(server, (path, kind), duration=duration), on_problem=problems.append) is None
    [problem] = problems
    assert problem.startswith("The publisher's transcript ")
    assert problem.endswith(".")
    return problem


@pytest.mark.parametrize("duration", [600.0, None])
@pytest.mark.parametrize(
    ("path", "kind"),
    [("/a.srt", "application/x-subrip"), ("/a.json", "application/json"), ("/a", "text/html"), ("/a", "")],
)
@pytest.mark.parametrize("page", [LOGIN, CONSENT])
def test_pages_to_log_in_or_consent(server: Loopback, page: str, path: str, kind: str, duration: float | None) -> None:
    problem = refused(server, path, kind, page, duration)
    assert "leads to a web page (“" in problem


def test_a_page_that_the_server_sends_everybody_to_first(server: Loopback) -> None:
    page = f"<!DOCTYPE html><html><head><title>Privacy</title></head><body><p>{LINE * 40}</p></body></html>"
    serve(server, "/consent/first", page, "text/html")

    def send(handler: Handler) -> None:
        handler.head(302, {"Location": "/consent/first?back=/a", "Content-Length": 0})

    server.add("/a", send)
    problems: list[str] = []
    assert fetch_transcript(episode(server, ("/a", "text/html"), duration=None), on_problem=problems.append) is None
    assert "leads to a web page (“Privacy”)" in problems[0]


def test_html_that_is_said_to_be_captions_is_read_where_it_has_times(server: Loopback) -> None:
    lines = "".join(f"<cite>Anna:</cite><time>0:{at:02}</time><p>{LINE}</p>" for at in range(0, 60, 10))
    serve(server, "/a.srt", f"<!DOCTYPE html><html><body>{lines}</body></html>", "text/html")
    transcript = fetch_transcript(episode(server, ("/a.srt", "application/x-subrip")))
    assert transcript is not None
    assert transcript.timed


TALK = "So I had this client, and what I noticed is that her shoulder wasn't the problem, it's the breath. "
ARTICLE = (
    "The nervous system has a brake and an accelerator. When the brake works, the heart slows and the muscles "
    "let go of their tension. Studies with warm baths, slow breathing and massage show the same pattern. "
)


@pytest.mark.parametrize(
    "body",
    [
        f"<nav><a href='/'>Home</a></nav><p>{TALK * 25}</p><p>{TALK}</p>",
        "".join(f"<p>Anna: {ARTICLE}</p><p>Bob: {ARTICLE}</p>" for _ in range(8)),
        "".join(f"<p><b>[{at // 60:02}:{at % 60:02}]</b> {ARTICLE}</p>" for at in range(0, 300, 20)),
        f"<p>About the show.</p><div id='episode-transcript'><p>{ARTICLE * 12}</p></div>",
        "".join(
            f"<p><a href='#t={at}'>{at // 60}:{at % 60:02}</a> <a href='#'>{ARTICLE}</a></p>"
            for at in range(0, 300, 20)
        ),
    ],
    ids=["talk", "names", "times", "marked", "clickable times"],
)
@pytest.mark.parametrize("duration", [300.0, None])
def test_pages_that_are_transcripts(server: Loopback, body: str, duration: float | None) -> None:
    serve(server, "/a", f"<!DOCTYPE html><html><head><title>Pain</title></head><body>{body}</body></html>", "text/html")
    transcript = fetch_transcript(episode(server, ("/a", "text/html"), duration=duration))
    assert transcript is not None
    assert len(transcript.text.split()) > 300


def test_a_page_that_calls_itself_a_transcript(server: Loopback) -> None:
    page = f"<!DOCTYPE html><html><head><title>Transcript: Pain</title></head><body><p>{ARTICLE * 12}</p></body></html>"
    serve(server, "/a", page, "text/html")
    assert fetch_transcript(episode(server, ("/a", "text/html"), duration=None)) is not None


@pytest.mark.parametrize(
    "body",
    [
        f"<article><h1>The brake of the body</h1>{f'<p>{ARTICLE}</p>' * 12}</article>",
        f"<main>{''.join(f'<h2>Post</h2><time>April {n}</time><p>{ARTICLE}</p>' for n in range(1, 12))}</main>",
        "<ul>"
        + "".join(f"<li>[{at // 60}:{at % 60:02}] The next chapter</li>" for at in range(0, 3600, 300))
        + f"</ul><p>Show notes. {ARTICLE * 10}</p>",
        f"<h1>Choose a plan</h1>{f'<p>Support the show. {ARTICLE}</p><button>Join</button>' * 12}",
        f"<h1>Confirm your email</h1><p>We have sent a link to you.</p>{f'<p>{ARTICLE}</p>' * 12}",
    ],
    ids=["article", "posts with dates", "chapters", "plans", "confirmation"],
)
@pytest.mark.parametrize("kind", ["text/html", "text/plain", ""])
@pytest.mark.parametrize("duration", [300.0, None])
def test_long_pages_that_are_no_transcripts(server: Loopback, body: str, kind: str, duration: float | None) -> None:
    page = f"<!DOCTYPE html><html><head><title>Pain</title></head><body>{body}</body></html>"
    assert "leads to a web page (“Pain”)" in refused(server, "/a", kind, page, duration)


def test_a_few_words_without_a_duration(server: Loopback) -> None:
    assert "only 18 words" in refused(server, "/a.txt", "text/plain", LINE, None)


@pytest.mark.parametrize("unit", [100, 1000])
def test_times_in_parts_of_a_second(server: Loopback, unit: float) -> None:
    assert "its times are wrong" in refused(
        server, "/a.json", "application/json", captions(290.12345, 700, unit=unit), 300.0
    )
    odd = captions(290.12345, 700, unit=unit)
    assert "far too few words" in refused(server, "/b.json", "application/json", odd, None)
    # Whole numbers that are far too slow for speech are read as what they are.
    serve(server, "/c.json", captions(290.0, 700, unit=unit))
    transcript = fetch_transcript(episode(server, ("/c.json", "application/json"), duration=300.0))
    assert transcript is not None
    assert transcript.segments[-1].end == 290.0


def test_words_of_another_recording(server: Loopback) -> None:
    assert "ends after 40 minutes" in refused(server, "/a.json", "application/json", captions(2400.0, 6000), 1200.0)
    assert "less than half" in refused(server, "/b.json", "application/json", captions(500.0, 1200), 1200.0)


def test_more_words_than_anyone_says(server: Loopback) -> None:
    assert "more words than anyone" in refused(server, "/a.txt", "text/plain", LINE * 60, 120.0)
    assert "more words than anyone" in refused(server, "/b.json", "application/json", captions(60.0, 900), None)


def test_words_are_counted_in_scripts_without_spaces(server: Loopback) -> None:
    said = "触れることは脳に安心を伝えます。" * 3
    body = json.dumps({"segments": [{"startTime": n * 10, "endTime": n * 10 + 9, "body": said} for n in range(30)]})
    serve(server, "/a.json", body)
    assert fetch_transcript(episode(server, ("/a.json", "application/json"), duration=300.0)) is not None


@pytest.mark.parametrize(("seconds", "told"), [(1500.0, True), (1740.0, False), (1800.0, False), (1900.0, False)])
def test_a_transcript_shorter_than_the_audio_says_that_times_may_shift(
    server: Loopback,
    seconds: float,
    told: bool,
) -> None:
    serve(server, "/a.json", captions(seconds, 4000))
    transcript = fetch_transcript(episode(server, ("/a.json", "application/json"), duration=1800.0))
    assert transcript is not None
    assert any("5 minutes before the audio" in warning for warning in transcript.warnings) == told
    assert bool(transcript.warnings) == told
