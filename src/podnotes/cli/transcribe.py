"""Commands on speech recognition: ``transcribe``, ``models``."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from podnotes.cli.arguments import (
    Group,
    force_option,
    models_dir_option,
    speaker_model_option,
    speakers_option,
    speech_options,
    take_speech_options,
)
from podnotes.cli.output import duration, put, put_json, say
from podnotes.cli.progress import ProgressDisplay
from podnotes.errors import UsageError
from podnotes.files import check_free, size_text

if TYPE_CHECKING:
    from podnotes.asr.speech_options import SpeechProgress
    from podnotes.audio.transfer import DownloadProgress
    from podnotes.models import Episode

#: File suffixes of the output formats.
_FORMATS = ("vtt", "srt", "json", "txt")


@click.command()
@click.argument("audio", metavar="AUDIO|URL")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Output file: .vtt, .srt, .json or .txt (default: WebVTT on standard output).")  # fmt: skip
@force_option
@click.option("--language", metavar="TAG", help="Language spoken, such as en (default: detected).")
@click.option("--allow-truncated", is_flag=True, help="Accept a truncated file and transcribe what there is.")
@click.option("--cut-off-is-fine", "allow_truncated", is_flag=True, hidden=True)
@speakers_option
@speaker_model_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON in the format of the podcast namespace.")
@click.option("--quiet", "-q", is_flag=True, help="No progress.")
@speech_options
def transcribe(audio: str, output: Path | None, force: bool, as_json: bool, quiet: bool, **given: Any) -> None:
    """Transcribe an audio file or address."""
    from dataclasses import replace

    from podnotes.asr import recognition
    from podnotes.asr.throughput import expected_speed
    from podnotes.audio.decode import probe_audio
    from podnotes.audio.download import fetch_audio
    from podnotes.diarization.diarizer import diarize
    from podnotes.diarization.embedding import load_speaker_model
    from podnotes.diarization.labeling import label_speakers
    from podnotes.pipeline.results import Event, RunProgress, Step, progress_event
    from podnotes.pipeline.transcription import model_name
    from podnotes.transcripts.formats import format_transcript, write_transcript

    if output is not None and output.suffix.lower().lstrip(".") not in _FORMATS:
        names = ", ".join(f".{name}" for name in _FORMATS)
        raise UsageError(f"{output} has no file extension that gives its format; use one of {names}.")
    if output is not None:
        check_free(output, replace=force)
    options = replace(take_speech_options(given), allow_incomplete=given["allow_truncated"])
    model, speakers, speaker_model = given["model"], given["speakers"], given["speaker_model"]
    if speakers and speaker_model:
        load_speaker_model(speaker_model)  # fails before any recognition
    episode = _the_episode(audio)
    with tempfile.TemporaryDirectory(prefix="podnotes-") as folder, ProgressDisplay(quiet=quiet) as progress:

        def show(state: SpeechProgress | DownloadProgress) -> None:
            progress(progress_event(episode, state))

        file = fetch_audio(episode, Path(folder), on_progress=show)
        language = given["language"] or episode.language
        length, name = probe_audio(file).present, model_name(model, language)
        speed = expected_speed(name)
        left = length / speed if speed else None
        plan = RunProgress(1, to_transcribe=1, audio_s=length, speed=speed, left_s=left, model=name)
        progress(Event(episode, Step.PLAN, run=plan))
        transcript = recognition.transcribe(file, model, language=language, options=options, on_progress=show)
        if speakers:
            step = partial(Event, episode, Step.SPEAKERS, total=transcript.duration)
            found = diarize(file, speaker_model, on_progress=lambda done: progress(step(done)))
            transcript = label_speakers(transcript, found, episode).transcript
    for warning in transcript.warnings:
        say(warning)
    if output is not None:
        write_transcript(transcript, output, replace=force)
        say(f"Wrote {output}")
    if as_json or output is None:
        put(format_transcript(transcript, ".json" if as_json else ".vtt").rstrip("\n"))


def _the_episode(audio: str) -> Episode:
    from podnotes.feeds.sources import read_sources

    reading = next(read_sources(audio))
    if reading.error is not None:
        raise reading.error
    assert reading.podcast is not None
    hearable = [episode for episode in reading.podcast.episodes if episode.audio]
    if len(hearable) != 1:
        raise UsageError(
            f"{audio} has {len(hearable)} episodes; name one audio file, or use podnotes draft for a feed."
        )
    return hearable[0]


@click.group(cls=Group, invoke_without_command=True)
@models_dir_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def models(ctx: click.Context, models_dir: Path | None, as_json: bool) -> None:
    """List speech models, installed ones first."""
    ctx.obj = models_dir
    if ctx.invoked_subcommand is not None:
        return
    from podnotes.asr.model_store import list_models

    known = list_models(models_dir=models_dir)
    if as_json:
        put_json(list(known))
        return
    put(f"{'':<2}{'model':<20} {'size':>8}  {'languages':<9}  {'an hour of audio takes':<24} where")
    for model in sorted(known, key=lambda model: model.folder is None):
        much = size_text(model.size_mb * 1e6) if model.size_mb else "?"
        takes = duration(3600 / model.speed) if model.speed else "?"
        where = str(model.folder) if model.folder else "downloaded when first used"
        mark = "*" if model.suits else ""
        put(
            f"{mark:<2}{model.name:<20} {much:>8}  {'English' if model.english_only else 'any':<9}  {takes:<24} {where}"
        )
    say("* marks the default. Times were measured in earlier runs on this machine.")


@models.command()
@click.argument("name")
@click.pass_obj
def download(models_dir: Path | None, name: str) -> None:
    """Download a speech model ahead of time."""
    from podnotes.asr.model_store import download_model
    from podnotes.pipeline.results import progress_event

    with ProgressDisplay() as progress:
        folder = download_model(
            name, models_dir=models_dir, on_progress=lambda state: progress(progress_event(None, state))
        )
    put(f"{name} is in {folder}")
