"""The key ``imagePolicy`` of a pair."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from components import checks
from components.choices import Order
from components.frozen import FrozenModel, Strings


class ImagePolicy(FrozenModel):
    """Which tags are candidates, and which of them wins. Exactly one of glob, regex and semver."""

    glob: str | None = Field(None, description="a pattern such as release-*")
    regex: str | None = Field(None, description="a regular expression such as ^main-([0-9]+)$")
    semver: str | None = Field(None, description="a range such as >=1.4 <2")
    order: Annotated[Order, Field(strict=False)] = Field(
        Order.PUSHED, description="one of pushed, numeric, alphabetical"
    )
    ignore: Strings = Field((), description="a list of patterns")
    allow_downgrade: bool = Field(False, description="true or false")

    @model_validator(mode="after")
    def _one_that_can_be_used(self) -> Self:
        if sum(kind is not None for kind in (self.glob, self.regex, self.semver)) != 1:
            raise checks.unfit("exactly one of glob, regex and semver")
        checks.image_policy(self.specification())
        return self

    def specification(self) -> dict[str, Any]:
        """The JSON object that the function's own parser takes."""
        given = self.model_dump(by_alias=True, mode="json", exclude_defaults=True)
        # An order that was written counts even where it is the default: semver takes none.
        return given | ({"order": self.order.value} if "order" in self.model_fields_set else {})
