"""The floors of the house, read from the source: who may import whom, and what no file may do.

Floors are listed from the ground up, and the rooms of a floor from left to right. A file imports from
lower floors and, on its own floor, from rooms to its left. Inside a package room the files may import
each other, without going round in a circle. What the table does not name fails.

Outside the table stand `recommender/__init__.py`, the front door, which may import from every floor below
the outermost two and which no room imports; `recommender/__main__.py`, which imports `cli` alone; rooms
of data, which any room may read and which hold no code; and `scripts/`.

Each rule is a function of a path and its source that yields what it finds, as `path:line: what`; the tests
at the end feed each one a file that breaks it and its nearest lawful neighbour.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "recommender"
FLOORS = (
    ("errors", "article", "settings", "files", "phrases"),
    ("corpus", "ingest"),
    ("encoder", "lexical", "dense"),
    ("embedding", "copies", "statistics", "space", "nearest", "candidates", "neighbourhood", "evidence"),
    ("scoring", "rules", "policy"),
    (
        "measures",
        "overlay",
        "snapshot",
        "history",
        "store",
    ),  # a snapshot carries the overlay it was built under
    ("recommend", "audit", "gate", "rebuild", "cluster"),
    ("evaluation", "fitting", "service", "benchmark"),
    ("cli",),
)
DATA_ROOMS = {"sample", "background"}
PLACES = {room: (floor, place) for floor, rooms in enumerate(FLOORS) for place, room in enumerate(rooms)}
FRONT_DOOR_SEES = {room for rooms in FLOORS[:7] for room in rooms}
OUTER_ROOMS = {room for rooms in FLOORS[6:] for room in rooms}
SCRIPTS_SEE = {"", "errors", "article", "settings"} | DATA_ROOMS | OUTER_ROOMS
# What these fit becomes part of the package, so they use its very rooms.
FITTING_SCRIPTS = {"scripts/fit_background.py", "scripts/fit_scoring.py"}

HEAVY = {
    *("bm25s", "faiss", "feedparser", "gensim", "ir_measures", "matplotlib", "openvino", "pyarrow", "ray"),
    *("scipy", "sentence_transformers", "sklearn", "sparse_dot_topn", "torch", "trafilatura", "transformers"),
    "txtai",
}
THE_WRITER = "recommender/files.py"
WRITING_METHODS = {
    *("chmod", "extractall", "hardlink_to", "lchmod", "mkdir", "rename", "rmdir", "save_pretrained"),
    *("symlink_to", "tofile", "touch", "truncate", "unlink", "write_bytes", "write_text"),
}
WRITING_OS = {
    *("chmod", "chown", "ftruncate", "link", "makedirs", "mkdir", "mkfifo", "mknod", "remove"),
    *("removedirs", "rename", "renames", "replace", "rmdir", "symlink", "truncate", "unlink", "utime"),
}
READING_FLAGS = {"O_CLOEXEC", "O_DIRECTORY", "O_NOFOLLOW", "O_NONBLOCK", "O_RDONLY"}
READING_SHUTIL = {"disk_usage", "get_terminal_size", "which"}
WRITING_CALLS = {
    *("logging.FileHandler", "numpy.memmap", "numpy.lib.format.open_memmap"),
    *("pyarrow.OSFile", "pyarrow.csv.write_csv", "pyarrow.feather.write_feather", "sqlite3.connect"),
}
# These also take a buffer in memory, and then write nothing: the name of one is let through.
WRITING_TO_A_TARGET = {
    *("numpy.save", "numpy.savetxt", "numpy.savez", "numpy.savez_compressed", "pyarrow.ipc.new_file"),
    *("pyarrow.parquet.ParquetWriter", "pyarrow.parquet.write_table"),
}
OPENERS = {"bz2", "codecs", "gzip", "io", "lzma", "tarfile"}
BUFFERS = {"BufferOutputStream", "BytesIO", "StringIO"}
UNSAFE_MODULES = {"cPickle", "cloudpickle", "dill", "joblib", "marshal", "pickle", "shelve"}
UNSAFE_CALLS = {"eval", "exec", "compile", "__import__", "torch.load", "yaml.load"}
UNSAFE_OPTIONS = {"allow_pickle", "trust_remote_code"}

Modules = Mapping[str, str]


# Reading a file


def module_of(path: str) -> str:
    """Return the dotted name of a file: `recommender/ingest/__init__.py` is `recommender.ingest`."""
    return ".".join(PurePosixPath(path).with_suffix("").parts).removesuffix(".__init__")


def package_of(path: str) -> str:
    """Return the package that a file's relative imports start from."""
    return ".".join(PurePosixPath(path).parent.parts)


