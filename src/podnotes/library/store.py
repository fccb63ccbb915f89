"""The class ``Library``, which combines all library methods."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Self

from podnotes.library.corrections import Corrections
from podnotes.library.database import Database
from podnotes.library.drafts import Drafts
from podnotes.library.episodes import Episodes
from podnotes.library.locks import Locks
from podnotes.library.maintenance import Maintenance
from podnotes.library.queries import Queries
from podnotes.library.reviews import Reviews
from podnotes.library.voiceprints import Voices

if TYPE_CHECKING:
    import contextlib

#: Environment variable with the path of the library.
LIBRARY_VARIABLE = "PODNOTES_LIBRARY"
#: File name of the library within its folder.
LIBRARY_NAME = "library.sqlite3"


class Library(Episodes, Voices, Corrections, Reviews, Drafts, Queries, Maintenance):
    """The library: feeds, episodes, transcripts, findings and drafts in one SQLite file.

    All writing methods are atomic and commit before they return. Every method raises a ``LibraryError`` if the library
    can't be read or written. An open library can be shared by threads, but not by processes: each opens its own.

    Args:
        path: The file, created if missing, or a folder for ``library.sqlite3``. If None, the path in
            ``PODNOTES_LIBRARY``, else the user's data folder.

    Raises:
        LibraryError: The file can't be opened or created, belongs to another program, or was written by a newer
            podnotes.
    """

    def __init__(self, path: str | Path | None = None) -> None:
        self.path = _locate(path)
        self._database = Database(self.path)
        self._locks = Locks(self._database)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *details: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; closing again does nothing."""
        self._locks.close()
        self._database.close()

    def lock(self, episode_id: int) -> contextlib.AbstractContextManager[None]:
        """Lock an episode: ``with library.lock(number): …``.

        The lock is released at the end of the block, or when the process ends. It also excludes other threads.

        Raises:
            BusyError: On entering: another process or thread holds the lock.
            LibraryError: On entering: there is no such episode.
        """
        return self._locks.lock(episode_id)


def _locate(path: str | Path | None) -> Path:
    path = path or os.environ.get(LIBRARY_VARIABLE)
    if not path:
        import platformdirs

        return platformdirs.user_data_path("podnotes", appauthor=False) / LIBRARY_NAME
    path = Path(path).expanduser()
    return path / LIBRARY_NAME if path.is_dir() else path
