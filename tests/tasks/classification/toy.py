"""Reviews and recordings so easy that a network of a few units learns them in a second."""

import random
from typing import Any

import numpy as np
from numpy.typing import NDArray

GOOD = ("good", "fine", "lovely", "great")
BAD = ("bad", "awful", "poor", "dull")
FILLER = ("the", "film", "was", "a", "and", "very", "so")


def reviews(count: int = 80, seed: int = 0) -> tuple[list[str], list[str]]:
    """Texts with one telling word among others, and their labels, half of each."""
    generator = random.Random(seed)
    texts, labels = [], []
    for number in range(count):
        words = [generator.choice(FILLER) for _ in range(generator.randint(1, 6))]
        words.insert(generator.randrange(len(words) + 1), generator.choice(BAD if number % 2 else GOOD))
        texts.append(" ".join(words))
        labels.append("bad" if number % 2 else "good")
    return texts, labels


def recordings(count: int = 60, seed: int = 0) -> tuple[list[NDArray[np.float32]], list[str]]:
    """Two channels of 3 to 8 steps: rising or falling."""
    random_numbers = np.random.default_rng(seed)
    values, labels = [], []
    for number in range(count):
        steps = int(random_numbers.integers(3, 9))
        slope = 1.0 if number % 2 else -1.0
        rise = slope * np.arange(steps) + random_numbers.normal(scale=0.3, size=steps)
        values.append(np.stack([rise, random_numbers.normal(size=steps)], axis=1).astype(np.float32))
        labels.append("up" if number % 2 else "down")
    return values, labels


def table(texts: list[str], labels: list[Any], header: str = "text,label") -> str:
    """A CSV file of them."""
    return (
        "\n".join([header, *(f'"{text}",{label}' for text, label in zip(texts, labels, strict=True))]) + "\n"
    )


#: Options that make training quick.
QUICK: dict[str, Any] = {"units": 8, "epochs": 12, "lr": 0.02, "dropout": 0.0, "seed": 3}
SMALL = {"train.threads": 1, "model.embedding": 8, "data.min_count": 1}
