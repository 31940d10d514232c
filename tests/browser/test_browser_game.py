"""The guide's game of three players: equal to Python, usable by keyboard, legible without scripts."""

from __future__ import annotations

import json
from itertools import permutations
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.browsing import Open

GAMES = json.loads((Path(__file__).parents[2] / "content" / "posts" / "07-game.json").read_text("utf-8"))["games"]


def shapley_by_orders(worth: list[float], inside: int) -> list[float | None]:
    """Average what each player's arrival adds over all orders: another way than the module's formula."""
    players = [i for i in range(3) if inside >> i & 1]
    orders = list(permutations(players))
    sums: list[float | None] = [0.0 if i in players else None for i in range(3)]
    for order in orders:
        here = 0
        for i in order:
            sums[i] = (sums[i] or 0.0) + (worth[here | 1 << i] - worth[here]) / len(orders)
            here |= 1 << i
    return sums


def read_shares(page: Page) -> list[float | None]:
    cells = page.locator("#game [data-share]")
    texts = [cells.nth(i).get_attribute("data-share") for i in range(cells.count())]
    return [float(text) if text else None for text in texts]


def agree(found: list[float | None], wanted: list[float | None]) -> bool:
    return len(found) == len(wanted) and all(
        (a is None and b is None) or (a is not None and b is not None and abs(a - b) < 1e-6)
        for a, b in zip(found, wanted, strict=True)
    )


@pytest.mark.parametrize("chosen", range(len(GAMES)))
def test_the_game_equals_python_for_every_coalition(visit: Open, chosen: int) -> None:
    page = visit("posts/game/").page
    page.wait_for_selector("#game [data-share]")
    page.get_by_role("radio", name=GAMES[chosen]["name"]).check()
    boxes = [page.locator("#game").get_by_role("checkbox", name=name, exact=True) for name in GAMES[chosen]["players"]]
    for inside in range(8):
        for i, box in enumerate(boxes):
            box.set_checked(bool(inside >> i & 1))
        assert agree(read_shares(page), shapley_by_orders(GAMES[chosen]["worth"], inside)), inside


def test_a_player_leaves_by_the_keyboard_and_it_is_said(visit: Open) -> None:
    page = visit("posts/game/").page
    page.wait_for_selector("#game [data-share]")
    assert agree(read_shares(page), [1 / 6, 1 / 6, 2 / 3])
    page.locator("#game").get_by_role("radio").first.focus()
    page.keyboard.press("Tab")  # the first player
    page.keyboard.press("Tab")  # the second
    page.keyboard.press("Space")
    assert agree(read_shares(page), [0.5, None, 0.5])
    assert "Ann, Cem earn 1.000" in page.inner_text("#game [aria-live]")


def test_without_scripts_the_shares_are_told(visit: Open) -> None:
    page = visit("posts/game/", scripts=False).page
    assert "two thirds" in page.inner_text("#game")
