"""The Lambda function: gives job definitions a new revision when their repository's image changes.

This package is deployed as it is. It imports the standard library and the boto3/botocore of the
Lambda runtime, nothing else.
"""
