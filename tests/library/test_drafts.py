"""Her work is sacred: whatever she does to drafts, podnotes neither overwrites, duplicates nor resurrects."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from podnotes.errors import LibraryError, OutputError
from podnotes.library import DraftResult, Library
from tests.library.conftest import make_episode

if TYPE_CHECKING:
    from collections.abc import Callable


FRONT = '---\ntitle: "Pain"\nepisode_id: 0123456789ab\n---\n'


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "drafts"


@pytest.fixture
def write(library: Library, out: Path) -> Callable[..., DraftResult]:
    number = library.remember_episode(make_episode())

    def write_draft(text: str, *, name: str = "pain.md", template: str = "blog", folder: Path = out) -> DraftResult:
        return library.write_draft(number, path=folder / name, text=text, template=template)

    return write_draft


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() or path.is_symlink())


def test_a_new_draft(write: Callable[..., DraftResult], out: Path) -> None:
    assert write("Überschrift\n") == DraftResult(out / "pain.md", "new")
    assert (out / "pain.md").read_bytes() == "Überschrift\n".encode()
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE((out / "pain.md").stat().st_mode) == 0o666 & ~umask, "as any editor would make it"


def test_drafts_of_the_same_name_are_numbered(library: Library, write: Callable[..., DraftResult], out: Path) -> None:
    write("one")
    assert write("short", template="brief") == DraftResult(out / "pain 2.md", "new")
    other = library.remember_episode(make_episode(2))
    drafted = library.write_draft(other, path=out / "pain.md", text="other", template="blog")
    assert drafted == DraftResult(out / "pain 3.md", "new")
    assert (out / "pain.md").read_text() == "one"
    assert write("two") == DraftResult(out / "pain.md", "updated")


def test_the_same_again_is_not_written(write: Callable[..., DraftResult], out: Path) -> None:
    write("one")
    before = (out / "pain.md").stat()
    assert write("one") == DraftResult(out / "pain.md", "unchanged")
    after = (out / "pain.md").stat()  # reading it is fine
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)


def test_its_own_is_brought_up_to_date(write: Callable[..., DraftResult], out: Path) -> None:
    write("one")
    (out / "pain.md").chmod(0o640)
    assert write("two") == DraftResult(out / "pain.md", "updated")
    assert (out / "pain.md").read_text() == "two"
    assert stat.S_IMODE((out / "pain.md").stat().st_mode) == 0o640
    assert write("one") == DraftResult(out / "pain.md", "updated")
    assert names(out) == ["pain.md"]


def test_an_edited_draft_stays_and_the_new_one_goes_beside_it(write: Callable[..., DraftResult], out: Path) -> None:
    write("one")
    (out / "pain.md").write_text("one, and hers")
    assert write("one") == DraftResult(out / "pain.md", "unchanged", left_alone=out / "pain.md")
    assert write("two") == DraftResult(out / "pain (new).md", "beside", left_alone=out / "pain.md")
    assert write("two") == DraftResult(out / "pain.md", "unchanged", left_alone=out / "pain.md")
    assert write("three") == DraftResult(out / "pain (new).md", "beside", left_alone=out / "pain.md")
    assert (out / "pain.md").read_text() == "one, and hers"
    assert (out / "pain (new).md").read_text() == "three"
    (out / "pain (new).md").write_text("hers as well")
    assert write("four") == DraftResult(out / "pain (new 2).md", "beside", left_alone=out / "pain.md")
    assert (out / "pain (new).md").read_text() == "hers as well"
    assert names(out) == ["pain (new 2).md", "pain (new).md", "pain.md"]


def test_a_newer_version_that_she_threw_away_does_not_come_back(write: Callable[..., DraftResult], out: Path) -> None:
    write("one")
    (out / "pain.md").write_text("hers")
    write("two")
    (out / "pain (new).md").unlink()
    assert write("two").outcome == "unchanged"
    assert names(out) == ["pain.md"]


def test_a_newer_version_that_she_preferred(write: Callable[..., DraftResult], out: Path) -> None:
    write("one")
    (out / "pain.md").write_text("hers")
    write("two")
    (out / "pain.md").unlink()
    assert write("three") == DraftResult(out / "pain (new).md", "updated")
    assert names(out) == ["pain (new).md"]


def test_a_deleted_draft_stays_deleted(write: Callable[..., DraftResult], out: Path) -> None:
    write("one")
    (out / "pain.md").unlink()
    for text in ("one", "two", "two"):
        assert write(text) == DraftResult(out / "pain.md", "kept away")
    assert names(out) == []


def test_even_when_the_folder_is_gone(write: Callable[..., DraftResult], out: Path) -> None:
    write("one")
    shutil.rmtree(out)
    assert write("two").outcome == "kept away"
    assert names(out) == []


@pytest.mark.parametrize("edited", ["", "And words of the user."], ids=["as it was", "edited"])
@pytest.mark.parametrize("place", ["my post.md", "published/pain.md"])
def test_a_renamed_or_moved_draft_is_the_users(
    write: Callable[..., DraftResult], out: Path, place: str, edited: str
) -> None:
    write(FRONT + "one")
    hers = out / place
    hers.parent.mkdir(exist_ok=True)
    (out / "pain.md").rename(hers)
    hers.write_text(hers.read_text() + edited)
    assert write(FRONT + "one") == DraftResult(hers, "unchanged", left_alone=hers)
    beside = hers.with_name(f"{hers.stem} (new).md")
    assert write(FRONT + "two") == DraftResult(beside, "beside", left_alone=hers)
    assert write(FRONT + "one") == DraftResult(hers, "unchanged", left_alone=hers)
    # Known by its new name from now on, whatever is in it.
    hers.write_text("hers")
    assert write(FRONT + "three") == DraftResult(beside, "beside", left_alone=hers)
    assert hers.read_text() == "hers"
    assert names(out) == sorted([place, str(beside.relative_to(out))])


def test_a_renamed_page_is_known_by_its_head(write: Callable[..., DraftResult], out: Path) -> None:
    head = '<head>\n<meta name="episode" content="7">\n</head>'
    write(head + "one", name="pain.html")
    (out / "pain.html").rename(out / "post.html")
    assert write(head + "two", name="pain.html").path == out / "post (new).html"


def test_a_renamed_draft_of_another_episode_is_none_of_it(
    library: Library, write: Callable[..., DraftResult], out: Path
) -> None:
    write(FRONT + "one")
    other = library.remember_episode(make_episode(2))
    text = FRONT.replace("0123456789ab", "ba9876543210")
    library.write_draft(other, path=out / "sleep.md", text=text, template="blog")
    (out / "sleep.md").rename(out / "post.md")
    (out / "pain.md").unlink()
    assert write(FRONT + "two").outcome == "kept away"


def test_a_renamed_draft_without_a_mark_is_left_alone(write: Callable[..., DraftResult], out: Path) -> None:
    write("one")
    (out / "pain.md").rename(out / "post.md")
    assert write("two").outcome == "kept away"
    assert names(out) == ["post.md"]


def test_a_draft_replaced_by_a_link_is_hers(write: Callable[..., DraftResult], out: Path, tmp_path: Path) -> None:
    write("one")
    elsewhere = tmp_path / "blog.md"
    (out / "pain.md").rename(elsewhere)
    (out / "pain.md").symlink_to(elsewhere)
    assert write("two").outcome == "beside"
    assert elsewhere.read_text() == "one"
    assert (out / "pain.md").is_symlink()


def test_a_file_of_hers_in_the_place_of_a_first_draft(write: Callable[..., DraftResult], out: Path) -> None:
    out.mkdir()
    (out / "pain.md").write_text("her own notes")
    assert write("one") == DraftResult(out / "pain (new).md", "beside", left_alone=out / "pain.md")
    assert write("two") == DraftResult(out / "pain (new).md", "updated")
    assert (out / "pain.md").read_text() == "her own notes"


def test_a_folder_of_hers_in_the_place_of_a_first_draft(write: Callable[..., DraftResult], out: Path) -> None:
    (out / "pain.md").mkdir(parents=True)
    assert write("one") == DraftResult(out / "pain (new).md", "beside", left_alone=out / "pain.md")


def test_with_another_library_the_same_text_is_known_again(
    library: Library, write: Callable[..., DraftResult], out: Path
) -> None:
    write("one")
    with Library(library.path.with_name("second.sqlite3")) as second:
        number = second.remember_episode(make_episode())
        result = second.write_draft(number, path=out / "pain.md", text="one", template="blog")
        assert result == DraftResult(out / "pain.md", "unchanged")
        result = second.write_draft(number, path=out / "pain.md", text="two", template="blog")
        assert result == DraftResult(out / "pain.md", "updated")


def test_a_new_title_keeps_the_name(write: Callable[..., DraftResult], out: Path) -> None:
    write("one", name="pain.md")
    assert write("two", name="pain-again.md") == DraftResult(out / "pain.md", "updated")
    assert names(out) == ["pain.md"]


def test_kinds_templates_and_folders_are_drafts_of_their_own(
    write: Callable[..., DraftResult], out: Path, tmp_path: Path
) -> None:
    assert write("one").outcome == "new"
    assert write("one", name="pain.html").outcome == "new"
    assert write("one", name="pain-short.md", template="short").outcome == "new"
    assert write("one", folder=tmp_path / "other").outcome == "new"
    assert names(out) == ["pain-short.md", "pain.html", "pain.md"]


def test_drafts_on_several_episodes_are_told_apart_by_name(library: Library, out: Path) -> None:
    def write(name: str, text: str) -> str:
        return library.write_draft(None, path=out / name, text=text, template="topic").outcome

    assert [write("pain.md", "1"), write("touch.md", "2"), write("pain.md", "1"), write("touch.md", "3")] == [
        "new",
        "new",
        "unchanged",
        "updated",
    ]


def test_forgetting_begins_anew(library: Library, out: Path) -> None:
    def write(number: int, text: str) -> DraftResult:
        return library.write_draft(number, path=out / "pain.md", text=text, template="blog")

    number = library.remember_episode(make_episode())
    write(number, "one")
    (out / "pain.md").unlink()
    library.forget(number)
    assert write(library.remember_episode(make_episode()), "one").outcome == "new"
    library.forget(library.remember_episode(make_episode()))
    result = write(library.remember_episode(make_episode()), "two")
    assert result.outcome == "beside", "what was forgotten is hers"
    assert (out / "pain.md").read_text() == "one"


def test_where_nothing_can_be_written(write: Callable[..., DraftResult], out: Path) -> None:
    out.write_text("a file where the folder should be")
    with pytest.raises(OutputError, match="can't be written"):
        write("one")
    out.unlink()
    assert write("one").outcome == "new", "a draft that was never seen is not one she deleted"


@pytest.mark.parametrize("earlier", [False, True], ids=["first", "second"])
def test_what_she_saves_at_the_same_moment_wins(
    write: Callable[..., DraftResult], out: Path, monkeypatch: pytest.MonkeyPatch, *, earlier: bool
) -> None:
    if earlier:
        write("one")
    fsync = os.fsync

    def she_saves(descriptor: int) -> None:
        (out / "pain.md").write_text("hers")
        fsync(descriptor)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", she_saves)
        with pytest.raises(OutputError, match="by another program"):
            write("two")
    assert (out / "pain.md").read_text() == "hers"
    assert names(out) == ["pain.md"]
    assert write("two").outcome == "beside"


def test_a_name_that_is_too_long(write: Callable[..., DraftResult]) -> None:
    with pytest.raises(OutputError, match="can't be written"):
        write("one", name="x" * 300 + ".md")


def test_a_draft_of_no_episode(library: Library, out: Path) -> None:
    with pytest.raises(LibraryError, match="no episode 7"):
        library.write_draft(7, path=out / "x.md", text="x", template="blog")
    assert not out.exists()


KILLED = """
import os, sys
from pathlib import Path
from podnotes.library import Library, drafts
from podnotes.models import Episode
sys.path.insert(0, {root!r})
from tests.library.conftest import make_episode
moment = sys.argv[2]
def die(*_): os.kill(os.getpid(), 9)
if moment == "writing":
    os.fsync = die
