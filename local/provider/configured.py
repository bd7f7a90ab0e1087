"""The configuration of one provider: which region, whose account, and what is wrong with it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from local.provider.check import Failure, Misfit, fitting
from local.provider.schema import Type, provider_arguments
from local.provider.wire import UNKNOWN, Properties, revealed

if TYPE_CHECKING:
    from local.cloud import Cloud

_ENGINE = ("version", "pluginDownloadURL")
# What changes nothing here: the checks that they turn off are made by real endpoints alone.
_IDLE = ("skipCredentialsValidation", "skipMetadataApiCheck", "skipRegionValidation")
_HONOURED = (
    *("region", "accessKey", "secretKey", "token", "assumeRoles", "allowedAccountIds", "forbiddenAccountIds"),
    *_IDLE,
)
_NO_REGION = "Provider is missing a required configuration key, try `pulumi config set aws:region`"


class NotConfigured(Exception):
    """The configuration can't be used."""


@dataclass(frozen=True)
class Configured:
    """A provider that is ready: the region and account of its resources."""

    region: str
    account: str


def problems(values: Properties, fallback: str) -> Iterator[Failure]:
    """What is wrong with a provider's arguments; a key is one of ``aws:KEY``."""
    for key in revealed(values):
        if key not in provider_arguments().fields and key not in _ENGINE:
            yield Failure(
                "",
                f"`aws:{key}` is not a valid configuration key for the aws provider. If the referenced "
                "key is not intended for the provider, please choose a different namespace from `aws:`.",
            )
        elif key not in (*_HONOURED, *_ENGINE):
            yield Failure("", f"the local cloud does not know what aws:{key} does")
    if not region_of(values, fallback):
        yield Failure("", _NO_REGION)


def region_of(values: Properties, fallback: str) -> Any:
    """The region of the configuration, else that of the environment, else the one given."""
    own = revealed(values).get("region")
    return own or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or fallback


def configure(cloud: Cloud, values: Properties) -> Configured:
    """Asks STS who the caller is, as the provider does. Raises NotConfigured."""
    arguments = {
        key: _typed(provider_arguments().fields.get(key), value) for key, value in revealed(values).items()
    }
    region = str(region_of(arguments, cloud.region))
    try:
        account = _account(cloud, arguments, region)
    except (ClientError, BotoCoreError) as error:
        raise NotConfigured(f"unable to validate AWS credentials.\nDetails: {error}") from error
    allowed, forbidden = arguments.get("allowedAccountIds"), arguments.get("forbiddenAccountIds") or ()
    if (allowed and account not in allowed) or account in forbidden:
        raise NotConfigured(f"AWS account ID not allowed: {account}")
    return Configured(region, account)


def _typed(type_: Type | None, value: Any) -> Any:
    """Whatever is not text arrives as JSON."""
    if type_ is None or type_.name == "string" or not isinstance(value, str) or value is UNKNOWN:
        return value
    try:
        return fitting(type_, json.loads(value))
    except (ValueError, Misfit) as error:
        raise NotConfigured(f"{value} is no {type_.name}") from error


def _account(cloud: Cloud, arguments: Mapping[str, Any], region: str) -> str:
    names = ("accessKey", "secretKey", "token")
    sts = _sts(cloud, region, *(arguments.get(name) for name in names))
    for role in arguments.get("assumeRoles") or ():
        arn, session = role["roleArn"], role.get("sessionName") or "pulumi"
        found = sts.assume_role(RoleArn=arn, RoleSessionName=session)
        account = found["AssumedRoleUser"]["Arn"].split(":")[4]
        if account != cloud.account:
            raise NotConfigured(
                f"{arn} is a role of {account}; the local cloud is the account {cloud.account}"
            )
        keys = found["Credentials"]
        sts = _sts(cloud, region, keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
    return str(sts.get_caller_identity()["Account"])


def _sts(cloud: Cloud, region: str, access_key: str | None, secret_key: str | None, token: str | None) -> Any:
    import boto3  # noqa: PLC0415 - slow to import

    from local.cloud import ACCESS_KEY, SECRET_KEY  # noqa: PLC0415 - it imports this package's users

    return boto3.session.Session().client(
        "sts",
        endpoint_url=cloud.endpoint,
        region_name=region,
        aws_access_key_id=access_key or ACCESS_KEY,
        aws_secret_access_key=secret_key or SECRET_KEY,
        aws_session_token=token,
    )
