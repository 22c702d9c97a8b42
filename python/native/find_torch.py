# SPDX-License-Identifier: Apache-2.0
"""Prints folder and version of the PyTorch whose headers a build takes, as FOLDER;VERSION; exit code 1: none.

An argument names the folder that torch lies in, and there is no other then. Else it is looked for where this
interpreter imports from, and then where it would install to: pip builds a wheel in an environment of its own,
in which the packages of the one that asked for it cannot be imported. Nothing is imported, which would take
seconds.
"""

import sys
import sysconfig
from importlib import metadata, util
from pathlib import Path


def find_in(site: Path) -> tuple[Path, str] | None:
    for found in metadata.distributions(name="torch", path=[str(site)]):
        if (site / "torch/include/torch/csrc/stable").is_dir():
            return site / "torch", found.version
    return None


def find() -> tuple[Path, str] | None:
    spec = util.find_spec("torch")
    if spec is not None and spec.submodule_search_locations:
        return Path(spec.submodule_search_locations[0]), metadata.version("torch")
    # Of the interpreter itself, whatever is on its path now.
    for key in ("platlib", "purelib"):
        if found := find_in(Path(sysconfig.get_path(key))):
            return found
    return None


if __name__ == "__main__":
    place = find_in(Path(sys.argv[1]).absolute()) if sys.argv[1:] else find()
    if place is None:
        sys.exit(1)
    print(*place, sep=";")
