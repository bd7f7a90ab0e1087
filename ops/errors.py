"""Why the tool could not do what it was asked.

OpsError                   exit code 2
├── UsageError             the command line contradicts itself or the stack
├── StackError             the stack's files cannot be found or read
├── ConfigurationError     the stack's configuration cannot be used
├── CredentialsError       no AWS credentials, or none that AWS takes
└── AwsFailed              AWS refused a call, or did not answer
    ├── NotDeployed        ... because what the stack deploys is not there
    └── Denied             ... because the operator's credentials don't allow it

An answer that is "no" is not an error: a verb returns ``Exit.NO`` for it.
"""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """The exit codes of every verb."""

    OK = 0  # yes, or done
    NO = 1  # looked, and the answer is no; or the operator declined
    CANNOT = 2  # usage, configuration, credentials, AWS
    INTERRUPTED = 130


class OpsError(Exception):
    """The root of the tree; ``message`` says what and where, ``remedy`` what to do.

    >>> print(OpsError("no stack file", remedy="run `pulumi stack init dev`"))
    no stack file
    Remedy: run `pulumi stack init dev`
    """

    def __init__(self, message: str, *, remedy: str = "") -> None:
        self.message = message
        self.remedy = remedy
        super().__init__(message + (f"\nRemedy: {remedy}" if remedy else ""))


class UsageError(OpsError):
    """The command line contradicts itself or the stack."""


class StackError(OpsError):
    """The stack's files cannot be found or read."""


class ConfigurationError(OpsError):
    """The stack's configuration cannot be used."""


class CredentialsError(OpsError):
    """No AWS credentials, or none that AWS takes."""


class AwsFailed(OpsError):
    """AWS refused a call, or did not answer."""


class NotDeployed(AwsFailed):
    """Something that the stack's deployment makes does not exist; ``what`` is its kind and name.

    >>> print(NotDeployed("queue ocr-dlq"))
    there is no queue ocr-dlq in this account and region
    Remedy: run `pulumi up --refresh`, which creates it, or check --stack, --region and --profile
    """

    def __init__(self, what: str) -> None:
        # Without --refresh Pulumi finds nothing to do about what somebody deleted by hand.
        super().__init__(
            f"there is no {what} in this account and region",
            remedy="run `pulumi up --refresh`, which creates it, or check --stack, --region and --profile",
        )


class Denied(AwsFailed):
    """The operator's credentials don't allow a call; ``action`` is the permission that they lack."""

    def __init__(self, message: str, *, remedy: str, action: str) -> None:
        self.action = action
        super().__init__(message, remedy=remedy)
