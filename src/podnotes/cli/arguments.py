"""Arguments and options shared by several commands."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from podnotes.asr.speech_options import SpeechOptions


class Day(click.ParamType[date]):
    """Parameter type: a date such as 2026-03-01, or a time span before today: 30d, 6w, 3m, 1y."""

    name = "DATE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Convert the text to a date."""
        if isinstance(value, date):
            return value
        text = str(value).strip()
        with suppress(ValueError):
            return date.fromisoformat(text)
        days = {"d": 1, "w": 7, "m": 30, "y": 365}.get(text[-1:].lower())
        if days and text[:-1].isdigit() and int(text[:-1]) * days < 100_000:
            return datetime.now(UTC).date() - timedelta(days=int(text[:-1]) * days)
        message = f"{value!r} is not a date; write it like 2026-03-01, or 30d for the last thirty days."
        raise click.BadParameter(message, ctx, param)


def combined(*options: Callable[..., Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Combine several decorators for arguments and options, in this order."""

    def add(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(options):
            command = option(command)
        return command

    return add


class Group(click.Group):
    """Group whose overview shows the whole first paragraph of each command's help."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the overview, unlike click's without truncating lines."""
        lines = [(name, (self.commands[name].help or "").partition("\n\n")[0]) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl([(name, " ".join(line.split())) for name, line in lines])


def start_of(day: date | None) -> datetime | None:
    """Return the start of a day in UTC; None for None."""
    return None if day is None else datetime.combine(day, time(), UTC)


library_option = click.option(
    "--library",
    "library_path",
    envvar="PODNOTES_LIBRARY",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Library file (default: the one in your data folder).",
)


def default_folder() -> Path:
    """Return the default folder for drafts, independent of the current folder."""
    from platformdirs import user_documents_path

    return user_documents_path() / "podnotes"


out_option = click.option(
    "--out",
    default=default_folder,
    show_default="podnotes in your documents",
    envvar="PODNOTES_OUT",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the output.",
)


# For commands on drafted episodes, whose defaults come from the draft.
same_out_option = click.option(
    "--out",
    envvar="PODNOTES_OUT",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the output (default: that of the last draft).",
)

same_topics_option = click.option(
    "--topics",
    envvar="PODNOTES_TOPICS",
    metavar="PACK|FILE",
    help="Topic pack, or your own TOML file (default: that of the last draft).",
)

template_option = click.option(
    "--template",
    default="blog",
    show_default=True,
    envvar="PODNOTES_TEMPLATE",
    metavar="NAME|FILE",
    help="Template of new drafts.",
)

mark_corrections_option = click.option(
    "--mark-corrections/--no-mark-corrections",
    default=False,
    envvar="PODNOTES_MARK_CORRECTIONS",
    help="Put corrected words in brackets: [nociception].",
)

force_option = click.option("--force", is_flag=True, help="Replace an existing file.")

topics_option = click.option(
    "--topics",
    default="bodywork",
    show_default=True,
    envvar="PODNOTES_TOPICS",
    metavar="PACK|FILE",
    help="Topic pack, or your own TOML file.",
)

speakers_option = click.option(
    "--speakers/--no-speakers",
    default=True,
    show_default=True,
    envvar="PODNOTES_SPEAKERS",
    help="Label the speakers in transcripts made by speech recognition.",
)

speaker_model_option = click.option(
    "--speaker-model",
    envvar="PODNOTES_SPEAKER_MODEL",
    metavar="FILE",
    help="Another speaker embedding model, as an ONNX file.",
)

models_dir_option = click.option(
    "--models-dir",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="PODNOTES_MODELS",
    metavar="DIR",
    help="Folder for speech models.",
)


# An episode, and options that distinguish episodes with the same title.
episode_options = combined(
    click.argument("episode", metavar="EPISODE"),
    click.option("--feed", metavar="TEXT", help="Its podcast: part of the title, or the feed's address."),
    click.option("--date", type=Day(), help="Its publication date."),
)


# For commands with speech recognition.
speech_options = combined(
    click.option("--model", envvar="PODNOTES_MODEL", metavar="NAME|DIR",
                 help="Speech model: a name (podnotes models), or a folder (default: depends on the machine and "
                 "the language)."),
    click.option("--device", type=click.Choice(["auto", "cpu", "cuda"]), default="auto", show_default=True,
                 envvar="PODNOTES_DEVICE", help="Where the speech model runs."),
    click.option("--compute-type", default="auto", show_default=True, envvar="PODNOTES_COMPUTE_TYPE",
                 help="Number format of the model: auto, int8, float16, float32 …"),
    click.option("--threads", type=click.IntRange(min=0, max=256), default=0, envvar="PODNOTES_THREADS",
                 help="CPU threads (default: one per core)."),
    click.option("--batch-size", type=click.IntRange(min=0), default=0, envvar="PODNOTES_BATCH_SIZE",
                 help="Audio windows recognised at once (default: depends on the machine)."),
    click.option("--beam-size", type=click.IntRange(min=1), default=5, show_default=True,
                 help="Beam size of the decoder; 1 is faster and slightly less accurate."),
    click.option("--hotwords", default="", metavar="WORDS", envvar="PODNOTES_HOTWORDS",
                 help="Names and terms to expect, separated by commas: \"nociception, Dr. Lindgren\"."),
    models_dir_option,
    click.option("--mirror", metavar="URL", envvar="PODNOTES_MIRROR", help="Mirror of the model hub."),
    click.option("--offline", is_flag=True, envvar="PODNOTES_OFFLINE", help="Never download a model."),
)  # fmt: skip


def take_speech_options(given: dict[str, Any]) -> SpeechOptions:
    """Remove the options of ``speech_options``, except the model, from a command's arguments, and return them."""
    from podnotes.asr.speech_options import SpeechOptions

    names = ("device", "compute_type", "threads", "batch_size", "beam_size", "models_dir", "mirror", "offline")
    hotwords = tuple(filter(None, (word.strip() for word in given.pop("hotwords").split(","))))
    return SpeechOptions(hotwords=hotwords, **{name: given.pop(name) for name in names})
