"""What all parts of a report's document share."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Share = Annotated[float, Field(ge=0, le=1)]


class Part(BaseModel):
    """Unknown fields are refused, values do not change, and no number is infinite or none."""

    model_config = ConfigDict(allow_inf_nan=False, ser_json_inf_nan="constants", extra="forbid", frozen=True)
