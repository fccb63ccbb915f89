"""The command ``proof``: listening to the doubtful words of a draft."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from podnotes.cli.arguments import library_option
from podnotes.cli.episode import episode_of_draft
from podnotes.cli.output import put, put_json, say
from podnotes.errors import PodnotesError
from podnotes.files import read_draft
from podnotes.pipeline.fetching import audio_again
from podnotes.pipeline.finding import transcript_of
from podnotes.timestamps import clock

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Future

    from podnotes.library import Library
    from podnotes.models import Transcript
    from podnotes.notes.proofing import DoubtfulWords

# Audio before and after a doubtful word.
_AROUND = 1.0  # seconds
#: Command lines of players that exit after playing, the most common one of each system first.
_PLAYERS = (
    ("afplay",),
    ("pw-play",),
    ("paplay",),
    ("ffplay", "-nodisp", "-autoexit", "-loglevel", "quiet"),
    ("mpv", "--no-video", "--really-quiet"),
    ("aplay", "-q"),
    ("play", "-q"),
)
_LONGEST = 20.0  # seconds


@click.command()
@click.argument("draft", type=click.Path(path_type=Path))
@click.option("--sound/--no-sound", default=True, show_default=True, help="Play two seconds around each word.")
@click.option("--json", "as_json", is_flag=True, help="List the words as one JSON object per line, without asking.")
@library_option
def proof(draft: Path, sound: bool, as_json: bool, library_path: Path | None) -> None:
    """Listen to the doubtful words of a draft's quotes, one by one, and correct them.

    Press Enter if the words are right, or type the correct words. "." plays them again, "-" skips them for now. Each
    answer is saved at once, in the library and in the draft: you can stop with Ctrl-C and continue another day.
    """
    from podnotes.library import Library
    from podnotes.notes.proofing import doubtful_words

    text = read_draft(draft)
    with Library(library_path) as library, ExitStack() as stack:
        number = episode_of_draft(library, draft, text)
        transcript = transcript_of(library, number)
        found = doubtful_words(text, transcript)
        if as_json:
            for one in found:
                put_json(one)
            return
        if not found:
            put(_nothing_doubtful(transcript))
            return
        clips = _cut_clips(_audio_of(library, number), found, stack) if sound else []
        done = _Proof(library, number, draft, transcript, clips).go_through(found)
    put(f"{done} of {len(found)} settled.")


def _nothing_doubtful(transcript: Transcript) -> str:
    if all(word.probability is None for segment in transcript.segments for word in segment.words):
        return (
            "The transcript has no confidence values, so podnotes can't tell which words are doubtful. "
            "Listen to each quote."
        )
    return "No doubtful words in this draft's quotes."


def _audio_of(library: Library, number: int) -> Path | None:
    try:
        return audio_again(library, number)
    except PodnotesError as error:
        say(f"Without sound: {error}")
        return None


def _cut_clips(audio: Path | None, found: Sequence[DoubtfulWords], stack: ExitStack) -> list[Future[Path]]:
    """Cut clips of two seconds around the doubtful words, in the background while the user listens."""
    from podnotes.audio.clips import cut_clip

    if audio is None:
        return []
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="podnotes-proof-")))
    pool = ThreadPoolExecutor(1)
    stack.callback(pool.shutdown, cancel_futures=True)

    def cut(place: int, words: DoubtfulWords) -> Path:
        target = folder / f"{place}.wav"
        return cut_clip(audio, max(0.0, words.start - _AROUND), words.end + _AROUND, target).path

    return [pool.submit(cut, place, words) for place, words in enumerate(found, start=1)]


class _Proof:
    """Dialogue about the doubtful words of a draft that saves each answer at once."""

    def __init__(
        self, library: Library, number: int, draft: Path, transcript: Transcript, clips: Sequence[Future[Path]]
    ) -> None:
        self._library, self._number, self._draft = library, number, draft
        self._transcript, self._clips = transcript, clips

    def go_through(self, found: Sequence[DoubtfulWords]) -> int:
        """Ask about each word; return the number of settled words."""
        say("Enter: right. Or type what was said. “.” plays again, “-” leaves it, Ctrl-C stops.")
        done = 0
        for place, words in enumerate(found):
            say(f"\n{place + 1}/{len(found)} at {clock(words.start)}: … {words.before} «{words.heard}» {words.after} …")
            try:
                answer = self._ask(place)
            except click.Abort:
                if sys.stdin.isatty():
                    raise
                break  # end of piped answers
            if answer == "-":
                continue
            self._save(words, answer or words.heard)
            done += 1
        return done

    def _ask(self, place: int) -> str:
        while True:
            if self._clips:
                _listen(self._clips[place])
            answer = str(click.prompt("", default="", show_default=False, prompt_suffix="> ", err=True)).strip()
            if answer == "-" or not answer or any(map(str.isalnum, answer)):
                return answer
            if answer != ".":
                say("Type words, or press Enter where it is right.")

    def _save(self, words: DoubtfulWords, right: str) -> None:
        from podnotes.corrections import occurrences
        from podnotes.notes.proofing import correct_draft

        self._library.correct(words.heard, right, episode_id=self._number, at=words.start)
        if right == words.heard:
            return
        old = read_draft(self._draft)
        new = correct_draft(old, words, right, self._transcript)
        if new == old:
            say(f"{self._draft} has it otherwise: change it there yourself.")
        else:
            self._library.edit_draft(self._draft, old, new)
        others = len(occurrences(self._transcript, words.heard)) - 1
        if others > 0 and sys.stdin.isatty():
            again = "once more" if others == 1 else f"{others} times more"
            if click.confirm(f"“{words.heard}” is heard {again} in the episode. Put it right there, too?", err=True):
                self._library.correct(words.heard, right, episode_id=self._number)


def _listen(clip: Future[Path]) -> None:
    """Play a clip; without a player, print its path."""
    try:
        sound = clip.result()
    except PodnotesError as error:
        say(f"Without sound: {error}")
        return
    if not _play(sound):
        say(f"Listen to {sound}")


def _play(sound: Path) -> bool:
    """Play a WAV file to its end; return whether a player was found and succeeded."""
    if sys.platform == "win32":
        import winsound

        winsound.PlaySound(str(sound), winsound.SND_FILENAME)
        return True
    for name, *options in _PLAYERS:
        if (player := shutil.which(name)) is None:
            continue
        try:
            done = subprocess.run(  # noqa: S603 - a player of the machine, on a file of ours
                [player, *options, str(sound)], stdin=subprocess.DEVNULL, capture_output=True, timeout=_LONGEST
            )
        except (OSError, subprocess.TimeoutExpired):
            continue
        if done.returncode == 0:
            return True
    return False
