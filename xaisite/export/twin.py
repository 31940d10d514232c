"""Pages for readers that are programs: a Markdown twin of each page, and llms.txt, which lists them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from xaisite.model.export import CodePiece, Piece, Prose, Publication
from xaisite.model.result import CellResult, Figure, Output, PostResults, Raised, Stream


def make_twin(
    page: Publication,
    pieces: Sequence[Piece],
    *,
    results: PostResults | None = None,
    references: Sequence[str] = (),
) -> str:
    """Return a page as Markdown: what was written, with what its cells printed and drew (pictures as descriptions).

    ``references`` are the entries of the reference list as plain text, in their order.
    """
    by_index = {r.index: r for r in results.cells} if results else {}
    blocks = [_head(page)]
    for piece in pieces:
        if isinstance(piece, Prose):
            blocks.append(piece.text.strip("\n"))
        else:
            blocks += _cell(piece, by_index.get(piece.cell.index))
    if references:
        listed = "\n".join(f"{number}. {text}" for number, text in enumerate(references, start=1))
        blocks.append(f"## References\n\n{listed}")
    return "\n\n".join(block for block in blocks if block) + "\n"


def make_llms_txt(
    title: str, description: str, sections: Mapping[str, Sequence[tuple[str, str, str]]], note: str = ""
) -> str:
    """Return llms.txt: {section: [(title, url of the twin, description)]}."""
    blocks = [f"# {_one_line(title)}"]
    if description:
        blocks.append(f"> {_one_line(description)}")
    if note:
        blocks.append(note)
    for name, links in sections.items():
        lines = [f"- [{_link_text(t)}]({url})" + (f": {_one_line(d)}" if d else "") for t, url, d in links]
        if lines:
            blocks.append(f"## {_one_line(name)}\n\n" + "\n".join(lines))
    return "\n\n".join(blocks) + "\n"


def _head(page: Publication) -> str:
    facts = [
        ("Authors", ", ".join(a.name for a in page.authors)),
        ("Published", page.date[:10]),
        ("Updated", page.date_modified[:10]),
        ("Tags", ", ".join(page.tags)),
        ("Licence", page.license_name),
        ("Address", page.url),
    ]
    lines = [f"- {name}: {value}" for name, value in facts if value]
    summary = f"> {_one_line(page.description)}" if page.description else ""
    return "\n\n".join(block for block in (f"# {_one_line(page.title)}", summary, "\n".join(lines)) if block)


def _cell(piece: CodePiece, result: CellResult | None) -> Iterator[str]:
    if not piece.cell.show.include:
        return
    if piece.cell.show.echo is not False:
        yield _fence(piece.source, piece.cell.language)
    if result is None or piece.cell.show.output is False:
        return
    captions = iter(piece.cell.show.fig_caps)
    alts = iter(piece.cell.show.fig_alts)
    for output in result.outputs:
        if isinstance(output, Figure):
            caption, alt = next(captions, ""), next(alts, "") or output.alt
            yield "\n".join(line for line in (f"*Figure: {caption}*" if caption else "*Figure*", alt) if line)
        else:
            yield _shown(output)


def _shown(output: Output) -> str:
    if isinstance(output, Stream):
        return _fence(output.text.rstrip("\n"), "text") if output.text.strip() else ""
    if isinstance(output, Raised):
        return _fence(f"{output.name}: {output.message}", "text")
    if isinstance(output, Figure):
        return output.alt
    if output.text.get("text/markdown"):
        return output.text["text/markdown"]
    plain = output.text.get("text/plain", "")
    return _fence(plain, "text") if plain else ""


def _fence(text: str, info: str) -> str:
    ticks = "```"
    while ticks in text:
        ticks += "`"
    return f"{ticks}{info}\n{text}\n{ticks}"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _link_text(text: str) -> str:
    return _one_line(text).replace("[", r"\[").replace("]", r"\]")
