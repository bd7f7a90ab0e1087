"""What the function does and what the program registers, recorded from the outside: ``make record``.

The record knows the function's entry, its event and its environment, AWS's calls, and the stack's
configuration. It knows no module, class or function inside ``handler`` or ``components``, so that it stays
the same while they change, and says what changed of what anybody outside can see.
"""

from __future__ import annotations
