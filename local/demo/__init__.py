"""``python -m local.demo``: the whole path on the local cloud, with every expectation checked."""
