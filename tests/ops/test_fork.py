"""The core after a fork."""

import subprocess
import sys

PROGRAM = """
import os
import numpy as np
import remy.ops
from remy import _core

_core.set_num_threads(2)
rng = np.random.default_rng(0)
x, kernel, recurrent = (rng.standard_normal(s, np.float32) for s in ((50, 8, 64), (64, 256), (64, 256)))

def run():
    outputs, h, c = (np.empty(s, np.float32) for s in ((50, 8, 64), (8, 64), (8, 64)))
    absent = [None] * 6
    _core.sequence_forward(
        "lstm", x, kernel, recurrent, *absent, False, False, outputs, None, None, None, h, c
    )
    return outputs

before = run()
child = os.fork()
if child == 0:
    os._exit(0 if np.array_equal(run(), before) else 1)
raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_a_child_process_computes_the_same_with_threads_of_its_own() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], timeout=60, check=False)
    assert done.returncode == 0
