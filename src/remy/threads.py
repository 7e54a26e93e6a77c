"""How many threads the compiled core uses."""

from __future__ import annotations

from remy import _core
from remy.errors import UsageError


def set_num_threads(count: int) -> None:
    """Let the core split the rows of a batch over `count` threads.

    Results do not depend on the number of threads, to the last bit. torch's own number of threads
    (``torch.set_num_threads``) is separate.

    Parameters
    ----------
    count
        At least 1. The default is the number of processors this process may use.

    Raises
    ------
    UsageError
        If `count` is below 1.

    Examples
    --------
    >>> import remy
    >>> remy.set_num_threads(2)
    >>> remy.get_num_threads()
    2
    """
    if count < 1:
        raise UsageError(f"set_num_threads: expected a count of at least 1, got {count}")
    _core.set_num_threads(count)


def get_num_threads() -> int:
    """Return the number of threads the core uses."""
    return _core.get_num_threads()
