"""The house keeps its shape: sizes, names, docstrings and imports are measured, not remembered."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "fusion_memory"
FILES = sorted(SOURCE.rglob("*.py"))
MOST_FILE_LINES = 400
MOST_FUNCTION_LINES = 70
VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "handler", "base", "stuff"}
LAZY_DOORS = re.compile(r"models/registry\.py|storage/connect\.py|cli/.*\.py|__init__\.py")
PURE = ("retrieval/fuse.py", "retrieval/rank.py", "retrieval/diversify.py", "retrieval/pack.py")


def name_of(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def functions(tree: ast.AST) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


@pytest.fixture(params=FILES, ids=name_of)
def path(request: pytest.FixtureRequest) -> Path:
    return request.param


def test_there_is_a_house() -> None:
    assert len(FILES) > 40


def test_a_file_is_short_and_says_why_it_exists(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MOST_FILE_LINES
    assert ast.get_docstring(ast.parse(text)), f"{name_of(path)} opens without saying why it exists"


def test_functions_are_short(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    long = {f.name: f.end_lineno - f.lineno + 1 for f in functions(tree) if f.end_lineno}
    assert {name: lines for name, lines in long.items() if lines > MOST_FUNCTION_LINES} == {}


def test_names_say_something(path: Path) -> None:
    assert not VAGUE & set(re.split(r"[/_.]", name_of(path).removesuffix(".py")))


def test_own_imports_are_not_hidden(path: Path) -> None:
    if LAZY_DOORS.search(name_of(path)):
        pytest.skip("a lazy door")
    tree = ast.parse(path.read_text(encoding="utf-8"))
    hidden = [
        node.lineno
        for function in functions(tree)
        for node in ast.walk(function)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("fusion_memory")
    ]
    assert hidden == [], f"{name_of(path)} imports its own rooms inside functions, lines {hidden}"


def test_a_silenced_rule_gives_its_reason(path: Path) -> None:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if re.search(r"#\s*(noqa|type:\s*ignore)", line):
            assert re.search(r"#\s*(noqa: [A-Z0-9, ]+|type: ignore\[[a-z-]+\]) ?(#|\()", line), (
                f"{name_of(path)}:{number} silences a rule without saying why"
            )


def test_what_ranks_takes_time_as_an_argument() -> None:
    for name in PURE:
        text = (SOURCE / name).read_text(encoding="utf-8")
        assert not re.search(r"\.now\(|time\.time|perf_counter|random\.|database|embed_", text), name


def test_no_sql_is_built_in_python(path: Path) -> None:
    if name_of(path).startswith("storage/"):
        pytest.skip("the database room sets up its own connection")
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\b(SELECT .+ FROM|INSERT INTO|DELETE FROM|UPDATE \w+ SET)\b", text)


def test_no_pickle_no_eval(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    called = {
        node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert not called & {"eval", "exec"}
    assert not imported & {"pickle", "marshal", "shelve", "dill"}
