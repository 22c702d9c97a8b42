# SPDX-License-Identifier: Apache-2.0
"""What is made when first wanted, and cannot be made twice: operators are registered under their names."""

import functools
import threading
from collections.abc import Callable
from typing import TypeVar

Made = TypeVar("Made")


def made_once(make: Callable[[str], Made]) -> Callable[[str], Made]:
    """functools.cache for one argument that threads may share: one of them makes, the others wait for it."""
    made: dict[str, Made] = {}
    lock = threading.RLock()

    @functools.wraps(make)
    def get(suffix: str = "") -> Made:
        if suffix not in made:
            with lock:
                if suffix not in made:
                    made[suffix] = make(suffix)
        return made[suffix]

    return get
