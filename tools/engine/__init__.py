"""Pulumi's own engine for the tests, on a machine that may have no Pulumi."""
