"""Rendering: sandboxed Jinja2 templates with escaping by output format."""

from __future__ import annotations

import difflib
import hashlib
import re
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    FileSystemLoader,
    StrictUndefined,
    TemplateNotFound,
    TemplateSyntaxError,
    meta,
)
from jinja2.exceptions import TemplateError as JinjaError
from jinja2.exceptions import UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from podnotes.errors import TemplateError
from podnotes.notes.context import context, digest_context
from podnotes.notes.escaping import ESCAPES, Address, Output, html, markdown, one_line
from podnotes.notes.links import web_address

if TYPE_CHECKING:
    from podnotes.models import Note
    from podnotes.notes.digest import Digest

_FOLDER = Path(__file__).parent / "templates"
_ENDINGS = (".j2", ".jinja2", ".jinja")
_OUTPUTS = {
    ".md": Output.MARKDOWN,
    ".markdown": Output.MARKDOWN,
    ".html": Output.HTML,
    ".htm": Output.HTML,
    ".json": Output.JSON,
    ".txt": Output.TEXT,
}


@dataclass(frozen=True, slots=True)
class Template:
    """A template and its output formats.

    Attributes:
        name: Name, or path of the user's own template.
        about: Purpose in one line.
        suffixes: File suffix by output format ("markdown", "html", "json", "text"); the first is the default.
    """

    name: str
    about: str
    suffixes: dict[str, str]


_ABOUT = {
    "blog": "a post for any blog: Markdown with front matter, and an HTML page",
    "obsidian": "a note for Obsidian: properties, links between notes, quotes as callouts",
    "hugo": "a post for Hugo",
    "jekyll": "a post for Jekyll",
    "wix": "a page to copy into the Wix editor",
    "wordpress": "blocks to paste into the WordPress editor",
    "newsletter": "a short newsletter, as Markdown or as HTML to paste",
    "brief": "one screen: one quote per topic, and the times of the others",
    "json": "all values, for programs",
}
# Covers many episodes, so it is not among the templates for drafts.
_DIGEST = "digest"


def templates() -> tuple[Template, ...]:
    """Return the built-in templates for drafts, the default first."""
    return tuple(_built_in(name) for name in _ABOUT)


def _built_in(name: str) -> Template:
    about = _ABOUT.get(name, "a post on one topic across many episodes")
    suffixes = (".md", ".html", ".json")
    return Template(
        name,
        about,
        {str(_OUTPUTS[suffix]): suffix for suffix in suffixes if (_FOLDER / f"{name}{suffix}.j2").is_file()},
    )


def find_template(template: str | Path) -> Template:
    """Find a built-in template by name, or the user's own by path.

    Args:
        template: One of :func:`templates`, or the path of a Jinja2 file. The suffix before ``.j2`` is the output
            format: ``post.md.j2``, ``post.html.j2``, ``post.json.j2``, ``post.txt.j2``; Markdown without one.

    Returns:
        The template.

    Raises:
        TemplateError: There is no template of this name, or the file can't be read.
    """
    if str(template) in {*_ABOUT, _DIGEST}:
        return _built_in(str(template))
    path = Path(template).expanduser()
    if not path.is_file():
        names = ", ".join(known.name for known in templates())
        near = difflib.get_close_matches(str(template), [known.name for known in templates()], 1)
        hint = f' Did you mean "{near[0]}"?' if near else ""
        raise TemplateError(
            f'There is no template "{template}": choose one of {names}, or give the path of your own Jinja2 file.{hint}'
        )
    output = _output_of(path.name)
    suffix = next(suffix for suffix, known_output in _OUTPUTS.items() if known_output is output)
    return Template(str(path), "your own", {str(output): suffix})


def template_source(name: str, output: str | None = None) -> str:
    """Return the source of a template, as a starting point for your own.

    Args:
        name: One of :func:`templates`, or a path.
        output: Output format; the template's default if None.

    Returns:
        The Jinja2 source.

    Raises:
        TemplateError: There is no such template or output.
    """
    return _read(_path(find_template(name), output))


def template_hash(template: str | Path) -> str:
    """Hash a template with its includes to 16 hexadecimal digits, to recognise drafts of an older version."""
    found = find_template(template)
    digest = hashlib.sha256()
    for output in found.suffixes:
        path = _path(found, output)
        environment = _environment(path.parent, Output(output))
        assert environment.loader is not None
        _read(path)
        names = [path.name]
        for name in names:  # included templates are appended
            try:
                source = environment.loader.get_source(environment, name)[0]
                referenced = meta.find_referenced_templates(environment.parse(source, name))
            except JinjaError as error:
                raise _described(error, name, path.name) from error
            digest.update(f"{name}\0{source}\0".encode())
            names += sorted({other for other in referenced if other} - {*names})
    return digest.hexdigest()[:16]


