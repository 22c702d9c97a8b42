# SPDX-License-Identifier: Apache-2.0
"""--set: an activation with other parameters than its defaults."""

from collections.abc import Collection, Mapping

from rheobase import _core
from rheobase._arguments import UsageError
from rheobase._specification import read
from rheobase.plotting.curves import bends

# Kinks are looked for from -END to END: at most one in a 1,024th part of END, of slopes that jump by more
# than a millionth.
ENDS = (8.0, 1024.0)


def changed(info: dict, settings: Mapping[str, float], dtypes: Collection[str]) -> dict:
    """A description with these numbers in place of defaults, for which `settings` has them, and with the
    kinks that there are then. Raises UsageError where the activation lacks one, or refuses a number."""
    try:
        [chosen] = read((info["name"], settings))
        if set(dtypes) != {"float64"}:
            _core.check_parameters(chosen.name, dict(settings), False)
    except ValueError as error:
        raise UsageError(f"--set: {error}") from None
    parameters = [p | {"default": settings.get(p["name"], p["default"])} for p in info["parameters"]]
    kinks = sorted({x for end in ENDS for x in bends(chosen, -end, end)})
    facts = info["facts"] | {"kinks": kinks}
    return info | {"parameters": parameters, "facts": facts, "settings": dict(settings)}
