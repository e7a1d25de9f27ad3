"""Publishing, rolling back and pruning, also where a file-system step fails on the way."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from recommender import files
from recommender.article import Article
from recommender.errors import CorruptSnapshot, RebuildRunning, SnapshotNotFound, StorageError
from recommender.history import overridden
from recommender.snapshot import MANIFEST, sequence_of
from recommender.snapshot.format import FILES, LABELS
from recommender.store import LOCK, POINTER, Store
from tests.conftest import NOW
from tests.fakes import make_article
from tests.snapshot.by_hand import contents_of, manifest_of, publish

STEPS = (
    *("make_directories", "make_new_directory", "write_new", "sync_directory"),
    *("rename_new", "replace", "remove_file", "remove_tree"),
)


def articles(version: int) -> list[Article]:
    return [make_article(name, "storm storm", section=f"Version {version}") for name in "abc"]


def publish_version(index: Path, version: int) -> str:
    return publish(index, contents_of(articles(version))).name


def version_of(store: Store) -> int:
    return int(store.open_current().section_labels[0].removeprefix("Version "))


@pytest.fixture
def store(tmp_path) -> Store:
    return Store(tmp_path / "index")


@pytest.fixture(scope="module")
def five(tmp_path_factory) -> Path:
    """An index of five snapshots; the last is the current one."""
    index = tmp_path_factory.mktemp("five")
    for version in range(1, 6):
        publish_version(index, version)
    return index


@pytest.fixture
def published(store, five) -> list[str]:
    """Names of five snapshots in the test's own index, oldest first."""
    shutil.copytree(five, store.index_dir)
    return store.names()


def leftovers(index: Path) -> list[str]:
    return sorted(path.name for path in (index / "snapshots").glob(".*"))


# Before the first publish


def test_an_index_that_is_not_there(store):
    assert store.names() == []
    assert store.current_name() is None
    assert store.next_sequence() == 1
    with pytest.raises(SnapshotNotFound, match="recommender rebuild SOURCE --index"):
        store.open_current()
    for change in (store.rollback, lambda: store.prune(1)):
        with pytest.raises(SnapshotNotFound):
            change()
    assert not store.index_dir.exists()


# Publish and current


def test_what_is_published_is_current(store):
    name = publish_version(store.index_dir, 1)
    assert store.names() == [name]
    assert store.current_name() == name
    assert store.open_current().name == name
    assert (store.index_dir / POINTER).read_text() == f"{name}\n"
    assert store.path(name) == store.index_dir / "snapshots" / name


def test_each_publish_takes_the_next_number_and_keeps_the_others(store, published):
    assert [sequence_of(name) for name in published] == [1, 2, 3, 4, 5]
    assert store.names() == published
    assert store.current_name() == published[-1]
    assert [store.open(name).section_labels for name in published][2] == ("Version 3",)


def test_names_are_in_order_of_their_numbers(store):
    (store.index_dir / "snapshots").mkdir(parents=True)
    names = ["1000000-aaaaaa", "000002-bbbbbb", "999999-cccccc", "000010-dddddd", "000002-aaaaaa"]
    for name in [*names, "stranger", ".tmp-000011", "000003"]:
        (store.index_dir / "snapshots" / name).mkdir()
    assert store.names() == [
        "000002-aaaaaa",
        "000002-bbbbbb",
        "000010-dddddd",
        "999999-cccccc",
        "1000000-aaaaaa",
    ]
    assert store.next_sequence() == 1_000_001


@pytest.mark.parametrize("name", ["000009-abcdef", "", "../000001-abcdef", "x", "CURRENT"])
def test_a_name_that_is_not_there_is_refused_and_the_others_are_named(store, published, name):
    for find in (store.path, store.open, store.rollback):
        with pytest.raises(SnapshotNotFound, match=published[0]):
            find(name)


@pytest.mark.parametrize("content", [b"", b"\n", b"nothing", b"../../etc", b"\xff\xfe", b"000001-abcdef x"])
def test_a_pointer_that_names_no_snapshot_is_corrupt(store, published, content):
    (store.index_dir / POINTER).write_bytes(content)
    with pytest.raises(CorruptSnapshot, match=POINTER):
        store.open_current()


def test_a_pointer_that_cannot_be_read_is_corrupt(store, published):
    (store.index_dir / POINTER).unlink()
    (store.index_dir / POINTER).mkdir()
    with pytest.raises(CorruptSnapshot, match=POINTER):
        store.current_name()


