"""`xaisite new`: a working site with one executed post."""

from __future__ import annotations

import argparse
import sys
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from xaisite.core.errors import MachineError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("folder", metavar="FOLDER", help="where to put it; must not exist, or be empty")
    parser.add_argument("--title", default="", help="title of the site")


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    folder = Path(options.folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise MachineError(f"{folder} is there already and not empty")
    title = options.title or folder.resolve().name.replace("-", " ").replace("_", " ").title()
    _copy(files("xaisite.cli").joinpath("starter"), folder, title)
    print(f"{folder} is ready:", file=sys.stderr)  # noqa: T201
    print(f"  cd {folder} && xaisite serve", file=sys.stderr)  # noqa: T201
    return 0


def _copy(source: Traversable, target: Path, title: str) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for item in source.iterdir():
        name = ".gitignore" if item.name == "gitignore" else item.name
        if item.is_dir():
            _copy(item, target / name, title)
        elif not name.startswith("__"):
            text = item.read_text(encoding="utf-8").replace("{{ title }}", title.replace('"', "'"))
            (target / name).write_text(text, encoding="utf-8")
