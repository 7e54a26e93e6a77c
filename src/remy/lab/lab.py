"""What a running lab holds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from remy.lab.library import Library

#: Where `remy train` puts the runs of a working folder.
RUNS = Path("runs")


@dataclass
class Lab:
    """What the questions are answered from.

    Attributes
    ----------
    library
        The models.
    """

    library: Library


def open_lab(run: str | Path | None = None) -> Lab:
    """Return a lab over the models that ship with it and over runs.

    Parameters
    ----------
    run
        A run directory, a model file or a folder of runs; None takes the working folder if that is a run,
        else the runs in its sub-folder ``runs``, else those in itself.

    Raises
    ------
    RemyError
        If `run` is none of these.
    """
    return Lab(library=Library(_runs_here() if run is None else Path(run)))


def _runs_here() -> Path | None:
    here = Path()
    if (here / "model.safetensors").exists():
        return here
    for folder in (RUNS, here):
        if any(folder.glob("*/model.safetensors")):
            return folder
    return None
