"""Drift: equal code that gives other numbers or figures than the last time, told by what changed.

Compares outputs only; that the code is the same is for the caller to know. Invariant: equal outputs are no drift.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from xaisite.pipeline.picture_change import share_of_changes

_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
_MOST_CHARS = 20_000
_MOST_SAID = 3
ReadMedia = Callable[[str], bytes | None]
ShownOutput = dict[str, Any]


def shown_outputs(outputs: Iterable[Mapping[str, Any]]) -> list[ShownOutput]:
    """Return what is to be remembered of a cell's outputs: texts, and the digests of pictures and data."""
    return [_shown(output) for output in outputs]


def _shown(output: Mapping[str, Any]) -> ShownOutput:
    if output["kind"] == "stream":
        return {"text": output["text"][:_MOST_CHARS]}
    if output["kind"] == "rich":
        pictures = {media["mime"]: media["digest"] for media in output["media"]}
        return {"text": output["text"].get("text/plain", "")[:_MOST_CHARS], "pictures": pictures}
    data = output["data_csv"]
    return {
        "pictures": {media["mime"]: media["digest"] for media in output["light"]},
        "data": data["digest"] if data else "",
    }


def find_differences(
    before: Sequence[ShownOutput], now: Sequence[ShownOutput], read_media: ReadMedia
) -> tuple[str, ...]:
    """Return in words what differs between the outputs of two runs."""
    found: list[str] = []
    if len(before) != len(now):
        found.append(f"{len(before)} outputs → {len(now)}")
    figure = 0
    for old, new in zip(before, now, strict=False):
        figure += "text" not in new
        if old != new:
            found += _difference(old, new, f"figure {figure}", read_media)
    return tuple(found)


def _difference(old: ShownOutput, new: ShownOutput, name: str, read_media: ReadMedia) -> list[str]:
    if old.keys() != new.keys():
        return ["another kind of output"]
    if old.get("text") != new.get("text"):
        return number_changes(str(old["text"]), str(new["text"])) or ["the text changed"]
    said = []
    if old.get("data") != new.get("data"):
        texts = [(read_media(str(one["data"])) or b"").decode("utf-8", "replace") for one in (old, new)]
        said += number_changes(*texts)
    said += _picture_change(old["pictures"], new["pictures"], read_media)
    return [f"{name}: {', '.join(said)}" if said else f"{name} changed"]


def without_numbers(text: str) -> str:
    """Return a text with every number exchanged for the same sign."""
    return " ".join(_NUMBER.sub("#", text).split())


def find_numbers(text: str) -> list[str]:
    """Return the numbers of a text."""
    return _NUMBER.findall(text)


def number_changes(old: str, new: str) -> list[str]:
    """Return `0.912 → 0.874` for the numbers that differ (nothing where more than numbers does)."""
    if without_numbers(old) != without_numbers(new):
        return []
    pairs = zip(_NUMBER.findall(old), _NUMBER.findall(new), strict=False)
    changed = [f"{a} → {b}" for a, b in pairs if a != b]
    more = [f"{len(changed) - _MOST_SAID} more numbers"] if len(changed) > _MOST_SAID else []
    return changed[:_MOST_SAID] + more


def _picture_change(old: Mapping[str, str], new: Mapping[str, str], read_media: ReadMedia) -> list[str]:
    """Say how much of a picture changed, where both are there as pixels."""
    mime = next((m for m in ("image/png", "image/webp", "image/jpeg") if m in old and m in new), None)
    if mime is None or old[mime] == new[mime]:
        return []
    data = [read_media(old[mime]), read_media(new[mime])]
    if data[0] is None or data[1] is None:
        return []
    share = share_of_changes(data[0], data[1])
    if share is None:
        return ["another size"]
    return [f"{share:.2%} of its pixels"] if share else []
