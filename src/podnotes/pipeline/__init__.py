"""The steps in their order: from sources to drafts, from the library to a review page or a digest.

The only package that knows the order of the steps; each step knows nothing of the others.
"""

from podnotes.pipeline.bookmarking import quotes_at, write_bookmarks
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
    "quotes_at",
    "write_bookmarks",
    "write_digest",
    "write_picture",
    "write_review",
]