def render(note: Note, template: str | Path = "blog", *, output: str | None = None) -> str:
    """Render a draft.

    Args:
        note: Result of :func:`podnotes.compose_note`.
        template: One of :func:`templates`, or the path of the user's own Jinja2 file, which runs in a sandbox.
        output: "markdown", "html", "json" or "text"; the template's default if None.

    Returns:
        The text of the draft, ending with a newline.

    Raises:
        TemplateError: There is no such template, it has no such output, or it has an error (with the line).
    """
    found = find_template(template)
    path = _path(found, output)
    chosen = _output_of(path.name)
    values = context(note)
    return render_file(path, chosen, {**values, "everything": values})


def render_digest(digest: Digest, template: str | Path = _DIGEST, *, output: str | None = None) -> str:
    """Render a digest.

    Args:
        digest: Result of :func:`podnotes.compose_digest`.
        template: "digest", or the path of the user's own Jinja2 file.
        output: "markdown" or "html" for the built-in template; Markdown if None.

    Returns:
        The text, ending with a newline.

    Raises:
        TemplateError: There is no such template, it has no such output, or it has an error (with the line).
    """
    path = _path(find_template(template), output)
    values = digest_context(digest)
    return render_file(path, _output_of(path.name), {**values, "everything": values})


def render_file(path: Path, output: Output, values: Mapping[str, Any]) -> str:
    """Render a template file, with single blank lines between paragraphs in Markdown.

    Raises:
        TemplateError: The template can't be read, or has an error (with the line).
    """
    environment = _environment(path.parent, output)
    _read(path)
    try:
        text = environment.get_template(path.name).render(**values)
    except TemplateSyntaxError as error:
        raise _described(error, error.name or path.name, path.name) from error
    except Exception as error:
        raise _described(error, path.name, path.name) from error
    if output in {Output.MARKDOWN, Output.TEXT}:
        text = re.sub(r"[ \t]+\n", "\n", text)
        text = re.sub(r"\n{3,}", "\n\n", text)
    return text.strip() + "\n"


# --------------------------------------------------------------------------------------------------------------- parts


def _output_of(name: str) -> Output:
    bare = name.lower()
    for ending in _ENDINGS:
        bare = bare.removesuffix(ending)
    return _OUTPUTS.get(Path(bare).suffix, Output.MARKDOWN)


def _path(template: Template, output: str | None) -> Path:
    wanted = output or next(iter(template.suffixes))
    if wanted not in template.suffixes:
        has = " or ".join(template.suffixes)
        raise TemplateError(f'The template "{template.name}" writes {has}, not {wanted}.')
    if template.name in {*_ABOUT, _DIGEST}:
        return _FOLDER / f"{template.name}{template.suffixes[wanted]}.j2"
    return Path(template.name)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise TemplateError(f'The template "{path.name}" can\'t be read: {error.strerror or error}.') from error
    except UnicodeDecodeError as error:
        raise TemplateError(f'The template "{path.name}" is not UTF-8 text: save it again as UTF-8.') from error


