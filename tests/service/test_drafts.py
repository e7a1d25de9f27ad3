from __future__ import annotations

import threading

import pytest

from recommender.errors import EncoderError
from recommender.recommend import Options, Recommender
from recommender.service.answers import SimilarAnswer
from recommender.store import Store
from tests.fakes import FakeEncoder
from tests.service.conftest import assert_problem


def recommender(settings):
    return Recommender(Store(settings.index).open_current(), min_score=settings.min_score)


def test_a_text_finds_its_neighbours(build, make_client):
    build()
    encoder = FakeEncoder()
    client = make_client(encoder)
    body = {"title": "Storm again", "text": "storm storm storm", "limit": 3}
    response = client.post("/similar", json=body)
    assert response.status_code == 200
    answer = response.json()
    SimilarAnswer.model_validate(answer, strict=True)
    assert answer["id"] is None
    assert [item["id"] for item in answer["items"]] == ["storm-1", "storm-2", "storm-3"]
    assert encoder.encoded == ["Storm again\nstorm storm storm"]
    assert response.headers["x-snapshot"] == answer["snapshot"]
    assert "etag" not in response.headers


def test_options_apply_to_texts_and_age_counts_from_now(client):
    body = {"text": "storm storm storm", "limit": 9, "max_age_days": 6}
    assert [item["id"] for item in client.post("/similar", json=body).json()["items"]] == ["storm-3"]
    body = {"title": "storm storm storm", "section": ["Weather"], "exclude": ["storm-1"]}
    assert [item["id"] for item in client.post("/similar", json=body).json()["items"]] == ["storm-2"]


def test_a_text_of_two_words_is_too_short(client):
    answer = client.post("/similar", json={"title": "Storm", "text": "storm"}).json()
    assert (answer["items"], answer["reason"]) == ([], "text_too_short")


def test_several_articles_together(client, quick):
    body = {"ids": ["storm-1", "court-1"], "negative_ids": ["rocket-2"], "limit": 4}
    expected = recommender(quick).similar_to_several(["storm-1", "court-1"], ["rocket-2"], Options(limit=4))
    assert client.post("/similar", json=body).content == expected.encode()


@pytest.mark.parametrize("body", [{"ids": ["gone"]}, {"ids": ["storm-1"], "negative_ids": ["gone"]}])
def test_an_unknown_id_among_several_is_404(client, body):
    assert assert_problem(client.post("/similar", json=body), 404, "article-not-found")["id"] == "gone"


def test_a_taken_down_id_among_several_is_410(build, make_client, take_down):
    build()
    take_down("storm-2")
    assert_problem(make_client().post("/similar", json={"ids": ["storm-2"]}), 410, "taken-down")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"limit": 3},
        {"title": " ", "text": "\n"},
        {"title": ""},
        {"ids": []},
        {"ids": ["storm-1"] * 101},
        {"negative_ids": ["storm-1"]},
        {"title": "Storm", "ids": ["storm-1"]},
        {"text": "", "ids": ["storm-1"]},
        {"title": "Storm", "body": "storm"},
        {"title": "Storm", "limit": 51},
        {"title": None},
        {"title": 5},
        {"title": "Storm", "published_after": "soon"},
    ],
)
def test_exactly_one_of_the_two_forms(client, body):
    problem = assert_problem(client.post("/similar", json=body), 422, "invalid-request")
    assert all("pointer" in error for error in problem["errors"])


def test_another_encoder_than_the_snapshot_s_is_refused_and_named(build, make_client):
    build()
    client = make_client(FakeEncoder("fake:2"))
    problem = assert_problem(client.post("/similar", json={"title": "Storm"}), 503, "encoder-unavailable")
    assert "'fake' (fake:1)" in problem["detail"]
    assert "fake:2" in problem["detail"]
    assert client.post("/similar", json={"ids": ["storm-1"]}).status_code == 200


def test_the_same_model_in_another_arithmetic_serves(build, make_client):
    build(encoder=FakeEncoder("a:b:text1:openvino-bf16"))
    client = make_client(FakeEncoder("a:b:text1"))
    assert client.post("/similar", json={"title": "Storm"}).status_code == 200
    other = make_client(FakeEncoder("a:c:text1"))  # the control
    assert_problem(other.post("/similar", json={"title": "Storm"}), 503, "encoder-unavailable")


def test_an_encoder_that_cannot_be_loaded_is_named_and_tried_again(build, quick, caplog):
    from starlette.testclient import TestClient

    from recommender.service import create_app

    build()
    tries: list[str] = []

    def load(reference: str) -> FakeEncoder:
        tries.append(reference)
        if len(tries) == 1:
            raise EncoderError("/srv/weights are gone")
        return FakeEncoder()

    with TestClient(create_app(quick, encoder_loader=load)) as client:
        problem = assert_problem(client.post("/similar", json={"title": "Storm"}), 503, "encoder-unavailable")
        assert "'fake' (fake:1), which cannot be used" in problem["detail"]
        assert "/srv" not in problem["detail"]
        assert "/srv/weights are gone" in caplog.text
        for _ in range(2):
            assert client.post("/similar", json={"title": "Storm"}).status_code == 200
    assert tries == ["all-MiniLM-L6-v2"] * 2


def test_an_encoder_that_fails_at_work_is_503(build, make_client, caplog):
    class Broken(FakeEncoder):
        def encode(self, texts, advance=None):
            raise EncoderError("the model in /srv cannot be loaded")

    build()
    problem = assert_problem(
        make_client(Broken()).post("/similar", json={"title": "Storm"}), 503, "encoder-unavailable"
    )
    assert "/srv" not in problem["detail"]
    assert "/srv" in caplog.text


def test_what_reaches_the_encoder_is_bounded(build, make_client):
    build()
    encoder = FakeEncoder()
    body = {"title": "t" * 400_000, "text": "x" * 500_000}
    assert make_client(encoder).post("/similar", json=body).status_code == 200
    assert encoder.encoded == ["t" * 1000 + "\n" + "x" * 4000]


def test_an_id_given_twice_counts_once(client):
    once = client.post("/similar", json={"ids": ["storm-1", "court-1"], "negative_ids": ["lone"]})
    twice = {"ids": ["storm-1", "court-1", "storm-1"], "negative_ids": ["lone", "lone"]}
    assert client.post("/similar", json=twice).content == once.content


class SlowEncoder(FakeEncoder):
    """Waits until it is let go, and keeps how many were at it at once."""

    def __init__(self) -> None:
        super().__init__()
        self.go = threading.Event()
        self.inside = self.most = 0

    def encode(self, texts, advance=None):
        self.inside += 1
        self.most = max(self.most, self.inside)
        assert self.go.wait(20)
        self.inside -= 1
        return super().encode(texts, advance)


def test_texts_take_turns_lists_do_not_wait_and_the_queue_has_an_end(build, make_client, monkeypatch):
    monkeypatch.setattr("recommender.service.turns.MAX_WAITING", 2)
    build()
    encoder = SlowEncoder()
    client = make_client(encoder)
    answers: list[int] = []

    def ask() -> None:
        response = client.post("/similar", json={"title": "Storm"})
        answers.append(response.status_code)
        if response.status_code == 429:
            assert_problem(response, 429, "busy")
            assert response.headers["retry-after"] == "1"
            encoder.go.set()

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert client.get("/similar/storm-1").status_code == 200
    for thread in threads:
        thread.join(20)
    assert sorted(answers) == [200, 200, 429]
    assert encoder.most == 1
