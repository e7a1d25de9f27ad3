"""The packaged model in every arithmetic that this machine has, against the library's own vectors."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.encoder import DEFAULT_ENCODER, load_encoder
from recommender.encoder.arithmetic import ARITHMETICS
from recommender.errors import EncoderError

# Of every length, so that some are cut off and some are filled up.
TEXTS = [
    "",
    "Vote.",
    "A storm nears the COAST, forecasters warn.",
    "Harbour workers strike over pay " * 3,
    "Überraschung in Köln: Pokal geht an den Außenseiter",
    "東京 опера θάλασσα",
    "The court ruled on the mandate for large employers. " * 12,
    "Residents were told to leave their homes before the river crests. " * 60,
]


@pytest.fixture(scope="module")
def expected():
    return load_encoder(DEFAULT_ENCODER, backend="torch-fp32").encode_as_it_comes(TEXTS)


@pytest.fixture(scope="module", params=ARITHMETICS)
def encoder(request):
    try:
        return load_encoder(DEFAULT_ENCODER, backend=request.param, batch_size=2)
    except EncoderError as error:
        pytest.skip(str(error))


def test_vectors_are_the_library_s_up_to_the_precision(encoder, expected):
    vectors = encoder.encode(TEXTS)
    cosines = (vectors * expected).sum(axis=1)
    assert cosines.min() > (0.9999995 if encoder.arithmetic.endswith("fp32") else 0.999)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert vectors.dtype == np.float32
    assert (vectors @ expected.T).argmax(axis=1).tolist() == list(range(len(TEXTS)))


def test_a_text_s_vector_hardly_depends_on_what_is_beside_it(encoder):
    together = encoder.encode(TEXTS)
    alone = np.concatenate([encoder.encode([text]) for text in TEXTS])
    bound = 1e-6 if encoder.arithmetic.endswith("fp32") else 2e-4
    assert (1 - (together * alone).sum(axis=1)).max() < bound


@settings(deadline=None, max_examples=8)
@given(st.permutations(range(len(TEXTS))))
def test_rows_stand_in_the_order_of_the_texts(order):
    fp32 = load_once()
    found = fp32.encode([TEXTS[place] for place in order])
    np.testing.assert_allclose(found, fp32.encode(TEXTS)[list(order)], atol=1e-5)


def test_every_text_is_counted_once(encoder):
    done = []
    encoder.encode(TEXTS, done.append)
    assert sum(done) == len(TEXTS)


def test_openvino_reports_nothing_and_writes_nothing(tmp_path):
    pytest.importorskip("openvino", reason="the extra fast is not installed", exc_type=ImportError)
    program = """
import socket
asked = []
def refuse(*arguments, **options):
    asked.append(arguments)
    raise OSError("no network")
socket.socket.connect = refuse
socket.getaddrinfo = refuse
from recommender.encoder import load_encoder
load_encoder("all-MiniLM-L6-v2", backend="openvino-fp32").encode(["Vote."])
import atexit
atexit.register(lambda: print(asked))
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"HOME": str(tmp_path), "PATH": ""},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert (done.returncode, done.stdout) == (0, "[]\n"), done.stderr
    assert list(tmp_path.iterdir()) == []


_LOADED = []


def load_once():
    if not _LOADED:
        _LOADED.append(load_encoder(DEFAULT_ENCODER, backend="torch-fp32", batch_size=2))
    return _LOADED[0]
