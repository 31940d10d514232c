"""The reference pages of ``xaisite.explain``: from docstrings, method cards and the examples beside this file.

Run it after changing any of them; a test compares. It deliberately writes no prose of its own.
Invariant: every public function has a section with a runnable example.
"""

from __future__ import annotations

import inspect
import re
import unicodedata
from pathlib import Path

from xaisite import explain
from xaisite.explain.references import find_reference

HERE = Path(__file__).parent
PAGES = {
    "rows": (
        "Explaining rows, texts and images by asking",
        ["shap", "shap_interactions", "lime", "anchors", "counterfactual", "occlusion", "make_segments"],
    ),
    "models": (
        "Explaining whole models and data",
        [
            "permutation_importance",
            "impurity_importance",
            "partial_dependence",
            "ale",
            "h_statistic",
            "surrogate_tree",
            "rule_list",
            "data_overview",
        ],
    ),
    "networks": (
        "Explaining networks",
        [
            "integrated_gradients",
            "deeplift",
            "lrp",
            "cam",
            "grad_cam",
            "guided_backprop",
            "saliency",
            "smooth_grad",
            "feature_visualization",
            "deep_dream",
        ],
    ),
    "judging": (
        "Judging explanations",
        [
            "deletion",
            "insertion",
            "infidelity",
            "sensitivity",
            "model_randomisation",
            "data_randomisation",
            "agreement",
            "stability",
            "region_share",
        ],
    ),
    "cards": ("Cards and adapters", ["compare_methods", "find_card", "load_cards", "find_adapter"]),
}


def read_examples() -> dict[str, tuple[str, bool]]:
    """Name to (example, whether it needs torch)."""
    found = {}
    for part in re.split(r"^# --- ", (HERE / "examples.pycon").read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        title, _, body = part.partition("\n")
        name, _, deep = title.partition(" ")
        found[title if name == "setup" else name] = (body.strip(), deep == "deep")
    return found


def render_page(title: str, names: list[str]) -> str:
    """One page."""
    examples = read_examples()
    deep = any(examples[name][1] for name in names)
    setup = [examples["setup"][0], *([examples["setup deep"][0]] if deep else [])]
    head = f'---\ntitle: "{title}"\n---\n\nAll examples share this beginning.\n\n'
    return (
        head
        + "\n".join(f"```python\n{part}\n```\n" for part in setup)
        + "".join(render_section(name, examples[name][0]) for name in names)
    )


def render_section(name: str, example: str) -> str:
    """Signature, card, docstring, example, references."""
    function = getattr(explain, name)
    signature = ", ".join(
        str(one).partition(":")[0] + (f"={one.default!r}" if one.default is not one.empty else "")
        for one in inspect.signature(function).parameters.values()
    )
    known = {card.method for card in explain.load_cards()}
    card = render_card(name) if name in known else ""
    text = inspect.cleandoc(function.__doc__ or "").partition("\nExamples\n")[0]
    return (
        f"\n## {name}\n\n`explain.{name}({signature})`\n\n{render_docstring(text)}\n{card}\n{render_example(example)}"
    )


def render_docstring(text: str) -> str:
    """Turn sections of numpydoc into Markdown lists."""
    plain = re.sub(r":(?:func|class|meth):`([^`]+)`", r"`\1`", text).replace("``", "`")
    parts = re.split(r"^(Parameters|Returns|Raises)\n-+\n", plain, flags=re.MULTILINE)
    out = [parts[0].strip()]
    for title, body in zip(parts[1::2], parts[2::2], strict=True):
        items = re.split(r"\n(?=\S)", body.strip())
        out.append(f"**{title}**\n\n" + "\n".join(render_item(item) for item in items))
    return "\n\n".join(out) + "\n"


def render_item(item: str) -> str:
    """Render a parameter and its description on one line."""
    head, _, text = item.partition("\n")
    name, _, kind = head.partition(" : ")
    said = " ".join(line.strip() for line in text.split("\n")).strip()
    return f"- `{name}`" + (f" ({kind})" if kind else "") + (f": {said}" if said else "")


def render_card(name: str) -> str:
    """Render the method's cards as a table."""
    rows = ["| variant | cost | backend | promises | fails when |", "|---|---|---|---|---|"]
    cards = [card for card in explain.load_cards() if card.method == name]
    shown = [card for card in cards if card.variant] if name == "shap" else cards
    rows += [
        f"| {card.variant or 'default'} | {card.cost} | {card.backend} | {', '.join(card.promises)} | "
        f"{'; '.join(card.fails)} |"
        for card in shown
    ]
    papers = dict.fromkeys(key for card in cards for key in card.references)
    said = "\n".join(f"- {spell_reference(key)}" for key in papers)
    return "\n**" + cards[0].question + "**\n\n" + "\n".join(rows) + f"\n\n**References**\n\n{said}\n"


def spell_reference(key: str) -> str:
    """Give authors, year, title and where to find it."""
    entry = find_reference(key)
    fields = {name: read_latex(value) for name, value in entry.fields}
    where = (
        f"doi:{entry.doi}"
        if entry.doi
        else f"arXiv:{fields['eprint']}"
        if "eprint" in fields
        else fields.get("booktitle", "")
    )
    authors = fields["author"].replace(" and ", "; ")
    return f"{authors} ({fields['year']}). {fields['title']}. {where} `{key}`"


def read_latex(text: str) -> str:
    """Read accents and braces."""
    marks = {"v": "\u030c", "'": "\u0301", "`": "\u0300", '"': "\u0308"}
    accented = re.sub(r"\{\\(['`\"]|v)\{(\w)\}\}", lambda m: m[2] + marks[m[1]], text)
    accented = re.sub(r"\{\\(['`\"])(\w)\}", lambda m: m[2] + marks[m[1]], accented)
    return unicodedata.normalize(
        "NFC", re.sub(r"[{}]", "", accented).replace("\\&", "&").replace("``", "“").replace("''", "”")
    )


def render_example(example: str) -> str:
    """Code in fences, remarks between as text."""
    parts = re.split(r"\n\n(?=[A-Z])|(?<=[.:])\n\n(?=>>>)", example)
    out = [f"```python\n{part}\n```\n" if part.startswith(">>>") else f"{part}\n" for part in parts]
    return "\n".join(out)


def main() -> None:
    """Write all pages."""
    for page, (title, names) in PAGES.items():
        (HERE / f"{page}.md").write_text(render_page(title, names), encoding="utf-8")


if __name__ == "__main__":
    main()
