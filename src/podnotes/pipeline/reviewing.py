"""From the library to what shows an episode: the page to choose from, the picture of its topics."""

from __future__ import annotations

import math
import threading
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from podnotes.errors import LibraryError, UsageError
from podnotes.files import write_file
from podnotes.models import Pick
from podnotes.pipeline.finding import Finder
from podnotes.pipeline.run import compose, draft_name, write_drafts
from podnotes.text.sentences import sentences
from podnotes.transcripts.people import speaker_name

if TYPE_CHECKING:
    from podnotes.library import DraftResult, Library
    from podnotes.models import Episode, Findings, Review, Topic, Transcript
    from podnotes.pipeline.results import DraftOptions

#: Stands in every review page.
_MARK = b'<meta name="generator" content="podnotes review">'


def write_review(
    library: Library,
    episode_id: int,
    topics: tuple[Topic, ...],
    *,
    out: str | Path = "drafts",
    replace: bool = False,
) -> Path:
    """Write the review page of an episode that was transcribed before.

    Args:
        library: Where the episode and its transcript are.
        episode_id: Its number in the library.
        topics: What to look for.
        out: Folder for the page; made where it is missing. An earlier review page is replaced: what is picked stays in
            the browser.
        replace: Whether any other file of its name may be replaced.

    Returns:
        The page.

    Raises:
        LibraryError: The episode was never transcribed, or the library can't be read.
        OutputError: The page can't be written, or another file is there.
    """
    page = _page(library, episode_id, topics, served=False)
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
    """Write a picture of where in an episode the topics are: an SVG with its alternative text inside.

    Args:
        library: Where the episode and its transcript are.
        episode_id: Its number in the library.
        topics: What to look for.
        out: Folder for the picture; made where it is missing.
        replace: Whether a file of its name may be replaced.

    Returns:
        The picture.

    Raises:
        LibraryError: The episode was never transcribed, or the library can't be read.
        OutputError: The picture can't be written, or another one is there.
    """
    from podnotes.notes import topic_picture

    episode, _, findings = _found(library, episode_id, topics)
    path, picture = Path(out) / f"{draft_name(episode)} topics.svg", topic_picture(episode, findings, topics)
    same = path.is_file() and path.read_bytes() == picture.encode()
    return path if same else write_file(path, picture, replace=replace)


class ReviewDesk:
    """What the served review page of an episode asks for: its words, what was chosen so far, changes, the draft.

    Args:
        library: Where the episode and its transcript are; what the user chooses is kept there.
        episode_id: The episode's number in the library.
        topics: What to look for.
        out: Folder for the draft.
        options: Say the template of the draft, and more.

    Raises:
        LibraryError: The episode was never transcribed, or the library can't be read.
    """

    def __init__(
        self, library: Library, episode_id: int, topics: tuple[Topic, ...], *, out: Path, options: DraftOptions
    ) -> None:
        self._library = library
        self._number = episode_id
        self._topics = topics
        self._out = out
        self._options = options
        self._lock = threading.Lock()
        self._making = threading.Lock()  # which takes seconds, and nothing that is kept waits for it
        self._count = 0
        self._page: bytes | None = None
        self._voices: list[tuple[str, str | None]] = []
        self.audio = library.audio(episode_id)
        self.page()

    def page(self) -> bytes:
        """The page; made anew where the transcript has changed."""
        with self._making:
            if self._page is None:
                self._page = _page(self._library, self._number, self._topics, served=True).encode("utf-8", "replace")
                self._hear_voices()
            return self._page

    def state(self) -> dict[str, Any]:
        """What was chosen so far, who speaks, and a count that grows with each change."""
        with self._lock:
            return self._state(self._library.review(self._number))

    def change(self, changes: Any) -> dict[str, Any]:
        """Keep changes.

        Args:
            changes: ``picks`` (see ``models.Pick``), ``removed`` (ids) and ``words`` (texts by place).

        Returns:
            See ``state``.

        Raises:
            UsageError: They are none.
            LibraryError: They can't be kept.
        """
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
        """Write the draft of what was chosen as ``podnotes draft`` does, leaving files alone that the user changed.

        Raises:
            PodnotesError: It can't be written, or another podnotes is working on the episode.
        """
        with self._library.lock(self._number):
            episode, transcript, findings = _found(self._library, self._number, self._topics)
            review = self._library.review(self._number)
            note = compose(episode, findings, transcript, self._topics, self._options, review)
            return write_drafts(self._library, self._number, note, out=self._out, options=self._options)

    def name_speaker(self, label: str, name: str, *, everywhere: bool) -> dict[str, Any]:
        """Say who a speaker is, in the transcript.

        Args:
            label: What the transcript calls the speaker.
            name: The name.
            everywhere: In all episodes of the show, where the voice is known from others.

        Returns:
            See ``state``.

        Raises:
            UsageError: The name is empty.
            PodnotesError: It can't be kept, or another podnotes is working on the episode.
        """
        name = " ".join(name.split())
        if not name:
            raise UsageError("The name is empty.")
        with self._library.lock(self._number), self._lock:
            known = next((one.known for one in self._library.episode_voices(self._number) if one.label == label), None)
            if everywhere and known is not None:
                self._library.name_voice(known, name)
            else:
                self._library.rename_speaker(self._number, label, name)
            self._count += 1
            self._page = None
            self._hear_voices()
            return self._state(self._library.review(self._number))

    def _state(self, review: Review) -> dict[str, Any]:
        return {
            "count": self._count,
            "picks": [asdict(pick) for pick in review.picks],
            "words": dict(review.words),
            "voices": self._voices,
        }

    def _hear_voices(self) -> None:
        """Labels and names of those who speak, in the order of the page's."""
        episode, transcript = self._library.episode(self._number), self._library.transcript(self._number)
        spoken = sentences(transcript) if transcript else ()
        labels = dict.fromkeys(sentence.speaker for sentence in spoken if sentence.speaker)
        self._voices = [(label, speaker_name(label, episode.persons)) for label in labels]


def _pick(sent: dict[str, Any]) -> Pick:
    start, end, place = (float(sent[name]) for name in ("start", "end", "place"))
    if not all(map(math.isfinite, (start, end, place))):
        raise ValueError("not a time")
    return Pick(str(sent["id"]), str(sent["topic"]), start, end, place, str(sent["remark"]))


def _page(library: Library, episode_id: int, topics: tuple[Topic, ...], *, served: bool) -> str:
    from podnotes.notes import ReviewOptions, compose_note, review_page

    episode, transcript, findings = _found(library, episode_id, topics)
    note = compose_note(episode, findings, transcript, topics)
    voices = library.episode_voices(episode_id)
    options = ReviewOptions(
        audio=library.audio(episode_id),
        clip=episode.title,
        served=served,
        reasons={voice.label: voice.reason for voice in voices},
        of_show=frozenset(voice.label for voice in voices if voice.known is not None),
    )
    return review_page(episode, transcript, findings, note, topics=topics, options=options)


def _found(library: Library, number: int, topics: tuple[Topic, ...]) -> tuple[Episode, Transcript, Findings]:
    episode = library.episode(number)
    transcript = library.transcript(number)
    if transcript is None:
        raise LibraryError(f"“{episode.title}” was not transcribed yet; make its draft first (podnotes draft).")
    return episode, transcript, Finder(topics).recall(number, episode, transcript, library)


def _is_own(path: Path) -> bool:
    """Whether a file is a review page that podnotes wrote: what was picked on it is in the browser."""
    try:
        with path.open("rb") as file:
            return _MARK in file.read(4000)
    except OSError:
        return False
