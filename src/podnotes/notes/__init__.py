"""Drafts: composed from what was found in an episode, rendered with a template."""

from podnotes.notes.compose import compose_note
from podnotes.notes.options import NoteOptions
from podnotes.notes.rendering import Template, find_template, render, template_hash, template_source, templates

__all__ = [
    "NoteOptions",
    "Template",
    "compose_note",
    "find_template",
    "render",
    "template_hash",
    "template_source",
    "templates",
]
