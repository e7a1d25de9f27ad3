"""Terms with the weights of their places, and names by rule: by hand, by properties, on hostile text."""

from __future__ import annotations

import itertools
import re
import subprocess
import sys
import tracemalloc
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.lexical import bags_of, key_of, spellings, vocabulary, words, words_of
from recommender.lexical.words import CAPITALISED, NEVER_LOWER, OPENING_WORDS
from tests.fakes import make_article

ROOT = Path(__file__).parents[2]
BOTH = CAPITALISED | NEVER_LOWER


def pair_key(one, other):
    """The key of two neighbouring words: what their text holds beside the words."""
    (key,) = set(words_of(f"{one} {other}", "").terms.tolist()) - {key_of(one), key_of(other)}
    return key


def counts_of(title, text):
    found = words_of(title, text)
    return dict(zip(found.terms.tolist(), found.counts.tolist(), strict=True))


def names_of(text, title=""):
    """The possible names by their hashes, and why each is one."""
    found = words_of(title, text)
    return dict(zip(found.names.tolist(), found.how.tolist(), strict=True))


def named(**why):
    return {key_of(word): how for word, how in why.items()}


# Terms by hand


def test_a_term_counts_three_times_in_the_title_and_twice_in_the_opening():
    # storm: 3 in the title and 2 in the text. Title and text are no neighbours: there is no "hits storm".
    assert counts_of("Storm hits", "storm over Paris") == {
        key_of("storm"): 5,
        key_of("hits"): 3,
        key_of("over"): 2,
        key_of("paris"): 2,
        pair_key("storm", "hits"): 3,
        pair_key("storm", "over"): 2,
        pair_key("over", "paris"): 2,
    }


def test_beyond_the_opening_a_term_counts_once_and_a_pair_as_its_second_word():
    # 120 words twice and 10 once; of the pairs 119 end in the opening.
    assert counts_of("", "word " * (OPENING_WORDS + 10)) == {
        key_of("word"): 250,
        pair_key("word", "word"): 248,
    }


def test_all_of_a_title_counts_three_times():
    assert counts_of("word " * 130, "")[key_of("word")] == 390


def test_words_have_two_letters_and_no_case():
    assert counts_of("", "A I b2 _x -- STORM, Storm's Café") == {
        key_of("b2"): 2,
        key_of("_x"): 2,
        key_of("storm"): 4,
        key_of("café"): 2,
        pair_key("b2", "_x"): 2,
        pair_key("_x", "storm"): 2,
        pair_key("storm", "storm"): 2,
        pair_key("storm", "café"): 2,
    }


def test_a_pair_is_no_pair_the_other_way_round():
    assert pair_key("new", "york") != pair_key("york", "new")


def test_terms_and_names_ascend_without_repeats():
    found = words_of("Storm nears", "the storm in Paris and in Rome is a storm, Anna Weber said to Paris")
    for keys in (found.terms, found.names):
        assert (np.diff(keys.astype(np.int64)) > 0).all()
    assert [array.dtype for array in (found.terms, found.counts, found.names, found.how)] == [
        np.uint32,
        np.float32,
        np.uint32,
        np.uint8,
    ]


def test_keys_are_the_same_everywhere():
    # The first eight bytes of the word's BLAKE2b, little-endian, their upper half. Written down, since
    # packaged numbers and stored snapshots hold such keys.
    assert (key_of("storm"), key_of("STORM"), key_of("paris")) == (STORM, STORM, PARIS)


STORM, PARIS = 2658572637, 385874108


# Names by hand


def test_names_are_capitalised_in_mid_sentence():
    text = "The mayor met Anna Weber in town. Lately the mayor of Rome smiled."
    # "Lately" begins a sentence, but is nowhere in small letters; "the" is.
    assert names_of(text) == named(anna=BOTH, weber=BOTH, rome=BOTH, lately=NEVER_LOWER)


STARTS = (". ", "! ", "? ", ": ", "; ", '" ', "' ", "“ ", "” ", "‘ ", "’ ", "( ", "[ ", "- ", "– ", "— ")


@pytest.mark.parametrize("before", [*STARTS, "| ", "• ", "* ", "\n ", "\n", "-", "“", ""])
def test_what_begins_a_sentence_a_quotation_or_an_entry_is_no_name_by_its_capital(before):
    assert names_of(f"{before}Storms everywhere") == named(storms=NEVER_LOWER)


def test_what_stands_in_small_letters_as_well_is_no_name_unless_it_has_a_capital_in_mid_sentence():
    assert names_of("Apple fell. Others ate an apple, said Apple") == named(
        apple=CAPITALISED, others=NEVER_LOWER
    )
    assert names_of("Apple fell. they ate an apple") == {}


