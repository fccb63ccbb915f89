"""Drafts: composed from what was found in an episode, rendered with a template, chosen on a page, checked once edited.

Names are imported when they are first used: composing loads no template engine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from podnotes import _lazy

if TYPE_CHECKING:
    from podnotes.notes.compose import compose_note
    from podnotes.notes.digest import Digest, DigestGroup, DigestQuote, Source, compose_digest
    from podnotes.notes.options import NoteOptions
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
    from podnotes.notes.verify import Checked, Verdict, verify_draft


__all__ = [
    "Checked",
    "Digest",
    "DigestGroup",
    "DigestQuote",
    "NoteOptions",
    "ReviewOptions",
    "Source",
    "Template",
    "Verdict",
    "compose_digest",
    "compose_note",
    "find_template",
    "render",
    "render_digest",
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
        "compose": "compose_note",
        "digest": "Digest DigestGroup DigestQuote Source compose_digest",
        "options": "NoteOptions",
        "timeline": "topic_picture",
        "rendering": "Template find_template render render_digest template_hash template_source templates",
        "review": "ReviewOptions review_page",
        "verify": "Checked Verdict verify_draft",
    },
)
