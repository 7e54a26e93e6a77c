"""Arguments and flags that have one name and one meaning in every verb."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

RunArgument = Annotated[Path, typer.Argument(metavar="RUN", help="A run directory or a model file.")]
JsonFlag = Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output.")]
QuietFlag = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing on standard error but errors.")]
DebugFlag = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]
