"""What may not be written where.

Writes nothing. Invariant: after these checks pass, writing cannot take anything from anybody.
"""

from __future__ import annotations

import os
from collections.abc import Collection

from xaisite.core.diagnostic import Diagnostic, error
from xaisite.model.output import MARKER, STAGING, Manifest
from xaisite.write.tree import folders_of


def check_place(output_dir: str, manifest: Manifest) -> tuple[Diagnostic, ...]:
    """Return what speaks against this output folder as such; call it before any work is done."""
    output_dir = os.path.normpath(output_dir)
    if os.path.islink(output_dir):
        return (
            error(
                "write-output-place",
                f"the output folder {output_dir} is a symbolic link",
                help="name the folder it points to with --output",
            ),
        )
    if os.path.lexists(output_dir) and not os.path.isdir(output_dir):
        return (
            error(
                "write-output-place",
                f"the output folder {output_dir} is a file",
                help="delete it, or name another folder with --output",
            ),
        )
    if not manifest.is_ours and (manifest.foreign or manifest.foreign_folders):
        first = min((*manifest.foreign, *manifest.foreign_folders))
        return (
            error(
                "write-output-foreign",
                f"the output folder {output_dir} holds files that xaisite did not make, such as {first}",
                help="name an empty or new folder with --output",
            ),
        )
    return ()


def check_addresses(addresses: Collection[str], manifest: Manifest) -> tuple[Diagnostic, ...]:
    """Return what speaks against these addresses: clashes among them, and with files that others put there."""
    folders = folders_of(addresses)
    found = [
        error(
            "write-address-clash",
            f"{address} is a file, and a folder that holds other files",
            help="give one of them another address",
        )
        for address in sorted(folders.intersection(addresses))
    ]
    mine = set(addresses)
    blocked = [p for p in manifest.foreign if p in mine or p in folders]
    blocked += [f for f in manifest.foreign_folders if f in mine]
    found += [
        error(
            "write-foreign-file",
            f"{path} was put into the output folder by hand, and the site now uses its address",
            help="delete it there, or move it to static/",
        )
        for path in sorted(blocked)
    ]
    return tuple(found)


def is_address(text: str) -> bool:
    """Whether ``text`` can name a file in the output folder."""
    parts = text.split("/")
    return not any(part in ("", ".", "..") for part in parts) and "\0" not in text and parts[0] not in (MARKER, STAGING)
