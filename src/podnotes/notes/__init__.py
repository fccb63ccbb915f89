"""Drafts: composed from what was found in an episode, rendered with a template."""

from podnotes.notes.compose import compose_note
from podnotes.notes.options import NoteOptions
from podnotes.notes.picture import topic_picture
from podnotes.notes.rendering import Template, find_template, render, template_hash, template_source, templates
from podnotes.notes.review import ReviewOptions, review_page

__all__ = [
    "NoteOptions",
    "ReviewOptions",
    "Template",
    "compose_note",
    "find_template",
    "render",
    "review_page",
    "template_hash",
    "template_source",
    "templates",
    "topic_picture",
]
