"""The lab: a server on this machine, and the page that it shows in the browser.

Only :func:`serve` is public; what the page asks for stands in :mod:`remy.lab.scenes`. Loaded at first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from remy.lab.serving import serve

__all__ = ["serve"]


def __getattr__(name: str) -> Any:
    if name != "serve":
        raise AttributeError(f"module 'remy.lab' has no attribute '{name}'")
    from remy.lab import serving

    return serving.serve


def __dir__() -> list[str]:
    return __all__
