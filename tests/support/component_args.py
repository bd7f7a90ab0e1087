"""Writes components/args.py from the model of a pair: ``make schema``.

Pulumi's analyzer and users' type checkers read the args as they stand in a file, so they cannot be made when
the program runs; and nobody should write an option down twice.
"""

from __future__ import annotations

import ast
import inspect
import itertools
import types
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from components import pair
from components.inputs import PLACEHOLDERS
from components.problems import classes_of

FILE = Path(__file__).resolve().parents[2] / "components" / "args.py"
# In the order of the file: what another one names stands before it.
NAMES: dict[type[BaseModel], str] = {
    pair.ImagePolicy: "ImagePolicyArgs",
    pair.Requires: "RequiresArgs",
    pair.Pair: "BatchImageUpdaterArgs",
}
_HEAD = '''"""What the component takes, typed so that Pulumi can make a schema of it.

Made of components/pair.py by `make schema`: change that, not this. Keys and values are those of a pair in the
stack configuration, in snake_case, and ``protect``.
"""

# ruff: noqa: I002 - Pulumi's analyzer reads the annotations as they are, so they must not be strings.

from typing import NotRequired, TypedDict

import pulumi

'''
_PROTECT = '''    protect: NotRequired[bool]
    """Protects the failure queue and the log group from deletion."""
'''


def text() -> str:
    """The whole file."""
    fields = [field for model in NAMES for field in model.model_fields.values()]
    kinds = {kind for field in fields for kind in classes_of(field.annotation)}
    homes: dict[str, list[str]] = {}
    for enum in (kind for kind in kinds if issubclass(kind, Enum)):
        homes.setdefault(enum.__module__, []).append(enum.__name__)
    imports = (f"from {home} import {', '.join(sorted(homes[home]))}\n" for home in sorted(homes))
    classes = ("\n\n" + "".join(_class(model)) for model in NAMES)
    return _HEAD + "".join(imports) + "".join(classes) + _PROTECT


def _class(model: type[BaseModel]) -> Iterator[str]:
    """The lines of a typed dict."""
    yield f'class {NAMES[model]}(TypedDict):\n    """{model.__doc__}"""\n\n'
    texts = _texts(model)
    for name, field in model.model_fields.items():
        kind = _written(field.annotation, takes_outputs=model is pair.Pair and name in PLACEHOLDERS)
        yield f"    {name}: {kind if field.is_required() else f'NotRequired[{kind}]'}\n"
        yield f'    """{texts[name]}"""\n'


def _texts(model: type[BaseModel]) -> dict[str, str]:
    """The text that stands after each field in the source."""
    (definition,) = ast.parse(inspect.getsource(model)).body
    assert isinstance(definition, ast.ClassDef)
    return {
        field.target.id: str(after.value.value)
        for field, after in itertools.pairwise(definition.body)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
    }


def _written(kind: Any, *, takes_outputs: bool) -> str:
    """A field's type as the args have it: lists for tuples, and Outputs for what may be known later."""
    origin, options = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _written(options[0], takes_outputs=takes_outputs)
    if origin in (Union, types.UnionType):
        (option,) = (each for each in options if each is not types.NoneType)
        return _written(option, takes_outputs=takes_outputs)
    if origin in (tuple, dict):
        item = _written(options[0 if origin is tuple else 1], takes_outputs=takes_outputs)
        return f"list[{item}]" if origin is tuple else f"dict[str, {item}]"
    name = NAMES.get(kind, kind.__name__)
    return f"pulumi.Input[{name}]" if takes_outputs else name


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
    print(f"wrote {FILE}")
