"""Commands on misheard words: correct, proof."""

from __future__ import annotations

import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from podnotes.cli.arguments import library_option, topics_option
from podnotes.cli.episode import Time, episode_of_draft, find_episode
from podnotes.cli.output import put, put_json, say
from podnotes.errors import LibraryError, PodnotesError, UsageError
from podnotes.files import read_draft
from podnotes.timestamps import clock

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future

    from podnotes.corrections import SuggestedCorrection
    from podnotes.library import CorrectionResult, Library
    from podnotes.models import Correction, Transcript
    from podnotes.notes import DoubtfulWords

# Sound on each side of a doubtful word.
_AROUND = 1.0  # seconds


@click.command()
@click.argument("words", nargs=-1, metavar="[FEED|EPISODE [HEARD RIGHT]]")
@click.option("--show", is_flag=True, help="In all episodes of the podcast, including future ones.")
@click.option("--at", type=Time(), metavar="TIME", help="Only at this time.")
@click.option("--list", "listing", is_flag=True, help="List corrections: all, or those of a feed or an episode.")
@click.option("--undo", type=click.IntRange(min=1), metavar="N", help="Undo correction N of the list.")
@click.option(
    "--suggest", is_flag=True, help="Suggest corrections for words that sound like a term or name; you decide on each."
)
@topics_option
@click.option(
    "--json", "as_json", is_flag=True, help="With --list or --suggest: print one JSON object per line, without asking."
)
@library_option
def correct(
    words: tuple[str, ...],
    show: bool,
    at: float | None,
    listing: bool,
    undo: int | None,
    suggest: bool,
    topics: str,
    as_json: bool,
    library_path: Path | None,
) -> None:
    """Correct misheard words: correct "How pain is made" "no susception" nociception.

    The first argument is part of an episode's title, the address of a feed, or part of a podcast's title. Drafts,
    search and passages use the corrected words from then on; the original words stay in the library.
    """
    from podnotes.library import Library

    if sum([listing, undo is not None, suggest]) > 1:
        raise click.UsageError("--list, --undo and --suggest do different things: give one of them.")
    with Library(library_path) as library:
        if undo is not None:
            _only(words, 0, "--undo N takes back one correction and needs nothing else.")
            taken = library.undo_correction(undo)
            put(f"“{taken.heard}” is again as it was heard.")
        elif listing:
            _only(words, 1, "--list takes one feed or episode at most.")
            _list(library, words[0] if words else None, as_json=as_json)
        elif suggest:
            _only(words, 1, "Name the episode: podnotes correct EPISODE --suggest")
            if not words:
                raise click.UsageError("Name the episode: podnotes correct EPISODE --suggest")
            _suggest(library, words[0], topics, show=show, as_json=as_json)
        else:
            if len(words) != 3:
                raise click.UsageError('Give three things: podnotes correct EPISODE "words as heard" "what was said"')
            episode_id, feed = _target(library, words[0])
            if show and episode_id is not None:
                feed, episode_id = _show_of(library, episode_id), None
            result = library.correct(words[1], words[2], episode_id=episode_id, feed=feed, at=at)
            put(_changed(result))
            say("podnotes draft … --again renews drafts that you haven't changed.")


def _only(words: Sequence[str], most: int, message: str) -> None:
    if len(words) > most:
        raise click.UsageError(message)


def _changed(result: CorrectionResult) -> str:
    correction = result.correction
    places = f"{result.places} place{'' if result.places == 1 else 's'}"
    if correction.feed is not None:
        places += f" in {result.episodes} episode{'' if result.episodes == 1 else 's'} so far"
    return f"{correction.number}: “{correction.heard}” is now “{correction.right}”, at {places}"


def _target(library: Library, text: str) -> tuple[int | None, str | None]:
    """An episode's number, or the address of a podcast's feed."""
    from podnotes.urls.privacy import masked_in

    if "://" in text:
        return None, text
    shows = {
        one.episode.feed_url: one.episode.podcast
        for one in library.find_episodes(podcast=text)
        if one.episode.feed_url and text.casefold() in one.episode.podcast.casefold()
    }
    episodes = [one for one in library.find_episodes(text) if one.transcribed]
    named = [one for one in episodes if text.casefold() in one.episode.title.casefold()]
    if not shows or any(one.episode.title.casefold() == text.casefold() for one in named):
        return find_episode(library, text), None
    exact = [url for url, title in shows.items() if title.casefold() == text.casefold()]
    if len(exact) == 1 or (len(shows) == 1 and not named):
        return None, exact[0] if exact else next(iter(shows))
    raise UsageError(
        f"{masked_in(text)} names several shows or episodes; give more of the title, or the address of the feed."
    )


def _show_of(library: Library, episode_id: int) -> str:
    feed = library.episode(episode_id).feed_url
    if feed is None:
        raise UsageError("The episode is a file of yours and belongs to no show; correct it without --show.")
    return feed


def _list(library: Library, target: str | None, *, as_json: bool) -> None:
    episode_id, feed = (None, None) if target is None else _target(library, target)
    found = [
        one for one in library.corrections(episode_id) if one.heard != one.right and (feed is None or one.feed == feed)
    ]
    for one in found:
        if as_json:
            put_json(one)
            continue
        place = f", at {clock(one.at)}" if one.at is not None else ""
        put(f"{one.number:>3}  “{one.heard}” is “{one.right}”{place}{_where(library, one)}")
    if not found and not as_json:
        say("Nothing was corrected yet.")


def _where(library: Library, correction: Correction) -> str:
    from podnotes import http

    if correction.episode_id is not None:
        return f", in “{library.episode(correction.episode_id).title}”"
    return f", in all episodes of {http.shown(correction.feed or '')}"


