"""Drafts: composed from what was found in an episode, rendered with a template, chosen on a page, checked once edited.

Names are imported when they are first used: composing loads no template engine.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from podnotes.notes.compose import compose_note
    from podnotes.notes.digest import Digest, Source, compose_digest
    from podnotes.notes.options import NoteOptions
    from podnotes.notes.picture import topic_picture
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
    from podnotes.notes.verify import Checked, Verdict, places_left, verify_draft

_HOME = {
    "Checked": "verify",
    "Digest": "digest",
    "NoteOptions": "options",
    "ReviewOptions": "review",
    "Source": "digest",
    "Template": "rendering",
    "Verdict": "verify",
    "compose_digest": "digest",
    "compose_note": "compose",
    "find_template": "rendering",
    "places_left": "verify",
    "render": "rendering",
    "render_digest": "rendering",
    "review_page": "review",
    "template_hash": "rendering",
    "template_source": "rendering",
    "templates": "rendering",
    "topic_picture": "picture",
    "verify_draft": "verify",
}

__all__ = [
    "Checked",
    "Digest",
    "NoteOptions",
    "ReviewOptions",
    "Source",
    "Template",
    "Verdict",
    "compose_digest",
    "compose_note",
    "find_template",
    "places_left",
    "render",
    "render_digest",
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
