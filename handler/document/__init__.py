"""A job definition's raw document: which images, which containers, equal or not."""
