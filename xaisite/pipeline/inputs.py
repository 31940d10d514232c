"""All that a build reads, named and digested.

Reads no Markdown and renders nothing: this is all that a no-op build does. Invariant: equal `fingerprint`, equal output
(experiments aside, which verify what they read themselves).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import xaisite
from xaisite.core.checked import Checked
from xaisite.core.digest import digest_parts, digest_text
from xaisite.core.record import record
from xaisite.engine.tool import observe_tool
from xaisite.load.config import load_config
from xaisite.load.scan import scan_site
from xaisite.load.stat_cache import load_stat_cache
from xaisite.model.config import SiteConfig
from xaisite.model.files import SiteFiles

PACKAGE = Path(xaisite.__file__).parent
THEME_TEMPLATES = PACKAGE / "theme" / "templates"
THEME_FILES = PACKAGE / "theme" / "static"


@record
class SiteInputs:
    """The site as it lies on the disk."""

    root: Path
    config: SiteConfig
    files: SiteFiles
    digests: Mapping[str, str]
    """Path relative to the root → digest of the content."""
    templates: Mapping[str, tuple[Path, str]]
    """Template name → (file, digest): the site's own, else the theme's."""
    theme_files: Mapping[str, tuple[Path, str]]
    """Theme file name → (file, digest)."""
    tool: str

    @property
    def fingerprint(self) -> str:
        """Digest of everything."""
        parts = [self.tool, repr(self.config)]
        parts += [f"{path}={digest}" for path, digest in sorted(self.digests.items())]
        parts += [f"template {name}={d}" for name, (_, d) in sorted(self.templates.items())]
        parts += [f"theme {name}={d}" for name, (_, d) in sorted(self.theme_files.items())]
        return digest_parts(parts)


def load_inputs(root: Path, state: Path) -> Checked[SiteInputs]:
    """Find and digest every file of the site, the theme and the tool."""
    cache = load_stat_cache(root, state / "site.stat")
    tool_cache = load_stat_cache(PACKAGE, state / "tool.stat")
    config = load_config(root)
    scanned = scan_site(root, config.value)
    files = scanned.value.files

    def tool_digest(path: Path | str) -> str:
        below = path if isinstance(path, str) else path.relative_to(PACKAGE).as_posix()
        return tool_cache.digest(below) or ""

    digests = cache.digest_all(scanned.value.stats)
    inputs = SiteInputs(
        root=root,
        config=config.value,
        files=files,
        digests=digests,
        templates=_templates(root, files, digests, tool_digest),
        theme_files=_theme_files(root, files, digests, tool_digest),
        tool=observe_tool(tool_digest),
    )
    cache.save(state / "site.stat")
    tool_cache.save(state / "tool.stat")
    return Checked(inputs, (*config.diagnostics, *scanned.diagnostics))


def config_digest(config: SiteConfig) -> str:
    """Return the digest of what pages show of site.toml."""
    shown = (config.site, config.content, config.citations, config.math, config.theme, config.execution.code_fold)
    return digest_text(repr(shown))


def _templates(
    root: Path, files: SiteFiles, digests: Mapping[str, str], tool_digest: Callable[[Path], str]
) -> dict[str, tuple[Path, str]]:
    theme = {path.name: (path, tool_digest(path)) for path in sorted(THEME_TEMPLATES.glob("*.html"))}
    own = {_below("templates/", path): (root / path, digests.get(path, "")) for path in files.templates}
    return {**theme, **{name: value for name, value in own.items() if name.endswith(".html")}}


def _theme_files(
    root: Path, files: SiteFiles, digests: Mapping[str, str], tool_digest: Callable[[Path], str]
) -> dict[str, tuple[Path, str]]:
    paths = (path for path in sorted(THEME_FILES.rglob("*")) if path.is_file())
    theme = {path.relative_to(THEME_FILES).as_posix(): (path, tool_digest(path)) for path in paths}
    own = [path for path in files.templates if path.startswith("templates/static/")]
    return {**theme, **{_below("templates/static/", path): (root / path, digests.get(path, "")) for path in own}}


def _below(folder: str, path: str) -> str:
    return path.removeprefix(folder)
