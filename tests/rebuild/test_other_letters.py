"""Texts that the packaged encoder cannot read: their vectors count for nothing, their words for all."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from recommender.corpus import assemble
from recommender.rebuild import publish_corpus, ranking
from recommender.recommend import Options, Recommender
from recommender.statistics import packaged_background
from tests.conftest import NEWSROOM, NOW
from tests.fakes import FakeEncoder, make_article
from tests.snapshot.by_hand import FORMULA

# The fake encoder sees the same in all of them, as the packaged one does in letters that it never learned.
RUSSIAN = [
    make_article("quake", "storm Землетрясение разрушило дома на востоке", title="Землетрясение"),
    make_article("aid", "storm Землетрясение: спасатели на востоке", title="После землетрясения"),
    make_article("soup", "storm Свёкла капуста и сметана для хорошего борща", title="Рецепт борща"),
]
ENGLISH = [make_article(one["id"], one["text"], title=one["title"]) for one in NEWSROOM[:6]]


def published(settings, encoder):
    return publish_corpus(assemble([*RUSSIAN, *ENGLISH]), settings, now=NOW, encoder=encoder, formula=FORMULA)


def cosines(snapshot, article_id):
    row = snapshot.ids.row(article_id)
    return dict(zip(snapshot.ids, (snapshot.space.unit @ snapshot.space.unit[row]).tolist(), strict=True))


@pytest.fixture
def taught(monkeypatch):
    """The fake encoder, as if the background were of it."""
    numbers = {"mean": np.zeros(7), "covariance": np.eye(7)}
    background = replace(packaged_background(), fingerprint="fake:1", **numbers)
    monkeypatch.setattr(ranking, "packaged_background", lambda: background)
    return FakeEncoder()


def test_they_have_no_vector_and_are_found_by_their_words(settings, taught):
    snapshot = published(settings, taught)
    assert not any(cosines(snapshot, "quake").values())
    assert cosines(snapshot, "storm-1")["storm-2"] > 0.5
    terms = snapshot.space.terms.cosines_to_all(snapshot.space.terms.row(0))
    assert terms[1] > 0.1 > terms[2]
    # Nor do they change what is common to the others.
    others = publish_corpus(assemble(ENGLISH), settings, now=NOW, encoder=taught, formula=FORMULA)
    assert snapshot.statistics.mean == pytest.approx(others.statistics.mean, abs=1e-6)


def test_another_encoder_may_have_learned_them(settings):
    snapshot = published(settings, FakeEncoder())
    assert cosines(snapshot, "quake")["aid"] == pytest.approx(1, abs=1e-6)


def test_drafts_are_read_alike(settings, taught):
    recommender = Recommender(published(settings, taught))
    chosen = Options(min_score=0, explain=True)
    for title, text, close in (("", "storm Землетрясение на востоке", 0), ("", "storm as never before", 1)):
        (vector,) = taught.encode([text])
        found = recommender.similar_to_text(title, text, vector, now=NOW, options=chosen)
        assert max(one.evidence["lead_cosine"] for one in found) == pytest.approx(close, abs=0.05)
