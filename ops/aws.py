"""The operator's own access to AWS: which credentials, region and endpoint, and errors in their words."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import boto3
from botocore import exceptions as sdk
from botocore.config import Config

from handler.errors import AwsError
from ops.errors import AwsFailed, CredentialsError, Denied, OpsError

_NO_CREDENTIALS = (
    sdk.NoCredentialsError,
    sdk.PartialCredentialsError,
    sdk.CredentialRetrievalError,
    sdk.TokenRetrievalError,
    sdk.SSOError,
)
_REFUSED_CREDENTIALS = {
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}
_DENIED = {"AccessDenied", "AccessDeniedException", "AuthorizationError", "UnauthorizedOperation"}
_LOG_IN = (
    "run `aws sso login`, set AWS_PROFILE or name a profile with --profile; "
    "`aws sts get-caller-identity` shows who you are"
)


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Whose the credentials are: ``partition`` is ``aws``, ``aws-cn`` or ``aws-us-gov``."""

    account: str
    partition: str
    arn: str


@dataclass(frozen=True, kw_only=True)
class Aws:
    """Makes clients. None means: whatever the AWS SDK finds in its environment and files.

    ``accounts`` are those that the credentials may be of; none means any.
    """

    profile: str | None = None
    region: str | None = None
    endpoint_url: str | None = None
    accounts: tuple[str, ...] = ()
    _session: Any = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        try:
            session = boto3.Session(profile_name=self.profile, region_name=self.region)
        except (sdk.BotoCoreError, ValueError) as error:
            raise in_operators_words(error) from error
        object.__setattr__(self, "_session", session)

    @property
    def region_name(self) -> str:
        """The region that clients talk to. Raises AwsFailed if there is none."""
        name = self._session.region_name
        if not name:
            raise AwsFailed(
                "no AWS region",
                remedy="set aws:region in the stack's configuration, or name one with --region",
            )
        return str(name)

    def client(self, service: str, *, attempts: int = 3, patience: int = 30) -> Any:
        """A new client. ``attempts`` counts the first one; 1 means that a call is never repeated.

        ``patience`` is how many seconds an answer may take.
        """
        config = Config(
            retries={"mode": "standard", "total_max_attempts": attempts},
            connect_timeout=5,
            read_timeout=patience,
            tcp_keepalive=True,
        )
        try:
            return self._session.client(
                service, region_name=self.region_name, endpoint_url=self.endpoint_url, config=config
            )
        except (sdk.BotoCoreError, ValueError) as error:
            raise in_operators_words(error) from error

    @property
    def identity(self) -> Identity:
        """Whose credentials these are. Raises CredentialsError, also for a wrong account, or AwsFailed."""
        self.check_account()
        return self.caller

    def check_account(self) -> None:
        """Asks AWS whose the credentials are only if that matters. Raises as ``identity``."""
        if self.accounts and self.caller.account not in self.accounts:
            raise CredentialsError(
                f"the credentials are of account {self.caller.account}, and the stack's "
                f"aws:allowedAccountIds are {', '.join(self.accounts)}",
                remedy="use credentials of the stack's account (--profile or AWS_PROFILE); "
                "`aws sts get-caller-identity` shows whose yours are",
            )

    @cached_property
    def caller(self) -> Identity:
        """Whose credentials these are, of whatever account. Raises CredentialsError or AwsFailed."""
        try:
            answer = self.client("sts").get_caller_identity()
        except (sdk.ClientError, sdk.BotoCoreError) as error:
            raise in_operators_words(error) from error
        arn = answer["Arn"]
        return Identity(account=answer["Account"], partition=arn.split(":")[1], arn=arn)


def in_operators_words(error: Exception, *, action: str = "") -> OpsError:
    """The error for a failed call, whoever made it; ``action`` is the call as IAM spells it, where known.

    The handler's errors speak of the function's role; here the credentials are the operator's, so what
    botocore said underneath is told instead.
    """
    if isinstance(error, AwsError) and error.cause is not None:
        return in_operators_words(error.cause, action=action or error.action)
    if isinstance(error, _NO_CREDENTIALS):
        return CredentialsError(f"no usable AWS credentials: {error}", remedy=_LOG_IN)
    if isinstance(error, sdk.ProfileNotFound):
        return CredentialsError(str(error), remedy="`aws configure list-profiles` lists those that there are")
    if isinstance(error, sdk.ConnectionError | sdk.HTTPClientError):
        return AwsFailed(
            f"AWS can't be reached: {error}",
            remedy="check the network, the region, and --endpoint-url or AWS_ENDPOINT_URL if you set one",
        )
    if isinstance(error, sdk.ClientError):
        return _refused(error, action or error.operation_name)
    return AwsFailed(f"the call to AWS failed: {error}", remedy="try again")


def _refused(error: sdk.ClientError, action: str) -> OpsError:
    code = error.response.get("Error", {}).get("Code", "")
    if code in _REFUSED_CREDENTIALS:
        return CredentialsError(f"AWS refuses the credentials: {error}", remedy=_LOG_IN)
    if code in _DENIED:
        return Denied(
            f"your credentials don't allow {action}: {error}",
            remedy=f"use credentials that allow {action}; `aws sts get-caller-identity` shows who you are",
            action=action,
        )
    return AwsFailed(
        f"AWS refused a call: {error}", remedy="try again; if it stays, the message says what is wrong"
    )
