"""The files in deploy/ name commands and flags that there are, and each other."""

from __future__ import annotations

import configparser
import functools
import re
import shlex
from pathlib import Path

import pytest

from recommender.cli import main, rebuild, serve

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
UNITS = ("recommender.service", "recommender-rebuild.service", "recommender-rebuild.timer")


def unit(name):
    found = configparser.ConfigParser(interpolation=None, strict=True)
    found.optionxform = str
    found.read_string((DEPLOY / name).read_text(encoding="utf-8"))
    return found


@pytest.fixture
def reached(monkeypatch):
    """What the commands would have been called with."""
    calls = []

    def instead(name, command):
        @functools.wraps(command)
        def take(**arguments):
            calls.append((name, arguments))

        return take

    for room, name in ((rebuild, "rebuild"), (serve, "serve")):
        monkeypatch.setattr(room, "run", instead(name, room.run))
    return calls


@pytest.mark.parametrize("name", UNITS)
def test_units_have_what_systemd_asks_for(name):
    found = unit(name)
    assert found["Unit"]["Description"]
    kind = name.rpartition(".")[2].capitalize()
    assert set(found.sections()) <= {"Unit", kind, "Install"}
    if kind == "Service":
        assert found["Service"]["ExecStart"].startswith("/")
        assert found["Service"]["User"] != "root"


def test_the_timer_starts_the_rebuild_every_night():
    timer = unit("recommender-rebuild.timer")["Timer"]
    assert re.fullmatch(r"\*-\*-\* \d\d:\d\d:\d\d", timer["OnCalendar"])
    assert "Unit" not in timer  # so it is the service of the same name
    assert unit("recommender-rebuild.service")["Service"]["Type"] == "oneshot"


@pytest.mark.parametrize("name", ["recommender.service", "recommender-rebuild.service"])
def test_units_start_commands_that_there_are(name, reached):
    words = shlex.split(unit(name)["Service"]["ExecStart"])
    assert Path(words[0]).name == "recommender"
    assert main(words[1:]) == 0
    assert str(reached[0][1]["index"]) == "/var/lib/recommender/index"


def test_the_crontab_line_runs_the_script(reached):
    text = (DEPLOY / "crontab").read_text(encoding="utf-8")
    assert text.endswith("\n")  # cron passes over a last line without it
    (line,) = [line for line in text.splitlines() if not line.startswith("#")]
    *when, command = line.split(maxsplit=5)
    assert all(re.fullmatch(r"\*|\d+", field) for field in when)
    assert "%" not in command  # a line break, to cron
    python, script, *arguments = shlex.split(command.split(" >> ")[0])
    assert python.endswith("/python")
    assert (ROOT / Path(script).relative_to("/opt/recommender")).is_file()
    assert main(["rebuild", *arguments]) == 0
    assert reached[0][0] == "rebuild"


def test_the_readme_names_files_and_units_that_there_are():
    text = (DEPLOY / "README.md").read_text(encoding="utf-8")
    for file in re.findall(r"deploy/([\w.-]+)", text):
        assert (DEPLOY / file).is_file()
    assert {path.name for path in DEPLOY.iterdir()} == {*UNITS, "crontab", "README.md"}
