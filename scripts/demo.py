"""Show it on the sample newsroom: rebuild, serve, and one page's own list beside the rebuilt one.

    python scripts/demo.py  (or `make demo`)

The index is made by `recommender rebuild`, and the lists are fetched over HTTP from a service on a free
loopback port, which is stopped at the end. Nothing beyond this machine is reached.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode
from urllib.request import ProxyHandler, build_opener

from recommender.cli import Story, print_side_by_side
from recommender.cli import main as recommender

INDEX = Path(__file__).resolve().parent.parent / "index" / "demo"
TITLE = "Kazakhstan revolt tangles"


@contextmanager
def service(index: Path) -> Iterator[str]:
    """Run the service in a process of its own and give its address; stop it at the end."""
    arguments = ["serve", "--index", str(index), "--host", "127.0.0.1", "--port", "0", "--workers", "1"]
    print("\n$ recommender", *arguments, flush=True)
    command, pipe = [sys.executable, "-m", "recommender", *arguments], subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            if not line.startswith("listening on "):
                raise RuntimeError(f"the service did not start:\n{process.communicate()[1]}")
            yield line.split()[-1]
        finally:
            process.terminate()
            process.communicate(timeout=30)


def get(address: str, path: str, **query: object) -> Any:
    """What the service answers to a GET, without any proxy in between."""
    url = address + quote(path) + (f"?{urlencode(query)}" if query else "")
    print("GET", url)
    with build_opener(ProxyHandler({})).open(url, timeout=30) as answer:
        return json.load(answer)


def main(argv: Sequence[str]) -> int:
    """Run it on an index directory (by default index/demo); 0 when every step went through."""
    index = Path(argv[0]) if argv else INDEX
    with as_file(files("recommender") / "sample") as sample:
        print(f"$ recommender rebuild {sample} --index {index}", flush=True)
        if code := recommender(["rebuild", str(sample), "--index", str(index)]):
            return code
    with service(index) as address:
        found = get(address, "/articles", q=TITLE)["items"]
        page = found[0]
        audit = get(address, f"/audit/{page['id']}")
        # As many as the page printed, so that both lists had the same room.
        items = get(address, f"/similar/{page['id']}", limit=audit["requested"])["items"]
    print(f"\n{page['title']}\n")
    source = [Story(one["id"], one["title"], one["score"], one["reason"]) for one in audit["source"]]
    print_side_by_side(source, [Story(one["id"], one["title"], one["score"]) for one in items])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
