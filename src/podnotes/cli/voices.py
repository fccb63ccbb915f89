"""The command ``voices``: list, play and name the voices of a podcast."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from podnotes.cli.arguments import force_option, library_option
from podnotes.cli.output import duration, put, put_json, say
from podnotes.errors import UsageError
from podnotes.timestamps import clock
from podnotes.urls.privacy import masked_in

if TYPE_CHECKING:
    from podnotes.diarization.enrollment import KnownVoice
    from podnotes.library import Library


@click.command()
@click.argument("feed", metavar="FEED")
@click.option("--name", "named", nargs=2, type=(click.IntRange(min=1), str), metavar="N NAME",
              help="Name voice N, in all past and future episodes.")  # fmt: skip
@click.option("--clip", type=click.IntRange(min=1), metavar="N",
              help="Write a few seconds of voice N to an audio file.")  # fmt: skip
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="File for the clip (default: voice-N.mp3 in the current folder).")  # fmt: skip
@force_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@library_option
def voices(
    feed: str,
    named: tuple[int, str] | None,
    clip: int | None,
    output: Path | None,
    force: bool,
    as_json: bool,
    library_path: Path | None,
) -> None:
    """List the voices that podnotes recognises in a podcast, and name them."""
    from podnotes.library import Library

    with Library(library_path) as library:
        known = library.known_voices(feed)
        if not known:
            raise UsageError(
                f"No voice of {masked_in(feed)} is known yet: they are learned when its episodes are recognised "
                "(podnotes draft), and a show is named by the address of its feed."
            )
        if named is not None:
            number, name = named
            episodes = library.name_voice(_the_voice(known, number).id, name)
            put(f"Voice {number} is {name.strip()} in {_count(episodes)}. podnotes draft --again updates their drafts.")
            return
        if clip is not None:
            target = output or Path(f"voice-{clip}.mp3")
            _write_clip(library, _the_voice(known, clip), target, force=force)
            say(f"Wrote {target}")
            return
        if as_json:
            put_json([_as_json(library, voice, number) for number, voice in enumerate(known, start=1)])
            return
        for number, voice in enumerate(known, start=1):
            put(
                f"{number:>3}  {voice.name or 'not named yet':<28} {_count(voice.episodes)}, {duration(voice.seconds)}"
                f"{_example(library, voice)}"
            )
        if any(voice.name is None for voice in known):
            say("--clip N writes a few seconds of a voice; --name N NAME says who it is.")


def _count(episodes: int) -> str:
    return "1 episode" if episodes == 1 else f"{episodes} episodes"


def _the_voice(known: tuple[KnownVoice, ...], number: int) -> KnownVoice:
    if number > len(known):
        raise UsageError(f"There is no voice {number}; this show has {len(known)}.")
    return known[number - 1]


def _example(library: Library, voice: KnownVoice) -> str:
    heard = next(iter(library.voice_samples(voice.id)), None)
    return f", such as at {clock(heard.start)} of “{library.episode(heard.episode_id).title}”" if heard else ""


def _as_json(library: Library, voice: KnownVoice, number: int) -> dict[str, Any]:
    return {
        "number": number,
        "name": voice.name,
        "episodes": voice.episodes,
        "seconds": round(voice.seconds, 1),
        "heard": [
            {"episode": place.episode_id, "start": place.start, "end": place.end}
            for place in library.voice_samples(voice.id)
        ],
    }


def _write_clip(library: Library, voice: KnownVoice, target: Path, *, force: bool) -> None:
    from podnotes.audio.clips import cut_clip

    for place in library.voice_samples(voice.id):
        audio = library.audio(place.episode_id)
        if audio is not None:
            cut_clip(audio, place.start, place.end, target, replace=force)
            return
    raise UsageError("The audio of this voice's episodes has been deleted, so no clip can be made.")
