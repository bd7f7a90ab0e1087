"""Who may import whom: the rules of the layout, read from the import statements."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator, Set
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OURS = {
    *("handler", "components", "ops", "local", "plugin", "benchmarks", "stack_config", "tests", "tools"),
    "__main__",
}
RUNTIME = {"boto3", "botocore"}


def imports_of(source: str, package: str, *, for_types: bool = True) -> set[str]:
    """The absolute names of the modules that ``source``, a module of ``package``, imports.

    ``for_types`` says whether imports under ``if TYPE_CHECKING`` count, which no program executes.
    """
    found: set[str] = set()
    for node in _nodes(ast.parse(source), for_types):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            parts = package.split(".")
            above = parts[: len(parts) - node.level + 1] if node.level else []
            base = ".".join([*above, node.module] if node.module else above)
            # `from package import name` may import the module package.name.
            found |= {base, *(f"{base}.{alias.name}" for alias in node.names)}
    return found


def _nodes(tree: ast.AST, for_types: bool) -> Iterator[ast.AST]:
    for node in ast.iter_child_nodes(tree):
        guarded = isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        if for_types or not guarded:
            yield node
            yield from _nodes(node, for_types)


def modules(*parts: str) -> list[Path]:
    found: list[Path] = []
    for part in parts:
        path = ROOT / part
        found += [path] if path.is_file() else sorted(path.rglob("*.py"))
    return found


def broken(files: list[Path], allowed: Callable[[str], bool]) -> list[str]:
    assert files, "no file was read, so nothing was checked"
    return [
        f"{file.relative_to(ROOT)} imports {name}"
        for file in files
        for name in sorted(imports_of(file.read_text(), ".".join(file.relative_to(ROOT).parent.parts)))
        if not allowed(name)
    ]


def top(name: str) -> str:
    return name.partition(".")[0]


def is_within(name: str, *packages: str) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


PULUMI = frozenset({"pulumi", "pulumi_aws"})


def needs(packages: Set[str], module: str, seen: set[str] | None = None) -> bool:
    """Whether importing one of our modules imports one of ``packages``, itself or through others of ours."""
    seen = set() if seen is None else seen
    file = next((f for f in (_file(module, ".py"), _file(module, "/__init__.py")) if f.is_file()), None)
    if file is None or module in seen:
        return False
    seen.add(module)
    package = ".".join(file.relative_to(ROOT).parent.parts)
    names = imports_of(file.read_text(), package, for_types=False) | {module.rpartition(".")[0]}
    return any(top(name) in packages or needs(packages, name, seen) for name in names if name)


def _file(module: str, ending: str) -> Path:
    return ROOT / (module.replace(".", "/") + ending)


def test_the_handler_imports_the_standard_library_and_what_the_lambda_runtime_provides() -> None:
    allowed = sys.stdlib_module_names | RUNTIME | {"handler"}
    assert broken(modules("handler"), lambda name: top(name) in allowed) == []


def test_components_import_only_settings_and_pure_policies_of_the_handler() -> None:
    pure = (
        *("handler.settings", "handler.policy", "handler.gates.requirements", "handler.errors"),
        # Where a definition has its containers, and which images are the repository's: one home for both.
        *("handler.document.containers", "handler.document.image"),
        *("handler.report.notices", "handler.report.log"),
        # How often Lambda and EventBridge try again.
        "handler.clock",
    )

    # The bare package is where the archive finds its files; `from handler import x` shows as handler.x too.
    def allowed(name: str) -> bool:
        bare = name in ("handler", "handler.gates", "handler.document", "handler.report")
        return top(name) not in OURS or bare or is_within(name, "components", *pure)

    assert broken(modules("components"), allowed) == []


def test_a_deployment_needs_no_botocore() -> None:
    """`pulumi install` does not bring it: requirements.txt is what the program needs."""
    files = [*modules("components"), ROOT / "stack_config.py", ROOT / "__main__.py"]
    names = [
        ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for file in files
    ]
    assert [name for name in names if needs(RUNTIME, name)] == []
    assert needs(RUNTIME, "handler.entry")


def test_the_stack_configuration_imports_pure_components_only() -> None:
    def allowed(name: str) -> bool:
        return top(name) not in OURS or is_within(name, "components", "handler.settings", "handler.policy")

    assert broken(modules("stack_config.py"), allowed) == []
    assert not needs(PULUMI, "stack_config")


def test_the_tool_imports_the_handler_the_stack_configuration_and_pure_components() -> None:
    def allowed(name: str) -> bool:
        if is_within(name, "components"):
            return not needs(PULUMI, name)
        return top(name) not in OURS or is_within(name, "ops", "handler", "stack_config")

    assert broken(modules("ops"), allowed) == []


def test_the_local_cloud_imports_no_tests() -> None:
    assert broken(modules("local"), lambda name: top(name) != "tests") == []


def test_the_package_for_other_programs_imports_components_and_pulumi_alone() -> None:
    allowed = sys.stdlib_module_names | {"components", "pulumi"}
    # Not what Pulumi installs beneath it.
    files = sorted((ROOT / "plugin").glob("*.py"))
    assert broken(files, lambda name: top(name) in allowed) == []


def test_nobody_imports_the_programs() -> None:
    files = modules("handler", "components", "ops", "local", "tests", "tools", "stack_config.py")
    assert broken(files, lambda name: name != "__main__" and top(name) != "plugin") == []


@pytest.mark.parametrize(
    ("source", "package", "name"),
    [
        ("import a.b", "p", "a.b"),
        ("from a import b", "p", "a.b"),
        ("from . import b", "p.q", "p.q.b"),
        ("from .. import b", "p.q", "p.b"),
        ("from ..r import b", "p.q", "p.r"),
        ("def f():\n    import late", "p", "late"),
    ],
)
def test_each_way_to_import_is_seen(source: str, package: str, name: str) -> None:
    assert name in imports_of(source, package)


def test_imports_for_the_type_checker_alone_can_be_left_out() -> None:
    source = "if TYPE_CHECKING:\n    import late\nimport early"
    assert imports_of(source, "p", for_types=False) == {"early"}
    assert imports_of(source, "p") == {"early", "late"}


def test_a_module_that_reaches_pulumi_through_another_is_seen() -> None:
    assert needs(PULUMI, "components.batch_image_updater")
    assert not needs(PULUMI, "components.pair")


def _home(name: str) -> Path | None:
    """The file of a module or package of ours."""
    return next((f for f in (_file(name, ".py"), _file(name, "/__init__.py")) if f.is_file()), None)


def _imported_files(file: Path) -> set[Path]:
    package = ".".join(file.relative_to(ROOT).parent.parts)
    names = imports_of(file.read_text(), package)
    # Where `from package import name` names a module, the package itself is not what is wanted.
    wanted = {name for name in names if not any(_home(more) for more in names if more.startswith(f"{name}."))}
    return {home for name in wanted if (home := _home(name)) is not None} - {file}


@pytest.mark.parametrize("package", ["handler", "components", "ops", "local"])
def test_no_two_modules_import_each_other_however_long_the_way(package: str) -> None:
    graph = {file: sorted(_imported_files(file)) for file in modules(package)}
    assert sum(map(len, graph.values())) > len(graph), "no import was read, so nothing was checked"
    try:
        tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        circle = [str(file.relative_to(ROOT)) for file in error.args[1]]
        pytest.fail(f"a circle: {' -> '.join(circle)}")
