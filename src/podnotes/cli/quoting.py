"""Commands on one episode and what is quoted of it: review, verify, clip, picture."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from podnotes.cli.arguments import force_option, library_option, out_option, topics_option
from podnotes.cli.output import put, put_json, say
from podnotes.errors import LibraryError, UsageError
from podnotes.timestamps import clock

if TYPE_CHECKING:
    from podnotes.library import Library
    from podnotes.models import Transcript


class Time(click.ParamType[float]):
    """A moment in an episode as she writes it: 75, 1:15, 1:02:03.5; in seconds."""

    name = "TIME"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Turn the text into seconds."""
        seconds = 0.0
        try:
            for part in str(value).split(":"):
                seconds = seconds * 60 + float(part)
        except ValueError:
            seconds = -1.0
        if not 0 <= seconds < 1e6:
            message = f"{value!r} is no time; write it like 75, 1:15 or 1:02:03."
            raise click.BadParameter(message, ctx, param)
        return seconds


@click.command()
@click.argument("episode", metavar="EPISODE")
@topics_option
@out_option
@click.option("--open/--no-open", "show", default=True, show_default=True, help="Open the page in the browser.")
@force_option
@library_option
def review(episode: str, topics: str, out: Path, show: bool, force: bool, library_path: Path | None) -> None:
    """Open a page on which to hear and pick the passages of an episode.

    EPISODE is a part of the title of an episode that was drafted or transcribed before.
    """
    from podnotes.library import Library
    from podnotes.pipeline import write_review
    from podnotes.topics import load_topics

    with Library(library_path) as library:
        page = write_review(library, find_episode(library, episode), load_topics(topics), out=out, replace=force)
    put(str(page))
    if show:
        import webbrowser

        if not webbrowser.open(page.absolute().as_uri()):
            say("No browser could be opened; open the page yourself.")


def find_episode(library: Library, text: str) -> int:
    """The number of the one transcribed episode with a text in its title.

    Raises:
        UsageError: There is none, or several.
    """
    found = [one for one in library.find_episodes(text) if one.transcribed]
    exact = [one for one in found if one.episode.title.casefold() == text.casefold()]
    if len(exact) == 1:
        return exact[0].id
    if len(found) == 1:
        return found[0].id
    if not found:
        raise UsageError(f"No transcribed episode has “{text}” in its title; make its draft first (podnotes draft).")
    some = "; ".join(f"“{one.episode.title}”" for one in found[:4])
    raise UsageError(f"{len(found)} episodes have “{text}” in their title: {some} … Give more of the title.")


@click.command()
@click.argument("draft", type=click.Path(path_type=Path))
@click.option("--transcript", type=click.Path(path_type=Path), metavar="FILE",
              help="Transcript to check against (default: that of the episode it was made from).")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each quote, a line each.")
@library_option
def verify(draft: Path, transcript: Path | None, as_json: bool, library_path: Path | None) -> int:
    """Check each quote of a draft that you edited against what was said.

    The exit status is 1 when a quote is not word for word in the transcript.
    """
    from podnotes.notes import Verdict, places_left, verify_draft

    try:
        text = draft.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise UsageError(f"{draft} can't be read ({reason}).") from error
    transcripts, titles = _said_in(draft, text, transcript, library_path)
    checked = verify_draft(text, transcripts, titles=titles)
    for one in checked:
        if as_json:
            put_json(one)
            continue
        where = f"line {one.line}" if one.line else "quote"
        when = f" at {one.time}" if one.time else ""
        short = one.text if len(one.text) < 70 else f"{one.text[:69]}…"
        put(f"{one.verdict}{when} ({where}): {one.difference or short}")
    wrong = [one for one in checked if one.verdict in (Verdict.CHANGED, Verdict.NOT_FOUND)]
    if not as_json:
        if any(one.difference for one in checked):
            put("[-…-] was said and is not in the draft; {+…+} is in the draft and was not said there.")
        count = "1 quote" if len(checked) == 1 else f"{len(checked)} quotes"
        result = f"{len(wrong)} not word for word" if wrong else "word for word"
        put(f"{count}, {result}." if checked else "No quotes in it.")
    if left := places_left(text):
        lines = ", ".join(map(str, left[:12])) + (" …" if len(left) > 12 else "")
        say(f"{len(left)} places for your own words (✎) are left: line{'s' if len(left) > 1 else ''} {lines}.")
    return 1 if wrong else 0


def _said_in(
    draft: Path, text: str, transcript: Path | None, library_path: Path | None
) -> tuple[list[Transcript], list[str]]:
    """The transcripts that a draft is checked against, and the titles of their episodes."""
    if transcript is not None:
        from podnotes.speech import read_transcript

        return [read_transcript(transcript)], []
    from podnotes.library import Library

    with Library(library_path) as library:
        numbers = episodes_of_draft(library, draft, text)
        found = [said for number in numbers if (said := library.transcript(number)) is not None]
        titles = [library.episode(number).title for number in numbers]
    if len(found) < len(numbers):
        raise LibraryError(f"The library has no transcript of an episode of {draft}; name its --transcript.")
    return found, titles


def episodes_of_draft(library: Library, draft: Path, text: str) -> list[int]:
    """The numbers of the episodes that a draft is about: by their ids in it, else by where it lies, else by its title.

    Raises:
        UsageError: Nothing of that is known, or the title is that of several.
    """
    # Whatever became of the front matter: twelve digits that happen to be an episode's id are no chance.
    ids = set(re.findall(r"(?<![\w-])[0-9a-f]{12}(?![\w-])", text))
    named = [one for one in library.find_episodes() if one.episode.id in ids] if ids else []
    front = _front_matter(text)
    podcast = front.get("podcast")
    if len({one.episode.id for one in named}) < len(named):  # podcasts that number their episodes alike
        named = [one for one in named if one.episode.podcast == podcast] or named
    if named and len({one.episode.id for one in named}) == len(named):
        return [one.id for one in named]
    number = library.episode_of_draft(draft)
    if number is not None:
        return [number]
    title = front.get("episode")
    if not isinstance(title, str) or not title:
        raise UsageError(f"The library doesn't know which episode {draft} is about; name its --transcript.")
    published = str(front.get("published") or front.get("episode_date") or "")
    alike = [
        one
        for one in library.find_episodes(title)
        if one.transcribed
        and one.episode.title.casefold() == title.casefold()
        and (not isinstance(podcast, str) or podcast in ("", one.episode.podcast))
        and (not published or one.episode.published is None or f"{one.episode.published:%Y-%m-%d}" == published)
    ]
    if len(alike) != 1:
        raise UsageError(
            f"{len(alike) or 'No'} transcribed episodes are called “{title}”, as {draft} says; name its --transcript."
        )
    return [alike[0].id]


def _front_matter(text: str) -> dict[str, Any]:
    """The front matter of a draft; empty without one."""
    import yaml

    if not text.startswith("---"):
        return {}
    try:
        front = next(iter(yaml.safe_load_all(text.split("\n---", 1)[0])), None)
    except yaml.YAMLError:
        return {}
    if not isinstance(front, dict):
        return {}
    return front | (front["params"] if isinstance(front.get("params"), dict) else {})


@click.command()
@click.argument("episode", metavar="EPISODE")
@click.argument("start", type=Time())
@click.argument("end", type=Time())
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Where to write: .mp3, .m4a, .opus, .ogg, .flac or .wav (default: an MP3 in --out).")  # fmt: skip
@force_option
@click.option("--replace", "force", is_flag=True, hidden=True)
@out_option
@library_option
def clip(
    episode: str, start: float, end: float, output: Path | None, force: bool, out: Path, library_path: Path | None
) -> None:
    """Write a passage as an audio file for your own listening, cut to the word.

    EPISODE is a part of the title of an episode that was transcribed before; START and END are like 1:15.
    """
    from podnotes.library import Library
    from podnotes.media import clip_tags, cut_clip, fetch_audio, word_bounds
    from podnotes.pipeline import draft_name
    from podnotes.web import remember_credentials

    if end <= start:
        raise UsageError(f"The clip would end ({clock(end)}) before it begins ({clock(start)}).")
    with Library(library_path) as library:
        number = find_episode(library, episode)
        known, transcript = library.episode(number), library.transcript(number)
        remember_credentials(library.feed_address(number) or "")
        audio = library.audio(number) or fetch_audio(known, library.folder)
    if transcript is not None:
        start, end = word_bounds(transcript, start, end)
    name = f"{draft_name(known)} {clock(start)} to {clock(end)}.mp3".replace(":", ".")
    target = output or out / name
    made = cut_clip(audio, start, end, target, tags=clip_tags(known, start, end), replace=force)
    put(f"{made.path} ({clock(made.start)} to {clock(made.end)})")


@click.command()
@click.argument("episode", metavar="EPISODE")
@topics_option
@out_option
@force_option
@library_option
def picture(episode: str, topics: str, out: Path, force: bool, library_path: Path | None) -> None:
    """Write a picture (SVG) of where in an episode your topics are, for the post itself.

    EPISODE is a part of the title of an episode that was drafted or transcribed before.
    """
    from podnotes.library import Library
    from podnotes.pipeline import write_picture
    from podnotes.topics import load_topics

    with Library(library_path) as library:
        number = find_episode(library, episode)
        put(str(write_picture(library, number, load_topics(topics), out=out, replace=force)))
