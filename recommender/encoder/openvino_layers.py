"""A transformer's layers, converted to OpenVINO in memory; nothing is written to disk."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Mapping
from queue import SimpleQueue
from typing import Any

from recommender.encoder.arithmetic import OPENVINO_BF16

_PRECISIONS = {True: "bf16", False: "f32"}


def layers(transformer: Any, arithmetic: str, workers: int) -> Callable[[Mapping[str, Any]], Any]:
    """What computes a transformers model that lies in memory, from the tensors of a batch to
    ``(texts, tokens, dim) float32``, in as many threads at once as there are ``workers``. Raises ValueError
    where OpenVINO finds no bf16 here, and whatever the conversion raises."""
    openvino = quiet_openvino()
    import torch

    precision = _PRECISIONS[arithmetic == OPENVINO_BF16]
    core = openvino.Core()
    able = core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    if arithmetic == OPENVINO_BF16 and "BF16" not in able:
        raise ValueError(f"OpenVINO computes here in {', '.join(able)}, expected BF16 among them")

    class LastLayer(torch.nn.Module):  # type: ignore[misc]
        """The one output that is used, of named inputs in their order."""

        def __init__(self) -> None:
            super().__init__()
            self.transformer = transformer

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            return self.transformer(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state

    example = torch.ones((2, 8), dtype=torch.int64)
    with torch.no_grad(), warnings.catch_warnings():
        # Tracing says of shapes that it takes them for constants; those that vary are declared below.
        warnings.simplefilter("ignore")
        converted = openvino.convert_model(
            LastLayer().eval(),
            example_input={"input_ids": example, "attention_mask": example},
            input=[openvino.PartialShape([-1, -1])] * 2,
        )
    # A core a stream: none waits for another in mid-layer, which costs most where the machine is busy.
    hints = {
        "INFERENCE_PRECISION_HINT": precision,
        "NUM_STREAMS": workers,
        "INFERENCE_NUM_THREADS": workers,
    }
    compiled = core.compile_model(converted, "CPU", hints)
    idle: SimpleQueue[Any] = SimpleQueue()
    for _ in range(workers):
        idle.put(compiled.create_infer_request())

    def compute(features: Mapping[str, Any]) -> Any:
        inputs = [features[name].numpy() for name in ("input_ids", "attention_mask")]
        request = idle.get()
        try:
            return torch.from_numpy(request.infer(inputs, share_inputs=True)[0])
        finally:
            idle.put(request)

    return compute


def quiet_openvino() -> Any:
    """The openvino package, kept from reporting its use over the network: on import and at each conversion it
    does so through openvino_telemetry unless that cannot be imported."""
    if "openvino" not in sys.modules:
        sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    import openvino

    return openvino
