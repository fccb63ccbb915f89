"""Maintenance commands: ``library``, ``cache``."""

from __future__ import annotations

from pathlib import Path

import click

from podnotes.cli.arguments import Group, force_option, library_option
from podnotes.cli.output import put, put_json, say
from podnotes.errors import LibraryError, UsageError
from podnotes.files import size_text
from podnotes.urls.privacy import masked_in


@click.group(cls=Group)
def library() -> None:
    """Maintain the library."""


@library.command()
@click.option("--repair", is_flag=True, help="Rebuild the search index.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@library_option
def check(library_path: Path | None, repair: bool, as_json: bool) -> int:
    """Check for damage."""
    from podnotes.library import Library

    if library_path is not None and not library_path.expanduser().exists():
        raise LibraryError(f"There is no library at {library_path}; podnotes draft makes one.")
    with Library(library_path) as opened:
        found = opened.check(repair=repair)
        if as_json:
            put_json(found)
            return 0 if found.ok else 1
        put(f"{opened.path}: {'all well' if found.ok else 'DAMAGED'}")
    for sentence in found.damage:
        put(f"  {sentence}")
    if found.repaired:
        put("  The search index was rebuilt.")
    return 0 if found.ok else 1


@library.command()
@click.argument("file", type=click.Path(path_type=Path))
@force_option
@library_option
def backup(library_path: Path | None, file: Path, force: bool) -> None:
    """Copy the library to FILE, consistently even while podnotes is running."""
    from podnotes.library import Library

    with Library(library_path) as opened:
        put(f"Backed up to {opened.backup(file, replace=force)}")


@library.command()
@click.argument("file", type=click.Path(path_type=Path))
@force_option
@library_option
def restore(library_path: Path | None, file: Path, force: bool) -> None:
    """Restore a backup, such as on a new computer. A library with episodes is only replaced with --force."""
    from podnotes.library import Library

    with Library(library_path) as opened:
        episodes = opened.restore(file, replace=force)
        put(f"Restored {episodes} episodes to {opened.path}")


@library.command()
@click.argument("name", metavar="EPISODE|FEED")
@library_option
def forget(library_path: Path | None, name: str) -> None:
    """Delete an episode (given part of its title) or a feed (given its address) with everything derived from it.

    Your drafts stay.
    """
    from podnotes.library import Library

    with Library(library_path) as opened:
        if opened.podcast(name) is not None:
            put(f"Forgot the feed and {opened.forget_feed(name)} episodes.")
            return
        found = opened.find_episodes(name)
        if len(found) != 1:
            some = "; ".join(one.episode.title for one in found[:5])
            raise UsageError(
                f"{len(found)} episodes have “{masked_in(name)}” in their title{f': {some}' if some else ''}. "
                "Give the title of one of them."
            )
        opened.forget(found[0].id)
        put(f"Forgot {found[0].episode.title}.")


@library.command()
@click.argument("file", type=click.Path(path_type=Path))
@force_option
@library_option
def export(library_path: Path | None, file: Path, force: bool) -> None:
    """Write the whole library to FILE as JSON lines, readable without podnotes."""
    from podnotes.library import Library

    with Library(library_path) as opened:
        put(f"Exported to {opened.export(file, replace=force)}")


@click.group(cls=Group, invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@library_option
@click.pass_context
def cache(ctx: click.Context, library_path: Path | None, as_json: bool) -> None:
    """Show how much space downloaded audio takes; `clean` deletes it."""
    from podnotes.audio.cache import audio_cache
    from podnotes.library import Library

    with Library(library_path) as opened:
        ctx.obj = opened.folder
    if ctx.invoked_subcommand is not None:
        return
    kept = audio_cache(ctx.obj)
    if as_json:
        put_json({"folder": ctx.obj, "files": kept.files, "bytes": kept.size_bytes})
        return
    put(f"{kept.files} audio files, {size_text(kept.size_bytes)}, in {ctx.obj}")


@cache.command()
@click.option("--keep", default=0.0, metavar="GB", type=click.FloatRange(min=0.0),
              help="Amount to keep, in GB, most recently used first (default: none).")  # fmt: skip
@click.pass_obj
def clean(folder: Path, keep: float) -> None:
    """Delete downloaded audio, least recently used first; transcripts and drafts stay."""
    from podnotes.audio.cache import audio_cache, evict_audio

    before = audio_cache(folder).size_bytes
    deleted = evict_audio(folder, max_bytes=int(keep * 1e9))
    say(f"Deleted {len(deleted)} files, {size_text(before - audio_cache(folder).size_bytes)}.")
