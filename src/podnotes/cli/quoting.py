"""Commands on one episode and what is quoted of it: review, verify, clip, picture."""

from __future__ import annotations

import sys
import webbrowser
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from podnotes.cli.arguments import library_option, out_option, topics_option
from podnotes.cli.output import put, put_json, say
from podnotes.errors import LibraryError, OutputError, UsageError
from podnotes.timestamps import clock

if TYPE_CHECKING:
    from podnotes.library import Library
    from podnotes.models import Correction, Transcript


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
@click.option("--template", default="blog", show_default=True, envvar="PODNOTES_TEMPLATE", metavar="NAME|FILE",
              help="Template of the draft that the page saves.")  # fmt: skip
@click.option("--file", "as_file", is_flag=True, help="Write the page as one file; your picks stay in the browser.")
@click.option("--open/--no-open", "show", default=True, show_default=True, help="Open the page in the browser.")
@library_option
def review(
    episode: str, topics: str, out: Path, template: str, as_file: bool, show: bool, library_path: Path | None
) -> None:
    """Open a page on which to hear, read and quote an episode; it is served until you close it.

    EPISODE is a part of the title of an episode that was drafted or transcribed before. What you choose and write is
    kept in the library.
    """
    from podnotes.library import Library
    from podnotes.notes import find_template
    from podnotes.pipeline import DraftOptions, ReviewServer, write_review
    from podnotes.topics import load_topics

    find_template(template)  # a mistake in its name is told before the page is open
    pack = load_topics(topics)
    with Library(library_path) as library:
        number = find_episode(library, episode)
        if as_file:
            page = write_review(library, number, pack, out=out)
            put(str(page))
            _open(page.absolute().as_uri(), show=show)
            return
        options = DraftOptions(topics=pack, template=template)
        say("Reading the episode …")  # rating what is worth quoting takes seconds for a long one
        with ReviewServer(library, number, pack, out=out, options=options) as server:
            put(server.url)
            sys.stdout.flush()
            _open(server.url, show=show)
            say("The page is open until you close it, or press Ctrl-C here.")
            with suppress(KeyboardInterrupt):
                server.wait()
        say("Closed. Everything you chose is kept.")


def _open(address: str, *, show: bool) -> None:
    if show and not webbrowser.open(address):
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
    from podnotes.notes import Verdict, verify_draft

    text = read_draft(draft)
    checked = verify_draft(text, *_transcript_of(draft, text, transcript, library_path))
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
        count = "1 quote" if len(checked) == 1 else f"{len(checked)} quotes"
        result = f"{len(wrong)} not word for word" if wrong else "word for word"
        put(f"{count}, {result}." if checked else "No quotes in it.")
    return 1 if wrong else 0


def read_draft(draft: Path) -> str:
    """The text of a draft.

    Raises:
        UsageError: It can't be read.
    """
    try:
        return draft.read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise UsageError(f"{draft} can't be read ({reason}).") from error


def _transcript_of(
    draft: Path, text: str, transcript: Path | None, library_path: Path | None
) -> tuple[Transcript, tuple[Correction, ...]]:
    """The transcript that a draft is checked against, and what was put right in it."""
    if transcript is not None:
        from podnotes.speech import read_transcript

        return read_transcript(transcript), ()
    from podnotes.library import Library

    with Library(library_path) as library:
        number = episode_of_draft(library, draft, text)
        if number is None:
            raise UsageError(f"The library doesn't know which episode {draft} is about; name its --transcript.")
        found = library.transcript(number, as_heard=True)
        corrections = library.corrections(number)
    if found is None:
        raise LibraryError(f"The library has no transcript of the episode of {draft}; name its --transcript.")
    return found, corrections


def episode_of_draft(library: Library, draft: Path, text: str) -> int | None:
    """The number of the episode that a draft is about, by its place or its front matter; None where neither tells.

    Raises:
        UsageError: Its front matter names an episode that is not there, or several.
    """
    number = library.episode_of_draft(draft)
    if number is None and (title := _episode_named_in(text)) is not None:
        number = find_episode(library, title)
    return number


def _episode_named_in(text: str) -> str | None:
    """The episode that the front matter of a draft names."""
    import yaml

    if not text.startswith("---"):
        return None
    try:
        front = next(iter(yaml.safe_load_all(text.split("\n---", 1)[0])), None)
    except yaml.YAMLError:
        return None
    title = front.get("episode") if isinstance(front, dict) else None
    return title if isinstance(title, str) and title else None


@click.command()
@click.argument("episode", metavar="EPISODE")
@click.argument("start", type=Time())
@click.argument("end", type=Time())
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Where to write: .mp3, .m4a, .opus, .ogg, .flac or .wav (default: an MP3 in --out).")  # fmt: skip
@click.option("--replace", is_flag=True, help="Replace a file that is there.")
@out_option
@library_option
def clip(
    episode: str, start: float, end: float, output: Path | None, replace: bool, out: Path, library_path: Path | None
) -> None:
    """Write a passage as an audio file for your own listening, cut to the word.

    EPISODE is a part of the title of an episode that was transcribed before; START and END are like 1:15.
    """
    from podnotes.audio import clip_tags, cut_clip, fetch_audio, word_bounds
    from podnotes.http import remember_credentials
    from podnotes.library import Library
    from podnotes.pipeline import draft_name

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
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{target} can't be written ({error.strerror}). Choose another folder with --out.") from error
    made = cut_clip(audio, start, end, target, tags=clip_tags(known, start, end), replace=replace)
    put(f"{made.path} ({clock(made.start)} to {clock(made.end)})")


@click.command()
@click.argument("episode", metavar="EPISODE")
@topics_option
@out_option
@library_option
def picture(episode: str, topics: str, out: Path, library_path: Path | None) -> None:
    """Write a picture (SVG) of where in an episode your topics are, for the post itself.

    EPISODE is a part of the title of an episode that was drafted or transcribed before.
    """
    from podnotes.library import Library
    from podnotes.pipeline import write_picture
    from podnotes.topics import load_topics

    with Library(library_path) as library:
        put(str(write_picture(library, find_episode(library, episode), load_topics(topics), out=out)))
