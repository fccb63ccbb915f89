"""What the site changes in the pages, which are written to be read in the repository as well."""

from __future__ import annotations

import re
from pathlib import Path
from posixpath import join, normpath
from typing import Any

_LINK = re.compile(r"(?<!!)\[([^\]]+)\]\((?![a-z]+:|#)([^)#\s]+)(#[^)\s]*)?\)")


def on_page_markdown(markdown: str, page: Any, files: Any, **_: Any) -> str:
    """Lead links to where the page of a file is; what the site doesn't have stays as the file's path."""
    source = page.file.src_uri
    # The files of the top folder that are included as pages have their links from there.
    folder = "." if source.startswith("project/") else join("docs", source, "..")

    def put(found: re.Match[str]) -> str:
        text, target, anchor = found[1], normpath(join(folder, found[2])), found[3] or ""
        own = {"README.md": "docs/index.md"} | {f"{name.upper()}.md": f"docs/project/{name}.md" for name in _INCLUDED}
        inside = own.get(target, target).removeprefix("docs/")
        if files.get_file_from_path(inside) is None:
            return text if text.strip("`") == target else f"{text} (`{target}`)"
        return f"[{text}]({'../' * source.count('/')}{inside}{anchor})"

    parts = re.split(r"(^```.*?^```)", _with_included(markdown), flags=re.MULTILINE | re.DOTALL)
    return "".join(part if part.startswith("```") else _LINK.sub(put, part) for part in parts)


_INCLUDED = ("changelog", "contributing", "security")


def _with_included(markdown: str) -> str:
    """Put a file of the top folder where a page consists of it, before its links are seen to."""
    included = re.fullmatch(r'--8<-- "(\w+\.md)"\n', markdown)
    if included is None:
        return markdown
    return Path(included[1]).read_text(encoding="utf-8")
