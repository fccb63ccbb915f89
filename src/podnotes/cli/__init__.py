"""The ``podnotes`` command: parses arguments, calls the package, prints results, sets the exit status.

Results go to standard output, progress and messages to standard error. Exit status: 0 success, 1 failure (with a
one-sentence message), 2 wrong usage, 130 interrupted with Ctrl-C. ``COMMANDS`` maps each command to its module, which
is only imported when the command is called, for a fast start.
"""

from __future__ import annotations

import difflib
import importlib
import logging
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, cast

import click

from podnotes import __version__
from podnotes.cli.output import say
from podnotes.cli.settings import read_settings, settings_path
from podnotes.errors import PodnotesError
from podnotes.interruption import INTERRUPTED

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Command → (module, summary). Summaries are here so that the overview doesn't import the modules.
COMMANDS = {
    "draft": ("podnotes.cli.draft", "Make drafts from feeds, OPML files or audio."),
    "update": ("podnotes.cli.draft", "Make drafts of new episodes in all feeds you follow."),
    "digest": ("podnotes.cli.draft", "Write one post per topic across many episodes."),
    "review": ("podnotes.cli.episode", "Open a page to listen to, read and quote an episode."),
    "quote": ("podnotes.cli.quote", "Quote an episode at times that you marked while listening."),
    "correct": ("podnotes.cli.correct", "Correct misheard words, in an episode or a whole podcast."),
    "proof": ("podnotes.cli.proof", "Listen to the doubtful words of a draft, one by one, and correct them."),
    "verify": ("podnotes.cli.episode", "Check the quotes of an edited draft against the transcript."),
    "clip": ("podnotes.cli.episode", "Write a passage as an audio file."),
    "picture": ("podnotes.cli.episode", "Write a timeline of the topics in an episode as a picture."),
    "transcript": ("podnotes.cli.episode", "Print or write the transcript of an episode."),
    "feed": ("podnotes.cli.feeds", "List the episodes of a feed."),
    "follow": ("podnotes.cli.feeds", "Follow a feed, or all feeds of an OPML file."),
    "unfollow": ("podnotes.cli.feeds", "Stop following a feed."),
    "feeds": ("podnotes.cli.feeds", "List the feeds you follow, or export them as OPML."),
    "transcribe": ("podnotes.cli.transcribe", "Transcribe an audio file or address."),
    "voices": ("podnotes.cli.voices", "List the voices of a podcast, listen to them, and name them."),
    "models": ("podnotes.cli.transcribe", "List speech models; download one ahead of time."),
    "passages": ("podnotes.cli.topics", "Find the passages on your topics in transcripts."),
    "search": ("podnotes.cli.search", "Search all transcripts in the library."),
    "topics": ("podnotes.cli.topics", "List topic packs; check your own."),
    "templates": ("podnotes.cli.topics", "List draft templates; print one as a starting point for your own."),
    "library": ("podnotes.cli.library", "Maintain the library: check, backup, restore, forget, export."),
    "cache": ("podnotes.cli.library", "Show how much space downloaded audio takes; delete it."),
}


def _command(name: str) -> click.Command:
    return cast(click.Command, getattr(importlib.import_module(COMMANDS[name][0]), name))


class _Commands(click.Group):
    """Group that imports commands when they are called."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        return _command(cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            near = difflib.get_close_matches(args[0], COMMANDS, 1) if args else []
            if near:
                raise click.UsageError(
                    f"There is no command {args[0]}; did you mean podnotes {near[0]}?", ctx
                ) from error
            if args and ("://" in args[0] or args[0].endswith((".xml", ".mp3", ".opml"))):
                raise click.UsageError(f"Name a command, for instance: podnotes draft {args[0]}", ctx) from error
            raise

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, "-V", "--version", message="podnotes %(version)s")
@click.option("--debug", is_flag=True, envvar="PODNOTES_DEBUG", help="Log everything, and show tracebacks.")
@click.pass_context
def app(ctx: click.Context, debug: bool) -> None:
    """Turn podcasts into draft blog posts: the passages on your topics, verbatim, with links to the second."""
    if debug:
        logging.basicConfig(level=logging.DEBUG, stream=sys.stderr, format="%(asctime)s %(name)s: %(message)s")
        # Debug output may be shared, and response headers contain addresses of private feeds.
        logging.getLogger("httpcore2").setLevel(logging.INFO)
    if settings_path().exists():
        ctx.default_map = read_settings({name: _command(name) for name in COMMANDS})


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command with the arguments after ``podnotes``, or those of the process; return the exit status."""
    # Keeps idle OpenMP threads of CTranslate2 from spinning, which multiplies CPU time on a busy machine. Must be set
    # before ctranslate2 is imported.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # doesn't fail on characters that the terminal can't show
            stream.reconfigure(errors="replace")
    debug = "--debug" in (arguments if arguments is not None else sys.argv) or bool(os.environ.get("PODNOTES_DEBUG"))
    try:
        status = app.main(args=arguments, prog_name="podnotes", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show(sys.stderr)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        say("Stopped. Finished work is saved; run the same command to continue.")
        return INTERRUPTED
    except PodnotesError as error:
        if debug:
            raise
        say(f"podnotes: {error}")
        return 1
    except BrokenPipeError:  # the reader has closed the pipe (`podnotes … | head`)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        if debug:
            raise
        logging.getLogger(__name__).debug("unexpected", exc_info=True)
        say(
            f"podnotes: unexpected error ({type(error).__name__}: {error}). "
            "Please report it with the output of PODNOTES_DEBUG=1."
        )
        return 1
    return status if isinstance(status, int) else 0


def run() -> None:
    """Run the installed command (entry point)."""
    status = main()
    if status == INTERRUPTED:
        # All work is saved: don't wait for threads that hang in the network or in native code.
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):
                stream.flush()
        os._exit(status)
    sys.exit(status)
