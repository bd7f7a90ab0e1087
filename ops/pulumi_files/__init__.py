"""Pulumi.yaml and Pulumi.<stack>.yaml, read as Pulumi's engine reads them."""
