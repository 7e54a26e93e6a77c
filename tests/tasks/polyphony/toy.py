"""Small music: chords that follow each other by a rule, in pieces of several lengths."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from remy import config as configuration
from remy.config import PianoRollConfig

_CHORDS = ((39, 43, 46), (44, 48, 51), (46, 50, 53), (39, 43, 48))


def piece(frames: int, first: int) -> np.ndarray:
    """Chords held for two frames each, and a bass that moves in every frame."""
    roll = np.zeros((frames, 88), np.uint8)
    for frame in range(frames):
        roll[frame, list(_CHORDS[(first + frame // 2) % 4])] = 1
        roll[frame, 20 + (first + frame) % 4] = 1
    return roll


def pieces(count: int = 20, longest: int = 24) -> list[np.ndarray]:
    """Pieces of 8 frames and more."""
    return [piece(8 + (7 * number) % (longest - 7), number) for number in range(count)]


def write(folder: Path, name: str = "toy.npz", count: int = 20) -> Path:
    """Write pieces as a file that is not divided."""
    np.savez(folder / name, **{f"piece_{number:03}": roll for number, roll in enumerate(pieces(count))})
    return folder / name


def write_divided(folder: Path, name: str = "parts.npz") -> Path:
    """Write pieces as a file with its own parts: 14, 4 and 2."""
    parts = ["train"] * 14 + ["valid"] * 4 + ["test"] * 2
    named = {f"{part}_{k:03}": roll for k, (part, roll) in enumerate(zip(parts, pieces(), strict=True))}
    np.savez(folder / name, **named)
    return folder / name


def config(**changes: Any) -> PianoRollConfig:
    """A small network that learns the toy in a second; ``train__lr=...`` changes an option."""
    usual = {
        "model__units": 32, "model__dropout": 0.0, "model__recurrent_dropout": 0.0, "train__epochs": 20,
        "train__lr": 0.02, "train__threads": 1,
    }  # fmt: skip
    values = {key.replace("__", "."): value for key, value in (usual | changes).items()}
    return configuration.override(PianoRollConfig(), values)
