"""A page's own list beside one that the editors' rules have changed."""

from __future__ import annotations

import pytest

from recommender.audit import audit_corpus, audit_page
from recommender.overlay import Overlay
from recommender.policy import Policy
from tests.audit.newsroom import links_to, recommender_of
from tests.fakes import make_article
from tests.snapshot.by_hand import opened_by
from tests.test_rules import block, pin


def audited(tmp_path, *rules, **options):
    recommender = recommender_of(tmp_path, overlay=Overlay(1, frozenset(), rules))
    return recommender, audit_page(recommender, "page", **options)


def reasons(entries) -> dict[str, str]:
    return {entry.id: entry.reason for entry in entries}


def test_without_rules(tmp_path):
    _, audit = audited(tmp_path)
    assert [(entry.id, entry.reason) for entry in audit.source] == [
        ("far", "below_min_score"),
        ("twin", "same_story"),
        ("near", "similar"),
        ("video", "text_too_short"),
        ("some", "similar"),
    ]


def test_a_pinned_link_is_kept_and_says_so(tmp_path):
    recommender, audit = audited(tmp_path, pin("page", "far"))
    assert reasons(audit.source)["far"] == "pinned"
    assert [entry.id for entry in audit.kept] == ["far", "near", "some"]
    assert [(entry.id, entry.reason, entry.rank) for entry in audit.rebuilt][:2] == [
        ("far", "pinned", 1),
        ("first", "similar", 2),
    ]
    totals = audit_corpus(recommender)
    assert (totals.kept, totals.links) == (3, 10)
    assert totals.kept + sum(totals.dropped.values()) == totals.links
    assert {"pinned", "similar"} & totals.dropped.keys() == set()


def test_a_pin_that_is_not_stored_has_the_pair_s_score(tmp_path):
    recommender = recommender_of(tmp_path, depth=2, overlay=Overlay(1, frozenset(), (pin("page", "alone"),)))
    assert recommender.listed(recommender.row("page"), limit=1)[1] == (None,)
    assert audit_page(recommender, "page").rebuilt[0].score == pytest.approx(0.119203)


@pytest.mark.parametrize(
    ("rule", "blocked"),
    [
        (block(target={"id": "near"}), {"near"}),
        (block(target={"id": "video"}), {"video"}),
        (block(pair=[{"id": "some"}, {"id": "page"}]), {"some"}),
        (block(article={"id": "page"}), {"far", "twin", "near", "video", "some"}),
        (block(article={"id": "near"}), set()),
    ],
)
def test_a_blocked_link_is_dropped_and_says_so(tmp_path, rule, blocked):
    recommender, audit = audited(tmp_path, rule)
    assert {entry.id for entry in audit.source if entry.reason == "blocked"} == blocked
    assert blocked <= {entry.id for entry in audit.dropped}
    assert not blocked & {entry.id for entry in audit.rebuilt}
    assert audit_corpus(recommender).dropped["blocked"] >= len(blocked)


def test_a_copy_of_what_is_pinned_is_a_copy(tmp_path):
    _, audit = audited(tmp_path, pin("page", "twin"))
    assert [entry.id for entry in audit.rebuilt][:2] == ["twin", "near"]
    assert "first" not in reasons(audit.rebuilt)
    assert reasons(audit.source)["twin"] == "pinned"
    _, audit = audited(tmp_path / "more", pin("page", "first"))
    assert reasons(audit.source)["twin"] == "same_story"


def test_where_copies_are_kept_only_the_pin_itself_moves(tmp_path):
    taken = Overlay(1, frozenset(), (pin("page", "twin"),))
    recommender = recommender_of(tmp_path, policy=Policy(same_story="keep", diversity=0), overlay=taken)
    audit = audit_page(recommender, "page")
    assert [entry.id for entry in audit.rebuilt] == ["twin", "first", "near", "some"]
    assert reasons(audit.source)["twin"] == "pinned"


def test_a_pin_for_which_there_is_no_room_is_beyond_the_limit(tmp_path):
    _, audit = audited(tmp_path, pin("page", "some"), pin("page", "far", "q"), limit=1)
    assert reasons(audit.source)["far"] == "beyond_limit"
    assert [(entry.id, entry.reason) for entry in audit.rebuilt] == [("some", "pinned")]


def test_so_is_one_that_is_not_stored(tmp_path):
    articles = [
        make_article("page", "vote", links=links_to("twin")),
        make_article("at-hand", "goal"),  # as near as the two others, and before them by its id
        make_article("first", "storm " * 30),
        make_article("twin", "storm " * 30),
    ]
    found = []
    for number, rules in enumerate([(), (pin("page", "first"),)]):
        taken = Overlay(1, frozenset(), rules)
        recommender = recommender_of(tmp_path / str(number), articles, depth=1, overlay=taken)
        found.append(audit_page(recommender, "page", min_score=0.1).source[0].reason)
    assert found == ["not_among_candidates", "same_story"]


@pytest.mark.parametrize("depth", [100, 2])
def test_a_pin_opens_no_list(tmp_path, depth):
    taken = Overlay(1, frozenset(), (pin("page", "far"),))
    strict = opened_by(0.9)  # the best that is left scores 0.880797
    recommender = recommender_of(tmp_path, depth=depth, overlay=taken, formula=strict)
    audit = audit_page(recommender, "page")
    assert [(entry.id, entry.reason) for entry in audit.rebuilt] == [("far", "pinned")]
    assert {reasons(audit.source)[one] for one in ("near", "some")} == {"below_min_score"}


def test_a_pin_that_is_good_enough_itself_makes_no_link_worse(tmp_path):
    taken = Overlay(1, frozenset(), (pin("page", "first"),))
    strict = opened_by(0.88)  # which first, pinned or not, reaches
    audit = audit_page(recommender_of(tmp_path, depth=2, overlay=taken, formula=strict), "page")
    assert [(entry.id, entry.reason) for entry in audit.rebuilt] == [("first", "pinned")]
    assert {reasons(audit.source)[one] for one in ("near", "some")} == {"not_among_candidates"}
