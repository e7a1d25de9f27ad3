"""A whole benchmark: the parts that are asked for, one after the other."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from recommender import files
from recommender.benchmark.figures import Part
from recommender.benchmark.machine import machine
from recommender.benchmark.material import Material
from recommender.benchmark.parts.encoding import encoding
from recommender.benchmark.parts.lexical import lexical
from recommender.benchmark.parts.lists import lists
from recommender.benchmark.parts.neighbours import neighbours
from recommender.benchmark.parts.rebuilding import rebuilding
from recommender.benchmark.parts.serving import serving
from recommender.benchmark.table import page

# In the order in which they run.
PARTS: dict[str, Callable[[Material], Part]] = {
    "encoding": encoding,
    "neighbours": neighbours,
    "lexical": lexical,
    "lists": lists,
    "rebuild": rebuilding,
    "serving": serving,
}


def run_parts(names: Sequence[str], material: Material, say: Callable[[str], None]) -> list[Part]:
    """Run the parts of these names, in the order in which parts stand; ``say`` hears of each. Raises
    KeyError for a name that is none, and what the parts raise."""
    unknown = set(names) - PARTS.keys()
    if unknown:
        raise KeyError(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    found = list[Part]()
    for name, part in PARTS.items():
        if name in names:
            started = time.perf_counter()
            found.append(part(material))
            say(f"{name}: {time.perf_counter() - started:.0f} s")
    return found


def write(parts: Sequence[Part], given: Mapping[str, Any], out: Path) -> str:
    """Write ``out`` (JSON) and beside it the same as a page, which is given back. Raises StorageError."""
    made_on = machine()
    content = {"machine": made_on, "given": dict(given), "parts": {one.name: one.as_json() for one in parts}}
    files.replace_file(out, (json.dumps(content, indent=1) + "\n").encode())
    readable = page(made_on, given, parts)
    files.replace_file(out.with_suffix(".md"), readable.encode())
    return readable
