"""What parsing a post depends on besides its own text: a small part of site.toml, digestible for keys.

Does not read site.toml; the pipeline makes one from it. Invariant: two equal configs parse equal text equally.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Literal

from xaisite.core.digest import digest_json
from xaisite.core.record import field, record


@record
class ParseConfig:
    """All that parsing depends on."""

    timezone: str = "UTC"
    double_dollar: Literal["auto", "display"] = "auto"
    """`auto`: `$$…$$` with text on its line is inline, alone on its line display."""
    raw_html: bool = True
    """False: tags in the text are shown as they are typed."""
    keep_scripts: bool = False
    """Let inline `<script>` and `on…=` through (for trusted text only; a site never sets it)."""
    execute: Mapping[str, object] = field(default_factory=dict)
    """Cell options for the whole site (`[execution]`), under canonical names."""
    posts_folder: str = "posts"
    video_origins: tuple[str, ...] = ()

    @cached_property
    def digest(self) -> str:
        """Name of this configuration, for keys."""
        return digest_json(
            [
                self.timezone,
                self.double_dollar,
                self.raw_html,
                self.keep_scripts,
                {k: _plain(v) for k, v in self.execute.items()},
                self.posts_folder,
                list(self.video_origins),
            ]
        )


def _plain(value: object) -> object:
    """Return ``value`` as JSON: mappings and sequences of scalars, everything else by its representation."""
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    return value if isinstance(value, (str, int, float, bool)) or value is None else repr(value)
