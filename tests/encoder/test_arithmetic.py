"""What is taken on which machine, what is refused, and what a fingerprint says of it."""

from __future__ import annotations

import itertools

import pytest

from recommender.encoder import DEFAULT_ENCODER, Machine, arithmetic_of, choose, load_encoder, model_of
from recommender.encoder.arithmetic import ARITHMETICS, AUTO, cpu_has_bf16, with_arithmetic
from recommender.errors import EncoderError
from recommender.scoring import packaged_scoring
from recommender.statistics import packaged_background

BARE = Machine(bf16=False, cuda=False, openvino=False)
BF16 = Machine(bf16=True, cuda=False, openvino=False)
OPENVINO = Machine(bf16=False, cuda=False, openvino=True)
FAST = Machine(bf16=True, cuda=False, openvino=True)
GPU = Machine(bf16=True, cuda=True, openvino=True)
MODEL = "53aa51172d14:01234567:text1"


@pytest.mark.parametrize(
    ("machine", "expected"),
    [
        (BARE, "torch-fp32"),
        (BF16, "torch-bf16"),
        (OPENVINO, "openvino-fp32"),
        (FAST, "openvino-bf16"),
        (GPU, "torch-cuda-bf16"),
    ],
)
def test_auto_takes_the_quickest_that_the_machine_has(machine, expected):
    assert choose(AUTO, machine, measured=True).arithmetic == expected


@pytest.mark.parametrize("machine", [BARE, OPENVINO])
def test_a_cpu_without_bf16_falls_back_in_words(machine):
    note = choose(AUTO, machine, measured=True).note
    assert note == (
        "the encoder is computed in fp32, which takes about twice as long as bf16: this CPU does not "
        "multiply in bf16 (neither avx512_bf16 nor amx_bf16)"
    )
    assert choose(AUTO, BF16, measured=True).note is None  # the control


def test_a_model_that_was_not_measured_stays_with_fp32_unless_told():
    chosen = choose(AUTO, GPU, measured=False)
    assert chosen.arithmetic == "torch-fp32"
    assert "`encoder_backend`" in (chosen.note or "")
    assert choose("openvino-bf16", GPU, measured=False).arithmetic == "openvino-bf16"


def test_what_is_named_is_taken_or_refused_never_replaced():
    machines = [Machine(*has) for has in itertools.product([False, True], repeat=3)]
    for wanted, machine in itertools.product(ARITHMETICS, machines):
        needs = {
            "torch-fp32": True,
            "torch-bf16": machine.bf16,
            "torch-cuda-bf16": machine.cuda,
            "openvino-fp32": machine.openvino,
            "openvino-bf16": machine.openvino and machine.bf16,
        }
        if needs[wanted]:
            assert choose(wanted, machine, measured=True).arithmetic == wanted
        else:
            with pytest.raises(EncoderError, match=f"^encoder backend '{wanted}' cannot be used: "):
                choose(wanted, machine, measured=True)


@pytest.mark.parametrize(
    ("wanted", "machine", "why"),
    [
        ("openvino-bf16", BF16, "the package openvino is not installed; it comes with the extra `fast`"),
        (
            "openvino-bf16",
            OPENVINO,
            "this CPU does not multiply in bf16 (neither avx512_bf16 nor amx_bf16)",
        ),
        ("torch-cuda-bf16", FAST, "torch finds no NVIDIA GPU that computes in bf16"),
    ],
)
def test_a_refusal_says_what_is_missing(wanted, machine, why):
    with pytest.raises(EncoderError) as caught:
        choose(wanted, machine, measured=True)
    assert str(caught.value) == f"encoder backend {wanted!r} cannot be used: {why}"


def test_an_unknown_name_is_refused_with_the_known_ones():
    with pytest.raises(EncoderError) as caught:
        load_encoder(DEFAULT_ENCODER, backend="onnx")
    assert str(caught.value) == (
        "encoder backend: found 'onnx', expected one of auto, torch-fp32, torch-bf16, torch-cuda-bf16, "
        "openvino-fp32, openvino-bf16"
    )


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ("fpu avx512f avx512_bf16 avx512_vnni", True),
        ("fpu avx512f amx_bf16 amx_tile", True),
        ("fpu avx512f avx512_vnni", False),
        ("fpu not_avx512_bf16 avx512_bf16x", False),
    ],
)
def test_bf16_is_read_from_the_flags_of_the_processor(tmp_path, flags, expected):
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text(f"processor\t: 0\nmodel name\t: avx512_bf16\nflags\t\t: {flags}\nbugs\t\t: none\n")
    assert cpu_has_bf16(cpuinfo) is expected


def test_where_no_file_says_so_there_is_no_bf16(tmp_path):
    assert cpu_has_bf16(tmp_path / "none") is False
    (tmp_path / "arm").write_text("Features\t: fp asimd bf16 i8mm\n")
    assert cpu_has_bf16(tmp_path / "arm") is False


# Fingerprints


@pytest.mark.parametrize("arithmetic", ARITHMETICS)
def test_a_fingerprint_names_its_arithmetic_and_still_its_model(arithmetic):
    found = with_arithmetic(MODEL, arithmetic)
    assert found == (MODEL if arithmetic == "torch-fp32" else f"{MODEL}:{arithmetic}")
    assert (model_of(found), arithmetic_of(found)) == (MODEL, arithmetic)


@pytest.mark.parametrize("fingerprint", ["", "fake:1", MODEL])
def test_a_fingerprint_without_arithmetic_is_its_model_s(fingerprint):
    assert model_of(fingerprint) == fingerprint


def test_the_packaged_encoder_has_a_fingerprint_for_each_arithmetic_and_one_model():
    machines = {"torch-fp32": BARE, "torch-bf16": BF16, "openvino-bf16": FAST, "torch-cuda-bf16": GPU}
    loaded = {name: load_encoder(DEFAULT_ENCODER, machine=machine) for name, machine in machines.items()}
    assert {name: one.arithmetic for name, one in loaded.items()} == {name: name for name in machines}
    assert len({one.fingerprint for one in loaded.values()}) == len(machines)
    assert {model_of(one.fingerprint) for one in loaded.values()} == {loaded["torch-fp32"].fingerprint}


@pytest.mark.parametrize("arithmetic", ARITHMETICS)
def test_what_is_packaged_for_the_model_holds_in_every_arithmetic(arithmetic):
    own = packaged_background().fingerprint
    assert packaged_scoring(with_arithmetic(own, arithmetic)) == packaged_scoring(own)
    assert packaged_scoring(with_arithmetic(own, arithmetic)).fingerprint == own
    assert packaged_scoring(f"another:1:text1:{arithmetic}").fingerprint == ""  # the control
