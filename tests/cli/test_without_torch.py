"""After training nothing needs torch: every verb but `train` runs where it cannot be imported."""

import subprocess
import sys
from pathlib import Path

import pytest

#: A program that runs the command line where torch cannot be found. None in ``sys.modules`` would do for us,
#: but scipy takes whatever stands there for torch itself.
WITHOUT_TORCH = """
import sys
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "torch":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Refuse())
from remy.cli import main
main(sys.argv[1:])
"""


@pytest.mark.parametrize(
    "words",
    [
        ["predict", "RUN", "HELL"],
        ["generate", "RUN", "--length", "20", "--seed", "1"],
        ["evaluate", "RUN"],
        ["info", "RUN", "--verify"],
    ],
)
def test_a_verb_runs_with_torch_forbidden(words: list[str], finished: Path) -> None:
    line = [str(finished) if word == "RUN" else word for word in words]
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_TORCH, *line], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout
