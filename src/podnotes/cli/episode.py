"""Commands on one episode: ``review``, ``verify``, ``clip``, ``picture``, ``transcript``."""

from __future__ import annotations

import sys
import webbrowser
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from podnotes.cli.arguments import (
    default_folder,
    episode_options,
    force_option,
    library_option,
    same_out_option,
    same_topics_option,
    template_option,
)
from podnotes.cli.output import put, put_json, say
from podnotes.errors import LibraryError, UsageError
from podnotes.files import read_draft
from podnotes.pipeline.fetching import audio_again
from podnotes.pipeline.finding import episodes_of_draft, transcript_of
from podnotes.timestamps import clock

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from podnotes.library import Library
    from podnotes.models import Correction, Episode, Topic, Transcript


class Time(click.ParamType[float]):
    """Parameter type: a time in an episode, such as 75, 1:15 or 1:02:03.5, in seconds."""

    name = "TIME"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Convert the text to seconds."""
        try:
            first, *rest = [float(part) for part in str(value).split(":")]
        except ValueError:
            first, rest = -1.0, []
        seconds = first
        for part in rest:
            seconds = seconds * 60 + part
        if not 0 <= seconds < 1e6 or not all(0 <= part < 60 for part in rest):
            message = f"{value!r} is not a time; write it like 75, 1:15 or 1:02:03."
            raise click.BadParameter(message, ctx, param)
        return seconds


@click.command()
@episode_options
@same_topics_option
@same_out_option
@template_option
@click.option(
    "--file", "as_file", is_flag=True, help="Write the page as a single file; your picks then stay in the browser."
)
@click.option("--open/--no-open", "show", default=True, show_default=True, help="Open the page in the browser.")
@force_option
@library_option
def review(
    episode: str, feed: str | None, date: date | None, topics: str | None, out: Path | None, template: str,
    as_file: bool, show: bool, force: bool, library_path: Path | None,
) -> None:  # fmt: skip
    """Open a page to listen to, read and quote an episode. It is served until you close it.

    EPISODE is the path of its draft, or part of its title. Your choices and texts are saved in the library.
    """
    from podnotes.library import Library
    from podnotes.notes.rendering import find_template
    from podnotes.pipeline.results import DraftOptions
    from podnotes.pipeline.reviewing import write_review
    from podnotes.pipeline.serving import ReviewServer

    find_template(template)  # reports a wrong name before opening the page
    with Library(library_path) as library:
        number = find_episode(library, episode, feed, date)
        pack, folder = as_before(library, number, topics, out, named=episode)
        if as_file:
            page = write_review(library, number, pack, out=folder, replace=force)
            put(str(page))
            _open(page.absolute().as_uri(), show=show)
            return
        options = DraftOptions(topics=pack, template=template)
        with suppress(KeyboardInterrupt), ReviewServer(library, number, pack, out=folder, options=options) as server:
            put(server.url)
            sys.stdout.flush()
            _open(server.url, show=show)
            say("The episode appears once it has loaded, which takes a few seconds for a long one.")
            say("The page is open until you close it, or press Ctrl-C here.")
            server.wait()
        say("Closed. Your choices are saved.")


def _open(address: str, *, show: bool) -> None:
    if show and not webbrowser.open(address):
        say("No browser could be opened; open the page yourself.")


def as_before(
    library: Library, number: int | None, topics: str | None, out: Path | None, *, named: str = ""
) -> tuple[tuple[Topic, ...], Path]:
    """Return topics and folder of a command: as given, else those of the episode's last draft, else of the newest one.

    If ``named`` is the path of a draft, its folder is used.
    """
    from podnotes.topics import load_topics

    before = None if _given("topics") else library.choices(number)
    pack = load_topics((before and before.topics) or topics or "bodywork")
    return pack, folder_as_before(library, number, out, named=named)


def folder_as_before(library: Library, number: int | None, out: Path | None, *, named: str = "") -> Path:
    """Return the folder of a command; see :func:`as_before`."""
    if not _given("out"):
        draft = Path(named).expanduser()
        if draft.is_file():
            return draft.parent
        before = library.choices(number)
        if before is not None and before.folder.is_dir():
            return before.folder
    return out or default_folder()


def _given(option: str) -> bool:
    return click.get_current_context().get_parameter_source(option) is click.core.ParameterSource.COMMANDLINE


def find_episode(library: Library, text: str, feed: str | None = None, day: date | None = None) -> int:
    """Return the number of a transcribed episode, given the path of its draft or part of its title.

    Raises:
        UsageError: No episode matches, or several do.
    """
    path = Path(text).expanduser()
    if path.is_file():
        return episode_of_draft(library, path, read_draft(path))
    found = [
        one
        for one in library.find_episodes(text, podcast=feed)
        if one.transcribed and (day is None or (one.episode.published and one.episode.published.date() == day))
    ]
    exact = [one for one in found if one.episode.title.casefold() == text.casefold()]
    if len(exact) == 1:
        return exact[0].id
    if len(found) == 1:
        return found[0].id
    if not found and path.suffix in {".md", ".html", ".txt", ".json"}:
        raise UsageError(f"There is no file {path}.")
    if not found:
        raise UsageError(f"No transcribed episode has “{text}” in its title; make its draft first (podnotes draft).")
    described = [_described(one.episode) for one in found[:4]]
    if len(set(described)) < len(described):
        described = [f"{one} from {library.feed_address(each.id)}" for one, each in zip(described, found, strict=False)]
    some = "; ".join(described)
    more = "; …" if len(found) > 4 else ""
    raise UsageError(
        f"{len(found)} episodes have “{text}” in their title: {some}{more}. "
        "Give more of the title, --feed or --date, or the path of its draft."
    )


def _described(episode: Episode) -> str:
    day = f", {episode.published:%Y-%m-%d}" if episode.published else ""
    return f"“{episode.title}” ({episode.podcast}{day})"


@click.command()
@click.argument("draft", type=click.Path(path_type=Path))
@click.option("--transcript", type=click.Path(path_type=Path), metavar="FILE",
              help="Transcript to check against (default: that of the draft's episode).")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per quote and line.")
@library_option
def verify(draft: Path, transcript: Path | None, as_json: bool, library_path: Path | None) -> int:
    """Check each quote of an edited draft against the transcript.

    The exit status is 1 if a quote is not in the transcript word for word.
    """
    from podnotes.notes.verify import Verdict, places_left, verify_draft

    text = read_draft(draft)
    transcripts, corrections, titles = _said_in(draft, text, transcript, library_path)
    checked = verify_draft(text, transcripts, corrections, titles=titles)
    for one in checked:
        if as_json:
            put_json(one)
            continue
        where = f"line {one.line}" if one.line else "quote"
        where += ", as heard, and corrected since" if one.as_heard else ""
        when = f" at {one.time}" if one.time else ""
        short = one.text if len(one.text) < 70 else f"{one.text[:69]}…"
        put(f"{one.verdict}{when} ({where}): {one.difference or short}")
    wrong = [one for one in checked if one.verdict in (Verdict.CHANGED, Verdict.NOT_FOUND)]
    if not as_json:
        if any(one.difference for one in checked):
            put("[-…-] was said but is not in the draft; {+…+} is in the draft but was not said there.")
        count = "1 quote" if len(checked) == 1 else f"{len(checked)} quotes"
        result = f"{len(wrong)} not word for word" if wrong else "word for word"
        put(f"{count}, {result}." if checked else "No quotes in it.")
        if any(one.as_heard for one in checked):
            put("You have corrected words of these quotes since the draft was made; correct them in it, too.")
    if left := places_left(text):
        lines = ", ".join(map(str, left[:12])) + (" …" if len(left) > 12 else "")
        say(f"{len(left)} places for your own words (✎) are left: line{'s' if len(left) > 1 else ''} {lines}.")
    return 1 if wrong else 0


def _said_in(
    draft: Path, text: str, transcript: Path | None, library_path: Path | None
) -> tuple[list[Transcript], list[Sequence[Correction]], list[str]]:
    """Return the uncorrected transcripts for checking a draft, their corrections, and the episodes' titles."""
    if transcript is not None:
        from podnotes.transcripts.formats import read_transcript

        return [read_transcript(transcript)], [], []
    from podnotes.library import Library

    with Library(library_path) as library:
        numbers = episodes_of_draft(library, draft, text)
        if not numbers:
            raise UsageError(f"{_unknown(draft)} Name its transcript with --transcript.")
        found = [said for number in numbers if (said := library.transcript(number, as_heard=True)) is not None]
        corrections: list[Sequence[Correction]] = [library.corrections(number) for number in numbers]
        titles = [library.episode(number).title for number in numbers]
    if len(found) < len(numbers):
        raise LibraryError(
            f"The library has no transcript of an episode of {draft}; give its transcript with --transcript."
        )
    return found, corrections, titles


def episode_of_draft(library: Library, draft: Path, text: str) -> int:
    """Return the number of a draft's only episode.

    Raises:
        UsageError: The episode isn't known, or there are several.
    """
    numbers = episodes_of_draft(library, draft, text)
    if not numbers:
        raise UsageError(_unknown(draft))
    if len(numbers) != 1:
        raise UsageError(f"{draft} is on {len(numbers)} episodes; name one by its title.")
    return numbers[0]


def _unknown(draft: Path) -> str:
    return f"The library doesn't know which episode {draft} is about."


@click.command()
@episode_options
@click.argument("start", type=Time())
@click.argument("end", type=Time())
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Output file: .mp3, .m4a, .opus, .ogg, .flac or .wav (default: an MP3 in --out).")  # fmt: skip
@force_option
@click.option("--replace", "force", is_flag=True, hidden=True)
@same_out_option
@library_option
def clip(
    episode: str, feed: str | None, date: date | None, start: float, end: float, output: Path | None, force: bool,
    out: Path | None, library_path: Path | None,
) -> None:  # fmt: skip
    """Write a passage as an audio file for your own listening, cut at word boundaries.

    EPISODE is the path of its draft, or part of its title; START and END are times such as 1:15.
    """
    from podnotes.audio.clips import clip_tags, cut_clip, word_bounds
    from podnotes.library import Library
    from podnotes.pipeline.run import draft_name

    if end <= start:
        raise UsageError(f"The clip would end ({clock(end)}) before it begins ({clock(start)}).")
    with Library(library_path) as library:
        number = find_episode(library, episode, feed, date)
        folder = folder_as_before(library, number, out, named=episode)
        known, transcript = library.episode(number), library.transcript(number)
        audio = audio_again(library, number)
    if transcript is not None:
        start, end = word_bounds(transcript, start, end)
    name = f"{draft_name(known)} {clock(start)} to {clock(end)}.mp3".replace(":", ".")
    target = output or folder / name
    made = cut_clip(audio, start, end, target, tags=clip_tags(known, start, end), replace=force)
    put(f"{made.path} ({clock(made.start)} to {clock(made.end)})")


@click.command()
@episode_options
@same_topics_option
@same_out_option
@force_option
@library_option
def picture(
    episode: str, feed: str | None, date: date | None, topics: str | None, out: Path | None, force: bool,
    library_path: Path | None,
) -> None:  # fmt: skip
    """Write a timeline of your topics in an episode as a picture (SVG), for use in the post.

    EPISODE is the path of its draft, or part of its title.
    """
    from podnotes.library import Library
    from podnotes.pipeline.reviewing import write_picture

    with Library(library_path) as library:
        number = find_episode(library, episode, feed, date)
        pack, folder = as_before(library, number, topics, out, named=episode)
        put(str(write_picture(library, number, pack, out=folder, replace=force)))


@click.command()
@episode_options
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Output file: .vtt, .srt, .json or .txt (default: text on standard output).")  # fmt: skip
@force_option
@library_option
def transcript(
    episode: str, feed: str | None, date: date | None, output: Path | None, force: bool, library_path: Path | None
) -> None:
    """Print or write the transcript of an episode in the library.

    EPISODE is the path of its draft, or part of its title.
    """
    from podnotes.library import Library
    from podnotes.transcripts.formats import format_transcript, write_transcript

    with Library(library_path) as library:
        found = transcript_of(library, find_episode(library, episode, feed, date))
    if output is None:
        put(format_transcript(found, ".txt").rstrip("\n"))
    else:
        write_transcript(found, output, replace=force)
        put(str(output))
