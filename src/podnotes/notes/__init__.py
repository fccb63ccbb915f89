"""Drafts: composing, rendering, reviewing and verifying them.

Names are imported on first use, so composing loads no template engine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from podnotes import _lazy

if TYPE_CHECKING:
    from podnotes.notes.bookmarks import Bookmark, BookmarkedQuote, quote_bookmarks, read_bookmarks
    from podnotes.notes.compose import compose_note
    from podnotes.notes.digest import Digest, DigestGroup, DigestQuote, Source, compose_digest
    from podnotes.notes.editing import insert_notes, insert_quotes, render_quote
    from podnotes.notes.options import NoteOptions
    from podnotes.notes.proofing import DoubtfulWords, correct_draft, doubtful_words
    from podnotes.notes.rendering import (
        Template,
        find_template,
        render,
        render_digest,
        template_hash,
        template_source,
        templates,
    )
    from podnotes.notes.review import ReviewOptions, review_page
    from podnotes.notes.timeline import topic_picture
    from podnotes.notes.verify import Checked, DraftQuote, Verdict, places_left, quotes_of, verify_draft


__all__ = [
    "Bookmark",
    "BookmarkedQuote",
    "Checked",
    "Digest",
    "DigestGroup",
    "DigestQuote",
    "DoubtfulWords",
    "DraftQuote",
    "NoteOptions",
    "ReviewOptions",
    "Source",
    "Template",
    "Verdict",
    "compose_digest",
    "compose_note",
    "correct_draft",
    "doubtful_words",
    "find_template",
    "insert_notes",
    "insert_quotes",
    "places_left",
    "quote_bookmarks",
    "quotes_of",
    "read_bookmarks",
    "render",
    "render_digest",
    "render_quote",
    "review_page",
    "template_hash",
    "template_source",
    "templates",
    "topic_picture",
    "verify_draft",
]

__getattr__, __dir__ = _lazy.attach(
    __name__,
    {
        "bookmarks": "Bookmark BookmarkedQuote quote_bookmarks read_bookmarks",
        "compose": "compose_note",
        "digest": "Digest DigestGroup DigestQuote Source compose_digest",
        "editing": "insert_notes insert_quotes render_quote",
        "options": "NoteOptions",
        "proofing": "DoubtfulWords correct_draft doubtful_words",
        "timeline": "topic_picture",
        "rendering": "Template find_template render render_digest template_hash template_source templates",
        "review": "ReviewOptions review_page",
        "verify": "Checked DraftQuote Verdict places_left quotes_of verify_draft",
    },
)
