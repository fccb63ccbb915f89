"""Review pages and timelines of episodes in the library."""

from __future__ import annotations

import math
import threading
from concurrent.futures import Future, wait
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from podnotes.errors import UsageError
from podnotes.files import write_file
from podnotes.interruption import note_given_up, start_work
from podnotes.models import Pick
from podnotes.notes.options import NoteOptions
from podnotes.notes.review import page_sentences
from podnotes.pipeline.fetching import own_file
from podnotes.pipeline.finding import findings_of, transcript_of
from podnotes.pipeline.run import draft_name, write_drafts
from podnotes.text.sentences import sentences
from podnotes.transcripts.people import speaker_name

if TYPE_CHECKING:
    from podnotes.library import DraftResult, Library
    from podnotes.models import Correction, Findings, Review, Skipped, Topic, Transcript
    from podnotes.pipeline.results import DraftOptions

#: Identifies review pages.
_MARK = b'<meta name="generator" content="podnotes review">'


def write_review(
    library: Library,
    episode_id: int,
    topics: tuple[Topic, ...],
    *,
    out: str | Path = "drafts",
    replace: bool = False,
) -> Path:
    """Write the review page of a transcribed episode.

    Args:
        library: The library.
        episode_id: Number of the episode in it.
        topics: The topics.
        out: Folder for the page; created if missing. An earlier review page is replaced, since picks are stored in the
            browser, not in the page.
        replace: Whether to replace any other file of that name.

    Returns:
        Path of the page.

    Raises:
        LibraryError: The episode has no transcript, or the library can't be read.
        OutputError: The page can't be written, or another file has its name.
    """
    _, _, page = _page(library, episode_id, topics, served=False)
    path = Path(out) / f"{draft_name(library.episode(episode_id))} review.html"
    return write_file(path, page, replace=replace or _is_own(path))


def write_picture(
    library: Library,
    episode_id: int,
    topics: tuple[Topic, ...],
    *,
    out: str | Path = "drafts",
    replace: bool = False,
) -> Path:
    """Write a timeline of an episode's topics as an SVG with alternative text.

    Args:
        library: The library.
        episode_id: Number of the episode in it.
        topics: The topics.
        out: Folder for the picture; created if missing.
        replace: Whether to replace an existing file.

    Returns:
        Path of the picture.

    Raises:
        LibraryError: The episode has no transcript, or the library can't be read.
        OutputError: The picture can't be written, or the file exists.
    """
    from podnotes.notes.timeline import topic_picture

    episode, _, findings = findings_of(library, episode_id, topics)
    path, picture = Path(out) / f"{draft_name(episode)} topics.svg", topic_picture(episode, findings, topics)
    same = path.is_file() and path.read_bytes() == picture.encode()
    return path if same else write_file(path, picture, replace=replace)


