"""Her settings: option first, then environment (``PODNOTES_…``), then the settings file.

The file is TOML in the user's configuration folder; what stands at the top counts for every command that has such an
option, a table named after a command for that one alone::

    model = "medium.en"
    topics = "~/practice/topics.toml"

    [draft]
    template = "wordpress"
    out = "~/Documents/drafts"
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from podnotes.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable


def settings_path() -> Path:
    """Where her settings are: ``$PODNOTES_SETTINGS``, else ``settings.toml`` in the configuration folder."""
    if named := os.environ.get("PODNOTES_SETTINGS"):
        return Path(named).expanduser()
    from platformdirs import user_config_path

    return user_config_path("podnotes", appauthor=False) / "settings.toml"


def read_settings(commands: Iterable[str]) -> dict[str, Any]:
    """Read the settings file into click's defaults.

    Args:
        commands: Names of all commands.

    Returns:
        For each command its option values; empty without a file.

    Raises:
        UsageError: The file is no TOML; the message names the line.
    """
    path = settings_path()
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"The settings in {path} can't be read ({error}). Mend or remove that file.") from error
    names = list(commands)
    common = {_option(key): _home(value) for key, value in values.items() if not isinstance(value, dict)}
    own = {key: value for key, value in values.items() if isinstance(value, dict)}
    if unknown := sorted(set(own) - set(names)):
        raise UsageError(f"The settings in {path} have a table [{unknown[0]}], which is no command of podnotes.")
    return {name: common | {_option(key): _home(value) for key, value in own.get(name, {}).items()} for name in names}


def _option(key: str) -> str:
    return key.replace("-", "_")


def _home(value: Any) -> Any:
    return str(Path(value).expanduser()) if isinstance(value, str) and value.startswith("~") else value
