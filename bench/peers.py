"""The tools that execute code in documents, and how each builds the same posts."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

import corpus


@dataclass
class Peer:
    """A tool with a folder of its own."""

    name: str
    root: Path
    count: int
    tool: Path | None
    """Folder of the tool's programs; None: it is not installed."""
    note: str = ""
    posts: list[Path] = field(default_factory=list)
    writer: corpus.Writer = corpus.write_notebook
    sources = "src"
    needs = ""
    keeps = True
    """Whether it keeps results; one that does not takes as long every time, and is measured cold only."""
    made: ClassVar[tuple[str, ...]] = ("out",)
    """What it builds and keeps."""

    def prepare(self) -> None:
        """Write the posts."""
        shutil.rmtree(self.root, ignore_errors=True)
        self.posts = [self.writer(self.root / self.sources, i) for i in range(self.count)]
        self.set_up()

    def set_up(self) -> None:
        """Write what else the tool wants."""

    def clean(self) -> None:
        """Put away everything that was built or kept: many file systems make files slowly just after a deletion."""
        away = self.root.with_name(f"{self.root.name}-away")
        away.mkdir(exist_ok=True)
        for folder in self.made:
            if (self.root / folder).exists():
                (self.root / folder).rename(away / str(len(list(away.iterdir()))))

    def command(self) -> list[str]:
        """Return the command that builds the site."""
        raise NotImplementedError

    def outputs(self) -> Path:
        """Return where figures must be found after a build."""
        return self.root / "out"

    def environ(self) -> dict[str, str]:
        """Return the environment of the command."""
        path = f"{self.tool}:{os.environ['PATH']}" if self.tool else os.environ["PATH"]
        return {**os.environ, "PATH": path, "PYTHONWARNINGS": "ignore"}

    def is_there(self) -> bool:
        """Whether the tool is installed."""
        return self.tool is not None and (self.tool / self.needs).exists()


class Xaisite(Peer):
    """This tool; with ``resident`` every build leaves the fork server behind."""

    sources, needs = "content/posts", "xaisite"
    made = (".xaisite", "build")
    resident = False

    def set_up(self) -> None:
        (self.root / "site.toml").write_text('[site]\ntitle = "Bench"\nbase_url = "https://example.org/"\n')
        (self.root / "content/index.md").write_text("---\ntitle: Home\n---\n")

    def command(self) -> list[str]:
        command = [sys.executable, "-m", "xaisite", "build", str(self.root)]
        return [*command, "--resident"] if self.resident else command

    def outputs(self) -> Path:
        return self.root / "build"

    def environ(self) -> dict[str, str]:
        environ = {**super().environ(), "CI": "" if self.resident else "1"}
        return {**environ, "XDG_RUNTIME_DIR": str(self.root.parent / "run")}


class ResidentXaisite(Xaisite):
    """This tool with the resident fork server."""

    resident = True


class Nbconvert(Peer):
    """One call with all notebooks."""

    needs = "jupyter-nbconvert"
    keeps = False

    def command(self) -> list[str]:
        return [
            "jupyter-nbconvert",
            "--log-level=ERROR",
            "--execute",
            "--to=html",
            "--output-dir=out",
            *self._sources(),
        ]

    def _sources(self) -> list[str]:
        return [str(path.relative_to(self.root)) for path in self.posts]


class MystNb(Peer):
    """Sphinx with MyST-NB and its cache; one process, for two that make the cache at once fail (jupyter-cache 1.0)."""

    needs = "sphinx-build"

    def set_up(self) -> None:
        source = self.root / self.sources
        (source / "conf.py").write_text(
            "project='Bench'\nextensions=['myst_nb']\nnb_execution_mode='cache'\nnb_execution_timeout=120\n"
            "nb_execution_raise_on_error=True\nmyst_enable_extensions=['dollarmath']\n"
        )
        (source / "index.md").write_text("# Bench\n\n```{toctree}\n:glob:\n\npost*\n```\n")

    def command(self) -> list[str]:
        return ["sphinx-build", "-q", "-b", "html", "-d", "out/doctrees", "src", "out/html"]


class SphinxGallery(Peer):
    """Sphinx with sphinx-gallery, two examples at a time."""

    sources, needs = "src/examples", "sphinx-build"
    made = ("out", "src/auto", "src/gen_modules")

    def set_up(self) -> None:
        (self.root / "src/conf.py").write_text(
            "project='Bench'\nextensions=['sphinx_gallery.gen_gallery']\nsphinx_gallery_conf=dict("
            "examples_dirs='examples',gallery_dirs='auto',parallel=2,abort_on_example_error=True)\n"
        )
        (self.root / "src/examples/GALLERY_HEADER.rst").write_text("Gallery\n=======\n")
        (self.root / "src/index.rst").write_text("Bench\n=====\n\n.. toctree::\n\n   auto/index\n")

    def command(self) -> list[str]:
        return ["sphinx-build", "-q", "-j2", "-b", "html", "-d", "out/doctrees", "src", "out/html"]


def make_peers(work: Path, count: int, programs: Path | None) -> list[Peer]:
    """Return this tool and the others; those that are not installed say so."""
    own = Path(sys.executable).parent
    return [
        Xaisite("xaisite", work / "xaisite", count, own, writer=corpus.write_xaisite),
        ResidentXaisite("xaisite, resident server", work / "resident", count, own, writer=corpus.write_xaisite),
        SphinxGallery("sphinx-gallery, 2 processes", work / "gallery", count, programs, writer=corpus.write_gallery),
        MystNb("MyST-NB, cache, 1 process", work / "myst", count, programs, writer=corpus.write_myst),
        Nbconvert("nbconvert --execute, one call", work / "nbconvert", count, programs),
    ]
