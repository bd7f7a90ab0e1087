"""What the function does, what the program registers and what the operator's tool does, recorded from the
outside: ``make record``.

The record knows the function's entry, its event and its environment, the tool's console script, AWS's calls,
and the stack's configuration. It knows no module, class or function inside ``handler``, ``components`` or
``ops``, so that it stays the same while they change, and says what changed of what anybody outside can see.
"""

from __future__ import annotations
