"""What a server of the lab is told once, when it starts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

#: The page as Vite built it: index.html and assets/. It is in the wheel, and not in the repository.
PAGE = Path(__file__).with_name("page")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How the lab is served.

    Attributes
    ----------
    token
        The key to it; see :mod:`remy.lab.tokens`.
    port
        The one that it answers at, on this machine only.
    page
        The folder of the built page.
    seconds
        How long a question may take, from its first byte to its answer.
    most_bytes
        How large the body of a request may be.
    """

    token: str
    port: int
    page: Path = PAGE
    seconds: float = 30.0
    most_bytes: int = 5_000_000
