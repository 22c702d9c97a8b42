# SPDX-License-Identifier: Apache-2.0
"""How many threads a call of NumPy's functions may use."""

from __future__ import annotations

import operator
import os

from rheobase._numpy import _extension

_MOST = 1024  # of the library
_TEXT = os.environ.get("RHEOBASE_NUM_THREADS")  # as the library, which reads it once
_chosen = 0


def chosen() -> int:
    """What was set; 0 leaves it to the library."""
    return _chosen


def set_num_threads(n: int) -> None:
    """Lets every later call of a function of NumPy's arrays use at most so many threads.

    That holds for the whole process, and changes no result. Calls of few elements use one anyway. Other
    threads of the program, which call at the same time, see it as well.

    Args:
        n: 1 to 1024, the calling thread included; 1: the calling thread alone

    Raises:
        TypeError: ``n`` is no integer.
        ValueError: ``n`` is out of range.

    >>> import rheobase
    >>> rheobase.set_num_threads(2)
    >>> rheobase.get_num_threads()
    2
    """
    global _chosen
    try:
        count = operator.index(n)
    except TypeError:
        raise TypeError(f"set_num_threads: n must be an integer, not {type(n).__name__}") from None
    if not 1 <= count <= _MOST:
        raise ValueError(f"set_num_threads: n is {count}; expected 1 to {_MOST}")
    _extension.MODULE.set_threads(count)
    _chosen = count


def get_num_threads() -> int:
    """How many threads a call of a function of NumPy's arrays may use.

    Returns:
        what ``set_num_threads`` was last given; else the environment's RHEOBASE_NUM_THREADS as it was at the
        first call; else the number of CPUs that this process may run on.
    """
    if _chosen != 0:
        return _chosen
    if _TEXT:
        return int(_TEXT)
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(usable, _MOST)