def test_a_pointer_to_a_snapshot_that_is_gone(store, published):
    (store.index_dir / POINTER).write_text("000099-abcdef\n")
    with pytest.raises(SnapshotNotFound, match="000099-abcdef"):
        store.open_current()


def test_a_corrupt_snapshot_is_not_opened(store, published):
    (store.path(published[-1]) / LABELS).write_bytes(b"{}")
    with pytest.raises(CorruptSnapshot, match=LABELS):
        store.open_current()
    assert store.open(published[0]).name == published[0]


def test_publishing_over_the_same_name_is_refused(store):
    contents = contents_of(articles(1))
    with store.lock():
        name = store.publish(contents, lambda written: manifest_of(contents, written, sequence=1)).name
        with pytest.raises(StorageError, match=name):
            store.publish(contents, lambda written: manifest_of(contents, written, sequence=1))
    assert store.open_current().name == name


def test_a_manifest_that_does_not_fit_is_never_pointed_to(store, published):
    contents = contents_of(articles(6))
    with store.lock(), pytest.raises(CorruptSnapshot, match=LABELS):
        store.publish(
            contents,
            lambda written: manifest_of(
                contents, written | {LABELS: {"size": 1, "sha256": "0" * 64}}, sequence=6
            ),
        )
    assert version_of(store) == 5


# Rollback


def test_rollback_goes_to_the_one_before(store, published):
    assert store.rollback().name == published[3]
    assert store.current_name() == published[3]
    assert store.rollback().name == published[2]
    assert store.names() == published


def test_rollback_to_a_name_goes_either_way(store, published):
    assert store.rollback(published[0]).name == published[0]
    assert store.rollback(published[4]).name == published[4]
    assert version_of(store) == 5


def test_there_is_nothing_before_the_first(store, published):
    store.rollback(published[0])
    with pytest.raises(SnapshotNotFound, match=f"no snapshot before {published[0]}"):
        store.rollback()
    assert store.current_name() == published[0]


def test_rollback_verifies_before_it_points(store, published):
    (store.path(published[3]) / LABELS).unlink()
    with pytest.raises(CorruptSnapshot, match=LABELS):
        store.rollback()
    assert version_of(store) == 5


def test_after_a_rollback_the_next_publish_has_a_new_number(store, published):
    store.rollback(published[1])
    name = publish_version(store.index_dir, 9)
    assert sequence_of(name) == 6
    assert store.current_name() == name


# Prune


@pytest.mark.parametrize(
    ("keep", "left"), [(1, [3, 4]), (2, [3, 4]), (3, [2, 3, 4]), (5, [0, 1, 2, 3, 4]), (9, [0, 1, 2, 3, 4])]
)
def test_prune_removes_the_oldest(store, published, keep, left):
    removed = store.prune(keep)
    assert store.names() == [published[place] for place in left]
    assert removed == [name for name in published if name not in store.names()]
    assert leftovers(store.index_dir) == []
    assert version_of(store) == 5


@pytest.mark.parametrize(
    ("current", "keep", "left"),
    [(0, 1, [0, 4]), (0, 2, [0, 3, 4]), (1, 1, [0, 1, 4]), (2, 3, [1, 2, 3, 4]), (3, 1, [2, 3, 4])],
)
def test_prune_never_removes_the_current_one_nor_what_a_rollback_goes_to(
    store, published, current, keep, left
):
    store.rollback(published[current])
    store.prune(keep)
    assert store.names() == [published[place] for place in left]
    assert store.open_current().name == published[current]
    if current > 0:
        assert store.rollback().name == published[current - 1]


def test_prune_without_a_pointer_keeps_the_newest(store, published):
    (store.index_dir / POINTER).unlink()
    assert store.prune(2) == published[:3]


# Leftovers and the lock


def test_leftovers_are_swept_by_the_next_publish(store, published):
    for name in (".tmp-000006", ".tmp-000001-abcdef"):
        (store.index_dir / "snapshots" / name / "vectors").mkdir(parents=True)
        (store.index_dir / "snapshots" / name / "vectors" / "lead.npy").write_bytes(b"half")
    (store.index_dir / f".{POINTER}.tmp").write_bytes(b"0000")
    publish_version(store.index_dir, 6)
    assert leftovers(store.index_dir) == []
    assert not (store.index_dir / f".{POINTER}.tmp").exists()
    assert version_of(store) == 6


