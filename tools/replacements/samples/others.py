"""IAM, ECR and the chat notices."""

from __future__ import annotations

import json

from tools.replacements.cases import Samples, Setting
from tools.replacements.samples.common import arns, lists, policy, role


def _expiring(number: int) -> str:
    selection = {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": number}
    return json.dumps({"rules": [{"rulePriority": 1, "selection": selection, "action": {"type": "expire"}}]})


def _trust(service: str) -> str:
    return policy("sts:AssumeRole", Principal={"Service": f"{service}.amazonaws.com"})


_POLICIES = policy("sqs:SendMessage"), policy("sqs:ReceiveMessage")

SAMPLES = {
    "aws_chatbot_slack_channel_configuration": Samples(
        settings={
            "": Setting(
                {
                    "configuration_name": "alpha",
                    "iam_role_arn": role("alpha"),
                    "slack_channel_id": "C0123456789",
                    "slack_team_id": "T0123456789",
                }
            )
        },
        values={
            "guardrail_policy_arns": lists(arns("iam", "policy/")),
            "logging_level": ("ERROR", "INFO"),
            "sns_topic_arns": lists(arns("sns", "")),
        },
    ),
    "aws_ecr_lifecycle_policy": Samples(
        settings={"": Setting({"repository": "alpha", "policy": _expiring(1)})},
        values={"policy": (_expiring(1), _expiring(2))},
    ),
    "aws_ecr_repository": Samples(
        settings={"": Setting({"name": "alpha"})},
        values={
            "image_tag_mutability": ("MUTABLE", "IMMUTABLE"),
            "encryption_configuration.encryption_type": ("AES256", "KMS"),
            "encryption_configuration.kms_key": arns("kms", "key/"),
        },
        around={
            "encryption_configuration.kms_key": {"encryption_configuration": [{"encryption_type": "KMS"}]},
        },
    ),
    "aws_iam_role": Samples(
        settings={"": Setting({"name": "alpha", "assume_role_policy": _trust("lambda")})},
        values={
            "assume_role_policy": (_trust("lambda"), _trust("batch")),
            "managed_policy_arns": lists(arns("iam", "policy/")),
            "max_session_duration": (7200, 10800),
            "path": ("/alpha/", "/beta/"),
            "permissions_boundary": arns("iam", "policy/"),
            "inline_policy.policy": _POLICIES,
        },
        around={"name_prefix": {"name": None}},
    ),
    "aws_iam_role_policy": Samples(
        settings={"": Setting({"name": "alpha", "role": "alpha", "policy": _POLICIES[0]})},
        values={"policy": _POLICIES, "role": ("alpha", "beta")},
        around={"name_prefix": {"name": None}},
    ),
}