@lru_cache(maxsize=16)
def _environment(folder: Path, output: Output) -> ImmutableSandboxedEnvironment:
    escape = ESCAPES[output]
    loaders: list[BaseLoader] = [FileSystemLoader(folder, encoding="utf-8")]
    if folder != _FOLDER:
        loaders.append(FileSystemLoader(_FOLDER, encoding="utf-8"))
    environment = ImmutableSandboxedEnvironment(
        loader=ChoiceLoader(loaders),
        # Autoescape marks the results of macros and blocks as markup, so that they aren't escaped twice; values are
        # escaped for this output first.
        autoescape=True,
        finalize=escape,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["yaml"] = _yaml
    environment.filters["slug"] = slug
    environment.filters["lines"] = _lines
    environment.filters["day"] = _day
    environment.filters["wikilink"] = _wikilink
    environment.filters["liquid_safe"] = _without_angles
    environment.globals["link"] = _html_link if output is Output.HTML else _markdown_link
    environment.globals["citation_with"] = _html_citation if output is Output.HTML else _markdown_citation
    return environment


def _plain(value: Any) -> Any:
    """Convert a value to plain strings and containers, as YAML's safe dumper requires."""
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    return one_line(value) if isinstance(value, str) else value


def _yaml(value: Any) -> Markup:
    """Convert a mapping to YAML lines, without entries that are None."""
    import yaml

    entries = {key: inner for key, inner in _plain(value).items() if inner is not None}
    text = yaml.safe_dump(entries, allow_unicode=True, sort_keys=False, width=10_000, default_flow_style=False)
    return Markup(text)  # noqa: S704 - quoted by the YAML writer


def _lines(value: str) -> list[str]:
    """Return the non-empty lines of the user's text, each of which becomes a paragraph."""
    return [line.strip() for line in value.splitlines() if line.strip()]


def _day(value: str | None) -> date | None:
    """Convert an ISO date to a date object, which YAML writes without quotes."""
    return date.fromisoformat(value) if value else None


def slug(value: str) -> str:
    """Convert to lower-case words joined by hyphens, for addresses and tags."""
    return "-".join("".join(c if c.isalnum() else " " for c in one_line(value).lower().replace("'", "")).split())


def _wikilink(value: str) -> Markup:
    """Link to the Obsidian note of this name, without characters that are invalid in its file names."""
    name = " ".join("".join(" " if c in '[]|#^\\/:*?"<>`{}%&;' else c for c in one_line(value)).split())
    return Markup(f"[[{name}]]") if name else Markup("")  # noqa: S704 - contains no markup characters


def _without_angles(value: str) -> str:
    """Neutralise angle brackets and Liquid tags in front matter, which themes may print unescaped."""
    return one_line(value).replace("<", "‹").replace(">", "›").replace("{{", "{ {").replace("{%", "{ %")


def _markdown_link(label: object, url: str | None) -> Markup:
    address = web_address(url)
    text = markdown(label)
    return Markup(f"[{text}]({markdown(Address(address))})") if address else text  # noqa: S704 - both escaped


def _html_link(label: object, url: str | None) -> Markup:
    address = web_address(url)
    return Markup('<a href="{}">{}</a>').format(address, html(label)) if address else html(label)


def around_podcast(citation: str, podcast: str) -> tuple[str, str, str, str]:
    """Split a citation, so that the podcast's title can be set in italics and the address linked.

    Returns:
        The text before the title, the title, the text after it, and the address; "" for missing parts.
    """
    text, _, address = citation.rpartition(" ")
    if not web_address(address):
        text, address = citation, ""
    podcast = one_line(podcast)
    mark = f" In {podcast}"
    place = text.rfind(mark) if podcast else -1
    if place < 0:
        return text, "", "", address
    start = place + len(" In ")
    return text[:start].rstrip(), podcast, text[start + len(podcast) :], address


def _markdown_citation(citation: str, podcast: str) -> Markup:
    before, title, after, address = around_podcast(citation, podcast)
    text = markdown(before.rstrip())
    if title:
        text += Markup(" *") + markdown(title) + Markup("*") + markdown(after)
    return text + (Markup(" <{}>").format(Markup(web_address(address))) if address else Markup(""))  # noqa: S704 - cleaned


def _html_citation(citation: str, podcast: str) -> Markup:
    before, title, after, address = around_podcast(citation, podcast)
    text = html(before.rstrip())
    if title:
        text += Markup(" <i>{}</i>").format(title) + html(after)
    return text + (Markup(" ") + _html_link(address, address) if address else Markup(""))


# --------------------------------------------------------------------------------------------------------------- errors


def _described(error: Exception, name: str, main: str) -> TemplateError:
    """Describe an error in a template in one sentence with the line."""
    line = getattr(error, "lineno", None)
    where = name
    if line is None:
        for frame in traceback.extract_tb(error.__traceback__):
            # Jinja2 rewrites the traceback so that it has the template's own lines.
            if frame.filename.endswith((".j2", ".jinja", ".jinja2", main)):
                line, where = frame.lineno, Path(frame.filename).name
    if isinstance(error, TemplateNotFound):
        what = f'includes "{error.name}", which is neither in the same folder nor built in.'
    elif isinstance(error, UndefinedError):
        what = f"uses an undefined name: {_sentence(str(error))}"
    elif isinstance(error, JinjaError):
        what = f"has an error: {_sentence(error.message or 'invalid syntax')}"
    else:
        what = f"failed: {_sentence(f'{type(error).__name__}: {error}')}"
    return TemplateError(f'The template "{where}"{f", line {line}," if line else ""} {what}')


def _sentence(text: str) -> str:
    flat = one_line(text)
    return flat if flat.endswith((".", "!", "?")) else f"{flat}."