elif moment == "before":
    os.replace = os.link = die
else:
    write = drafts._write
    drafts._write = lambda *given, **named: (write(*given, **named), die())
with Library(sys.argv[1]) as library:
    library.write_draft(library.remember_episode(make_episode()), path=Path(sys.argv[3]), text=sys.argv[4],
                        template="blog")
"""


@pytest.mark.parametrize("edited", [False, True], ids=["untouched", "edited"])
@pytest.mark.parametrize("earlier", [False, True], ids=["first", "second"])
@pytest.mark.parametrize("moment", ["writing", "before", "after"])
def test_killed_in_the_middle(
    library: Library, write: Callable[..., DraftResult], out: Path, moment: str, *, earlier: bool, edited: bool
) -> None:
    if earlier:
        write("one")
        if edited:
            (out / "pain.md").write_text("hers")
    elif edited:
        out.mkdir()
        (out / "pain.md").write_text("hers")
    root = str(Path(__file__).resolve().parents[2])
    killed = subprocess.run(
        [sys.executable, "-c", KILLED.format(root=root), str(library.path), moment, str(out / "pain.md"), "two"],
        check=False,
    )
    assert killed.returncode == -9
    result = write("two")
    expected = ["pain (new).md", "pain.md"] if edited else ["pain.md"]
    assert names(out) == expected, "nothing lost, nothing left over"
    assert (out / expected[0]).read_text() == "two"
    if edited:
        assert (out / "pain.md").read_text() == "hers"
    if moment == "after":
        assert result.outcome == "unchanged"
    else:
        assert result.outcome == ("beside" if edited else "updated" if earlier else "new")
    assert library.check().ok


# ------------------------------------------------------------------------------------------- anything the user may do


class Desk(RuleBasedStateMachine):
    """Random runs of podnotes among random edits, deletions, renames and moves by her."""

    def __init__(self) -> None:
        super().__init__()
        # In memory where there is one: thousands of commits wait for no disk.
        memory = Path("/dev/shm")
        self.home = Path(tempfile.mkdtemp(prefix="desk", dir=memory if memory.is_dir() else None))
        self.out = self.home / "drafts"
        self.library = Library(self.home / "library.sqlite3")
        self.number = self.library.remember_episode(make_episode())
        #: What the user made their own: content by path, as left.
        self.hers: dict[Path, bytes] = {}
        #: Versions that the user has seen, and those deleted without anything else of the draft left.
        self.shown: set[bytes] = set()
        self.deleted = False
        self.count = 0
        self.text = FRONT + "version 0"

    @initialize()
    def first_run(self) -> None:
        self.run()

    def files(self) -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in sorted(self.out.rglob("*")) if path.is_file()}

    def run(self) -> None:
        before = self.files()
        result = self.library.write_draft(self.number, path=self.out / "pain.md", text=self.text, template="blog")
        after = self.files()
        content = self.text.encode()
        changed = {path for path in after if before.get(path) != after[path]}
        assert set(before) <= set(after), "a run removes nothing"
        assert len(changed) <= 1, "a run writes one file at most"
        assert not changed & set(self.hers), "hers is never written to"
        for path in changed:
            assert result.path == path
            assert after[path] == content
            assert result.outcome in {"new", "updated", "beside"}
        if not changed:
            assert result.outcome in {"unchanged", "kept away"}
        if result.outcome == "new":
            assert not self.shown, "new once only"
        if result.outcome == "beside":
            assert content not in self.shown, "no version is put beside hers twice"
            assert result.left_alone in self.hers
            assert result.left_alone.parent == result.path.parent
        if not before and self.shown:
            assert not after, "what she deleted is not resurrected"
            assert result.outcome == "kept away"
        if changed or result.outcome == "unchanged":
            self.shown.add(content)

    @rule(again=st.booleans())
    def podnotes_runs(self, *, again: bool) -> None:
        if not again:
            self.count += 1
            self.text = f"{FRONT}version {self.count}"
        self.run()

    @precondition(lambda self: self.count > 0)
    @rule(data=st.data())
    def podnotes_runs_with_what_it_had_before(self, data: st.DataObject) -> None:
        self.text = f"{FRONT}version {data.draw(st.integers(0, self.count), label='version')}"
        self.run()

    def any_file(self, data: st.DataObject) -> Path:
        return data.draw(st.sampled_from(sorted(self.files())), label="file")

    @precondition(lambda self: self.files())
    @rule(data=st.data(), how=st.sampled_from(["append", "replace", "empty"]))
    def she_edits(self, data: st.DataObject, how: str) -> None:
        path = self.any_file(data)
        content = {"append": path.read_bytes() + b" hers", "replace": b"all hers", "empty": b""}[how]
        path.write_bytes(content)
        self.hers[path] = content

    @precondition(lambda self: self.files())
    @rule(data=st.data())
    def she_deletes(self, data: st.DataObject) -> None:
        path = self.any_file(data)
        path.unlink()
        self.hers.pop(path, None)

    @precondition(lambda self: self.files())
    @rule(data=st.data(), name=st.sampled_from(["post.md", "a/pain.md", "b/final.md", "pain (mine).md"]))
    def she_renames(self, data: st.DataObject, name: str) -> None:
        path, target = self.any_file(data), self.out / name
        if target.exists():
            return
        target.parent.mkdir(exist_ok=True)
        content = path.read_bytes()
        path.rename(target)
        self.hers.pop(path, None)
        self.hers[target] = content

    @rule(text=st.sampled_from(["notes", "more notes"]))
    def she_writes_something_of_her_own(self, text: str) -> None:
        path = self.out / "own.md"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        self.hers[path] = text.encode()

    @rule()
    def the_library_is_opened_again(self) -> None:
        self.library.close()
        self.library = Library(self.home / "library.sqlite3")

    @invariant()
    def hers_is_as_she_left_it(self) -> None:
        files = self.files()
        assert {path: files.get(path) for path in self.hers} == self.hers

    @invariant()
    def nothing_is_left_in_the_making(self) -> None:
        assert not list(self.out.rglob(".*"))

    def teardown(self) -> None:
        self.library.close()
        shutil.rmtree(self.home)


TestDesk = Desk.TestCase
TestDesk.settings = settings(max_examples=200, stateful_step_count=25, deadline=None)