def room_of(module: str) -> str:
    """Return the room of a dotted name of the package; the front door is the empty room."""
    return module.split(".")[1] if "." in module else ""


def origin(node: ast.ImportFrom, path: str) -> str:
    """Return the absolute name of the module behind `from`."""
    if not node.level:
        return node.module or ""
    above = package_of(path).split(".")
    return ".".join([*above[: len(above) - node.level + 1], *([node.module] if node.module else [])])


def imports(path: str, source: str) -> Iterator[tuple[int, str, str]]:
    """Yield line, module and name (empty for a plain import) of every import, wherever it stands.

    `import_module("...")` with the name in quotes counts; so does what stands under TYPE_CHECKING.
    """
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, origin(node, path), alias.name) for alias in node.names)
        elif isinstance(node, ast.Call) and dotted(node.func).endswith("import_module"):
            named = [one.value for one in node.args[:1] if isinstance(one, ast.Constant)]
            yield from ((node.lineno, str(value), "") for value in named)


def house_imports(path: str, source: str) -> Iterator[tuple[int, str]]:
    """Yield line and dotted name of what a file imports from the package; `from recommender import x` is
    `recommender.x` where x is a room, and the front door itself where it is not.
    """
    for line, module, name in imports(path, source):
        if module == PACKAGE and name in PLACES.keys() | DATA_ROOMS:
            yield line, f"{PACKAGE}.{name}"
        elif module == PACKAGE or module.startswith(f"{PACKAGE}."):
            yield line, module


def dotted(node: ast.expr) -> str:
    """Return `a.b.c` for such an expression; what is not a name is left out in front."""
    if isinstance(node, ast.Name):
        return node.id
    return f"{dotted(node.value)}.{node.attr}" if isinstance(node, ast.Attribute) else ""


