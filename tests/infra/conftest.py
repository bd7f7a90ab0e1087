"""Loads Pulumi's AWS package before the tests turn warnings into errors.

Its Lambda module warns about classes of its own as it is imported; that is not about our code.
"""

from __future__ import annotations

import warnings

import pulumi_aws

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    # Modules of the package load on the first use of something in them.
    pulumi_aws.lambda_.Function.__name__  # noqa: B018
