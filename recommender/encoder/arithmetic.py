"""Which arithmetic a model is computed in: what there is, what this machine has, which one is taken.

An arithmetic is a library and a precision. All give the same neighbours but for the nearest ties, and none
gives the same digits as another, so the name of any but `TORCH_FP32` ends an encoder's fingerprint: vectors
are only ever reused for the very same one. What belongs to the model, whatever it is computed in, goes by
`model_of` the fingerprint.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from pathlib import Path

from recommender.errors import EncoderError
from recommender.settings.table import BACKENDS

AUTO = "auto"
TORCH_FP32 = "torch-fp32"
TORCH_BF16 = "torch-bf16"
TORCH_CUDA_BF16 = "torch-cuda-bf16"
OPENVINO_FP32 = "openvino-fp32"
OPENVINO_BF16 = "openvino-bf16"
ARITHMETICS = BACKENDS

_CPU_FLAGS = Path("/proc/cpuinfo")
_NVIDIA_DRIVER = Path("/proc/driver/nvidia/version")
# Either multiplies pairs of bfloat16 in one step; without them bf16 is emulated, and slower than fp32.
_BF16_FLAGS = {"avx512_bf16", "amx_bf16"}
_NO_BF16 = "this CPU does not multiply in bf16 (neither avx512_bf16 nor amx_bf16)"
_FIELDS_OF_A_MODEL = 3


@dataclass(frozen=True, slots=True)
class Machine:
    """What of the machine decides: whether its CPU multiplies in bf16, whether there is an NVIDIA GPU that
    torch can use in bf16, whether the openvino package is installed."""

    bf16: bool
    cuda: bool
    openvino: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """An arithmetic, and in words why it is not a quicker one; ``None`` where there is nothing to say."""

    arithmetic: str
    note: str | None = None


def this_machine() -> Machine:
    """What this machine has. Imports no heavy library unless an NVIDIA driver is loaded."""
    return Machine(
        bf16=cpu_has_bf16(_CPU_FLAGS),
        cuda=_NVIDIA_DRIVER.exists() and _cuda_has_bf16(),
        openvino=importlib.util.find_spec("openvino") is not None,
    )


def cpu_has_bf16(cpuinfo: Path) -> bool:
    """Whether Linux says of the first processor that it multiplies in bf16; False where nothing says so."""
    try:
        lines = cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return False
    flags = next((line for line in lines if line.startswith("flags")), "")
    return not _BF16_FLAGS.isdisjoint(flags.partition(":")[2].split())


def choose(wanted: str, machine: Machine, *, measured: bool) -> Choice:
    """The arithmetic to compute in: the one ``wanted`` by name, or for ``auto`` the quickest that the machine
    has, of those that keep neighbours. That they do is ``measured`` for the packaged model; any other stays
    with torch in fp32 unless one is named.

    Raises EncoderError for a name that is not in `ARITHMETICS`, and for one that this machine has not.
    """
    if wanted != AUTO:
        _refuse_missing(wanted, machine)
        return Choice(wanted)
    if not measured:
        return Choice(
            TORCH_FP32,
            "the encoder is computed in fp32: how far a quicker arithmetic keeps its neighbours has not been "
            "measured; the setting `encoder_backend` names one",
        )
    if machine.cuda:
        return Choice(TORCH_CUDA_BF16)
    if machine.bf16:
        return Choice(OPENVINO_BF16 if machine.openvino else TORCH_BF16)
    return Choice(
        OPENVINO_FP32 if machine.openvino else TORCH_FP32,
        f"the encoder is computed in fp32, which takes about twice as long as bf16: {_NO_BF16}",
    )


def with_arithmetic(model: str, arithmetic: str) -> str:
    """The fingerprint of a model computed in this arithmetic; torch in fp32 is not named."""
    return model if arithmetic == TORCH_FP32 else f"{model}:{arithmetic}"


def model_of(fingerprint: str) -> str:
    """The fingerprint without the arithmetic: what statistics and scores that were fitted to a model go by,
    since they hold wherever neighbours agree."""
    return ":".join(fingerprint.split(":")[:_FIELDS_OF_A_MODEL])


def arithmetic_of(fingerprint: str) -> str:
    """The arithmetic that a fingerprint names."""
    return ":".join(fingerprint.split(":")[_FIELDS_OF_A_MODEL:]) or TORCH_FP32


def _refuse_missing(wanted: str, machine: Machine) -> None:
    if wanted not in ARITHMETICS:
        raise EncoderError(
            f"encoder backend: found {wanted!r}, expected one of {', '.join((AUTO, *ARITHMETICS))}"
        )
    missing = None
    if wanted == TORCH_CUDA_BF16 and not machine.cuda:
        missing = "torch finds no NVIDIA GPU that computes in bf16"
    elif wanted.startswith("openvino") and not machine.openvino:
        missing = "the package openvino is not installed; it comes with the extra `fast`"
    elif wanted in {TORCH_BF16, OPENVINO_BF16} and not machine.bf16:
        missing = _NO_BF16
    if missing:
        raise EncoderError(f"encoder backend {wanted!r} cannot be used: {missing}")


def _cuda_has_bf16() -> bool:
    import torch

    return bool(torch.cuda.is_available() and torch.cuda.is_bf16_supported())