def calls(path: str, source: str) -> Iterator[tuple[ast.Call, str]]:
    """Yield every call with its full name: after `import numpy as np`, `np.save` is `numpy.save`."""
    tree, known = ast.parse(source), {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            known.update({alias.asname: alias.name for alias in node.names if alias.asname})
        elif isinstance(node, ast.ImportFrom):
            found = origin(node, path)
            known.update({alias.asname or alias.name: f"{found}.{alias.name}" for alias in node.names})
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            first, dot, rest = dotted(node.func).partition(".")
            yield node, known.get(first, first) + dot + rest


def at_import(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements that run when a file is imported: not in functions, not under TYPE_CHECKING."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(node, ast.If) and dotted(node.test).endswith("TYPE_CHECKING"):
            yield from at_import(node.orelse)
            continue
        yield node
        for part in ("body", "orelse", "finalbody"):
            yield from at_import(getattr(node, part, []))
        for handler in [*getattr(node, "handlers", []), *getattr(node, "cases", [])]:
            yield from at_import(handler.body)


# The rules


def forbidden_arrows(path: str, source: str) -> Iterator[str]:
    """Find imports that the floors forbid, and rooms that the table does not name."""
    here = room_of(module_of(path))
    if path in FITTING_SCRIPTS:
        return
    if path.startswith("scripts/"):
        for line, target in house_imports(path, source):
            if room_of(target) not in SCRIPTS_SEE:
                yield f"{path}:{line}: a script imports {target}, which is not for callers"
        return
    if here not in {"", "__main__"} | PLACES.keys() | DATA_ROOMS:
        yield f"{path}:1: the room {here!r} is on no floor"
        return
    for line, target in house_imports(path, source):
        there = room_of(target)
        if there in DATA_ROOMS or (there == here and here in PLACES):
            allowed = True
        elif there not in PLACES:
            allowed = False
        elif here == "":
            allowed = there in FRONT_DOOR_SEES
        elif here == "__main__":
            allowed = there == "cli"
        else:
            (floor, place), (lower, left) = PLACES.get(here, (0, 0)), PLACES[there]
            allowed = lower < floor or (lower == floor and left < place)
        if not allowed:
            yield f"{path}:{line}: {here or PACKAGE} imports {target}"


def code_in_data_rooms(path: str, source: str) -> Iterator[str]:
    """Find anything but a docstring in a room that holds data."""
    if path.startswith(f"{PACKAGE}/") and room_of(module_of(path)) in DATA_ROOMS:
        for node in ast.parse(source).body:
            if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
                yield f"{path}:{node.lineno}: code in a room of data"


def heavy_imports(path: str, source: str) -> Iterator[str]:
    """Find heavy libraries that are loaded when a file of the package is imported."""
    for node in at_import(ast.parse(source).body):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module or ""]
        for name in names:
            if path.startswith(f"{PACKAGE}/") and name.split(".")[0] in HEAVY:
                yield f"{path}:{node.lineno}: {name} is imported with the file"


def disk_writes(path: str, source: str) -> Iterator[str]:
    """Find calls that write to disk, or may, anywhere but in the one module for it."""
    if path == THE_WRITER:
        return
    in_memory = buffers(source)
    for node, name in calls(path, source):
        if writes(node, name, in_memory):
            yield f"{path}:{node.lineno}: {name or ast.unparse(node.func)}() writes to disk"


def buffers(source: str) -> set[str]:
    """Return the names that a file gives to buffers in memory."""
    named: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target, value = node.targets[0], node.value
        elif isinstance(node, ast.withitem) and node.optional_vars:
            target, value = node.optional_vars, node.context_expr
        else:
            continue
        made_by = dotted(value.func) if isinstance(value, ast.Call) else ""
        if isinstance(target, ast.Name) and made_by.rpartition(".")[2] in BUFFERS:
            named.add(target.id)
    return named


def writes(node: ast.Call, name: str, in_memory: set[str]) -> bool:
    """Tell whether a call writes to disk, as far as its name and arguments say."""
    module, _, last = name.rpartition(".")
    method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    if name == "os.open":
        parts = [part for arg in node.args[1:2] for part in ast.walk(arg)]
        flags = {part.attr for part in parts if isinstance(part, ast.Attribute)}
        return not flags or not flags <= READING_FLAGS
    if module == "os":
        return last in WRITING_OS
    if module == "shutil":
        return last not in READING_SHUTIL
    if module == "tempfile":
        return last != "gettempdir"
    if name in WRITING_TO_A_TARGET:
        return not (node.args and isinstance(node.args[0], ast.Name) and node.args[0].id in in_memory)
    if name in WRITING_CALLS:
        modes = [one.value for one in node.keywords if one.arg == "mode"]
        return not any(isinstance(mode, ast.Constant) and mode.value in {"r", "c"} for mode in modes)
    if method == "replace" and len(node.args) == 1 and not node.keywords:
        return module != "dataclasses"
    if last in {"open", "fdopen", "ZipFile", "TarFile", "GzipFile"} or method == "open":
        return opens_for_writing(node, is_method=method == "open" and module not in OPENERS)
    return method in WRITING_METHODS or last in {"save_file", "write_index"}


def opens_for_writing(node: ast.Call, *, is_method: bool) -> bool:
    """Tell whether `open` has a mode that writes, or one that is not written out."""
    modes = [one.value for one in node.keywords if one.arg == "mode"]
    modes += node.args[:1] if is_method else node.args[1:2]
    for mode in modes:
        if not isinstance(mode, ast.Constant):
            return not is_method
        if (
            isinstance(mode.value, str)
            and set(mode.value) & set("wax+")
            and set(mode.value) <= set("rwaxbt+:gz2")
        ):
            return True
    return False


def unsafe_loading(path: str, source: str) -> Iterator[str]:
    """Find what runs code that comes with data: pickles, remote code, eval and exec."""
    for line, module, _ in imports(path, source):
        if module.split(".")[0] in UNSAFE_MODULES:
            yield f"{path}:{line}: {module} is imported"
    for node, name in calls(path, source):
        if name in UNSAFE_CALLS:
            yield f"{path}:{node.lineno}: {name}() is called"
    for node in ast.walk(ast.parse(source)):
        pairs: list[tuple[object, ast.expr]] = []
        if isinstance(node, ast.Call):
            pairs = [(one.arg, one.value) for one in node.keywords]
        elif isinstance(node, ast.Dict):
            pairs = [
                (getattr(key, "value", None), value)
                for key, value in zip(node.keys, node.values, strict=True)
            ]
        for option, value in pairs:
            if option in UNSAFE_OPTIONS and not (isinstance(value, ast.Constant) and value.value is False):
                yield f"{path}:{value.lineno}: {option} is not False"


def wrong_public_names(path: str, source: str) -> Iterator[str]:
    """Find packages whose `__all__` is not the sorted list of what `__init__` defines or takes from a room.

    Sorted as ruff's RUF022 has it: CONSTANTS, then Classes, then functions. With a module `__getattr__`, what
    stands under TYPE_CHECKING is public too: that is how names are loaded on first use.
    """
    if not (path.startswith(f"{PACKAGE}/") and path.endswith("/__init__.py")):
        return
    body, public, declared = ast.parse(source).body, set[str](), None
    lazy = any(isinstance(node, ast.FunctionDef) and node.name == "__getattr__" for node in body)
    late = [below for node in body if lazy and isinstance(node, ast.If) for below in node.body]
    for node in [*body, *late]:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            public.add(node.name)
        elif isinstance(node, ast.ImportFrom):
            if origin(node, path).startswith(f"{PACKAGE}.") and origin(node, path) != module_of(path):
                public.update(alias.asname or alias.name for alias in node.names)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = {target.id for target in targets if isinstance(target, ast.Name)}
            if "__all__" in names and node.value is not None:
                declared = ast.literal_eval(node.value)
            public |= names
    expected = sorted((name for name in public if not name.startswith("_")), key=public_order)
    if list(declared or []) != expected:
        yield f"{path}:1: __all__ is {declared}, the public names are {expected}"


def public_order(name: str) -> tuple[int, list[tuple[int, str]]]:
    """Return the key that sorts names as RUF022 does, numbers by their value."""
    kind = 0 if name.isupper() and len(name) > 1 else 1 if name[0].isupper() else 2
    parts = re.findall(r"\d+|\D+", name)
    return kind, [(int(part), "") if part.isdigit() else (-1, part) for part in parts]


def import_circles(sources: Modules) -> Iterator[str]:
    """Find circles among the files of the package, by what each imports in so many words."""
    modules = {module_of(path): path for path in sources}
    arrows: dict[str, set[str]] = {}
    for path, source in sources.items():
        targets = set()
        for _, module, name in imports(path, source):
            target = f"{module}.{name}" if f"{module}.{name}" in modules else module
            if target in modules and target != module_of(path):
                targets.add(target)
        arrows[module_of(path)] = targets
    done: set[str] = set()

    def walk(module: str, trail: list[str]) -> Iterator[str]:
        if module in trail:
            yield f"{modules[module]}:1: a circle: {' -> '.join([*trail[trail.index(module) :], module])}"
        elif module not in done:
            for target in sorted(arrows[module]):
                yield from walk(target, [*trail, module])
            done.add(module)

    for module in sorted(arrows):
        yield from walk(module, [])


RULES: tuple[Callable[[str, str], Iterator[str]], ...] = (
    forbidden_arrows,
    code_in_data_rooms,
    heavy_imports,
    disk_writes,
    unsafe_loading,
    wrong_public_names,
)


# The house as it stands


def house() -> dict[str, str]:
    files = [*ROOT.glob(f"{PACKAGE}/**/*.py"), *ROOT.glob("scripts/**/*.py")]
    return {file.relative_to(ROOT).as_posix(): file.read_text(encoding="utf-8") for file in sorted(files)}


def test_the_house_is_found():
    assert f"{PACKAGE}/errors.py" in house()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps(rule):
    assert [found for path, source in house().items() for found in rule(path, source)] == []


def test_no_import_goes_round_in_a_circle():
    assert list(import_circles(house())) == []


def test_every_room_has_one_place():
    rooms = [room for rooms in FLOORS for room in rooms]
    assert len(rooms) == len(set(rooms))
    assert not DATA_ROOMS & set(rooms)


# Each rule finds what it is there to find, and lets the nearest lawful line pass

BROKEN = [
    (forbidden_arrows, "recommender/corpus.py", "from recommender.encoder import Encoder"),
    (forbidden_arrows, "recommender/corpus.py", "import recommender.encoder as later"),
    (forbidden_arrows, "recommender/corpus.py", "from recommender import encoder"),
    (forbidden_arrows, "recommender/corpus.py", "from . import encoder"),
    (forbidden_arrows, "recommender/corpus.py", "from .encoder import Encoder"),
    (forbidden_arrows, "recommender/ingest/html.py", "from ..encoder import Encoder"),
    (forbidden_arrows, "recommender/corpus.py", "def later():\n    from recommender.cli import main"),
    (forbidden_arrows, "recommender/corpus.py", "if TYPE_CHECKING:\n    from recommender.cli import main"),
    (forbidden_arrows, "recommender/corpus.py", "importlib.import_module('recommender.cli')"),
    (forbidden_arrows, "recommender/corpus.py", "from recommender.ingest import read"),
    (forbidden_arrows, "recommender/article.py", "from recommender.settings import Settings"),
    (forbidden_arrows, "recommender/corpus.py", "from recommender import open"),
    (forbidden_arrows, "recommender/corpus.py", "import recommender"),
    (forbidden_arrows, "recommender/corpus.py", "from recommender.cellar import wine"),
    (forbidden_arrows, "recommender/cellar.py", "x = 1"),
    (forbidden_arrows, "recommender/__init__.py", "from recommender.service import app"),
    (forbidden_arrows, "recommender/__main__.py", "from recommender.rebuild import rebuild"),
    (forbidden_arrows, "scripts/nightly.py", "from recommender.dense import Vectors"),
    (code_in_data_rooms, "recommender/sample/__init__.py", '"""Pages."""\nx = 1'),
    (code_in_data_rooms, "recommender/background/fit.py", "def fit(): ..."),
    (heavy_imports, "recommender/dense.py", "import faiss"),
    (heavy_imports, "recommender/dense.py", "import sklearn.feature_extraction.text as text"),
    (heavy_imports, "recommender/dense.py", "from torch.nn import Module"),
    (heavy_imports, "recommender/dense.py", "try:\n    import ray\nexcept ImportError:\n    ray = None"),
    (heavy_imports, "recommender/dense.py", "try:\n    x = 1\nexcept ImportError:\n    import ray"),
    (heavy_imports, "recommender/dense.py", "class Index:\n    import faiss"),
    (disk_writes, "recommender/store.py", "open(p, 'w')"),
    (disk_writes, "recommender/store.py", "open(p, mode='ab')"),
    (disk_writes, "recommender/store.py", "open(p, mode)"),
    (disk_writes, "recommender/store.py", "p.open('x')"),
    (disk_writes, "recommender/store.py", "import gzip\ngzip.open(p, 'wt')"),
    (disk_writes, "recommender/store.py", "import tarfile\ntarfile.open(p, 'w:gz')"),
    (disk_writes, "recommender/store.py", "from zipfile import ZipFile\nZipFile(p, 'w')"),
    (disk_writes, "recommender/store.py", "p.parent.joinpath('x').write_text('')"),
    (disk_writes, "recommender/store.py", "Path('x').mkdir(parents=True)"),
    (disk_writes, "recommender/store.py", "p.unlink()"),
    (disk_writes, "recommender/store.py", "p.replace(q)"),
    (disk_writes, "recommender/store.py", "import os\nos.replace(p, q)"),
    (disk_writes, "recommender/store.py", "import os\nos.open(p, os.O_RDONLY | os.O_CREAT)"),
    (disk_writes, "recommender/store.py", "import os\nos.open(p, flags)"),
    (disk_writes, "recommender/store.py", "import os as system\nsystem.remove(p)"),
    (disk_writes, "recommender/store.py", "from os import rename as move\nmove(p, q)"),
    (disk_writes, "recommender/store.py", "from shutil import rmtree\nrmtree(p)"),
    (disk_writes, "recommender/store.py", "import tempfile\ntempfile.mkdtemp()"),
    (disk_writes, "recommender/store.py", "import numpy as np\nnp.save(p, a)"),
    (disk_writes, "recommender/store.py", "a.tofile(p)"),
    (disk_writes, "recommender/store.py", "from faiss import write_index\nwrite_index(i, p)"),
    (disk_writes, "recommender/store.py", "import numpy as np\nnp.memmap(p, mode='w+')"),
    (disk_writes, "recommender/store.py", "import pyarrow.parquet as pq\npq.write_table(t, p)"),
    (disk_writes, "scripts/nightly.py", "Path('x').write_bytes(b'')"),
    (unsafe_loading, "recommender/store.py", "import pickle"),
    (unsafe_loading, "recommender/store.py", "def f():\n    from joblib import load"),
    (unsafe_loading, "recommender/store.py", "np.load(p, allow_pickle=True)"),
    (unsafe_loading, "recommender/store.py", "np.load(p, allow_pickle=flag)"),
    (unsafe_loading, "recommender/store.py", "Model(p, trust_remote_code=True)"),
    (unsafe_loading, "recommender/store.py", "options = {'trust_remote_code': True}"),
    (unsafe_loading, "recommender/store.py", "eval('1')"),
    (unsafe_loading, "scripts/nightly.py", "exec('1')"),
    (unsafe_loading, "recommender/store.py", "from torch import load\nload(p)"),
    (wrong_public_names, "recommender/ingest/__init__.py", "def read(): ..."),
    (wrong_public_names, "recommender/ingest/__init__.py", "__all__ = ['gone']"),
    (wrong_public_names, "recommender/ingest/__init__.py", "from .html import Page\n__all__ = []"),
    (wrong_public_names, "recommender/ingest/__init__.py", "b = a = 1\n__all__ = ['b', 'a']"),
]

LAWFUL = [
    (forbidden_arrows, "recommender/ingest/html.py", "from recommender.corpus import Corpus"),
    (forbidden_arrows, "recommender/ingest/html.py", "from recommender.ingest.text import clean"),
    (forbidden_arrows, "recommender/ingest/html.py", "from ..article import Article"),
    (forbidden_arrows, "recommender/statistics.py", "resources.files('recommender.background')"),
    (forbidden_arrows, "recommender/statistics.py", "from recommender import background"),
    (forbidden_arrows, "recommender/__init__.py", "from recommender.recommend import Recommender"),
    (forbidden_arrows, "recommender/__main__.py", "from recommender.cli import main"),
    (forbidden_arrows, "recommender/cli/serve.py", "from recommender.service import create_app"),
    (forbidden_arrows, "recommender/corpus.py", "import recommenders"),
    (forbidden_arrows, "scripts/nightly.py", "import recommender\nfrom recommender.rebuild import rebuild"),
    (code_in_data_rooms, "recommender/sample/__init__.py", '"""Saved pages."""'),
    (heavy_imports, "recommender/dense.py", "def search():\n    import faiss"),
    (heavy_imports, "recommender/dense.py", "if TYPE_CHECKING:\n    import faiss"),
    (heavy_imports, "recommender/ingest/html.py", "from .trafilatura import x"),
    (disk_writes, "recommender/files.py", "open(p, 'w')"),
    (disk_writes, "recommender/store.py", "open(p)\nopen(p, 'rb')\np.open()\np.open('rb', encoding=e)"),
    (disk_writes, "recommender/store.py", "recommender.open(index)\nImage.open(p)"),
    (disk_writes, "recommender/store.py", "text.replace('a', 'b')\nwhen.replace(tzinfo=utc)"),
    (disk_writes, "recommender/store.py", "from dataclasses import replace\nreplace(a, b=1)"),
    (disk_writes, "recommender/store.py", "from recommender import files\nfiles.replace(p, q)"),
    (disk_writes, "recommender/store.py", "import numpy as np\nnp.memmap(p, mode='r')"),
    (disk_writes, "recommender/store.py", "import io, numpy as np\nout = io.BytesIO()\nnp.save(out, a)"),
    (disk_writes, "recommender/store.py", "import os\nos.open(p, os.O_RDONLY | os.O_CLOEXEC)\nos.stat(p)"),
    (disk_writes, "recommender/store.py", "import shutil\nshutil.disk_usage(p)\nqueue.remove(x)"),
    (unsafe_loading, "recommender/store.py", "np.load(p, allow_pickle=False)\nmodel.eval()\nre.compile('a')"),
    (unsafe_loading, "recommender/store.py", "Model(p, trust_remote_code=False)"),
    (wrong_public_names, "recommender/ingest/__init__.py", '"""Nothing public."""\nfrom pathlib import Path'),
    (wrong_public_names, "recommender/ingest/__init__.py", "from .html import Page\n__all__ = ['Page']"),
    (wrong_public_names, "recommender/ingest/__init__.py", "from . import html\n_x = 1"),
    (
        wrong_public_names,
        "recommender/cli/__init__.py",
        "B2 = B10 = a = 1\nclass Ab: c = 1\n__all__ = ['B2', 'B10', 'Ab', 'a']",
    ),
    (wrong_public_names, "recommender/ingest/html.py", "def read(): ..."),
]


def case(value: object) -> str:
    return value.__name__ if callable(value) else str(value).replace("\n", "; ")


@pytest.mark.parametrize(("rule", "path", "source"), BROKEN, ids=case)
def test_a_rule_finds_what_breaks_it(rule, path, source):
    assert any(found.startswith(f"{path}:") for found in rule(path, source))


@pytest.mark.parametrize(("rule", "path", "source"), LAWFUL, ids=case)
def test_a_rule_lets_the_lawful_pass(rule, path, source):
    assert list(rule(path, source)) == []


@pytest.mark.parametrize(
    ("sources", "circle"),
    [
        ({"recommender/a.py": "from recommender.b import x", "recommender/b.py": "from .a import y"}, True),
        (
            {"recommender/r/a.py": "def f():\n    from .b import x", "recommender/r/b.py": "from . import a"},
            True,
        ),
        (
            {
                "recommender/r/__init__.py": "from .a import x",
                "recommender/r/a.py": "from recommender.r import y",
            },
            True,
        ),
        ({"recommender/r/__init__.py": "from .a import x", "recommender/r/a.py": "from ..b import y"}, False),
        ({"recommender/a.py": "from recommender import b", "recommender/b.py": "import json"}, False),
    ],
)
def test_circles_are_found(sources, circle):
    assert bool(list(import_circles(sources))) is circle
