"""The policy's settings, from the table of settings to a manifest and back."""

from __future__ import annotations

from dataclasses import asdict, fields

import pytest

from recommender.errors import SettingsError
from recommender.policy import Policy
from recommender.settings import TABLE, load


def test_every_field_is_a_setting_and_the_settings_defaults_hold():
    defaults = {row.name: row.default for row in TABLE}
    assert asdict(Policy.of(load({}, environ={}))) == {one.name: defaults[one.name] for one in fields(Policy)}


def test_what_is_set_is_what_holds():
    flags = {"recency": "after", "recency_half_life_days": "3", "diversity": 0.5, "max_per_source": 2}
    found = Policy.of(load(flags, environ={"RECOMMENDER_LANGUAGES": "same"}))
    assert found == Policy(
        recency="after", recency_half_life_days=3, diversity=0.5, max_per_source=2, languages="same"
    )


def test_a_manifest_is_read_back_and_must_name_every_setting():
    policy = Policy(same_story="copies", rewordings_of_article="drop", teasers="never")
    said = {**asdict(policy), "steps": ["text_too_short"]}
    assert Policy.read(said) == policy
    for name in asdict(policy):
        with pytest.raises(KeyError, match=name):
            Policy.read({key: value for key, value in said.items() if key != name})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[("languages", "en"), ("same_story", True), ("rewordings_of_article", "all"), ("recency", "newest")],
        *[("recency_half_life_days", 0), ("diversity", 1.1), ("diversity", -0.1), ("max_per_source", -1)],
    ],
)
def test_what_is_no_policy_stops_the_program(name, value):
    with pytest.raises(SettingsError, match=f"setting '{name}'"):
        load({name: value}, environ={})
