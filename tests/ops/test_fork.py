"""The core after a fork."""

import subprocess
import sys

PROGRAM = """
import os
import torch
import remy
from remy import ops

remy.set_num_threads(2)
x, kernel, recurrent = (torch.randn(s) for s in ((50, 8, 64), (64, 256), (64, 256)))

def run():
    return ops.sequence(x, kernel, recurrent, cell="lstm").outputs.numpy()

before = run()
child = os.fork()
if child == 0:
    os._exit(0 if (run() == before).all() else 1)
raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_a_child_process_computes_the_same_with_threads_of_its_own() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], timeout=60, check=False)
    assert done.returncode == 0
