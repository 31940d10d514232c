"""Every diagnostic code that the sources emit has a page, and every page's code is emitted somewhere.

Read from the syntax trees: literals passed to what makes diagnostics, directly or through a parameter named `code`, and
the families `front-…`, `config-…`, `cell-option-…`, whose codes are put together from a prefix and a kind.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import xaisite
from xaisite.report.codes import find_code_page, list_codes

PACKAGE = Path(xaisite.__file__).parent
MAKERS = frozenset({"error", "warning", "notice", "warn", "tell_once", "Diagnostic"})
FAMILIES = ("front", "config", "cell-option")
CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
FOLDERS = ("explain", "session")  # import nothing of xaisite, so they make no diagnostics


@cache
def trees() -> tuple[ast.Module, ...]:
    paths = (p for p in sorted(PACKAGE.rglob("*.py")) if p.relative_to(PACKAGE).parts[0] not in FOLDERS)
    return tuple(ast.parse(path.read_text("utf-8")) for path in paths)


def called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def literal(node: ast.expr | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def passes_on(function: ast.FunctionDef) -> bool:
    """Return whether a function hands its parameter `code` to what makes diagnostics."""
    calls = (node for node in ast.walk(function) if isinstance(node, ast.Call) and called(node) in MAKERS)
    return any(isinstance(a, ast.Name) and a.id == "code" for call in calls for a in call.args)


def code_places(tree: ast.Module) -> dict[str, set[int]]:
    """Return which argument of a function is a code (for methods, counted without `self`)."""
    places: dict[str, set[int]] = {name: {0} for name in MAKERS}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and passes_on(node):
            names = [a.arg for a in node.args.args if a.arg not in ("self", "cls")]
            if "code" in names:
                places.setdefault(node.name, set()).add(names.index("code"))
    return places


def literals_in(node: ast.expr | None) -> Iterator[str]:
    """Yield the texts an argument may be: a literal, or either branch of a choice."""
    if isinstance(node, ast.IfExp):
        yield from literals_in(node.body)
        yield from literals_in(node.orelse)
    elif literal(node):
        yield literal(node)


@cache
def emitted() -> frozenset[str]:
    """Return every literal that is passed as a code."""
    found: set[str] = set()
    for tree in trees():
        places = code_places(tree)
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or called(node) not in places:
                continue
            for at in places[called(node)]:
                found |= set(literals_in(node.args[at] if at < len(node.args) else None))
            found |= {text for k in node.keywords if k.arg == "code" for text in literals_in(k.value)}
    return frozenset(code for code in found if CODE.fullmatch(code))


@cache
def texts() -> frozenset[str]:
    """Return every literal of the sources but docstrings, and the fixed parts of composed texts."""
    found: set[str] = set()
    for tree in trees():
        lone = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}
        found |= {
            n.value
            for n in ast.walk(tree)
            if isinstance(n, ast.Constant) and isinstance(n.value, str) and id(n) not in lone
        }
    return frozenset(found)


def in_family(code: str) -> bool:
    return any(
        code.startswith(f"{family}-") and {code[len(family) + 1 :], code[len(family) :]} & texts()
        for family in FAMILIES
        if family in texts()
    )


def test_the_sources_were_read() -> None:
    assert len(emitted()) > 100
    assert {"math-error", "cite-unknown-key", "link-broken", "md-math-unclosed"} <= texts()


def kinds_alone() -> frozenset[str]:
    """Return codes that are the second half of a family's (`Reading.bad_value` adds the prefix)."""
    return frozenset(code for code in emitted() if any(find_code_page(f"{family}-{code}") for family in FAMILIES))


def test_every_code_has_a_page() -> None:
    missing = sorted(code for code in emitted() - kinds_alone() if find_code_page(code) is None)
    assert missing == []


@pytest.mark.parametrize("code", list_codes())
def test_the_code_of_every_page_is_emitted(code: str) -> None:
    assert code in emitted() or code in texts() or in_family(code)


TESTS = Path(__file__).parents[1]
NO_PROOF = ("test_codes.py", "test_site_codes.py")  # list codes, besides raising some


@cache
def named_in_tests() -> frozenset[str]:
    """Return the codes that tests name in their literals: what they expect to be raised."""
    found: set[str] = set()
    for path in sorted(TESTS.rglob("*.py")):
        if path.name not in NO_PROOF:
            literals = (n.value for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Constant))
            found |= {code for text in literals if isinstance(text, str) for code in CODE_IN_TEXT.findall(text)}
    for path in sorted((TESTS / "diagnostics").glob("*.md")):
        found |= {item[1] for item in re.finditer(r"([a-z][a-z-]+) \d+-", path.read_text("utf-8"))}
    return frozenset(found)


CODE_IN_TEXT = re.compile(r"(?<![\w-])[a-z0-9]+(?:-[a-z0-9]+)*(?![\w-])")


@pytest.mark.parametrize("code", list_codes())
def test_every_code_is_raised_by_a_test(code: str) -> None:
    """A code is raised by building its example, or expected by name in a test."""
    from tests.diagnostics.test_diagnostics import parse_codes
    from tests.diagnostics.test_site_codes import built_codes

    assert code in {*parse_codes(), *built_codes(), *named_in_tests()}
