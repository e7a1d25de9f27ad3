from __future__ import annotations

import re
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from scripts import demo
from tests.fakes import FakeEncoder

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def surroundings(monkeypatch):
    """A fake encoder, a service run from this checkout, and a proxy that must not be asked."""
    monkeypatch.setattr("recommender.rebuild.build.load_encoder", lambda name, **_: FakeEncoder())
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    for variable in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(variable, "http://127.0.0.1:9")


def test_it_ends_with_both_lists_and_leaves_no_service_behind(tmp_path, capfd):
    assert demo.main([str(tmp_path / "index")]) == 0
    out = capfd.readouterr().out
    assert re.search(r"^Kazakhstan revolt tangles", out, re.MULTILINE)
    last = out.splitlines()[-1]
    assert last.startswith("The page printed ")
    page, rebuilt, kept, dropped, new = map(int, re.findall(r"\d+", last))
    assert (kept + dropped, kept + new) == (page, rebuilt)
    fetched = re.findall(r"^GET (http://127\.0\.0\.1:\d+)(/\S*)$", out, re.MULTILINE)
    assert [re.match(r"/[a-z]+", path)[0] for _, path in fetched] == ["/articles", "/audit", "/similar"]
    with pytest.raises(URLError):
        urlopen(fetched[0][0] + "/livez", timeout=5)
    beside = out.split("the page's own list")[1].splitlines()
    assert max(map(len, beside)) <= 100
    assert any(line.startswith("too low: below the floor") for line in beside)


def test_a_failed_rebuild_is_the_demo_s_failure(tmp_path, capfd):
    (tmp_path / "file").write_text("")
    assert demo.main([str(tmp_path / "file" / "index")]) == 74
    assert "GET" not in capfd.readouterr().out


def test_a_service_that_does_not_start_is_said(tmp_path, monkeypatch):
    monkeypatch.setenv("RECOMMENDER_NONSENSE", "1")
    with pytest.raises(RuntimeError, match="RECOMMENDER_NONSENSE"), demo.service(tmp_path):
        pass


@pytest.mark.parametrize("name", ["demo.py", "rebuild_index.py"])
def test_scripts_are_short(name):
    assert len((ROOT / "scripts" / name).read_text(encoding="utf-8").splitlines()) < 80
