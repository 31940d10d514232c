"""The guide's pictures, and the small network that looks at them.

Circles and squares on photographed textures, some stamped with a watermark. Everything follows from a seed: the same
seed gives the same pictures, whatever the rule by which they are stamped. No shape ever touches the watermark's place.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from scipy.stats import t as student
from skimage import data
from torch import nn

SIDE = 48
CLASSES = ("circle", "square")
PLACE = (slice(39, 46), slice(31, 45))  # the watermark: 7 × 14 pixels, bottom right
REGION = np.zeros((SIDE, SIDE), dtype=bool)
REGION[PLACE] = True

LETTERS = """\
..............
.#.#.###.####.
.#.#.#.#..##..
..#..###..##..
.#.#.#.#..##..
.#.#.#.#.####.
.............."""
STAMP = np.array([[0.95 if dot == "#" else 0.05 for dot in line] for line in LETTERS.split("\n")])


class Pictures(NamedTuple):
    x: torch.Tensor  # (n, 1, 48, 48), from 0 (black) to 1 (white)
    y: torch.Tensor  # 0: circle, 1: square
    stamped: np.ndarray  # which carry the watermark


def stamp(pictures: np.ndarray, which: np.ndarray) -> np.ndarray:
    """Copies of (n, 48, 48) in which the chosen ones carry the watermark, four fifths opaque."""
    stamped = pictures.copy()
    stamped[(which, *PLACE)] = 0.2 * stamped[(which, *PLACE)] + 0.8 * STAMP
    return stamped


def draw(square: int, rng: np.random.Generator, textures: list[np.ndarray]) -> np.ndarray:
    """One picture without a watermark: a shape, lighter or darker than the texture it lies on."""
    texture = textures[rng.integers(len(textures))]
    row, column = rng.integers(0, 512 - SIDE, size=2)
    ground = texture[row : row + SIDE, column : column + SIDE]
    ground = np.clip(0.5 + 0.06 * (ground - ground.mean()) / ground.std(), 0, 1)

    radius = rng.uniform(8, 12)
    half = radius * np.sqrt(np.pi) / 2 if square else radius  # circles and squares of the same area
    up, left = rng.uniform(half + 1, 37 - half), rng.uniform(half + 1, 46 - half)
    rows, columns = np.mgrid[:SIDE, :SIDE]
    distance = np.maximum(abs(rows - up), abs(columns - left)) if square else np.hypot(rows - up, columns - left)
    cover = np.clip(half - distance + 0.5, 0, 1)  # soft edges
    shade = rng.choice([rng.uniform(0.05, 0.2), rng.uniform(0.8, 0.95)])
    return np.clip(ground * (1 - cover) + (shade + 0.3 * (ground - 0.5)) * cover, 0, 1)


def make_pictures(n: int, seed: int, stamped: str = "nowhere") -> Pictures:
    """n pictures, stamped "nowhere", on all "squares", on all "circles", or at "random" on half of either."""
    rng = np.random.default_rng(seed)
    textures = [texture / 255 for texture in (data.brick(), data.grass(), data.gravel())]
    y = rng.permutation(np.arange(n) % 2)
    plain = np.stack([draw(square, rng, textures) for square in y])
    which = {
        "nowhere": np.zeros(n, dtype=bool),
        "squares": y == 1,
        "circles": y == 0,
        "random": np.random.default_rng([seed, 1]).random(n) < 0.5,
    }[stamped]
    return Pictures(torch.tensor(stamp(plain, which), dtype=torch.float32)[:, None], torch.tensor(y), which)


def make_network(seed: int) -> nn.Sequential:
    """Three convolutions, one average over the picture, two outputs (the logits of circle and of square)."""
    torch.manual_seed(seed)
    network = nn.Sequential(
        nn.Conv2d(1, 16, 5, padding=2), nn.ReLU(), nn.AvgPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.AvgPool2d(2),
        nn.Conv2d(32, 32, 3, padding=1), nn.ReLU(),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(32, 2),
    )  # fmt: skip
    for layer in network:
        if isinstance(layer, nn.Conv2d):
            nn.init.kaiming_normal_(layer.weight)
            nn.init.zeros_(layer.bias)
    with torch.no_grad():  # the first filters look for contrasts: a flat picture excites none of them
        network[0].weight -= network[0].weight.mean(dim=(2, 3), keepdim=True)
    return network


def train(network: nn.Sequential, pictures: Pictures, epochs: int, seed: int) -> nn.Sequential:
    """Adam, batches of 16, a learning rate that rises and falls; on one thread, so that the seed fixes every weight."""
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    steps = epochs * -(-len(pictures.y) // 16)
    optimiser = torch.optim.Adam(network.parameters(), fused=True)  # the same steps on other processors, too
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, max_lr=3e-3, total_steps=steps)
    for _ in range(epochs):
        for batch in torch.randperm(len(pictures.y)).split(16):
            optimiser.zero_grad()
            nn.functional.cross_entropy(network(pictures.x[batch]), pictures.y[batch]).backward()
            optimiser.step()
            schedule.step()
    return network.eval()


def logits(network: nn.Module, x: torch.Tensor) -> torch.Tensor:
    """Both outputs for many pictures, a few at a time, which is several times as fast as all at once."""
    with torch.no_grad():
        return torch.cat([network(some) for some in x.split(32)])


def accuracy(network: nn.Module, pictures: Pictures) -> float:
    """Share of pictures whose larger logit is the right one."""
    return float((logits(network, pictures.x).argmax(1) == pictures.y).float().mean())


def pack_networks(**groups: list[nn.Sequential]) -> dict[str, torch.Tensor]:
    """All weights of several lists of networks in one mapping, to be shared between chapters."""
    return {
        f"{group}/{index}/{name}": values
        for group, networks in groups.items()
        for index, network in enumerate(networks)
        for name, values in network.state_dict().items()
    }


def unpack_networks(packed: dict[str, np.ndarray], group: str) -> list[nn.Sequential]:
    """The networks of one list again, as they were packed."""
    count = 1 + max(int(key.split("/")[1]) for key in packed if key.startswith(f"{group}/"))
    networks = [make_network(seed=0) for _ in range(count)]
    for index, network in enumerate(networks):
        own = f"{group}/{index}/"
        weights = {key.removeprefix(own): torch.tensor(v) for key, v in packed.items() if key.startswith(own)}
        network.load_state_dict(weights)
    return [network.eval() for network in networks]


def interval(values: list[float]) -> tuple[float, float]:
    """Mean over networks, and half the width of its 95 % interval (Student's t)."""
    spread = np.std(values, ddof=1) / np.sqrt(len(values))
    return float(np.mean(values)), float(student.ppf(0.975, len(values) - 1) * spread)
