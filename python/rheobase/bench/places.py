# SPDX-License-Identifier: Apache-2.0
"""Where things are: the peers, libraries and programs that belong to this package, and the clone, if any."""

import importlib
import importlib.util
import os
import shutil
import sys
from pathlib import Path
from types import ModuleType

_HERE = Path(__file__).resolve().parent
PEERS = "rheobase.bench.peers"


def clone(start: Path | None = None) -> Path | None:
    """The source tree that contains the current folder, or this package; None when it is neither."""
    for place in ((start or Path.cwd()).resolve(), _HERE):
        for folder in (place, *place.parents):
            if (folder / "bench/peers").is_dir() and (folder / "activations").is_dir():
                return folder
    return None


def peers_folder() -> Path:
    """Beside this file when installed, else in the source tree. Raises FileNotFoundError."""
    installed = _HERE / "peers"
    if installed.is_dir():
        return installed
    source = _HERE.parents[2] / "bench/peers"
    if source.is_dir():
        return source
    raise FileNotFoundError(f"no peers: there is no {installed} and no {source}")


def peers() -> dict[str, ModuleType]:
    """All modules of that folder, by the name of their file; those that begin with _ are helpers."""
    folder = peers_folder()
    if PEERS not in sys.modules:
        spec = importlib.util.spec_from_file_location(
            PEERS, folder / "__init__.py", submodule_search_locations=[str(folder)]
        )
        package = sys.modules[PEERS] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(package)
    stems = sorted(path.stem for path in folder.glob("[a-z]*.py"))
    return {stem: importlib.import_module(f"{PEERS}.{stem}") for stem in stems}


def native_folder() -> Path:
    """Where shared libraries of bench/CMakeLists.txt are: RHEOBASE_BENCH_LIBRARIES, else beside this file."""
    given = os.environ.get("RHEOBASE_BENCH_LIBRARIES")
    return Path(given) if given else _HERE / "_lib"


def native_library(name: str) -> Path | None:
    """One of them; None when it was not built."""
    path = native_folder() / f"lib{name}.so"
    return path if path.is_file() else None


def program(name: str) -> Path | None:
    """A program: beside the interpreter, else on PATH."""
    beside = Path(sys.executable).parent / name
    if os.access(beside, os.X_OK):
        return beside
    found = shutil.which(name)
    return Path(found) if found else None
