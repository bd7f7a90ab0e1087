"""The verbs of the command line, one a module: options, what is shown, and the exit code.

What a verb finds out or does stands in a module of its own beside this package, free of the terminal.
"""

from __future__ import annotations
