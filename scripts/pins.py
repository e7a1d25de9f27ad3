"""Print the pins of the core and of the extras named, for `pip install -r`.

    python scripts/pins.py            what rebuilding and serving need
    python scripts/pins.py test,eval  that and two extras

The standard library alone, since this is what fills an empty environment.
"""

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def wanted() -> dict[str, list[str]]:
    """Return what pyproject.toml asks for: `core` (with what builds the project), then each extra."""
    table = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    core = [*table["project"]["dependencies"], *table["build-system"]["requires"], "pip"]
    return {"core": core, **table["project"].get("optional-dependencies", {})}


def locked() -> dict[str, list[str]]:
    """Return requirements.lock as pin (hashes and all) -> the groups that need it, in its order."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8").replace("\\\n", "")
    lines = [line.partition("  # ") for line in text.splitlines() if "==" in line]
    return {pin: tags.split() for pin, _, tags in lines}


def canonical(requirement: str) -> str:
    """Return the name that a requirement begins with, in the package index's normal form."""
    return re.sub(r"[-_.]+", "-", re.split(r"[^A-Za-z0-9._-]", requirement)[0]).lower()


def main(argv: list[str]) -> int:
    """Print the pins; 2 if an extra is unknown, 1 if the lock lacks something that is asked for."""
    groups, picked = wanted(), ["core", *re.findall(r"[^\s,]+", ",".join(argv))]
    if unknown := [name for name in picked if name not in groups]:
        known = ", ".join(sorted(groups.keys() - {"core"}))
        print(f"no such extra: {', '.join(unknown)}; pyproject.toml has: {known}", file=sys.stderr)
        return 2
    pins = [pin for pin, tags in locked().items() if not set(picked).isdisjoint(tags)]
    asked = {canonical(requirement) for name in picked for requirement in groups[name]}
    if missing := sorted(asked - {canonical(pin) for pin in pins}):
        print(f"requirements.lock lacks {', '.join(missing)}: run `make lock`", file=sys.stderr)
        return 1
    print("\n".join(pins))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
