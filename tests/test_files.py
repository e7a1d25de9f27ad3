"""The steps on disk: what each does, refuses and says, and that a file is never half replaced."""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from recommender import files
from recommender.errors import RebuildRunning, StorageError

ROOT = Path(__file__).parents[1]


def run_python(program, *arguments):
    """A program in a process of its own; its standard output."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program), *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def names(directory):
    return sorted(path.name for path in directory.iterdir())


def test_a_new_file_holds_the_chunks_in_order(tmp_path):
    files.write_new(tmp_path / "a", [b"one ", memoryview(b"two "), b"", b"three"])
    assert (tmp_path / "a").read_bytes() == b"one two three"
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) & ~0o644 == 0


def test_a_new_file_is_synced_after_its_last_byte(tmp_path, monkeypatch):
    synced = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append(os.fstat(descriptor).st_size))
    files.write_new(tmp_path / "a", [b"x" * 100_000, b"y"])
    assert synced == [100_001]


def test_a_new_file_takes_nobody_elses_place(tmp_path):
    (tmp_path / "a").write_bytes(b"old")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    for name in ("a", "dangling"):
        with pytest.raises(StorageError, match="File exists"):
            files.write_new(tmp_path / name, [b"new"])
    assert (tmp_path / "a").read_bytes() == b"old"
    assert not (tmp_path / "nowhere").exists()


def test_what_a_chunk_raises_is_not_blamed_on_the_disk(tmp_path):
    def chunks():
        yield b"a"
        raise KeyError("not the disk")

    with pytest.raises(KeyError):
        files.write_new(tmp_path / "a", chunks())


def test_directories_are_made_with_parents_or_anew(tmp_path):
    files.make_directories(tmp_path / "a" / "b")
    files.make_directories(tmp_path / "a" / "b")
    files.make_new_directory(tmp_path / "a" / "b" / "c")
    assert (tmp_path / "a" / "b" / "c").is_dir()
    with pytest.raises(StorageError, match="File exists"):
        files.make_new_directory(tmp_path / "a" / "b" / "c")


def test_a_directory_is_renamed_only_to_a_free_name(tmp_path):
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "file").touch()
    (tmp_path / "taken").mkdir()  # empty: rename(2) alone would take its place
    (tmp_path / "file").touch()
    for name in ("taken", "file"):
        with pytest.raises(StorageError, match=f"cannot rename to .*{name}: File exists"):
            files.rename_new(tmp_path / "old", tmp_path / name)
    files.rename_new(tmp_path / "old", tmp_path / "new")
    assert names(tmp_path) == ["file", "new", "taken"]
    assert (tmp_path / "new" / "file").exists()


def test_removing_what_has_gone_is_fine_for_a_file_alone(tmp_path):
    files.remove_file(tmp_path / "gone")
    with pytest.raises(StorageError, match="No such file or directory"):
        files.remove_tree(tmp_path / "gone")


def test_a_tree_is_removed_without_what_its_links_point_to(tmp_path):
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "file").write_bytes(b"kept")
    tree = tmp_path / "tree"
    (tree / "below").mkdir(parents=True)
    (tree / "below" / "directory").symlink_to(kept)
    (tree / "file").symlink_to(kept / "file")
    (tmp_path / "link").symlink_to(kept)
    files.remove_tree(tree)
    with pytest.raises(StorageError, match="symbolic link"):
        files.remove_tree(tmp_path / "link")
    assert not tree.exists()
    assert (kept / "file").read_bytes() == b"kept"


@pytest.mark.parametrize(
    ("step", "call"),
    [
        ("create directory", lambda path: files.make_directories(path)),
        ("create directory", lambda path: files.make_new_directory(path)),
        ("write", lambda path: files.write_new(path, [b""])),
        ("sync directory", lambda path: files.sync_directory(path)),
        ("rename to", lambda path: files.rename_new(path.parents[1], path)),
        ("replace", lambda path: files.replace(path.parents[1], path)),
        ("remove", lambda path: files.remove_file(path)),
        ("remove", lambda path: files.remove_tree(path)),
        ("open lock", lambda path: files.exclusive_lock(path).__enter__()),
    ],
)
def test_a_failure_names_the_step_the_path_and_the_reason(tmp_path, step, call):
    (tmp_path / "file").touch()
    path = tmp_path / "file" / "below"  # below a file nothing can be
    with pytest.raises(StorageError) as caught:
        call(path)
    assert str(caught.value) == f"cannot {step} {path}: {os.strerror(errno.ENOTDIR)}"
    assert isinstance(caught.value.__cause__, OSError)


def test_a_replaced_file_has_the_new_content_and_leaves_nothing_beside_it(tmp_path):
    path = tmp_path / "CURRENT"
    for content in (b"one", b"two, longer", b""):
        files.replace_file(path, content)
        assert path.read_bytes() == content
    assert names(tmp_path) == ["CURRENT"]


def test_replacing_syncs_the_file_then_renames_then_syncs_the_directory(tmp_path, monkeypatch):
    steps = []
    fsync, replace = os.fsync, os.replace

    def record_fsync(descriptor):
        is_directory = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        steps.append("sync directory" if is_directory else "sync file")
        fsync(descriptor)

    def record_replace(old, new):
        steps.append("rename")
        replace(old, new)

    monkeypatch.setattr(os, "fsync", record_fsync)
    monkeypatch.setattr(os, "replace", record_replace)
    files.replace_file(tmp_path / "CURRENT", b"new")
    assert steps == ["sync file", "rename", "sync directory"]


@pytest.mark.parametrize("step", ["remove_file", "write_new", "replace", "sync_directory"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_step_that_fails_leaves_the_old_content_or_the_new_and_can_be_repeated(
    tmp_path, monkeypatch, step, when
):
    path = tmp_path / "CURRENT"
    files.replace_file(path, b"old")
    real = getattr(files, step)

    def fail(*arguments):
        if when == "after":
            real(*arguments)
        raise StorageError("the disk refused")

    with monkeypatch.context() as patched:
        patched.setattr(files, step, fail)
        with pytest.raises(StorageError, match="the disk refused"):
            files.replace_file(path, b"new")
    renamed = step == "sync_directory" or (step, when) == ("replace", "after")
    assert path.read_bytes() == (b"new" if renamed else b"old")
    files.replace_file(path, b"newer")
    assert path.read_bytes() == b"newer"
    assert names(tmp_path) == ["CURRENT"]


@pytest.mark.parametrize("call", ["open", "fsync", "replace"])
def test_a_system_call_that_fails_leaves_the_old_content(tmp_path, monkeypatch, call):
    path = tmp_path / "CURRENT"
    files.replace_file(path, b"old")

    def fail(*arguments):
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patched:
        patched.setattr(os, call, fail)
        with pytest.raises(StorageError, match="Input/output error"):
            files.replace_file(path, b"new")
    assert path.read_bytes() == b"old"


def test_a_disk_that_is_full_leaves_the_old_content(tmp_path):
    # A file may grow to 4,096 bytes only: the write of the 10,000 stops half-way, as on a full disk.
    said = run_python(
        """
        import resource, sys
        from pathlib import Path
        from recommender import files
        from recommender.errors import StorageError

        path = Path(sys.argv[1])
        files.replace_file(path, b"old")
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
        try:
            files.replace_file(path, b"x" * 10_000)
        except StorageError as error:
            print(error)
        print(path.read_bytes(), path.with_name(".CURRENT.tmp").stat().st_size)
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        files.replace_file(path, b"new")
        print(path.read_bytes())
        """,
        tmp_path / "CURRENT",
    )
    assert said.splitlines() == [
        f"cannot write {tmp_path / '.CURRENT.tmp'}: File too large",
        "b'old' 4096",
        "b'new'",
    ]


HOLD = """
import sys, time
from pathlib import Path
from recommender import files
with files.exclusive_lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that holds the lock until its standard input ends."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / "lock")],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_lock_held_by_another_process_is_refused_until_it_ends(tmp_path, holder):
    path = tmp_path / "lock"
    for _ in range(2):
        with pytest.raises(RebuildRunning, match=f"another rebuild holds {path}"), files.exclusive_lock(path):
            pass
    holder.communicate(timeout=30)
    assert holder.returncode == 0
    with files.exclusive_lock(path):
        assert path.exists()


