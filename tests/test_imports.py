"""What holds of the whole source: imports run one way, no pickle, no assert, annotations everywhere."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import xqg

SOURCE = Path(xqg.__file__).parent
TOOLS = Path(__file__).parents[1] / "tools"
# A package imports itself and those before it. Only `xqg/__init__.py`, the front door, imports any.
ORDER = (
    "errors", "checks", "units", "progress", "kept", "vectors", "registry", "passages", "models", "benchmarks", "queries", "encoding",
    "augmentation", "index", "search", "reading", "evaluation", "experiment", "training", "door", "cli", "__main__",
)  # fmt: skip
PICKLES = {"pickle", "cPickle", "_pickle", "cloudpickle", "dill", "joblib", "marshal", "shelve"}
MODULES = sorted(path.relative_to(SOURCE).as_posix() for path in SOURCE.rglob("*.py"))


@cache
def tree(module: str) -> ast.Module:
    return ast.parse((SOURCE / module).read_text(encoding="utf-8"), module)


def package_of(module: str) -> str:
    """`experiment/systems/mono.py` → `experiment`; `errors.py` → `errors`."""
    return module.split("/")[0].removesuffix(".py")


def imported(node: ast.AST) -> Iterator[str]:
    """Full names that one statement imports: `xqg.search.Hit`, `torch`."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def wrong_imports(module: str, root: ast.AST) -> list[str]:
    """Imports, at the top and inside functions, of a later package; `line: name`."""
    rank = ORDER.index(package_of(module))
    found = []
    for node in ast.walk(root):
        if isinstance(node, ast.ImportFrom) and node.level:
            found.append(f"{node.lineno}: relative import")
        for name in imported(node):
            root_name, _, rest = name.partition(".")
            target = rest.split(".")[0]
            if root_name == "xqg" and target != "__version__" and target not in ORDER[: rank + 1]:
                found.append(f"{node.lineno}: {name}")
    return found


def test_the_order_names_every_package() -> None:
    assert {package_of(module) for module in MODULES} == {*ORDER, "__init__"}


def test_imports_run_one_way() -> None:
    inner = [module for module in MODULES if module != "__init__.py"]
    assert [f"{module}:{found}" for module in inner for found in wrong_imports(module, tree(module))] == []


def test_wrong_imports_are_seen() -> None:
    code = (
        "import xqg\n"
        "from xqg import __version__, index\n"
        "from xqg.encoding import Encoder\n"
        "def late() -> None:\n"
        "    import xqg.search.ranking\n"
        "from . import kept\n"
    )
    found = wrong_imports("queries/generate.py", ast.parse(code))
    assert found == [
        "1: xqg",  # anything could be reached through it
        "2: xqg.index",
        "3: xqg.encoding.Encoder",
        "6: relative import",
        "5: xqg.search.ranking",
    ]
    assert wrong_imports("cli/index.py", ast.parse("from xqg.training import recipe")) == []


def test_tools_are_no_part_of_the_package() -> None:
    """They import xqg; nothing of xqg imports them. CLDR beyond the names and scripts of languages is theirs alone."""
    makers = sorted(TOOLS.rglob("*.py"))
    assert {path.parent.name for path in makers} == {"tools", "atlas", "mini"}
    users = {m for m in MODULES for node in ast.walk(tree(m)) for name in imported(node) if name.split(".")[0] == "tools"}
    assert users == set()
    babel = {m for m in MODULES for n in ast.walk(tree(m)) for name in imported(n) if name.split(".")[0] == "babel"}
    assert babel == {"passages/languages.py", "queries/scripts.py"}
    for path in makers:
        nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        names = {name.split(".")[0] for node in nodes for name in imported(node)}
        assert not names & PICKLES, path
        assert "babel" not in names or path.parent.name == "atlas", path  # the models are made of what is shipped
        assert not any(isinstance(node, ast.Assert) for node in nodes), path


def test_no_pickle() -> None:
    for module in MODULES:
        for node in ast.walk(tree(module)):
            assert not any(name.split(".")[0] in PICKLES for name in imported(node)), module
            if isinstance(node, ast.keyword) and node.arg == "allow_pickle":
                assert isinstance(node.value, ast.Constant), f"{module}:{node.value.lineno}"
                assert node.value.value is False, f"{module}:{node.value.lineno}"


def test_no_assert() -> None:
    # `python -O` drops them; what a user can get wrong is an XqgError.
    found = [f"{m}:{n.lineno}" for m in MODULES for n in ast.walk(tree(m)) if isinstance(n, ast.Assert)]
    assert found == []


def test_every_function_is_annotated() -> None:
    bare = []
    for module in MODULES:
        for node in ast.walk(tree(module)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                spec = node.args
                arguments = [*spec.posonlyargs, *spec.args, *spec.kwonlyargs, spec.vararg, spec.kwarg]
                untyped = [
                    a.arg for a in arguments if a and not a.annotation and a.arg not in ("self", "cls")
                ]
                if node.returns is None or untyped:
                    bare.append(f"{module}:{node.lineno} {node.name} {untyped}")
    assert bare == []


def test_the_front_door_is_small() -> None:
    assert len(xqg.__all__) <= 20
    for name in xqg.__all__:
        assert getattr(xqg, name) is not None
        assert name in dir(xqg)
    with pytest.raises(AttributeError, match="has no attribute 'absent'"):
        _ = xqg.absent


# What a command may use: each parses, calls the door, and prints. `compare` and its like are functions of
# `experiment`; the flags of `train` are the keys of recipes.
COMMANDS_USE = {"cli", "door", "errors", "experiment", "progress", "registry", "units"}


def test_the_command_line_has_nothing_of_its_own() -> None:
    found = []
    for module in (one for one in MODULES if one.startswith("cli/")):
        for node in ast.walk(tree(module)):
            for name in imported(node):
                package, _, rest = name.removeprefix("xqg.").partition(".")
                recipes = module == "cli/commands/train.py" and rest.startswith("recipe")
                known = package in COMMANDS_USE or package == "__version__" or recipes
                if name.startswith("xqg.") and not known:
                    found.append(f"{module}: {name}")
    assert found == []