def test_a_headline_in_capitals_makes_no_name_but_its_small_letters_unmake_one():
    assert names_of("the storm came", title="A Storm Hits The Coast") == named(
        hits=NEVER_LOWER, coast=NEVER_LOWER
    )
    assert names_of("Storms came", title="storms came") == {}


def test_calendar_words_and_titles_of_people_are_no_names():
    text = "they said on Monday and in March that Mr Weber and Dr Roth met on Sept 3"
    assert names_of(text) == named(weber=BOTH, roth=BOTH)


def test_numbers_are_no_names_and_letters_without_case_have_none_by_a_capital():
    assert names_of("in 2022 and in 5G there were 100 of them") == {}
    assert set(names_of("قال الرئيس اليوم في المؤتمر").values()) == {NEVER_LOWER}


def test_capitals_beyond_ascii_count():
    assert names_of("he met Élodie and Øyvind there") == named(élodie=BOTH, øyvind=BOTH)
    assert names_of("he met élodie there") == {}


# Spellings


def test_terms_are_spelt_as_they_first_stand_or_as_they_stand_in_mid_sentence():
    found = spellings("STORM nears Paris", "Paris waits. they say PARIS waits for a Storm")
    assert found[key_of("storm")] == "Storm"
    assert found[key_of("paris")] == "PARIS"
    assert found[key_of("nears")] == "nears"
    assert found[pair_key("paris", "waits")] == "Paris waits"


@given(st.text("abAB .\n'", max_size=30), st.text("abAB .\n'", max_size=30))
def test_every_term_has_a_spelling(title, text):
    assert spellings(title, text).keys() == set(words_of(title, text).terms.tolist())


# Properties

# Two capitals among them that are other small letters, or more than one, by what stands beside them.
LETTERS = st.text(st.sampled_from("abcABCéÉ1_ .\n-’ΑΣαİ"), max_size=60)


@given(LETTERS, LETTERS)
def test_counts_are_those_of_a_plain_count(title, text):
    expected: Counter[str] = Counter()
    for part, weight in ((title, 3), (text, 2)):  # the text is shorter than the opening
        words = re.findall(r"\w\w+", part.lower())
        for term in [*words, *(f"{a} {b}" for a, b in itertools.pairwise(words))]:
            expected[term] += weight
    found = counts_of(title, text)
    assert sorted(found.values()) == sorted(expected.values())
    assert all(found[key_of(term)] == count for term, count in expected.items() if " " not in term)


def plain_names(title, text):
    """The names by rule, one word after the other."""
    words = [word for word in re.findall(r"\w\w+", f"{title}\n{text}") if not word[0].isdigit()]
    small = {word.lower() for word in words if word[0].islower()}
    after = re.finditer(r"(?<![.!?:;\"'“”‘’(\[\-–—\n|•*])[ ]([^\W\d_a-z]\w+)", text)
    capitals = {found[1].lower() for found in after if found[1][0].isupper()}
    never = {word.lower() for word in words} - small
    return {
        key_of(word): CAPITALISED * (word in capitals) | NEVER_LOWER * (word in never)
        for word in capitals | never
    }


@given(LETTERS, LETTERS)
def test_names_are_those_of_the_plain_rule(title, text):
    assert names_of(text, title) == plain_names(title, text)


@given(LETTERS, LETTERS)
def test_names_are_words_of_the_article(title, text):
    found = words_of(title, text)
    assert set(found.names.tolist()) <= {key_of(word) for word in re.findall(r"\w\w+", f"{title} {text}")}
    assert set(found.how.tolist()) <= {CAPITALISED, NEVER_LOWER, BOTH}


@given(st.lists(st.tuples(LETTERS, LETTERS), max_size=6), st.integers(1, 6), st.integers(1, 300))
def test_bags_hold_the_words_of_each_article_in_order(texts, at_once, characters):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(words, "_ARTICLES_AT_ONCE", at_once)
        patch.setattr(words, "_CHARACTERS_AT_ONCE", characters)
        _check_bags(texts)


def _check_bags(texts):
    articles = [make_article(str(row), text, title=title) for row, (title, text) in enumerate(texts)]
    counted: list[int] = []
    bags = bags_of(iter(articles), counted.append)
    assert len(bags) == len(articles) == sum(counted)
    for row, (title, text) in enumerate(texts):
        alone = words_of(title, text)
        terms = slice(*bags.term_offsets[row : row + 2].tolist())
        names = slice(*bags.name_offsets[row : row + 2].tolist())
        assert bags.terms[terms].tolist() == alone.terms.tolist()
        assert bags.counts[terms].tolist() == alone.counts.tolist()
        assert bags.names[names].tolist() == alone.names.tolist()
        assert bags.how[names].tolist() == alone.how.tolist()


