"""AWS Lambda."""

from __future__ import annotations

from tools.replacements.cases import Samples, Setting
from tools.replacements.samples.common import arn, arns, role

_FUNCTION = {
    "function_name": "alpha",
    "role": role("alpha"),
    "handler": "alpha.handle",
    "runtime": "python3.12",
    "filename": "alpha.zip",
}
_IMAGE = {"filename": None, "handler": None, "runtime": None, "package_type": "Image", "image_uri": "alpha:1"}
_BUCKET = {"filename": None, "s3_bucket": "alpha", "s3_key": "alpha"}
_NETWORK = {"security_group_ids": ["sg-1"], "subnet_ids": ["subnet-1"]}
_SIGNING = "code-signing-config:csc-0123456789abcde"

SAMPLES = {
    "aws_lambda_function": Samples(
        settings={
            "": Setting(_FUNCTION),
            "versions are published": Setting({**_FUNCTION, "publish": True}, {"publish": ["true"]}),
        },
        values={
            "architectures": (["x86_64"], ["arm64"]),
            "code_signing_config_arn": (arn("lambda", f"{_SIGNING}0a"), arn("lambda", f"{_SIGNING}0b")),
            "image_uri": ("alpha:1", "alpha:2"),
            "kms_key_arn": arns("kms", "key/"),
            "layers": (
                [arn("lambda", "layer:alpha:1")],
                [arn("lambda", "layer:beta:1")],
            ),
            "memory_size": (128, 256),
            "package_type": ("Zip", "Image"),
            "runtime": ("python3.12", "python3.13"),
            "dead_letter_config.target_arn": arns("sqs", ""),
            "ephemeral_storage.size": (1024, 2048),
            "file_system_config.arn": arns("elasticfilesystem", "access-point/"),
            "file_system_config.local_mount_path": ("/mnt/alpha", "/mnt/beta"),
            "logging_config.application_log_level": ("INFO", "DEBUG"),
            "logging_config.log_format": ("JSON", "Text"),
            "logging_config.system_log_level": ("INFO", "DEBUG"),
            "snap_start.apply_on": ("PublishedVersions", "None"),
            "tracing_config.mode": ("Active", "PassThrough"),
        },
        around={
            "image_uri": _IMAGE,
            "image_config": _IMAGE,
            "file_system_config": {"vpc_config": [_NETWORK]},
            "replacement_security_group_ids": {
                "replace_security_groups_on_destroy": True,
                "vpc_config": [_NETWORK],
            },
            "s3_bucket": _BUCKET,
            "s3_key": _BUCKET,
            "s3_object_version": _BUCKET,
        },
        computed={"architectures": ["x86_64"]},
    ),
    "aws_lambda_function_event_invoke_config": Samples(
        settings={"": Setting({"function_name": "alpha"})},
        values={
            "maximum_event_age_in_seconds": (60, 120),
            "destination_config.on_failure.destination": arns("sqs", ""),
            "destination_config.on_success.destination": arns("sqs", ""),
        },
    ),
    "aws_lambda_permission": Samples(
        settings={
            "": Setting(
                {
                    "action": "lambda:InvokeFunction",
                    "function_name": "alpha",
                    "principal": "events.amazonaws.com",
                    "statement_id": "alpha",
                }
            )
        },
        values={
            "action": ("lambda:InvokeFunction", "lambda:InvokeFunctionUrl"),
            "function_url_auth_type": ("NONE", "AWS_IAM"),
            "source_account": ("123456789012", "210987654321"),
            "source_arn": arns("events", "rule/"),
        },
        around={"statement_id_prefix": {"statement_id": None}},
    ),
}
