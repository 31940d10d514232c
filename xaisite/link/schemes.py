"""What stands before the colon of an address, `https:`: a scheme that browsers know, or a slip of the pen."""

from __future__ import annotations

from xaisite.core.diagnostic import Diagnostic, warning
from xaisite.core.nearest import find_nearest
from xaisite.core.source import Span

_USUAL = ("http", "https", "mailto")
_KNOWN = frozenset({
    *_USUAL, "bitcoin", "data", "facetime", "ftp", "ftps", "geo", "git", "gopher", "im", "irc", "ircs", "magnet",
    "matrix", "news", "nntp", "obsidian", "sftp", "sip", "sips", "sms", "ssh", "tel", "urn", "vscode", "webcal",
    "whatsapp", "xmpp", "zotero",
})  # fmt: skip
_MEANT = {
    "wiki": "https://en.wikipedia.org/wiki/{}", "doi": "https://doi.org/{}", "arxiv": "https://arxiv.org/abs/{}",
    "github": "https://github.com/{}",
}  # fmt: skip
"""Schemes of MyST and others → the address meant."""


def check_scheme(href: str, span: Span) -> Diagnostic | None:
    """Return the warning for an address whose scheme no browser knows."""
    scheme, _, rest = href.partition(":")
    name = scheme.lower()
    if name in _KNOWN or name.startswith("web+"):
        return None
    near = find_nearest(name, _USUAL)
    meant = _MEANT.get(name, "")
    help = f"write {meant.format(rest.lstrip('/'))}" if meant else f"did you mean “{near}:”?" if near else ""
    return warning("link-scheme", f"no browser knows what “{scheme}:” is", span,
                   help=help or "write the whole address, with https:, or a path of this site")  # fmt: skip
