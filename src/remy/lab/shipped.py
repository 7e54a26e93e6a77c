"""What the lab says of the models that ship with it; their numbers come from their files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from remy.lab.cards import said_network

#: One folder a model.
SHIPPED: Final = Path(__file__).parent / "models"


@dataclass(frozen=True)
class _Family:
    title: str
    examples: tuple[str, ...] = ()


#: By what their names begin with.
_FAMILIES: Final[Mapping[str, _Family]] = {
    "letters": _Family(
        "Letters",
        ("HELL", "ROMEO:", "to be, or not to be", "the cat sat on the mat"),
    ),
    "syllables": _Family("Syllables", ("banana", "strength", "extraordinary", "rhythm", "idea")),
    "vowels": _Family("Vowels"),
    "icons": _Family("Icons"),
    "tags": _Family(
        "Tags",
        (
            "we walked to the bank by the river",
            "we walked to the bank to get money",
            "what is the matter my lord",
            "good night sweet lady good night",
            "no sir I know it not",
        ),
    ),
    "sounds": _Family("Sounds", ("though", "thought", "knight", "banana", "phone")),
}


def described(name: str, architecture: Mapping[str, Any], about: Any = None) -> dict[str, Any]:
    """Return ``title``, ``about`` and ``examples`` of the model with this name.

    Parameters
    ----------
    name
        Of its folder.
    architecture
        Of its file.
    about
        The sentence in its scores; anything but a text is none.

    Examples
    --------
    >>> described("letters-gru-32", {"cell": "gru", "units": 32, "layers": 1})["title"]
    'Letters: GRU, 32 units'
    """
    family = _FAMILIES.get(name.partition("-")[0], _Family(name))
    return {
        "title": f"{family.title}: {said_network(architecture)}",
        "about": about if isinstance(about, str) else None,
        "examples": family.examples,
    }
