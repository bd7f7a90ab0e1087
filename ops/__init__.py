"""The operator's command-line tool, ``ecr-batch``: one file a verb, and what they share."""