def test_sweeping_does_not_follow_links(store, published, tmp_path):
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "file").write_bytes(b"kept")
    doomed = store.index_dir / "snapshots" / ".tmp-000006"
    doomed.mkdir()
    (doomed / "link").symlink_to(tmp_path / "precious")
    publish_version(store.index_dir, 6)
    assert leftovers(store.index_dir) == []
    assert (tmp_path / "precious" / "file").read_bytes() == b"kept"


def test_who_holds_the_lock_is_alone(store, published):
    with store.lock():
        for change in (store.rollback, lambda: store.prune(1), lambda: publish_version(store.index_dir, 6)):
            with pytest.raises(RebuildRunning, match=LOCK) as caught:
                change()
            assert caught.value.exit_code == 75
    assert store.names() == published
    assert store.rollback().name == published[3]


def test_readers_need_no_lock(store, published):
    with store.lock():
        assert store.open_current().name == published[-1]


def test_the_lock_of_an_index_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageError, match="cannot create directory"):
        Store(tmp_path / "file" / "index").lock()


# A step of the file system that fails


@contextmanager
def steps_replaced(replacement: Callable[[str, Callable[..., None]], Callable[..., None]]) -> Iterator[None]:
    """Every step of `recommender.files` wrapped by ``replacement(name, original)``."""
    with pytest.MonkeyPatch.context() as patch:
        for name in STEPS:
            patch.setattr(files, name, replacement(name, getattr(files, name)))
        yield


class Failing:
    """Lets steps pass until the ``fatal``-th (from 0), which fails before its work or after it; a file
    that is being written is then left half written."""

    def __init__(self, fatal: int | None, when: str = "before") -> None:
        self.fatal = fatal
        self.when = when
        self.done: list[tuple[str, Path]] = []

    def __call__(self, name: str, original: Callable[..., None]) -> Callable[..., None]:
        def step(*arguments: Any) -> None:
            number = len(self.done)
            self.done.append((name, arguments[-1] if name in ("rename_new", "replace") else arguments[0]))
            if number != self.fatal:
                original(*arguments)
                return
            if self.when == "after" and name == "write_new":
                path, chunks = arguments
                original(path, [bytes(memoryview(chunks[0]))[:7]])
            elif self.when == "after":
                original(*arguments)
            raise StorageError(f"cannot {name}: No space left on device")

        return step


def steps_of_a_publish(index: Path) -> list[tuple[str, Path]]:
    watch = Failing(None)
    with steps_replaced(watch):
        publish_version(index, 2)
    return watch.done


def test_every_file_is_synced_before_the_directory_is_renamed(tmp_path):
    index = tmp_path / "index"
    publish_version(index, 1)
    done = steps_of_a_publish(index)
    kinds = [name for name, _ in done]
    renamed, pointed = kinds.index("rename_new"), kinds.index("replace")
    temporary = index / "snapshots" / ".tmp-000002"
    written = [path for name, path in done[:renamed] if name == "write_new"]
    assert {path.relative_to(temporary).as_posix() for path in written} == FILES | {MANIFEST}
    assert written[-1].name == MANIFEST
    synced = [path for name, path in done[:renamed] if name == "sync_directory"]
    assert set(synced) == {path.parent for path in written}
    assert synced[-1] == temporary
    assert done[renamed + 1] == ("sync_directory", index / "snapshots")
    assert renamed < pointed
    assert done[-1] == ("sync_directory", index)


@pytest.mark.parametrize("when", ["before", "after"])
def test_wherever_a_publish_fails_the_old_snapshot_stays_current(tmp_path, when):
    clean = tmp_path / "clean"
    publish_version(clean, 1)
    steps = steps_of_a_publish(clean)
    pointed = [name for name, _ in steps].index("replace")
    assert len(steps) > len(FILES) + 10
    for fatal in range(len(steps)):
        store = Store(tmp_path / f"{fatal}")
        publish_version(store.index_dir, 1)
        with steps_replaced(Failing(fatal, when)), pytest.raises(StorageError):
            publish_version(store.index_dir, 2)
        # Once the pointer has been replaced, what is pointed to has been written and verified.
        replaced = fatal > pointed or (fatal == pointed and when == "after")
        assert version_of(store) == (2 if replaced else 1), steps[fatal]
        publish_version(store.index_dir, 3)
        assert version_of(store) == 3, steps[fatal]
        assert leftovers(store.index_dir) == [], steps[fatal]


def test_a_first_publish_that_fails_leaves_no_snapshot_current(tmp_path):
    steps = steps_of_a_publish(tmp_path / "clean")
    pointed = [name for name, _ in steps].index("replace")
    for fatal in (1, pointed // 2, pointed - 1, pointed):
        store = Store(tmp_path / f"{fatal}")
        with steps_replaced(Failing(fatal)), pytest.raises(StorageError):
            publish_version(store.index_dir, 1)
        assert store.current_name() is None
        publish_version(store.index_dir, 2)
        assert version_of(store) == 2


def test_a_failure_that_never_comes_harms_nothing(tmp_path):
    """The control: the same machinery, with a step beyond the last."""
    index = tmp_path / "index"
    publish_version(index, 1)
    beyond = len(steps_of_a_publish(tmp_path / "clean")) + 5
    with steps_replaced(Failing(beyond)):
        publish_version(index, 2)
    assert version_of(Store(index)) == 2


@pytest.mark.parametrize("when", ["before", "after"])
def test_wherever_a_prune_fails_the_current_snapshot_stays(tmp_path, five, when):
    def copied(index: Path) -> Store:
        return Store(Path(shutil.copytree(five, index)))

    watch = Failing(None)
    store = copied(tmp_path / "clean")
    with steps_replaced(watch):
        assert len(store.prune(4)) == 1
    assert [name for name, _ in watch.done] == [
        "make_directories",
        "rename_new",
        "sync_directory",
        "remove_tree",
    ]
    for fatal in range(len(watch.done)):
        store = copied(tmp_path / f"{fatal}")
        with steps_replaced(Failing(fatal, when)), pytest.raises(StorageError):
            store.prune(4)
        assert version_of(store) == 5
        assert all(store.open(name).name == name for name in store.names())
        publish_version(store.index_dir, 6)
        assert leftovers(store.index_dir) == []


def test_a_rollback_that_fails_leaves_the_old_snapshot_current(store, published):
    watch = Failing(None)
    with steps_replaced(watch):
        store.rollback(published[4])
    pointed = [name for name, _ in watch.done].index("replace")
    for fatal in range(pointed + 1):
        with steps_replaced(Failing(fatal)), pytest.raises(StorageError):
            store.rollback(published[0])
        assert version_of(store) == 5
    assert store.rollback(published[0]).name == published[0]


def test_a_refused_one_that_is_published_is_in_the_history_before_it_is_current(tmp_path):
    """Wherever it fails: what is current against the gate is always written down, and a second try goes."""

    def refused_beside_good(index: Path) -> tuple[Store, str]:
        publish_version(index, 1)
        store = Store(index)
        contents = contents_of(articles(2))
        said = {"outcome": "refused", "checks": [{"passed": False, "said": "articles: too few"}]}
        with store.lock():
            kept = store.keep(
                contents, lambda written: replace(manifest_of(contents, written, sequence=2), gate=said)
            )
        assert store.refused(kept.name) == ("articles: too few",)
        assert version_of(store) == 1
        return store, kept.name

    watch = Failing(None)
    store, name = refused_beside_good(tmp_path / "clean")
    with steps_replaced(watch):
        store.publish_kept(name, by="ana", when=NOW)
    assert version_of(store) == 2
    assert len(watch.done) > 6
    for when in ("before", "after"):
        for fatal in range(len(watch.done)):
            store, name = refused_beside_good(tmp_path / f"{fatal}-{when}")
            with steps_replaced(Failing(fatal, when)), pytest.raises(StorageError):
                store.publish_kept(name, by="ana", when=NOW)
            assert store.current_name() != name or name in overridden(store.index_dir)
            store.publish_kept(name, by="ana", when=NOW)
            assert version_of(store) == 2
            assert store.refused(name) == ()


def test_one_whose_manifest_cannot_be_read_is_not_a_refused_one(store, published):
    """That it is corrupt is for `open` to say."""
    (store.path(published[3]) / MANIFEST).write_bytes(b"{}")
    assert store.refused(published[3]) == ()
    assert store.newest_refused() is None
