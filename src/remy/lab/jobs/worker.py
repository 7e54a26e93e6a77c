"""A process that trains one race: ``python -m remy.lab.jobs.worker``.

It reads its race and later commands, one a line, from standard input, and writes what it has to tell to
standard output. When standard input ends, whoever wanted the race is gone, and so is the process.
"""

from __future__ import annotations

import os
import sys
import threading
import traceback
from queue import SimpleQueue
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from remy.lab.jobs.messages import Command


def main() -> None:
    """Train the race that comes, and then wait to be ended."""
    told = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no message
    lines: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_listen, args=(sys.stdin.buffer, lines), daemon=True).start()

    # Loading torch takes a second or two, and the first update another: that is done before there is a race.
    import torch

    from remy import threads
    from remy.errors import RemyError
    from remy.lab.jobs.contest import Contest
    from remy.lab.jobs.messages import Start, to_line
    from remy.lab.schemas.base import Answered
    from remy.lab.schemas.jobs import JobEvent, Race

    torch.set_num_threads(1)
    threads.set_num_threads(1)
    Contest("", Race(steps=10, units=1, updates=1), lambda record: None, SimpleQueue()).run()

    def say(record: Answered) -> None:
        told.write(to_line(record))
        told.flush()

    start = Start.model_validate_json(lines.get())
    commands: SimpleQueue[Command] = SimpleQueue()
    threading.Thread(target=_read_commands, args=(lines, commands), daemon=True).start()
    try:
        Contest(start.job, start.race, say, commands).run()
    except Exception as error:
        if not isinstance(error, RemyError):
            traceback.print_exc()
        reason = str(error) if isinstance(error, RemyError) else f"{type(error).__name__}: {error}"
        say(
            JobEvent(
                job=start.job,
                state="failed",
                position=None,
                sentence=reason,
                updates=start.race.updates,
                lanes=(),
            )
        )
    threading.Event().wait()


def _listen(source: BinaryIO, lines: SimpleQueue[bytes]) -> None:
    for line in source:
        lines.put(line)
    os._exit(0)  # at once, whatever is being computed


def _read_commands(lines: SimpleQueue[bytes], commands: SimpleQueue[Command]) -> None:
    from remy.lab.jobs.messages import Command

    while True:
        commands.put(Command.model_validate_json(lines.get()))


if __name__ == "__main__":
    main()