def _suggest(library: Library, target: str, topics: str, *, show: bool, as_json: bool) -> None:
    from podnotes.corrections import suggest_corrections
    from podnotes.topics import load_topics

    number = find_episode(library, target)
    transcript = library.transcript(number)
    assert transcript is not None
    feed = _show_of(library, number) if show else None
    found = suggest_corrections(transcript, load_topics(topics), library.episode(number))
    for one in found:
        if as_json:
            put_json(one)
        elif not sys.stdin.isatty():
            put(_suggestion(one))
        elif click.confirm(_suggestion(one), default=False):
            result = library.correct(one.heard, one.right, episode_id=None if feed else number, feed=feed)
            put(_changed(result))
    if not found and not as_json:
        say("Nothing sounds like a term or name that is spelled otherwise.")


def _suggestion(one: SuggestedCorrection) -> str:
    times = ", ".join(clock(time) for time in one.times[:3])
    more = f" and {len(one.times) - 3} more" if len(one.times) > 3 else ""
    return f"“{one.heard}” ({times}{more}): was it “{one.right}”, {one.why}?"


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
    from podnotes.notes import doubtful_words

    text = read_draft(draft)
    with Library(library_path) as library, ExitStack() as stack:
        number = episode_of_draft(library, draft, text)
        transcript = library.transcript(number)
        if transcript is None:
            raise LibraryError(f"The library has no transcript of the episode of {draft}.")
        found = doubtful_words(text, transcript)
        if as_json:
            for one in found:
                put_json(one)
            return
        if not found:
            put(_nothing_doubtful(transcript))
            return
        sounds = stack.enter_context(_Sounds(library, number, found)) if sound else None
        done = _Proof(library, number, draft, transcript, sounds).go_through(found)
    put(f"{done} of {len(found)} settled.")


def _nothing_doubtful(transcript: Transcript) -> str:
    if all(word.probability is None for segment in transcript.segments for word in segment.words):
        return "The transcript doesn't say how sure it is of its words: nothing can be told to be doubtful."
    return "No word of its quotes is doubtful."


class _Sounds:
    """Clips of two seconds around the doubtful words; the next one is cut while the user listens."""

    def __init__(self, library: Library, number: int, found: Sequence[DoubtfulWords]) -> None:
        self._audio = self._find(library, number)
        self._found = found
        self._stack = ExitStack()
        self._cutting: dict[int, Future[Path]] = {}

    @staticmethod
    def _find(library: Library, number: int) -> Path | None:
        from podnotes.audio import fetch_audio
        from podnotes.http import remember_credentials

        audio = library.audio(number)
        if audio is not None and audio.exists():
            return audio
        remember_credentials(library.feed_address(number) or "")
        try:
            return fetch_audio(library.episode(number), library.folder)
        except PodnotesError as error:
            say(f"Without sound: {error}")
            return None

    def __enter__(self) -> _Sounds:
        self._folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="podnotes-proof-")))
        self._pool = ThreadPoolExecutor(1)
        self._stack.callback(self._pool.shutdown, cancel_futures=True)
        self._begin(0)
        return self

    def __exit__(self, *details: object) -> None:
        self._stack.close()

    def _begin(self, place: int) -> None:
        if self._audio is not None and place < len(self._found) and place not in self._cutting:
            self._cutting[place] = self._pool.submit(self._cut, place)

    def _cut(self, place: int) -> Path:
        from podnotes.audio import cut_clip

        assert self._audio is not None
        words, target = self._found[place], self._folder / f"{place + 1}.wav"
        return cut_clip(self._audio, max(0.0, words.start - _AROUND), words.end + _AROUND, target).path

    def play(self, place: int) -> None:
        """Play the clip at an index; without a player, name the file."""
        from podnotes.cli.playing import play

        self._begin(place)
        if place not in self._cutting:
            return
        try:
            sound = self._cutting[place].result()
        except PodnotesError as error:
            say(f"Without sound: {error}")
            return
        self._begin(place + 1)
        if not play(sound):
            say(f"Listen to {sound}")


class _Proof:
    """Asks about the doubtful words of a draft, and saves each answer at once."""

    def __init__(
        self, library: Library, number: int, draft: Path, transcript: Transcript, sounds: _Sounds | None
    ) -> None:
        self._library, self._number, self._draft = library, number, draft
        self._transcript = transcript
        self._play: Callable[[int], None] = sounds.play if sounds is not None else lambda _: None

    def go_through(self, found: Sequence[DoubtfulWords]) -> int:
        """Ask about each word; returns how many were settled."""
        say("Enter: right. Or type what was said. “.” plays again, “-” leaves it, Ctrl-C stops.")
        done = 0
        for place, words in enumerate(found):
            say(f"\n{place + 1}/{len(found)} at {clock(words.start)}: … {words.before} «{words.heard}» {words.after} …")
            try:
                answer = self._ask(place)
            except click.Abort:
                if sys.stdin.isatty():
                    raise
                break  # the piped answers have ended
            if answer == "-":
                continue
            self._keep(words, answer or words.heard)
            done += 1
        return done

    def _ask(self, place: int) -> str:
        while True:
            self._play(place)
            answer = str(click.prompt("", default="", show_default=False, prompt_suffix="> ", err=True)).strip()
            if answer == "-" or not answer or any(map(str.isalnum, answer)):
                return answer
            if answer != ".":
                say("Type words, or press Enter where it is right.")

    def _keep(self, words: DoubtfulWords, right: str) -> None:
        from podnotes.corrections import occurrences
        from podnotes.notes import correct_draft

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
