"""The pipeline: runs the steps in order, from sources to drafts, and from the library to review pages and digests.

Only this package knows the order of the steps; steps are independent of each other.
"""

from podnotes.pipeline.bookmarking import insert_bookmarks, quotes_at, write_bookmarks
from podnotes.pipeline.digesting import collect_sources, write_digest
from podnotes.pipeline.results import DraftOptions, EpisodeResult, Event, Outcome, RunProgress, Step
from podnotes.pipeline.reviewing import write_picture, write_review
from podnotes.pipeline.run import check_folder, draft_name, draft_notes
from podnotes.pipeline.serving import ReviewServer

__all__ = [
    "DraftOptions",
    "EpisodeResult",
    "Event",
    "Outcome",
    "ReviewServer",
    "RunProgress",
    "Step",
    "check_folder",
    "collect_sources",
    "draft_name",
    "draft_notes",
    "insert_bookmarks",
    "quotes_at",
    "write_bookmarks",
    "write_digest",
    "write_picture",
    "write_review",
]
