"""A pair in a stack, an account and a region, for documents that name them."""

from __future__ import annotations

from components.naming import Names, Place

PLACE = Place("aws", "ap-southeast-2", "123456789012")
NAMES = Names("ecr-batch-updater", "dev", "ocr")
BASE = "ecr-batch-updater-dev-ocr"
HERE = "ap-southeast-2:123456789012"
ROLES = ("arn:aws:iam::123456789012:role/ocr-job", "arn:aws:iam::123456789012:role/ocr-execution")