def test_capitals_whose_small_letters_depend_on_their_neighbours():
    # Beside a stop and a letter the sigma stands in mid-word; at a word's end it does not.
    assert set(counts_of("", "ΟΔΟΣ")) == {key_of("οδος")}
    assert key_of("οδοσ") in counts_of("", "ΟΔΟΣ.Α")
    # The dot of a small dotted i is a sign of its own, which parts words.
    assert set(counts_of("", "İstanbul")) == {key_of("stanbul")}


def test_two_words_that_share_their_key(monkeypatch):
    # One has a capital in mid-sentence and small letters elsewhere, the other neither: one name by both.
    monkeypatch.setattr(vocabulary, "hash_of", lambda word: 7 << 32 | len(word))
    found = words_of("", "they saw Anna, anna. Roth")
    assert (found.names.tolist(), found.how.tolist()) == ([7], [BOTH])


# Hostile text


def test_no_articles():
    bags = bags_of([])
    assert len(bags) == 0
    assert bags.term_offsets.tolist() == bags.name_offsets.tolist() == [0]
    assert [array.dtype for array in (bags.terms, bags.counts, bags.names, bags.how)] == [
        np.uint32,
        np.float32,
        np.uint32,
        np.uint8,
    ]


@pytest.mark.parametrize(
    "text",
    ["", " ", "\n\n", "a", "\x00", "\ud800", "\ud800 \udfff", "́́", "... -- !!", "🌩️ 🌊", "\u202e\u200f"],
)
def test_texts_without_a_word(text):
    words = words_of(text, text)
    assert (len(words.terms), len(words.counts), len(words.names), len(words.how)) == (0, 0, 0, 0)
    assert (words.terms.dtype, words.names.dtype, words.how.dtype) == (np.uint32, np.uint32, np.uint8)
    assert spellings(text, text) == {}


def test_signs_that_are_no_letters_part_words():
    plain = counts_of("", "storm over rome")
    for sign in ("\x00", "\ud800", "\u202e", "\u200b", "́"):
        assert counts_of("", sign.join(["storm", "over", "rome"])) == plain


def test_a_word_of_ten_thousand_letters_is_known_by_its_first():
    assert key_of("x" * 10_000) == key_of("x" * 9_999) != key_of("y" * 10_000)
    assert counts_of("", f"{'x' * 10_000} {'x' * 10_000}") == {
        key_of("x" * 64): 4,
        pair_key("x" * 64, "x" * 64): 2,
    }


@pytest.mark.parametrize(
    "unit", ["storm ", "x", " A", " Ab", "Ab", "a" * 10_000 + " ", "\x00", ". A", "é", "7"]
)
def test_what_lies_beyond_the_first_200_000_characters_is_left_out(unit):
    # Megabytes of one thing: the same as its beginning, in the title as in the text.
    long = unit * (1_000_000 // len(unit))
    for title, text in ((long, ""), ("", long)):
        found, expected = words_of(title, text), words_of(title[:200_000], text[:200_000])
        for name in ("terms", "counts", "names", "how"):
            assert np.array_equal(getattr(found, name), getattr(expected, name))
    assert spellings(long, long) == spellings(long[:200_000], long[:200_000])


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_text_has_words(title, text):
    words = words_of(title, text)
    assert len(words.terms) == len(words.counts)
    assert len(words.names) == len(words.how)
    assert (words.counts >= 2).all()
    assert (words.how > 0).all()


def test_long_articles_are_counted_a_few_at_a_time(monkeypatch):
    # 20 articles of 66,666 words, at some 130 bytes a word: two of them at once take 17 MB, all 170.
    monkeypatch.setattr(words, "_CHARACTERS_AT_ONCE", 400_000)
    article = make_article("long", "ab " * 66_666, title="")
    tracemalloc.start()
    try:
        bags = bags_of(article for _ in range(20))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert sorted(set(bags.counts.tolist())) == [66_665 + 119, 66_666 + 120]
    assert peak < 60e6


def test_another_process_finds_the_same():
    code = (
        "from recommender.lexical import words_of; w = words_of('Storm nears', 'it met Paris and Rome');"
        "print(w.terms.tolist(), w.counts.tolist(), w.names.tolist(), w.how.tolist())"
    )
    words = words_of("Storm nears", "it met Paris and Rome")
    expected = f"{words.terms.tolist()} {words.counts.tolist()} {words.names.tolist()} {words.how.tolist()}"
    for seed in ("0", "1"):
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        assert done.stdout.strip() == expected
