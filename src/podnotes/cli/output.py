"""Output: results on standard output, messages on standard error."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from podnotes.urls.addresses import without_credentials


def say(message: str) -> None:
    """Print a message to standard error."""
    click.echo(message, err=True)


def put(text: str) -> None:
    """Print a result to standard output."""
    click.echo(text)


def put_json(value: Any) -> None:
    """Print a value as one line of JSON on standard output, without user names and passwords in addresses."""
    put(json.dumps(_plain(value), ensure_ascii=False))


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    return without_credentials(value) if isinstance(value, str) and "://" in value else value


def duration(seconds: float) -> str:
    """Format seconds, rounded: "2 h 5 min", "2 h", "14 min", "40 s"."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    hours, minutes = divmod(minutes, 60)
    return " ".join(part for part in (f"{hours} h" if hours else "", f"{minutes} min" if minutes else "") if part)
