"""`recommender evaluate`: from labels to the three files, and what it says to labels that are no good."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest

from recommender.cli import main
from recommender.evaluation.truth import NAMES
from recommender.overlay import OVERLAY_FILE, Overlay
from recommender.store import Store
from tests.cli.test_exit_codes import complaint
from tests.conftest import NEWSROOM, write_jsonl

for needed in ("ir_measures", "bm25s", "matplotlib", "sklearn"):
    pytest.importorskip(needed, reason="the extra eval is not installed")

SYSTEMS = [
    "random",
    "newest",
    "source",
    "bm25",
    "tfidf",
    "tfidf-bigrams",
    "fake-title",
    "fake",
    "recommender",
]
QRELS = """\
storm-1 0 storm-2 3
storm-1 0 storm-3 2
court-1 0 court-2 2
court-1 0 court-3 1
rocket-2 0 https://post.example/a//b?c=d 1
lone 0 lone 0
"""


@pytest.fixture(autouse=True)
def fake_encoder(encoder, monkeypatch):
    """The encoder of an evaluation too."""
    monkeypatch.setattr("recommender.evaluation.workflow.load_encoder", lambda name, **_: encoder)
    return encoder


@pytest.fixture
def qrels(tmp_path):
    path = tmp_path / "judged.qrels"
    path.write_text(QRELS, encoding="utf-8")
    return path


@pytest.fixture
def evaluate(run, source, qrels):
    """Evaluates the newsroom against its judgements: ``evaluate("--seed", 1)``."""
    return lambda *more: run("evaluate", "--corpus", source, "--qrels", qrels, *more)


def report(directory="index/reports"):
    return json.loads((Path(directory) / "report.json").read_text(encoding="utf-8"))


def files_of(directory):
    return {path.name: path.read_bytes() for path in Path(directory).iterdir()}


def test_three_files_with_every_system(evaluate):
    ran = evaluate()
    assert ran.code == 0, ran.err
    assert ran.out.splitlines()[-3:] == [f"index/reports/report.{kind}" for kind in ("html", "json", "md")]
    assert set(files_of("index/reports")) == {"report.html", "report.json", "report.md"}
    document = report()
    assert [one["name"] for one in document["systems"]] == SYSTEMS
    reasons = {one["name"]: one["not_applicable"] for one in document["systems"]}
    assert [name for name in SYSTEMS if reasons[name]] == ["source"]
    (dataset,) = document["datasets"]
    assert (dataset["name"], dataset["queries"], dataset["answerable"]) == ("judged", 4, 3)
    this = dataset["systems"][-1]
    # Storm, court and rocket find their own before all others.
    assert this["measures"]["nDCG@10"]["mean"] == pytest.approx(1)
    assert this["shown"]["empty_where_nothing_is_related"] == 1
    assert document["made"]["command"].endswith("judged.qrels --seed 0")


def test_the_verdict_and_a_table_are_printed(evaluate):
    out = evaluate().out
    assert "On judged: " in out
    rows = [line.split() for line in out.splitlines() if line.split(" ")[0] in SYSTEMS]
    assert [row[0] for row in rows] == [name for name in SYSTEMS if name != "source"]
    assert "not applicable  source: " in out
    assert rows[-1][:3] == ["recommender", "100.0", "100.0"]


def test_again_gives_the_same_bytes(evaluate):
    evaluate()
    first = files_of("index/reports")
    evaluate("--out", "again")
    assert files_of("again") == first


def test_a_seed_is_an_answer(evaluate):
    evaluate("--out", "zero")
    evaluate("--out", "one", "--seed", 1)
    zero, one = report("zero"), report("one")
    assert (zero["made"]["seed"], one["made"]["seed"]) == (0, 1)
    random = [document["datasets"][0]["systems"][0]["per_query"] for document in (zero, one)]
    assert random[0] != random[1]
    assert zero["made"]["snapshot"] == one["made"]["snapshot"]


def test_what_is_served_is_not_touched(index, evaluate):
    before = {path: path.read_bytes() for path in index.rglob("*") if path.is_file()}
    assert evaluate().code == 0
    after = {path: path.read_bytes() for path in index.rglob("*") if path.is_file()}
    assert {path: after[path] for path in before} == before
    new = {path.relative_to(index).parts[0] for path in after.keys() - before.keys()}
    assert new == {"evaluation", "reports"}


def test_vectors_are_kept_for_the_next_time(evaluate, fake_encoder):
    evaluate()
    encoded = len(fake_encoder.encoded)
    evaluate("--out", "again")
    assert encoded > 0
    assert len(fake_encoder.encoded) == encoded


def test_without_labels_the_current_lists_are_measured(run, index):
    ran = run("evaluate")
    assert ran.code == 0, ran.err
    document = report()
    assert (document["datasets"], document["pairs"]) == ([], [])
    assert document["made"]["snapshot"] == Store(index).current_name()
    assert [one["system"] for one in document["lists"]] == [name for name in SYSTEMS if name != "source"]
    assert document["lists"][-1]["measures"]["articles"] == len(NEWSROOM)
    assert "no list was judged" in ran.out


def test_without_labels_lists_are_compared_with_the_snapshot_before(run, build):
    build()
    build([*NEWSROOM[:8], {"id": "new", "title": "Storm again", "text": "storm storm"}])
    assert run("evaluate").code == 0
    agreement = report()["lists"][-1]["measures"]["agreement"]
    assert agreement["articles"] == 8
    assert 0 < agreement["rbo"] < 1


def test_without_labels_what_is_taken_down_is_left_out(run, index):
    (index / OVERLAY_FILE).write_bytes(Overlay(1, frozenset({"storm-2"})).encode())
    assert run("evaluate").code == 0
    assert report()["lists"][-1]["measures"]["articles"] == len(NEWSROOM) - 1


def test_the_floor_in_the_settings_is_the_one_that_is_measured(evaluate, monkeypatch):
    monkeypatch.setenv("RECOMMENDER_MIN_SCORE", "1")
    assert evaluate().code == 0
    document = report()
    assert document["made"]["min_score"] == 1
    (dataset,) = document["datasets"]
    assert dataset["systems"][-1]["shown"]["items"] < 5
    assert dataset["systems"][-1]["measures"]["nDCG@10"]["mean"] == pytest.approx(1)
    assert dataset["with_floor"]["nDCG@10"]["mean"] < 1


def test_without_labels_and_without_a_snapshot(run):
    ran = run("evaluate")
    assert ran.code == 66
    assert "holds no snapshot yet" in complaint(ran)


def test_a_folder_of_labelled_files(run, tmp_path):
    folder = tmp_path / "labelled"
    folder.mkdir()
    write_jsonl(folder / "events.jsonl", [
        {**record, "event": record["id"].partition("-")[0]} for record in NEWSROOM
        if record["id"].startswith(("storm", "court"))
    ])  # fmt: skip
    write_jsonl(folder / "others.jsonl", [r for r in NEWSROOM if not r["id"].startswith(("storm", "court"))])
    graded = {("storm-1", "storm-2"): 4, ("court-1", "court-2"): 3, ("storm-1", "court-1"): 1,
              ("lone", "court-1"): 0}  # fmt: skip
    pairs = [{"id_a": one, "id_b": other, "grade": grade} for (one, other), grade in graded.items()]
    write_jsonl(folder / "likes_pairs.jsonl", pairs)
    (folder / "more.qrels").write_text(QRELS, encoding="utf-8")
    ran = run("evaluate", "--data-dir", folder)
    assert ran.code == 0, ran.err
    document = report()
    assert [(one["name"], one["kind"]) for one in document["datasets"]] == [
        ("events", "events"),
        ("more", "qrels"),
    ]
    assert [one["name"] for one in document["pairs"]] == ["likes"]
    assert document["made"]["articles"] == len(NEWSROOM)
    assert "likes: 4 pairs" in ran.out


def test_compared_with_itself_nothing_changed(evaluate):
    evaluate("--out", "before")
    ran = evaluate("--out", "now", "--compare", "before/report.json")
    assert ran.code == 0, ran.err
    said = ran.out.split("since before/report.json:")[1]
    assert "no list changed its nDCG@10 (nDCG@10 100.0 -> 100.0, 3 queries)" in said
    assert "how it was made" not in said


def test_compared_with_a_higher_floor(evaluate, monkeypatch):
    evaluate("--out", "before")
    monkeypatch.setenv("RECOMMENDER_MIN_SCORE", "1")
    said = evaluate("--out", "now", "--compare", "before/report.json").out.split("since ")[1]
    assert "min_score" in said.split("how it was made:")[1]
    assert "items: " in said.split("shown")[1]
    assert "coverage" in said.split("lists:")[1]


@pytest.mark.parametrize("name", ["...qrels", "..qrels", "..x.qrels", "a b.qrels"])
def test_no_name_of_a_file_leads_out_of_the_workspaces(run, index, source, qrels, name):
    judged = qrels.rename(qrels.with_name(name))
    current = Store(index).current_name()
    ran = run("evaluate", "--corpus", source, "--qrels", judged)
    assert ran.code == 0, ran.err
    assert Store(index).current_name() == current
    (workspace,) = (index / "evaluation").iterdir()
    assert Store(workspace).current_name() is not None


def test_what_changed_with_the_judgements_is_not_blamed_on_the_lists(evaluate, qrels):
    evaluate("--out", "before")
    assert "the judgements are not the same" not in evaluate("--compare", "before/report.json").out
    qrels.write_text(QRELS.replace("storm-1 0 storm-3 2", "storm-1 0 court-3 2"))
    assert "the judgements are not the same" in evaluate("--compare", "before/report.json").out


def test_a_run_file_is_looked_at_before_anything_is_encoded(evaluate, fake_encoder):
    ran = evaluate("--run", "gone.run")
    assert ran.code == 66
    assert "gone.run" in complaint(ran)
    assert fake_encoder.encoded == []


def test_a_run_of_another_system_stands_beside_the_others(evaluate, tmp_path):
    run_file = tmp_path / "theirs.run"
    run_file.write_text("storm-1 Q0 court-1 1 2.0 theirs\nstorm-1 Q0 storm-2 2 1.0 theirs\n")
    assert evaluate("--run", run_file).code == 0
    document = report()
    theirs = document["datasets"][0]["systems"][-1]
    assert theirs["system"] == "theirs"
    assert theirs["answered"] == 1
    assert theirs["measures"]["RR"]["mean"] == pytest.approx(1 / 2 / 3, abs=1e-6)


def test_a_system_of_the_user_stands_beside_the_others(evaluate, tmp_path):
    (tmp_path / "mine.py").write_text(
        "import numpy as np\n"
        "from recommender.evaluation.systems import ScoredSystem\n\n\n"
        "class Longest(ScoredSystem):\n"
        "    name, label = 'longest', 'longest text first'\n\n"
        "    def prepare(self, corpus):\n"
        "        lengths = np.array([float(len(a.text)) for a in corpus.articles])\n"
        "        return lambda rows: np.tile(lengths, (len(rows), 1))\n"
    )
    assert evaluate("--system", "mine:Longest").code == 0
    document = report()
    assert document["systems"][-1] == {
        "name": "longest",
        "label": "longest text first",
        "not_applicable": None,
    }


@pytest.mark.parametrize(
    ("lines", "code", "said"),
    [
        ("storm-1 0 storm-2", 65, "judged.qrels:1: "),
        ("storm-1 0 storm-2 1\nstorm-1 0 storm-3 many", 65, "judged.qrels:2: "),
        ("storm-1 0 storm-2 1\nstorm-1 0 storm-2 1", 65, "judged.qrels:2: "),
        ("storm-1 0 gone 1\nhere 0 storm-1 1", 65, "2 of "),
        ("", 65, "judged.qrels"),
        ("\n\n", 65, "judged.qrels"),
    ],
)
def test_qrels_that_are_no_good(evaluate, qrels, lines, code, said):
    qrels.write_text(lines)
    ran = evaluate()
    assert (ran.code, ran.out) == (code, "")
    assert said in complaint(ran)
    assert not Path("index").exists()


def test_a_dataset_with_one_query(evaluate, qrels):
    qrels.write_text("storm-1 0 storm-2 1\n")
    ran = evaluate()
    assert ran.code == 0, ran.err
    (dataset,) = report()["datasets"]
    assert dataset["answerable"] == 1
    this = dataset["systems"][-1]["measures"]["nDCG@10"]
    assert (this["mean"], this["low"], this["high"]) == (1, None, None)
    assert dataset["systems"][0]["less_this"]["nDCG@10"]["p_holm"] == 1


def test_a_dataset_to_which_nothing_is_related(evaluate, qrels):
    qrels.write_text("lone 0 lone 0\nlone 0 storm-1 0\n")
    ran = evaluate()
    assert ran.code == 0, ran.err
    (dataset,) = report()["datasets"]
    assert (dataset["answerable"], dataset["unanswerable"]) == (0, 1)
    assert all(one["measures"] == {} for one in dataset["systems"])


def test_a_run_with_a_document_twice(evaluate, tmp_path):
    run_file = tmp_path / "theirs.run"
    run_file.write_text("storm-1 Q0 storm-2 1 2.0 t\nstorm-1 Q0 storm-2 2 1.0 t\n")
    ran = evaluate("--run", run_file)
    assert ran.code == 65
    assert "theirs.run:2: " in complaint(ran)


def test_a_run_called_as_a_system_is(evaluate, tmp_path):
    run_file = tmp_path / "theirs.run"
    run_file.write_text("storm-1 Q0 storm-2 1 2.0 bm25\n")
    ran = evaluate("--run", run_file)
    assert ran.code == 2
    assert "'bm25'" in complaint(ran)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--dataset", "nosuch"], 2, "sample, lee"),
        (["--dataset", "sample", "--data-dir", "x"], 2, "give one of --dataset, --data-dir and --corpus"),
        (["--qrels", "x"], 2, "goes with --corpus"),
        (["--corpus", "newsroom.jsonl"], 2, "goes with --corpus"),
        (["--complete"], 2, "goes with --qrels"),
        (["--dataset", "sample", "--out", "newsroom.jsonl"], 2, "newsroom.jsonl is not a directory"),
        (["--encoder", "x"], 2, "goes with labels"),
        (["--data-dir", "gone"], 66, "gone"),
        (["--corpus", "gone.jsonl", "--qrels", "judged.qrels"], 66, "gone.jsonl"),
        (["--corpus", "newsroom.jsonl", "--qrels", "gone.qrels"], 66, "gone.qrels"),
        (["--dataset", "sample", "--compare", "gone.json"], 66, "gone.json does not exist"),
        (["--dataset", "sample", "--compare", "newsroom.jsonl"], 65, "newsroom.jsonl"),
        (["--dataset", "sample", "--system", "nosuch:Thing"], 2, "cannot import nosuch"),
    ],
)
def test_what_does_not_go(run, source, qrels, arguments, code, said):
    ran = run("evaluate", *arguments)
    assert ran.code == code, ran.err
    assert said in complaint(ran)
    assert not Path("index").exists()


def test_without_the_extra_the_error_says_how_to_get_it(evaluate, monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *a: None if name == "bm25s" else find(name, *a)
    )
    ran = evaluate()
    assert ran.code == 2
    assert "the extra `eval`, and bm25s cannot be found" in complaint(ran)


def test_help_names_the_datasets_that_there_are(run):
    assert f"come along: {', '.join(NAMES)}." in " ".join(run("evaluate", "--help").out.split())


def test_the_script_is_the_command(evaluate, source, qrels, capsys):
    from scripts.evaluate import main as script

    evaluate("--out", "one")
    capsys.readouterr()
    assert script(["--corpus", str(source), "--qrels", str(qrels), "--out", "two"]) == 0
    assert files_of("one") == files_of("two")
    assert script(["--dataset", "nosuch"]) == main(["evaluate", "--dataset", "nosuch"]) == 2


def test_calibration_and_candidates_of_a_dataset(evaluate, tmp_path):
    run_file = tmp_path / "theirs.run"
    run_file.write_text("storm-1 Q0 court-1 1 2.0 theirs\n")
    ran = evaluate("--run", run_file)
    document = report()
    (dataset,) = document["datasets"]
    found = dataset["calibration"]
    # Four queries, each with the eight other articles; ten pairs are in the judgements.
    assert found["reliability"]["pairs"] == 4 * 8
    assert found["reliability"]["related"] == 5
    assert found["unjudged"] == 4 * 8 - 5
    scored = ["random", "bm25", "tfidf", "tfidf-bigrams", "fake-title", "fake", "recommender"]
    assert [one["system"] for one in found["systems"]] == scored
    assert found["not_applicable"] == {
        "newest": "a date does not say how alike two articles are",
        "theirs": "a run file has no scores of other pairs",
    }
    assert dataset["candidates"] == {
        "related": 5,
        "found": 5,
        "recall": 1,
        "most": 20,
        "few_related": 5,
        "few_found": 5,
        "few_recall": 1,
    }
    assert document["pooled"] is None
    assert "pairs scored 0.05 or more; average precision" in ran.out
    assert "100.0 % of the 5 related pairs" in ran.out
