"""What is handed out: wheel and sdist are sound, and the wheel works where nothing else of the repository is."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import venv
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import podnotes

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Wheel and sdist, built with the installed hatchling: nothing is asked from an index."""
    folder = tmp_path_factory.mktemp("dist")
    run("build", "--no-isolation", "--outdir", str(folder), str(ROOT))
    return folder


def run(module: str, *arguments: str) -> str:
    answer = subprocess.run([sys.executable, "-m", module, *arguments], cwd=ROOT, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return answer.stdout


def test_an_index_would_take_them(dist: Path) -> None:
    files = sorted(map(str, dist.iterdir()))
    assert [Path(file).name for file in files] == [
        f"podnotes-{podnotes.__version__}-py3-none-any.whl",
        f"podnotes-{podnotes.__version__}.tar.gz",
    ]
    run("twine", "check", "--strict", *files)
    run("check_wheel_contents", "--config", str(ROOT / "pyproject.toml"), files[0])


def test_they_have_what_belongs_in_them_and_nothing_else(dist: Path) -> None:
    with zipfile.ZipFile(next(dist.glob("*.whl"))) as wheel:
        names = wheel.namelist()
    assert "podnotes/py.typed" in names
    assert any(name.endswith("/packs/bodywork.toml") for name in names)
    assert any(name.endswith("blog.md.j2") for name in names)
    assert {name.split("/")[0] for name in names} == {"podnotes", f"podnotes-{podnotes.__version__}.dist-info"}
    with tarfile.open(next(dist.glob("*.tar.gz"))) as sdist:
        top = {name.split("/")[1] for name in sdist.getnames()}
    assert top >= {"src", "tests", "docs", "examples", "mkdocs.yml", "CONTRIBUTING.md", "SECURITY.md", "LICENSE"}
    assert not top & {".venv", "build", "dist", "drafts"}


@pytest.mark.speech
def test_the_wheel_makes_drafts_in_an_environment_of_its_own(dist: Path, tmp_path: Path) -> None:
    """What it depends on is this environment's: whether that can be installed, `make package` shows."""
    home = tmp_path / "environment"
    venv.create(home, with_pip=False)
    scripts = home / ("Scripts" if sys.platform == "win32" else "bin")
    packages = Path(sysconfig.get_path("purelib", vars={"base": str(home), "platbase": str(home)}))
    with zipfile.ZipFile(next(dist.glob("*.whl"))) as wheel:
        wheel.extractall(packages)
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")

    def there(*arguments: str) -> str:
        command = [str(scripts / "python"), *arguments]
        answer = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        assert answer.returncode == 0, answer.stderr
        return str(answer.stdout)

    assert str(packages) in there("-c", "import podnotes; print(podnotes.__file__)")
    assert there("-m", "podnotes", "--version") == f"podnotes {podnotes.__version__}\n"
    feed, model = ROOT / "examples" / "sample_podcast" / "feed.xml", ROOT / "examples" / "speech_model"
    library = tmp_path / "library.sqlite3"
    there("-m", "podnotes", "draft", str(feed), "--episodes=2", f"--model={model}", f"--library={library}")
    assert list((tmp_path / "drafts").glob("*.md"))


def imported() -> Iterator[str]:
    """The packages of others that podnotes imports, whenever it does."""
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from (alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield node.module.partition(".")[0]


def test_what_is_imported_is_declared_and_nothing_else() -> None:
    named = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dask"]]
    declared = {re.split(r"[^\w-]", requirement)[0].lower() for requirement in named}
    others = set(imported()) - sys.stdlib_module_names - {"podnotes"}
    found = {name: {one.lower().replace("_", "-") for one in packages_distributions()[name]} for name in others}
    assert {name for name, packages in found.items() if not packages & declared} == set()
    needless = declared - {package for packages in found.values() for package in packages}
    # Imported by others for podnotes: httpx unpacks brotli; Dask's client makes the executor.
    assert needless <= {"brotli", "distributed"}


def test_the_python_that_runs_the_tests_is_one_that_is_promised() -> None:
    running = f"Programming Language :: Python :: {sys.version_info.major}.{sys.version_info.minor}"
    assert running in PROJECT["classifiers"]
