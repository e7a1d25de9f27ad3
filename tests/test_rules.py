"""The editors' rules: what one says, the file they stand in, and what they mean for a corpus."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.article import id_problem, normalise_id
from recommender.corpus import Ids
from recommender.errors import BadRules, RuleNotFound
from recommender.overlay.ledger import decode_ledger
from recommender.rules import (
    NO_FILE,
    RULES_FILE,
    Catalogue,
    Labelled,
    Matcher,
    Rule,
    added,
    apply,
    decode,
    in_words,
    json_of,
    new_id,
    read,
    removed,
    rule_of,
)
from tests.fakes import make_article

PLACE = Path(RULES_FILE)
WHEN = datetime(2022, 1, 17, 4, tzinfo=UTC)
SAID = {"by": "ana", "when": WHEN, "reason": "the main story"}
BY_HAND = """\
# Who decides: the editor of the day.

# the storm
[[rule]]
id = "storm"      # short
kind = "pin"
article = "storm-1"
target = "storm-2"
by = "Ana"
when = 2022-01-17T05:00:00+01:00
reason = "the main story"

# paid for
[[rule]]
kind = "block"
id = "ads"
target = { section = "Sponsored" }
by = "Bo"
when = "2022-01-17"
reason = \"\"\"
not ours
[[rule]]
# no comment
\"\"\"
# until May

