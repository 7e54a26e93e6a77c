"""How many threads the compiled core uses."""

from __future__ import annotations

import operator

from remy import _core
from remy.errors import UsageError

#: More threads than this only wait for each other.
MOST_THREADS = 1024


def set_num_threads(count: int) -> None:
    """Let the core split the rows of a batch, or the units of a large layer, over `count` threads.

    Results do not depend on the number of threads, to the last bit. torch's own number of threads
    (``torch.set_num_threads``) is separate.

    Parameters
    ----------
    count
        From 1 to 1024. The default is the number of processors this process may use.

    Raises
    ------
    UsageError
        If `count` is no whole number from 1 to 1024.

    Examples
    --------
    >>> import remy
    >>> remy.set_num_threads(2)
    >>> remy.get_num_threads()
    2
    """
    try:
        whole = 0 if isinstance(count, bool) else operator.index(count)
    except TypeError:
        whole = 0
    if not 1 <= whole <= MOST_THREADS:
        raise UsageError(f"set_num_threads: expected a whole number from 1 to {MOST_THREADS}, got {count!r}.")
    _core.set_num_threads(whole)


def get_num_threads() -> int:
    """Return the number of threads the core uses."""
    return _core.get_num_threads()
