"""Arguments that several commands take."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from podnotes.asr import SpeechOptions


class Day(click.ParamType[date]):
    """A day as the user writes it: 2026-03-01, or how long ago: 30d, 6w, 3m, 1y."""

    name = "DATE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Turn the text into a date."""
        if isinstance(value, date):
            return value
        text = str(value).strip()
        with suppress(ValueError):
            return date.fromisoformat(text)
        days = {"d": 1, "w": 7, "m": 30, "y": 365}.get(text[-1:].lower())
        if days and text[:-1].isdigit() and int(text[:-1]) * days < 100_000:
            return datetime.now(UTC).date() - timedelta(days=int(text[:-1]) * days)
        message = f"{value!r} is no day; write it like 2026-03-01, or 30d for the last thirty days."
        raise click.BadParameter(message, ctx, param)


class Group(click.Group):
    """A group whose overview has the whole first paragraph of each command's help."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the overview; click's own cuts each line short."""
        lines = [(name, (self.commands[name].help or "").partition("\n\n")[0]) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl([(name, " ".join(line.split())) for name, line in lines])


def start_of(day: date | None) -> datetime | None:
    """The moment when a day begins in UTC; None for no day."""
    return None if day is None else datetime.combine(day, time(), UTC)


library_option = click.option(
    "--library",
    "library_path",
    envvar="PODNOTES_LIBRARY",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The library to remember in (default: your own).",
)


def default_folder() -> Path:
    """Where drafts go when nothing else is said: the same folder wherever the command is run."""
    from platformdirs import user_documents_path

    return user_documents_path() / "podnotes"


out_option = click.option(
    "--out",
    default=default_folder,
    show_default="podnotes in your documents",
    envvar="PODNOTES_OUT",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for what is written.",
)


# For commands on what was drafted before, which go by that draft unless told otherwise.
same_out_option = click.option(
    "--out",
    envvar="PODNOTES_OUT",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for what is written (default: where its draft is).",
)

same_topics_option = click.option(
    "--topics",
    envvar="PODNOTES_TOPICS",
    metavar="PACK|FILE",
    help="Topic pack, or a TOML file of your own (default: what its draft was made with).",
)

force_option = click.option("--force", is_flag=True, help="Replace a file that is there already.")

topics_option = click.option(
    "--topics",
    default="bodywork",
    show_default=True,
    envvar="PODNOTES_TOPICS",
    metavar="PACK|FILE",
    help="Topic pack, or a TOML file of your own.",
)

speakers_option = click.option(
    "--speakers/--no-speakers",
    default=True,
    show_default=True,
    envvar="PODNOTES_SPEAKERS",
    help="Tell who speaks in what is recognised.",
)

speaker_model_option = click.option(
    "--speaker-model",
    envvar="PODNOTES_SPEAKER_MODEL",
    metavar="NAME|FILE",
    help="What tells voices apart: campplus (default), wespeaker-resnet34, or an ONNX file.",
)

models_dir_option = click.option(
    "--models-dir",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="PODNOTES_MODELS",
    metavar="DIR",
    help="Folder for speech models.",
)


def episode_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The argument that names an episode, and the options that tell it from others of its title."""
    options: list[Callable[..., Any]] = [
        click.argument("episode", metavar="EPISODE"),
        click.option("--feed", metavar="TEXT", help="Its podcast: a part of the title, or the feed's address."),
        click.option("--date", type=Day(), help="The day when it came out."),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def speech_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of everything that recognises speech."""
    options: list[Callable[..., Any]] = [
        click.option("--model", envvar="PODNOTES_MODEL", metavar="NAME|DIR",
                     help="Speech model: a name (podnotes models), or a folder (default: what suits the machine and "
                     "the language)."),
        click.option("--device", type=click.Choice(["auto", "cpu", "cuda"]), default="auto", show_default=True,
                     envvar="PODNOTES_DEVICE", help="Where to recognise."),
        click.option("--compute-type", default="auto", show_default=True, envvar="PODNOTES_COMPUTE_TYPE",
                     help="Arithmetic of the model: auto, int8, float16, float32 …"),
        click.option("--threads", type=click.IntRange(min=0, max=256), default=0, envvar="PODNOTES_THREADS",
                     help="CPU threads (default: one a core)."),
        click.option("--batch-size", type=click.IntRange(min=0), default=0, envvar="PODNOTES_BATCH_SIZE",
                     help="Pieces recognised at once (default: what suits the machine)."),
        click.option("--beam-size", type=click.IntRange(min=1), default=5, show_default=True,
                     help="Hypotheses the decoder follows; 1 is faster and a little worse."),
        click.option("--hotwords", default="", metavar="WORDS", envvar="PODNOTES_HOTWORDS",
                     help="Names and terms to expect, with commas between: \"nociception, Dr. Lindgren\"."),
        models_dir_option,
        click.option("--mirror", metavar="URL", envvar="PODNOTES_MIRROR", help="Mirror of the model hub."),
        click.option("--offline", is_flag=True, envvar="PODNOTES_OFFLINE", help="Never download a model."),
    ]  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


def take_speech_options(given: dict[str, Any]) -> SpeechOptions:
    """Take what ``speech_options`` declares, but the model, out of the arguments of a command."""
    from podnotes.asr import SpeechOptions

    names = ("device", "compute_type", "threads", "batch_size", "beam_size", "models_dir", "mirror", "offline")
    hotwords = tuple(filter(None, (word.strip() for word in given.pop("hotwords").split(","))))
    return SpeechOptions(hotwords=hotwords, **{name: given.pop(name) for name in names})
