"""What values have in common, written once.

``dataclass`` generates comparison and representation for every class anew, and compiling what it generates
was a tenth of the function's cold start. A value is declared

    @dataclass(frozen=True, eq=False, repr=False)
    class Point(Value): ...
"""

from __future__ import annotations


class Value:
    """Compares, hashes and shows a frozen dataclass by its fields."""

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash(tuple(vars(self).values()))

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in vars(self).items())
        return f"{type(self).__qualname__}({fields})"
