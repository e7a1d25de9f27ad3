"""Fixtures shared by all tests: settings over a scratch index, and a small newsroom built by hand."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from recommender import scoring
from recommender.rebuild import Outcome, rebuild
from recommender.settings import Settings, load
from tests.fakes import FakeEncoder
from tests.snapshot.by_hand import FORMULA

# A busy machine must not fail a property.
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")

NOW = datetime(2022, 1, 17, 4, 0, tzinfo=UTC)
DATA = Path(__file__).parents[2] / "shared" / "data"

# Two stories of three, one pair, one lone article: what is related to what is plain from the words.
NEWSROOM: tuple[dict[str, Any], ...] = (
    {"id": "storm-1", "title": "Storm nears", "text": "storm storm storm", "section": "Weather",
     "source": "Post", "published_at": "2022-01-03T08:00:00Z"},
    {"id": "storm-2", "title": "Storm lands", "text": "storm storm storm court", "section": "Weather",
     "source": "Wire", "published_at": "2022-01-04T08:00:00Z"},
    {"id": "storm-3", "title": "Storm bill", "text": "storm storm market", "section": "Business",
     "source": "Post", "published_at": "2022-01-12T08:00:00Z"},
    {"id": "court-1", "title": "Court sits", "text": "court court court", "section": "US",
     "source": "Wire", "published_at": "2022-01-05T08:00:00Z"},
    {"id": "court-2", "title": "Court rules", "text": "court court court vote", "section": "US",
     "source": "Post"},
    {"id": "court-3", "title": "Court appeal", "text": "court court vote", "section": "US",
     "source": "Wire", "published_at": "2022-01-10T08:00:00Z"},
    {"id": "https://post.example/a//b?c=d", "title": "Rocket one", "text": "rocket rocket rocket",
     "section": "Science", "source": "Post", "published_at": "2022-01-06T08:00:00Z"},
    {"id": "rocket-2", "title": "Rocket two", "text": "rocket rocket rocket goal",
     "section": "Science", "source": "Post", "published_at": "2022-01-07T08:00:00Z"},
    {"id": "lone", "title": "A beekeeper wins", "text": "honey and nothing else at all",
     "section": "Local", "source": "Post", "published_at": "2022-01-08T08:00:00Z"},
)  # fmt: skip


def write_jsonl(path: Path, records: Sequence[Mapping[str, Any]]) -> Path:
    """Records as JSONL."""
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


@pytest.fixture(scope="session", autouse=True)
def _a_score_for_the_fake_encoder() -> Iterator[None]:
    """The formula of `tests.snapshot.by_hand`, as if it had been fitted for the fake encoder and packaged;
    for the whole session, so that fixtures of any scope may build with it."""
    models = [*scoring._models(), {"formula": FORMULA.as_json(), "without": {}}]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scoring, "_models", lambda: models)
        yield


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Default settings over an index directory of the test's own."""
    return load({"index": tmp_path / "index"}, environ={})


@pytest.fixture
def build(settings: Settings, tmp_path: Path) -> Callable[..., Outcome]:
    """Rebuilds the test's index with the fake encoder from records: ``build(records, **options)``; whatever
    is built next, the gate lets it through, unless ``no_gate=False``."""

    def run(records: Sequence[Mapping[str, Any]] = NEWSROOM, **options: Any) -> Outcome:
        source = write_jsonl(tmp_path / "articles.jsonl", records)
        chosen = {"now": NOW, "encoder": FakeEncoder(), "settings": settings, "no_gate": True} | options
        return rebuild([str(source)], chosen.pop("settings"), **chosen)

    return run


@pytest.fixture
def shared_data() -> Path:
    """Real labelled news beside the checkout; the test is skipped where it is not there."""
    if not DATA.is_dir():
        pytest.skip(f"{DATA} is not there: this test reads real news")
    return DATA
