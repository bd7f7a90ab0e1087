"""What the models of the configuration have in common."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


class FrozenModel(BaseModel):
    """Nothing is coerced, no key is unknown, and the YAML's keys are in camelCase."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", alias_generator=to_camel)


# Strict in everything but the container: users write lists, the model keeps tuples.
Strings = Annotated[tuple[str, ...], Field(strict=False)]
