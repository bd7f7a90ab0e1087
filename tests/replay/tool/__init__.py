"""What the operator's tool does, recorded from the outside, beside what the function does.

The record knows the tool's console script, the stack's files, the terminal and AWS's calls. It knows no
module, class or function inside ``ops``.
"""

from __future__ import annotations
