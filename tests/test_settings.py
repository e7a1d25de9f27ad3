"""The table of settings, and which of flags, variables, file and defaults has the say."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from recommender.errors import SettingsError
from recommender.settings import TABLE, Settings, load

DEFAULTS = {row.name: row.default for row in TABLE}


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """No recommender.toml in the working directory but one that the test writes."""
    monkeypatch.chdir(tmp_path)


def write(text, name="recommender.toml"):
    path = Path(name)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def refused(flags=None, *, environ=None, config=None):
    with pytest.raises(SettingsError) as caught:
        load(flags, environ=environ or {}, config=config)
    return str(caught.value)


def test_the_table_names_the_fields_of_settings():
    assert [row.name for row in TABLE] == [field.name for field in dataclasses.fields(Settings)]


def test_every_row_has_a_meaning_and_a_default_that_it_accepts():
    assert all(row.meaning for row in TABLE)
    found = dataclasses.asdict(load(environ={}))
    assert found == DEFAULTS | {"index": Path("index")}


def test_settings_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        load(environ={}).port = 1


def test_each_origin_wins_over_the_ones_after_it():
    write("port = 1\nworkers = 2\nhost = 'file'\n")
    environ = {"RECOMMENDER_PORT": "11", "RECOMMENDER_WORKERS": "12", "PORT": "13", "HOME": "/"}
    found = load({"port": 21, "workers": None}, environ=environ)
    assert (found.port, found.workers, found.host, found.batch_size) == (21, 12, "file", 32)


def test_a_flag_of_zero_is_given():
    assert load({"port": 0}, environ={"RECOMMENDER_PORT": "1"}).port == 0


def test_the_named_file_is_read_in_place_of_the_one_in_the_working_directory():
    write("port = 1")
    named = write("port = 2", "named.toml")
    by_variable = write("port = 3", "variable.toml")
    environ = {"RECOMMENDER_CONFIG": str(by_variable)}
    assert load(environ=environ, config=named).port == 2
    assert load(environ=environ).port == 3
    assert load(environ={}).port == 1
    assert load(environ={"RECOMMENDER_CONFIG": ""}).port == 1


def test_what_the_file_loses_to_another_origin_need_not_be_right():
    write("port = 'none'")
    assert load({"port": 1}, environ={}).port == 1


@pytest.mark.parametrize("prefix", ["", "no/such/"])
def test_a_named_file_that_is_not_there_stops_the_program(prefix):
    path = Path(f"{prefix}absent.toml")
    assert refused(config=path) == f"settings file {path} does not exist"
    assert refused(environ={"RECOMMENDER_CONFIG": str(path)}) == f"settings file {path} does not exist"


def test_a_file_with_a_byte_order_mark_is_read():
    write(b"\xef\xbb\xbfport = 5\r\n")
    assert load(environ={}).port == 5


@pytest.mark.parametrize(
    "content",
    [
        "port = ",
        "port = 1\nport = 2",
        b"host = '\xff'",
        "port = " + "9" * 5000,
        "port = " + "[" * 20_000,
    ],
    ids=["syntax", "twice", "not UTF-8", "5000 digits", "nested too deep"],
)
def test_a_file_that_cannot_be_read_stops_the_program(content):
    path = write(content)
    assert refused().startswith(f"settings file {path} cannot be read: ")


def test_a_directory_in_place_of_the_file_stops_the_program(tmp_path):
    assert refused(config=tmp_path) == (
        f"settings file {tmp_path} cannot be read: [Errno 21] Is a directory: '{tmp_path}'"
    )


def test_an_unknown_key_is_named_with_where_it_stands():
    known = "; known settings: " + ", ".join(DEFAULTS)
    assert refused({"prot": 1}) == "unknown setting 'prot' in the command line" + known
    assert refused(environ={"RECOMMENDER_PROT": "1"}) == (
        "unknown setting 'prot' in the environment variable RECOMMENDER_PROT" + known
    )
    write("prot = 1")
    assert refused() == "unknown setting 'prot' in recommender.toml" + known


def test_a_table_in_place_of_a_value_is_refused():
    write("[port]\nnumber = 1")
    assert "found {'number': 1}, expected a whole number" in refused()
    write("[service]\nport = 1")
    assert refused().startswith("unknown setting 'service' in recommender.toml")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        # What Kubernetes injects for a Service of the name `recommender`.
        ("RECOMMENDER_PORT", "tcp://10.0.0.1:8000"),
        ("RECOMMENDER_PORT_8000_TCP", "tcp://10.0.0.1:8000"),
        ("RECOMMENDER_PORT_8000_TCP_ADDR", "10.0.0.1"),
        ("RECOMMENDER_SERVICE_HOST", "10.0.0.1"),
        ("RECOMMENDER_SERVICE_PORT_HTTP", "8000"),
    ],
)
def test_a_variable_that_kubernetes_injects_is_refused_with_the_remedy(variable, value):
    message = refused(environ={variable: value})
    assert variable in message
    assert "enableServiceLinks: false" in message


def test_no_other_mistake_is_blamed_on_kubernetes():
    assert "Kubernetes" not in refused(environ={"RECOMMENDER_PORT": "http"})
    assert "Kubernetes" not in refused(environ={"RECOMMENDER_PROT": "1"})


@pytest.mark.parametrize(
    ("name", "low", "high", "outside"),
    [
        ("min_score", 0, 1, (-0.01, 1.01)),
        ("max_rejected", 0, 1, (-0.01, 1.01)),
        ("keep_snapshots", 1, 10_000, (0, 10_001)),
        ("batch_size", 1, 4096, (0, 4097)),
        ("port", 0, 65535, (-1, 65536)),
        ("workers", 1, 256, (0, 257)),
        ("poll_seconds", 0.05, 3600, (0.049, 3600.5)),
        ("max_snapshot_age_hours", 0, 1_000_000, (-1, 1_000_001)),
        ("max_body_bytes", 1, 1_000_000_000, (0, 1_000_000_001)),
        ("stale_while_revalidate", 0, 31_536_000, (-1, 31_536_001)),
        ("stale_if_error", 0, 31_536_000, (-1, 31_536_001)),
    ],
)
def test_the_ends_of_a_range_are_in_it_and_what_lies_outside_is_refused(name, low, high, outside):
    for value in (low, high):
        assert getattr(load({name: value}, environ={}), name) == value
        assert getattr(load(environ={f"RECOMMENDER_{name.upper()}": str(value)}), name) == value
    for value in outside:
        message = refused({name: value})
        assert message.startswith(f"setting {name!r} from the command line: found {value!r}, expected a ")
        assert message.endswith(f"number from {low} to {high}")


@pytest.mark.parametrize("name", ["max_rejected", "poll_seconds", "min_score"])
@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "a", True, [0.5], 10**400, float("nan")], ids=repr)
def test_what_is_no_number_is_refused(name, value):
    assert f"setting {name!r} from the command line: found {value!r}, expected a number" in refused(
        {name: value}
    )


@pytest.mark.parametrize("value", [True, "1.5", 1.5, "", " ", "0x10", "9" * 5000, [1]], ids=repr)
def test_what_is_no_whole_number_is_refused(value):
    assert f"found {value!r}, expected a whole number from 1 to 256" in refused({"workers": value})


@pytest.mark.parametrize("name", ["index", "encoder", "host"])
@pytest.mark.parametrize("value", ["", "  ", 5, False])
def test_a_text_that_is_blank_or_none_is_refused(name, value):
    assert f"found {value!r}, expected a text that is not blank" in refused({name: value})


@pytest.mark.parametrize("value", ["", "Always", "sometimes", 1, ["always"]], ids=repr)
def test_a_choice_is_refused_with_what_there_is_to_choose(value):
    assert refused({"teasers": value}).endswith(f"found {value!r}, expected one of always, same_page, never")


@pytest.mark.parametrize("value", ["always", "same_page", "never"])
def test_choices(value):
    assert load({"teasers": value}, environ={}).teasers == value


def test_a_blank_min_score_is_the_fitted_one():
    assert load(environ={"RECOMMENDER_MIN_SCORE": ""}).min_score is None
    assert load(environ={"RECOMMENDER_MIN_SCORE": "0.25"}).min_score == 0.25


def test_the_message_names_the_origin_of_a_bad_value():
    write("port = 'none'")
    expected = "found 'none', expected a whole number from 0 to 65535"
    assert refused() == f"setting 'port' from recommender.toml: {expected}"
    assert refused(environ={"RECOMMENDER_PORT": "none"}) == (
        f"setting 'port' from the environment variable RECOMMENDER_PORT: {expected}"
    )


def test_numbers_keep_their_kind():
    write("max_rejected = 1\nindex = 'somewhere/else'")
    found = load(environ={"RECOMMENDER_POLL_SECONDS": "2"})
    assert (type(found.max_rejected), type(found.poll_seconds), type(found.port)) == (float, float, int)
    assert found.index == Path("somewhere/else")
    assert load({"index": Path("/srv")}, environ={}).index == Path("/srv")