class ReviewDesk:
    """Backend of an episode's served review page; writes drafts to ``out``."""

    def __init__(
        self, library: Library, episode_id: int, topics: tuple[Topic, ...], *, out: Path, options: DraftOptions
    ) -> None:
        self._library = library
        self._number = episode_id
        self._topics = topics
        self._out = out
        self._options = options
        self._lock = threading.Lock()
        self._count = 0
        self._edition = 0
        self._sentences: list[dict[str, Any]] | None = None  # as on the page, with ``_corrections`` applied
        self._skipped: tuple[Skipped, ...] = ()
        self._corrections: tuple[Correction, ...] = ()
        self._mended: list[tuple[int, dict[str, Any]]] = []
        self._voices: list[tuple[str, str | None]] = []
        self.audio = _sound(library, episode_id)
        transcript_of(library, episode_id)
        self._hear_voices()
        self._begin()

    def page(self, *, patience_s: float) -> bytes | None:
        """Return the page; None if it isn't ready within ``patience_s`` seconds, as for a long episode."""
        with self._lock:
            if self._made.done() and not self.failure and self._made_of != self._depends_on():
                self._begin()
            made = self._made
        wait([made], patience_s)
        return made.result() if made.done() else None

    def close(self) -> None:
        """Stop making the page."""
        if not self._made.done():
            note_given_up()

    @property
    def failure(self) -> BaseException | None:
        """Exception raised while making the page, or None."""
        return self._made.exception() if self._made.done() else None

    def _depends_on(self) -> tuple[Any, ...]:
        return self._library.corrections(self._number), tuple(self._voices), self._edition

    def _begin(self) -> None:
        """Start making the page in the background."""
        made: Future[bytes] = Future()

        def make() -> None:
            try:
                made.set_result(self._make(*depends_on))
            except BaseException as error:  # noqa: BLE001 - raised when the page is requested
                made.set_exception(error)

        self._made, self._made_of = made, (depends_on := self._depends_on())
        start_work(make)

    def _make(self, corrections: tuple[Correction, ...], _: Any, edition: int) -> bytes:
        transcript, findings, page = _page(self._library, self._number, self._topics, edition=edition, served=True)
        sentences = page_sentences(transcript, findings.skipped, self._topics)
        with self._lock:
            self._corrections, self._sentences, self._skipped = corrections, sentences, findings.skipped
        return page.encode("utf-8", "replace")

    def state(self) -> dict[str, Any]:
        """Return the user's choices, speakers, corrections, and a counter of changes."""
        with self._lock:
            return self._state(self._library.review(self._number))

    def change(self, changes: Any) -> dict[str, Any]:
        """Save ``picks``, ``removed`` (ids) and ``words`` (texts by placeholder); return the state."""
        try:
            picks = [_pick(pick) for pick in changes["picks"]]
            removed = [str(id_) for id_ in changes["removed"]]
            words = {str(place): str(text) for place, text in changes["words"].items()}
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise UsageError("What the page sent can't be understood; load it again.") from error
        with self._lock:
            review = self._library.change_review(self._number, picks=picks, removed=removed, words=words)
            self._count += 1
            return self._state(review)

    def save_draft(self) -> tuple[DraftResult, ...]:
        """Write a draft with the user's choices as ``podnotes draft`` does; edited files are left alone."""
        from podnotes.notes.compose import compose_note

        with self._library.lock(self._number):
            episode, transcript, findings = findings_of(self._library, self._number, self._topics)
            review = self._library.review(self._number)
            options = self._options.note or NoteOptions()
            note = compose_note(episode, findings, transcript, self._topics, options=options, review=review)
            return write_drafts(self._library, self._number, note, out=self._out, options=self._options)

    def name_speaker(self, label: str, name: str, *, everywhere: bool) -> dict[str, Any]:
        """Name a speaker in this episode, or ``everywhere`` in the podcast; return the state."""
        with self._library.lock(self._number), self._lock:
            self._library.name_speaker(self._number, label, name, everywhere=everywhere)
            self._count += 1
            self._hear_voices()
            return self._state(self._library.review(self._number))

    def correct(self, heard: str, right: str, *, at: float, where: str) -> dict[str, Any]:
        """Correct misheard words at time ``at`` in seconds ("here"), in the "episode" or in the "show".

        If ``right`` equals ``heard``, earlier corrections of these words are undone or, with "here", the words are
        confirmed.

        Returns:
            The state, and in ``places`` the number of corrected occurrences.
        """
        # Otherwise, passages being computed from the uncorrected words would be cached.
        wait([self._made])
        library, number = self._library, self._number
        feed = library.episode(number).feed_url
        if where == "show" and feed is None:
            raise UsageError("The episode is a file of yours and belongs to no show.")
        with self._lock:
            earlier = [
                one.number
                for one in library.corrections(number)
                if one.at is None
                and one.heard.casefold() == heard.casefold()
                and (one.feed is not None) == (where == "show")
            ]
            if where != "here" and heard == right and earlier:
                for one in earlier:
                    library.undo_correction(one)
                places = 0
            elif where == "show":
                places = library.correct(heard, right, feed=feed).places
            else:
                at_ = at if where == "here" else None
                places = library.correct(heard, right, episode_id=number, at=at_).places
            self._count += 1
            return {**self._state(library.review(number)), "places": places if heard != right else 0}

    def _state(self, review: Review) -> dict[str, Any]:
        self._keep_up()
        return {
            "count": self._count,
            "picks": [asdict(pick) for pick in review.picks],
            "words": dict(review.words),
            "voices": self._voices,
            "edition": self._edition,
            "mended": self._mended,
        }

    def _keep_up(self) -> None:
        """Record sentences changed since the page was made by any corrections, including those of other processes."""
        corrections = self._library.corrections(self._number)
        if self._sentences is None or corrections == self._corrections:
            return
        before = self._sentences
        now = page_sentences(transcript_of(self._library, self._number), self._skipped, self._topics)
        if len(now) == len(before):
            self._mended += [(index, new) for index, new in enumerate(now) if new != before[index]]
        else:
            self._edition += 1
            self._mended = []
        self._sentences, self._corrections = now, corrections

    def _hear_voices(self) -> None:
        """Update labels and names of the speakers, in the order of the page."""
        episode, spoken = self._library.episode(self._number), sentences(transcript_of(self._library, self._number))
        labels = dict.fromkeys(sentence.speaker for sentence in spoken if sentence.speaker)
        self._voices = [(label, speaker_name(label, episode.persons)) for label in labels]


def _pick(sent: dict[str, Any]) -> Pick:
    start, end, place = (float(sent[name]) for name in ("start", "end", "place"))
    if not all(map(math.isfinite, (start, end, place))):
        raise ValueError("not a time")
    return Pick(str(sent["id"]), str(sent["topic"]), start, end, place, str(sent["remark"]))


def _page(
    library: Library, episode_id: int, topics: tuple[Topic, ...], *, served: bool, edition: int = 0
) -> tuple[Transcript, Findings, str]:
    from podnotes.notes.compose import compose_note
    from podnotes.notes.review import ReviewOptions, review_page

    episode, transcript, findings = findings_of(library, episode_id, topics)
    note = compose_note(episode, findings, transcript, topics)
    voices = library.episode_voices(episode_id)
    options = ReviewOptions(
        audio=_sound(library, episode_id),
        clip=episode.title,
        served=served,
        reasons={voice.label: voice.reason for voice in voices},
        of_show=frozenset(voice.label for voice in voices if voice.known is not None),
        edition=edition,
    )
    return transcript, findings, review_page(episode, transcript, findings, note, topics=topics, options=options)


def _sound(library: Library, number: int) -> Path | None:
    return library.audio(number) or own_file(library.episode(number))


def _is_own(path: Path) -> bool:
    """Tell whether a file is a review page, which can be replaced, since picks are stored in the browser."""
    try:
        with path.open("rb") as file:
            return _MARK in file.read(4000)
    except OSError:
        return False
