"""Settings: options take precedence over environment variables (``PODNOTES_…``), and these over the settings file.

The file is in TOML, in the user's configuration folder. Top-level keys apply to all commands with that option, a table
to the command with its name::

    model = "medium.en"
    topics = "~/practice/topics.toml"

    [draft]
    template = "wordpress"
    out = "~/Documents/drafts"
"""

from __future__ import annotations

import difflib
import os
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from podnotes.errors import UsageError
from podnotes.text.toml import explained

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def settings_path() -> Path:
    """Return the path of the settings: ``$PODNOTES_SETTINGS``, else ``settings.toml`` in the configuration folder."""
    if named := os.environ.get("PODNOTES_SETTINGS"):
        return Path(named).expanduser()
    from platformdirs import user_config_path

    return user_config_path("podnotes", appauthor=False) / "settings.toml"


def read_settings(commands: Mapping[str, click.Command]) -> dict[str, Any]:
    """Convert the settings file to click defaults by command; settings of ``draft`` also apply to ``update``.

    Raises:
        UsageError: The file is not valid TOML (with the line), or sets an unknown option.
    """
    path = settings_path()
    try:
        text = path.read_text(encoding="utf-8")
        values = tomllib.loads(text)
    except FileNotFoundError:
        return {}
    except tomllib.TOMLDecodeError as error:
        hint = explained(text, str(error)) or "correct or delete that file"
        raise UsageError(f"The settings in {path} can't be read ({error}): {hint}.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"The settings in {path} can't be read ({error}). Correct or delete that file.") from error
    names = {name: _options_of(command) for name, command in commands.items()}
    tables = {key: value for key, value in values.items() if isinstance(value, dict)}
    common = {key: value for key, value in values.items() if key not in tables}
    for table in tables:
        if table not in names:
            raise UsageError(
                f"The settings in {path} have a table [{table}], which is not a command{_near(table, names)}."
            )
    every = {option for options in names.values() for option in options}
    for where, keys, known in [("", common, every), *((f"[{one}] ", tables[one], names[one]) for one in tables)]:
        for key in keys:
            if _option(key) not in known:
                raise UsageError(
                    f"The settings in {path} have {where}“{key}”, which is not an option{_near(key, known)}."
                )
    inherited = {"update": tables.get("draft", {})}
    return {
        one: _defaults(command, common | inherited.get(one, {}) | tables.get(one, {}))
        for one, command in commands.items()
    }


def _options_of(command: click.Command) -> set[str]:
    """Return the names of the options of a command and its subcommands."""
    own = {_option(name) for one in command.params if isinstance(one, click.Option) for name in one.opts}
    return own.union(*map(_options_of, command.commands.values() if isinstance(command, click.Group) else ()))


def _defaults(command: click.Command, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the click defaults of a command by parameter, and of its subcommands by name."""
    own = {_option(name): one.name for one in command.params for name in one.opts}
    found: dict[str, Any] = {
        name: _home(value) for key, value in values.items() if (name := own.get(_option(key))) is not None
    }
    if isinstance(command, click.Group):
        found |= {name: _defaults(child, values) for name, child in command.commands.items()}
    return found


def _near(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(_option(name), list(known), 1)
    return f"; did you mean “{close[0].replace('_', '-')}”?" if close else " of podnotes"


def _option(key: str) -> str:
    return key.lstrip("-").replace("-", "_")


def _home(value: Any) -> Any:
    return str(Path(value).expanduser()) if isinstance(value, str) and value.startswith("~") else value
