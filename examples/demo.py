"""The whole first path in one run: ``make demo``.

Learns to continue six tragedies of Shakespeare letter by letter for about three minutes, says how well it
does beside counting letters, then shows what follows HELL and a page that the network wrote. Then, in a few
seconds each, tells nine speakers apart by a vowel and forecasts tomorrow's temperature in Seattle.

    python examples/demo.py RUN
"""

from __future__ import annotations

import shlex
import subprocess
import sys

PROMPT = "ROMEO:\n"


def remy(*arguments: str) -> None:
    """Run one remy command as a person would, after showing it."""
    quoted = " ".join(shlex.quote(a) if a.isprintable() else f"${a!r}" for a in arguments)
    print(f"\n$ remy {quoted}", flush=True)
    subprocess.run([sys.executable, "-m", "remy.cli", *arguments], check=True)


def main(run: str) -> None:
    """Train into the directory `run` and those beside it, replacing what an earlier demo left there."""
    remy("train", "tragedies", "-o", run, "--force", "--epochs", "7", "--max-time", "3m15s")
    remy("predict", run, "HELL")
    remy("generate", run, "--prompt", PROMPT, "--length", "1500", "--temperature", "0.7", "--seed", "1")
    remy("evaluate", run)
    remy("train", "vowels", "-o", f"{run}-vowels", "--force", "--quiet")
    remy("train", "weather", "--target", "temp_max", "-o", f"{run}-weather", "--force", "--quiet")
    remy("forecast", f"{run}-weather", "--quantiles", "0.1,0.5,0.9")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "demo-run")