def test_a_killed_process_holds_no_lock(tmp_path, holder):
    holder.send_signal(signal.SIGKILL)
    assert holder.wait(timeout=30) == -signal.SIGKILL
    with files.exclusive_lock(tmp_path / "lock"):
        assert (tmp_path / "lock").exists()


def test_a_lock_is_exclusive_within_a_process_too(tmp_path):
    path = tmp_path / "lock"
    with files.exclusive_lock(path), pytest.raises(RebuildRunning), files.exclusive_lock(path):
        pass


def test_an_error_inside_the_lock_passes_as_it_is_and_frees_it(tmp_path):
    path = tmp_path / "lock"
    with pytest.raises(FileNotFoundError, match="not the lock"), files.exclusive_lock(path):
        raise FileNotFoundError("not the lock")
    with files.exclusive_lock(path):
        assert path.exists()


def test_a_child_process_that_has_the_descriptor_does_not_keep_the_lock(tmp_path, monkeypatch):
    path = tmp_path / "lock"
    locked = []
    flock = fcntl.flock
    monkeypatch.setattr(fcntl, "flock", lambda *arguments: (locked.append(arguments[0]), flock(*arguments)))
    with files.exclusive_lock(path):
        child = subprocess.Popen(
            [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, pass_fds=locked, text=True
        )
    with child:
        with files.exclusive_lock(path):
            assert child.poll() is None
        child.communicate("\n", timeout=30)


def test_a_lock_file_that_holds_something_keeps_it(tmp_path):
    (tmp_path / "lock").write_bytes(b"kept")
    with files.exclusive_lock(tmp_path / "lock"):
        assert (tmp_path / "lock").read_bytes() == b"kept"


def test_a_file_system_without_locks_is_a_storage_error(tmp_path, monkeypatch):
    opened = []

    def fail(descriptor, operation):
        opened.append(descriptor)
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", fail)
    with pytest.raises(StorageError, match=f"cannot lock {tmp_path / 'lock'}: No locks available"):
        files.exclusive_lock(tmp_path / "lock").__enter__()
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(opened[0])
