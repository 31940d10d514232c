"""Calls that make libraries remember something are told from those that compute, by name and by what the name stands for."""

from __future__ import annotations

import ast
import collections.abc
import json
import logging
import mimetypes
from mimetypes import add_type as under_another_name
from typing import Any

import pytest

from xaisite.session.settercalls import NotLoaded, find_libraries

OWN = type("Own", (), {"__module__": "__main__", "add": print})()
NAMES: dict[str, Any] = {
    "collections": collections,
    "json": json,
    "logging": logging,
    "mimetypes": mimetypes,
    "other": under_another_name,
    "late": NotLoaded("late.library"),
    "value": {},
    "own": OWN,
}


def libraries(code: str) -> set[str]:
    call = ast.parse(code, mode="eval").body
    assert isinstance(call, ast.Call)
    return set(find_libraries(call, NAMES))


@pytest.mark.parametrize(
    ("code", "module"),
    [
        ("mimetypes.add_type('a/b', '.b')", "mimetypes"),
        ("other('a/b', '.b')", "mimetypes"),
        ("collections.abc.Sequence.register(object)", "collections.abc"),
        ("logging.addLevelName(3, 'x')", "logging"),
        ("late.add_thing(1)", "late.library"),
        ("late.part.register_thing(1)", "late.library"),
    ],
)
def test_what_may_be_kept_is_found(code: str, module: str) -> None:
    assert module in libraries(code)


@pytest.mark.parametrize(
    "code",
    [
        "json.dumps(1)",
        "mimetypes.guess_type('a')",
        "value.update(a=1)",
        "own.add()",
        "unknown.add_type()",
        "late.compute(1)",
        "json.dumps(1).add_type(2)",
    ],
)
def test_what_computes_is_not(code: str) -> None:
    assert libraries(code) == set()
