"""The example stack; and loads Pulumi's AWS package before the tests turn warnings into errors.

That package's Lambda module warns about classes of its own as it is imported; that is not about our code.
"""

from __future__ import annotations

import warnings

import pulumi_aws
import pytest

from tests.infra.example import example
from tests.support.recorder import Recording, evaluate_main

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    # Modules of the package load on the first use of something in them.
    pulumi_aws.lambda_.Function.__name__  # noqa: B018


@pytest.fixture(scope="module")
def deployed() -> Recording:
    """What the program registers for the example stack."""
    return evaluate_main(example())
