"""The tool as a process of its own that need not import everything first.

Importing takes most of the time of a run, and tests make hundreds of runs. So one process per test process
imports the tool and forks for each run: with the run's own arguments, environment, directory and standard
streams. What runs is what ``python -m ops.cli`` runs; that it starts from nothing, too, is tested elsewhere
(test_status.py, test_policy_try.py, test_completion.py).
"""
