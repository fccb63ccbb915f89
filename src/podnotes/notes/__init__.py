"""Drafts: composed from what was found in an episode, rendered with a template, chosen on a page, checked once edited.

Names are imported when they are first used: composing loads no template engine.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from podnotes.notes.bookmarks import Bookmark, BookmarkedQuote, quote_bookmarks, read_bookmarks
    from podnotes.notes.compose import compose_note
    from podnotes.notes.digest import Digest, Source, compose_digest
    from podnotes.notes.editing import insert_notes, insert_quotes, render_quote
    from podnotes.notes.options import NoteOptions
    from podnotes.notes.picture import topic_picture
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
    from podnotes.notes.verify import Checked, DraftQuote, Verdict, quotes_of, verify_draft

_HOME = {
    "Bookmark": "bookmarks",
    "BookmarkedQuote": "bookmarks",
    "Checked": "verify",
    "Digest": "digest",
    "DoubtfulWords": "proofing",
    "DraftQuote": "verify",
    "NoteOptions": "options",
    "ReviewOptions": "review",
    "Source": "digest",
    "Template": "rendering",
    "Verdict": "verify",
    "compose_digest": "digest",
    "compose_note": "compose",
    "correct_draft": "proofing",
    "doubtful_words": "proofing",
    "find_template": "rendering",
    "insert_notes": "editing",
    "insert_quotes": "editing",
    "quote_bookmarks": "bookmarks",
    "quotes_of": "verify",
    "read_bookmarks": "bookmarks",
    "render": "rendering",
    "render_digest": "rendering",
    "render_quote": "editing",
    "review_page": "review",
    "template_hash": "rendering",
    "template_source": "rendering",
    "templates": "rendering",
    "topic_picture": "picture",
    "verify_draft": "verify",
}

__all__ = [
    "Bookmark",
    "BookmarkedQuote",
    "Checked",
    "Digest",
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


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
