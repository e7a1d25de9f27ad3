"""A transformer's layers computed by torch: as they are, in bf16 on the CPU, or in bf16 on a GPU."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from recommender.encoder.arithmetic import TORCH_BF16, TORCH_CUDA_BF16

# Rows that the weights' blocks are laid out for; any other number is computed as well.
_ROWS = 4096


def layers(transformer: Any, arithmetic: str) -> Callable[[Mapping[str, Any]], Any]:
    """What computes a transformers model, from the tensors of a batch to ``(texts, tokens, dim) float32`` on
    the CPU. In bf16 the model is changed for good."""
    import torch

    device = "cuda" if arithmetic == TORCH_CUDA_BF16 else "cpu"
    if arithmetic in {TORCH_BF16, TORCH_CUDA_BF16}:
        transformer.to(device, torch.bfloat16)
    if arithmetic == TORCH_BF16:
        lay_out(transformer)

    def compute(features: Mapping[str, Any]) -> Any:
        # Without the mask, since nothing was filled up.
        inputs = {name: features[name].to(device) for name in features.keys() - {"attention_mask"}}
        return transformer(**inputs).last_hidden_state.float().cpu()

    return compute


def lay_out(transformer: Any) -> None:
    """Lay the weights of every bf16 product out as oneDNN reads them, once and not at each batch, and have it
    compute a layer's GELU in the same pass. torch does so itself only in what it compiles; where this version
    of torch has not the operators that it does so by, all is left as it is."""
    import torch
    from torch import nn

    operators = torch.ops.mkldnn
    if not all(hasattr(operators, name) for name in ("_reorder_linear_weight", "_linear_pointwise")):
        return

    class LaidOut(nn.Module):  # type: ignore[misc]
        """A linear layer, and after it GELU where it is ``gelu``."""

        def __init__(self, linear: Any, *, gelu: bool) -> None:
            super().__init__()
            weight, self.bias = linear.weight.detach(), linear.bias.detach()
            self.weight = operators._reorder_linear_weight(weight, _ROWS)
            self.options: tuple[Any, ...] = ("gelu", [], "none") if gelu else ("none", [], "")

        def forward(self, rows: Any) -> Any:
            return operators._linear_pointwise(rows, self.weight, self.bias, *self.options)

    with torch.inference_mode():
        for parent in list(transformer.modules()):
            linears = [child for child in parent.children() if type(child) is nn.Linear]
            gelu = len(linears) == 1 and _is_gelu(getattr(parent, "intermediate_act_fn", None))
            gelu = gelu and linears[0].bias is not None
            for name, child in list(parent.named_children()):
                if type(child) is nn.Linear and child.bias is not None:
                    setattr(parent, name, LaidOut(child, gelu=gelu))
            if gelu:
                parent.intermediate_act_fn = nn.Identity()


def _is_gelu(activation: Any) -> bool:
    """Whether it is GELU by the error function, and no approximation of it."""
    from torch import nn
    from transformers.activations import GELUActivation

    if type(activation) is nn.GELU:
        return bool(activation.approximate == "none")
    return type(activation) is GELUActivation and activation.act is nn.functional.gelu
