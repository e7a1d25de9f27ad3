"""Print requirements.lock anew: every package of the core and of every extra, from one resolution.

    python scripts/lock.py             every pin that is there is kept; what is missing is added
    python scripts/lock.py numpy rich  the same, and these may move; `all` frees every pin but torch's

`make lock UPGRADE="numpy rich"` runs this in a fresh environment and puts the result in place.
"""

import json
import subprocess
import sys

from pins import canonical, locked, wanted

HEADER = """\
# Every package of the core and of every extra, from one resolution. Made by `make lock`; do not edit.
# Behind each pin stands who needs it: `core` is rebuilding and serving, the other names are extras.
# One file, and not one for each extra, so that no two can disagree. `make` has scripts/pins.py pick a
# set of lines, installs them in one step, then the project with --no-deps: hashes can be added here.
# No markers: the pins are those of Linux and macOS. Resolved by Python {}.{} with a CPU build of torch.
"""


def resolve(requirements: list[str], constraints: list[str]) -> dict[str, str]:
    """Return the versions, by name, that pip would install; a local version such as `+cpu` is cut off."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed"]
    command += ["--report", "-", "--constraint", "/dev/stdin", *requirements]
    done = subprocess.run(
        command, input="\n".join(constraints), stdout=subprocess.PIPE, text=True, check=True
    )
    found = [item["metadata"] for item in json.loads(done.stdout)["install"]]
    return {canonical(item["name"]): item["version"].partition("+")[0] for item in found}


def main(argv: list[str]) -> int:
    """Print the lock; 1 if pip took a CUDA build of torch, whose packages do not belong in it."""
    free = {canonical(name) for name in argv}
    kept = {canonical(pin): pin.split()[0] for pin in locked()}
    moving = kept.keys() - {"torch"} if "all" in free else free
    groups = wanted()
    everything = [requirement for group in groups.values() for requirement in group]
    versions = resolve(everything, [pin for name, pin in kept.items() if name not in moving])
    if cuda := sorted(name for name in versions if name.startswith("nvidia-")):
        print(f"pip took a CUDA build of torch (with {cuda[0]}): point it at a CPU build", file=sys.stderr)
        return 1
    pins = {name: f"{name}=={version}" for name, version in sorted(versions.items())}
    members = {name: resolve(group, list(pins.values())) for name, group in groups.items()}
    print(HEADER.format(*sys.version_info), end="")
    for name, pin in pins.items():
        tags = [group for group in groups if name in members[group]]
        print(f"{pin}  # {'core' if 'core' in tags else ' '.join(tags)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