[[rule]]  # between two
id = "never"
kind = "block"
pair = [{ id = "a" }, { source = "Wire" }]
by = "Bo"
when = 2022-01-17T04:00:00
reason = "a quarrel"
# the end
"""


def pin(article: str = "a", target: str = "b", rule_id: str = "p", **said: object) -> Rule:
    return rule_of(
        {"id": rule_id, "kind": "pin", "article": article, "target": target, **SAID, **said}, "rule"
    )


def block(rule_id: str = "x", **sides: object) -> Rule:
    return rule_of({"id": rule_id, "kind": "block", **SAID, **sides}, "rule")


# One rule


def test_a_pin_names_two_articles():
    rule = pin("cafe\u0301", "b")
    assert (rule.article, rule.target) == (Matcher("id", "caf\u00e9"), Matcher("id", "b"))
    assert in_words(rule) == "'b' first on 'caf\u00e9'"
    what = {"id": "p", "kind": "pin", "article": "caf\u00e9", "target": "b"}
    who = {"by": "ana", "when": "2022-01-17T04:00:00Z", "reason": "the main story"}
    assert json_of(rule) == what | who


@pytest.mark.parametrize(
    ("sides", "words"),
    [
        ({"article": {"section": "Sport"}}, "section 'Sport' gets no list"),
        ({"target": {"tag": "embargo"}}, "tag 'embargo' is in no list"),
        ({"pair": [{"id": "a"}, {"source": "Wire"}]}, "id 'a' and source 'Wire' never linked"),
    ],
)
def test_a_block_has_one_of_three_forms(sides, words):
    rule = block(**sides)
    assert in_words(rule) == words
    assert rule_of(json_of(rule), "again") == rule


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("2022-01-17T05:00:00+01:00", WHEN),
        ("2022-01-17T04:00:00Z", WHEN),
        ("2022-01-17", WHEN.replace(hour=0)),
        (WHEN.date(), WHEN.replace(hour=0)),
        (WHEN.replace(tzinfo=None), WHEN),
    ],
)
def test_times_are_read_as_those_of_articles(when, expected):
    assert pin(when=when).when == expected


GOOD_PIN = {"id": "p", "kind": "pin", "article": "a", "target": "b", **SAID}
GOOD_BLOCK = {"id": "x", "kind": "block", "target": {"tag": "t"}, **SAID}


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ({}, "here: kind: found None, expected 'pin' or 'block'"),
        (GOOD_PIN | {"kind": "ban"}, r"here \('p'\): kind: found 'ban'"),
        (
            GOOD_PIN | {"artcle": "a"},
            "unknown key 'artcle'; a pin has id, kind, by, when, reason, article, target",
        ),
        (GOOD_PIN | {"pair": []}, "unknown key 'pair'"),
        (GOOD_BLOCK | {"source": {"tag": "t"}}, "unknown key 'source'; a block has .*article, target, pair"),
        *(
            ({key: value for key, value in GOOD_PIN.items() if key != left_out}, f"{left_out} is missing")
            for left_out in ("id", "article", "target", "by", "when", "reason")
        ),
        ({key: value for key, value in GOOD_BLOCK.items() if key != "by"}, "by is missing"),
        (GOOD_PIN | {"id": 7}, "id: found 7, expected a short name"),
        (GOOD_PIN | {"id": "two words"}, "id: found 'two words'"),
        (GOOD_PIN | {"id": ""}, "id: found ''"),
        (GOOD_PIN | {"id": "x" * 65}, "id: found"),
        (GOOD_PIN | {"by": " "}, "by: found ' ', expected a text that is not blank"),
        (GOOD_PIN | {"reason": 1}, "reason: found 1"),
        (GOOD_PIN | {"reason": "\ud800"}, "reason: .* holds a lone surrogate"),
        (GOOD_PIN | {"when": "soon"}, "when: found 'soon', expected a time"),
        (GOOD_PIN | {"when": 1642392000}, "when: found 1642392000"),
        (GOOD_PIN | {"when": "0001-01-01T00:00:00+23:00"}, "when: found"),
        (GOOD_PIN | {"article": {"id": "a"}}, r"article: found \{'id': 'a'\}, expected an article's id"),
        (GOOD_PIN | {"target": "a"}, "target: found the article itself"),
        (GOOD_PIN | {"target": "b\n"}, r"target: the id 'b\\n' holds the control character"),
        (GOOD_BLOCK | {"article": {"tag": "t"}}, "found article and target to block, expected exactly one"),
        ({"id": "x", "kind": "block", **SAID}, "found nothing to block"),
        (GOOD_BLOCK | {"target": "t"}, "target: found 't', expected exactly one of id, section, tag, source"),
        (GOOD_BLOCK | {"target": {}}, "target: found {}"),
        (GOOD_BLOCK | {"target": {"tag": "t", "id": "a"}}, "target: found"),
        (GOOD_BLOCK | {"target": {"author": "t"}}, "target: found"),
        (GOOD_BLOCK | {"target": {"tag": ["t"]}}, r"target: tag: found \['t'\]"),
        (GOOD_BLOCK | {"target": {"id": ""}}, "target: id: the id '' is empty"),
        ({"id": "x", "kind": "block", "pair": [{"id": "a"}], **SAID}, "pair: found .* expected two sides"),
        ({"id": "x", "kind": "block", "pair": [{"id": "a"}, "b"], **SAID}, "pair: found 'b'"),
    ],
)
def test_what_is_not_understood_is_named(record, message):
    with pytest.raises(BadRules, match=message):
        rule_of(record, "here")


def test_a_pair_says_the_same_the_other_way_round():
    one = block(pair=[{"id": "a"}, {"id": "b"}])
    assert one.says_the_same(block("other", pair=[{"id": "b"}, {"id": "a"}]))
    assert not one.says_the_same(block("other", pair=[{"id": "a"}, {"id": "c"}]))
    assert not pin("a", "b").says_the_same(pin("b", "a"))


def test_a_new_id_is_free_and_short():
    record = {"kind": "pin", "article": "a"}
    first = new_id(record, ())
    assert first.startswith("pin-")
    assert len(first) == len("pin-") + 6
    second = new_id(record, {first})
    assert second.startswith(first)
    assert len(second) == len(first) + 1


# The file


def test_a_file_by_hand_is_read_in_its_order():
    rules = decode(BY_HAND.encode(), PLACE)
    assert [rule.id for rule in rules] == ["storm", "ads", "never"]
    assert [rule.when for rule in rules] == [WHEN, WHEN.replace(hour=0), WHEN]
    assert rules[1].target == Matcher("section", "Sponsored")
    assert rules[2].pair == (Matcher("id", "a"), Matcher("source", "Wire"))


@pytest.mark.parametrize("content", [b"", b"# nothing yet\n", b"\xef\xbb\xbf", b"rule = []\n"])
def test_a_file_may_hold_no_rule(content):
    assert decode(content, PLACE) == ()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"[[rule]", "rules.toml cannot be read"),
        (b"\xff", "rules.toml cannot be read"),
        (b"a = " + b"[" * 5000, "rules.toml cannot be read"),
        (b"[[rules]]\nid = 'a'\n", r"unknown key 'rules'; every rule stands under \[\[rule\]\]"),
        (b"version = 1\n", "unknown key 'version'"),
        (b"rule = 1\n", "no array of tables"),
        (b"rule = [1]\n", "no array of tables"),
        (b"[rule]\nid = 'a'\n", "no array of tables"),
        (BY_HAND.replace("target =", "targt =", 1).encode(), r"rule 1 \('storm'\): unknown key 'targt'"),
        (BY_HAND.replace('by = "Bo"\n', "", 1).encode(), r"rule 2 \('ads'\): by is missing"),
        (BY_HAND.replace('"never"', '"ads"').encode(), "rule 3: id: 'ads' stands twice"),
    ],
)
def test_a_file_that_is_not_understood_is_refused_whole(content, message):
    with pytest.raises(BadRules, match=message) as caught:
        decode(content, PLACE)
    assert RULES_FILE in str(caught.value)


def test_without_a_file_there_are_no_rules(tmp_path):
    assert read(tmp_path) == read(tmp_path / "nowhere") == NO_FILE


def test_what_is_read_again_is_the_same_value(tmp_path):
    (tmp_path / RULES_FILE).write_text(BY_HAND)
    first = read(tmp_path)
    assert read(tmp_path, first) is first
    (tmp_path / RULES_FILE).write_text(BY_HAND + "# more\n")
    second = read(tmp_path, first)
    assert second.rules == first.rules
    assert second.sha256 != first.sha256


@pytest.mark.parametrize("broken", ["directory", "link"])
def test_a_file_that_cannot_be_opened_never_counts_as_none(tmp_path, broken):
    if broken == "link":
        (tmp_path / RULES_FILE).symlink_to(tmp_path / "not-mounted")
    else:
        (tmp_path / RULES_FILE).mkdir()
    with pytest.raises(BadRules, match=f"{RULES_FILE} cannot be read"):
        read(tmp_path)


# Changing it


def test_a_rule_is_added_at_the_end_and_all_else_stays():
    changed = added(BY_HAND.encode(), block("new", target={"tag": "a = 'b'"}), PLACE).decode()
    assert changed == BY_HAND + (
        '\n[[rule]]\nid = "new"\nkind = "block"\ntarget = {tag = "a = \'b\'"}\nby = "ana"\n'
        'when = 2022-01-17T04:00:00Z\nreason = "the main story"\n'
    )


def test_the_first_rule_of_a_file():
    text = added(b"", pin(), PLACE).decode()
    assert text.startswith('[[rule]]\nid = "p"\nkind = "pin"\narticle = "a"\ntarget = "b"\n')
    assert added(b"# ours\n", pin(), PLACE).decode() == "# ours\n\n" + text


@pytest.mark.parametrize("gone", ["storm", "ads", "never"])
def test_a_rule_is_removed_and_every_comment_stays(gone):
    changed = removed(BY_HAND.encode(), gone, PLACE).decode()
    assert [rule.id for rule in decode(changed.encode(), PLACE)] == [
        one for one in ("storm", "ads", "never") if one != gone
    ]
    comments = ["# Who decides", "# the storm", "# paid for", "# until May", "# the end"]
    assert [one for one in comments if one not in changed] == []
    places = [changed.index(one) for one in comments]
    assert places == sorted(places)


def test_the_last_rule_leaves_its_comments():
    text = BY_HAND
    for gone in ("never", "storm", "ads"):
        text = removed(text.encode(), gone, PLACE).decode()
    assert decode(text.encode(), PLACE) == ()
    assert "rule" not in text
    assert "# the end" in text
    again = added(text.encode(), pin(), PLACE)
    assert [rule.id for rule in decode(again, PLACE)] == ["p"]
    assert added(b"rule = []\n# kept\n", pin(), PLACE).startswith(b"# kept\n\n[[rule]]\n")


def test_a_rule_that_is_not_there_cannot_be_removed():
    with pytest.raises(RuleNotFound, match="no rule 'gone'; there are: storm, ads, never") as caught:
        removed(BY_HAND.encode(), "gone", PLACE)
    assert caught.value.exit_code == 66
    with pytest.raises(RuleNotFound, match="there are: none"):
        removed(b"", "gone", PLACE)


def test_rules_in_one_array_are_read_but_left_to_hands():
    content = b'rule = [{id="p", kind="pin", article="a", target="b", by="c", when=2022-01-17, reason="d"}]'
    assert decode(content, PLACE)[0].id == "p"
    for change in (lambda: added(content, pin(rule_id="q"), PLACE), lambda: removed(content, "p", PLACE)):
        with pytest.raises(BadRules, match="cannot be changed by a program"):
            change()


def test_an_id_that_is_taken_is_not_added():
    with pytest.raises(BadRules, match="stands twice"):
        added(BY_HAND.encode(), pin(rule_id="ads"), PLACE)


texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12).filter(str.strip)
article_ids = texts.map(normalise_id).filter(lambda one: id_problem(one) is None)
sides = st.one_of(
    article_ids.map(lambda one: {"id": one}),
    st.tuples(st.sampled_from(["section", "tag", "source"]), texts).map(lambda one: dict([one])),
)
decided = st.one_of(
    st.lists(article_ids, min_size=2, max_size=2, unique=True).map(
        lambda two: {"kind": "pin", "article": two[0], "target": two[1]}
    ),
    sides.map(lambda one: {"kind": "block", "article": one}),
    sides.map(lambda one: {"kind": "block", "target": one}),
    st.tuples(sides, sides).map(lambda two: {"kind": "block", "pair": list(two)}),
)
said = st.fixed_dictionaries(
    {
        "by": texts,
        "reason": texts,
        "when": st.datetimes(timezones=st.just(UTC), max_value=datetime(9990, 1, 1)),
    }
)


@given(st.lists(st.tuples(decided, said), max_size=6), st.data())
def test_any_rules_survive_being_written_and_removed(records, data):
    rules = [rule_of({"id": f"r{n}", **one, **who}, "rule") for n, (one, who) in enumerate(records)]
    content = b"# kept\n"
    for rule in rules:
        content = added(content, rule, PLACE)
    assert decode(content, PLACE) == tuple(rules)
    for rule in data.draw(st.permutations(rules)):
        rules.remove(rule)
        content = removed(content, rule.id, PLACE)
        assert decode(content, PLACE) == tuple(rules)
    assert b"# kept" in content
    if records:
        again = rule_of({"id": "again", **records[0][0], **records[0][1]}, "rule")
        assert decode(added(content, again, PLACE), PLACE) == (again,)


# What rules mean for a corpus

ARTICLES = [
    make_article("a", section="Sport", tags=("cup", "cup", "cafe\u0301"), source="Post"),
    make_article("b", section="Sport", source="Wire"),
    make_article("c", section="News", tags=("cup",)),
    make_article("d"),
    make_article("e", section="caf\u00e9", tags=("caf\u00e9",)),
]
STORY = np.arange(5, dtype=np.int32)
CATALOGUE = Catalogue.of(Ids([article.id for article in ARTICLES]), ARTICLES, STORY, STORY, STORY)
NOBODY = np.zeros(5, dtype=np.bool_)


def rows_of(mask) -> list[int]:
    return np.flatnonzero(mask).tolist()


@pytest.mark.parametrize(
    ("field", "value", "rows"),
    [
        ("id", "c", [2]),
        ("id", "gone", []),
        ("section", "Sport", [0, 1]),
        ("section", "sport", []),
        ("section", "caf\u00e9", [4]),
        ("tag", "cup", [0, 2]),
        ("tag", "caf\u00e9", [0, 4]),
        ("source", "Wire", [1]),
        ("source", "Sport", []),
    ],
)
def test_which_articles_are_meant(field, value, rows):
    assert CATALOGUE.rows(Matcher(field, value)).tolist() == rows


def test_labels_of_nobody():
    nobody = Labelled.of([[], [], []])
    assert nobody.offsets.tolist() == [0, 0, 0, 0]
    assert nobody.rows("x").tolist() == []


def test_blocks_by_row():
    applied = apply(
        [
            block("one", article={"section": "Sport"}),
            block("two", target={"tag": "cup"}),
            block("no", target={"id": "z"}),
        ],
        CATALOGUE,
        NOBODY,
    )
    assert (rows_of(applied.no_list), rows_of(applied.nowhere)) == ([0, 1], [0, 2])
    assert [(one.articles, one.problem) for one in applied.statuses] == [
        ((2,), None),
        ((2,), None),
        ((0,), "no article is meant by it"),
    ]
    assert applied.pins == {}


@pytest.mark.parametrize(
    ("pair", "never"),
    [
        ([{"id": "a"}, {"id": "b"}], {(0, 1)}),
        ([{"id": "d"}, {"section": "Sport"}], {(0, 3), (1, 3)}),
        ([{"section": "Sport"}, {"tag": "cup"}], {(0, 0), (0, 1), (0, 2), (1, 2)}),
        ([{"section": "Sport"}, {"id": "gone"}], set()),
        ([{"source": "Post"}, {"source": "Wire"}], {(0, 1)}),
    ],
)
def test_a_pair_is_never_linked_either_way(pair, never):
    applied = apply([block(pair=pair)], CATALOGUE, NOBODY)
    everybody = np.arange(5, dtype=np.int32)
    expected = {(row, other) for row, other in never} | {(other, row) for row, other in never}
    found = {(row, int(other)) for row in range(5) for other in everybody[~applied.keep((row,), everybody)]}
    assert found == expected
    queries, rows = np.repeat(everybody, 5), np.tile(everybody, 5)
    kept = applied.keep_pairs(queries, rows)
    assert {
        (int(one), int(other)) for one, other in zip(queries[~kept], rows[~kept], strict=True)
    } == expected
    assert applied.keep((), everybody).all()


def test_pins_stand_in_file_order():
    applied = apply([pin("a", "c"), pin("b", "a", "q"), pin("a", "b", "r")], CATALOGUE, NOBODY)
    assert {row: pins.tolist() for row, pins in applied.pins.items()} == {0: [2, 1], 1: [0]}
    assert all(one.problem is None for one in applied.statuses)


@pytest.mark.parametrize(
    ("others", "hidden", "story", "problem"),
    [
        ([pin("a", "z")], [], {}, "its target is not in the snapshot"),
        ([pin("z", "b")], [], {}, "its article is not in the snapshot"),
        ([pin()], [1], {}, "its target is taken down"),
        ([pin()], [0], {}, "its article is taken down"),
        ([pin(), block(target={"source": "Wire"})], [], {}, "its target is blocked"),
        ([pin(), block(article={"id": "a"})], [], {}, "its article gets no list"),
        (
            [pin(), block(pair=[{"id": "b"}, {"tag": "cup"}])],
            [],
            {},
            "its target is never linked with its article",
        ),
        ([pin()], [], {1: 0}, "its target repeats its article"),
        ([pin(), pin("a", "c", "q")], [], {2: 1}, None),
    ],
)
def test_a_pin_whose_target_may_not_be_shown_is_dropped(others, hidden, story, problem):
    mask = NOBODY.copy()
    mask[hidden] = True
    copies = STORY.copy()
    for row, other in story.items():
        copies[row] = other
    applied = apply(others, replace(CATALOGUE, own=copies, told=copies), mask)
    assert applied.statuses[0].problem == problem
    if problem:
        assert applied.pins == {}
    else:
        assert applied.pins[0].tolist() == [1]
        assert applied.statuses[1].problem == "its target, or the same report, is pinned there already"


def test_without_rules_nothing_is_worked_out():
    applied = apply([], CATALOGUE, NOBODY)
    assert not applied.no_list.any()
    assert not applied.nowhere.any()
    assert (applied.pins, applied.statuses) == ({}, ())
    queries = np.array([1, 2], dtype=np.int32)
    assert applied.with_pins(queries, queries[::-1])[1].tolist() == [2, 1]


def test_pins_go_before_the_others_and_nothing_stands_twice():
    story = np.array([0, 1, 2, 3, 1], dtype=np.int32)  # e is a copy of b
    applied = apply([pin("a", "b"), pin("c", "d", "q")], replace(CATALOGUE, told=story), NOBODY)
    queries, rows = (np.array(one, dtype=np.int32) for one in ([0, 0, 0, 1, 1], [2, 1, 4, 4, 0]))
    queries, rows = applied.with_pins(queries, rows)
    assert list(zip(queries.tolist(), rows.tolist(), strict=True)) == [(0, 1), (0, 2), (1, 4), (1, 0), (2, 3)]


def test_where_a_list_may_hold_any_only_the_pin_itself_does_not_stand_twice():
    own = np.array([0, 1, 2, 3, 0], dtype=np.int32)  # e is a copy of a
    rules = [pin("a", "b"), pin("a", "c", "q"), pin("a", "e", "r"), pin("a", "b", "s")]
    applied = apply(rules, replace(CATALOGUE, own=own, told=None), NOBODY)
    assert [one.problem for one in applied.statuses] == [
        None,
        None,
        "its target repeats its article",
        "its target, or the same report, is pinned there already",
    ]
    queries, rows = (np.array(one, dtype=np.int32) for one in ([0, 0, 0], [3, 1, 4]))
    assert applied.with_pins(queries, rows)[1].tolist() == [1, 2, 3, 4]


def test_the_specification_s_examples_are_ones_that_are_read():
    text = (Path(__file__).parents[1] / "index" / "README.md").read_text(encoding="utf-8")
    section = text.split("## The overlay\n")[1]
    rules = decode(section.split("```toml\n")[1].split("```")[0].encode(), PLACE)
    assert [(rule.id, rule.kind) for rule in rules] == [("pin-3fa91c", "pin"), ("block-77ab01", "block")]
    ledger = decode_ledger(section.split("```json\n")[1].split("```")[0].encode(), PLACE)
    assert (ledger.generation, ledger.takedowns, len(ledger.changes)) == (3, {"id"}, 1)
