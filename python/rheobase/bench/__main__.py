# SPDX-License-Identifier: Apache-2.0
"""`rheobase bench`: the command itself."""

import os
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import ModuleType

from rheobase import _json
from rheobase._arguments import INTERRUPTED, OK, UsageError, complain, no_reader, require_modules, run_program
from rheobase.bench.arguments import PROGRAM, SHORT, Arguments, parse

NEEDED = ("numpy", "rich")
# Forms whose names are those of activations.
ACTIVATIONS = ("gate", "fused", "mask", "int8")


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command and returns its exit code: 0, 1 (failure), 2 (bad input) or 130 (stopped by
    Ctrl-C)."""
    return run_program(
        PROGRAM,
        lambda: _bench(parse(sys.argv[1:] if argv is None else argv)),
        "stopped before the first comparison was over; nothing was written",
    )


def _bench(arguments: Arguments) -> int:
    _limit_threads(arguments.threads)
    require_modules(NEEDED)
    from rheobase.bench import places, xnnpack_build

    modules = places.peers()
    if arguments.forms:
        modules = {name: module for name, module in modules.items() if hasattr(module, "form_contenders")}
    infos = forms_of(arguments) if arguments.forms else choose(arguments.names)
    if arguments.settings:
        from rheobase.bench.settings import changed

        infos = [changed(info, arguments.settings, arguments.dtypes) for info in infos]
    _require_known(modules, arguments.peers)
    # After what can be wrong with the request, as it takes minutes; before anyone asks which peers are there.
    if arguments.xnnpack is not None:
        xnnpack_build.build(arguments.xnnpack)
    elif (source := os.environ.get("RHEOBASE_XNNPACK_DIR")) and not xnnpack_build.built():
        xnnpack_build.build(Path(source))
    if arguments.list_peers:
        return _list(modules, arguments.json)
    peers, absent = select(modules, arguments.peers)
    return _run(arguments, infos, peers, absent)


def choose(names: Sequence[str]) -> list[dict]:
    """Descriptions of the activations to time: as named, each once; without names all that there are, less
    presets that are their activation under another name. Raises UsageError."""
    import rheobase

    try:
        if names:
            return [rheobase.info(name) for name in dict.fromkeys(rheobase.info(n)["name"] for n in names)]
        infos = [rheobase.info(name) for name in rheobase.names()]
    except (ValueError, RuntimeError) as error:
        raise UsageError(" ".join(str(error).split())) from None
    originals = {info["name"]: info["parameters"] for info in infos}
    return [
        info
        for info in infos
        if info["activation"] == info["name"] or info["parameters"] != originals[info["activation"]]
    ]


def forms_of(arguments: Arguments) -> list:
    """The cases (forms.case) to time. Raises UsageError for a name that none of the forms has."""
    from rheobase.bench.forms import FORMS

    wanted = []
    for name in arguments.names:
        known = [n for form in arguments.forms for n in FORMS[form].names()]
        if name not in known:  # an alias, or nothing
            name = choose([name])[0]["name"]
        if name not in known:
            raise UsageError(
                f"'{name}' has no form {' or '.join(arguments.forms)}; see rheobase list --forms"
            )
        wanted.append(name)
    names = wanted or [info["name"] for info in choose([])]
    cases = []
    for form in arguments.forms:
        module = FORMS[form]
        # What is no activation has no presets that repeat another.
        own = [n for n in names if n in module.names()] if wanted or form in ACTIVATIONS else module.names()
        if own:
            cases += module.cases(own, arguments.dtypes, arguments.sizes, arguments.threads)
    if not cases:
        raise UsageError(f"--dtype {', '.join(arguments.dtypes)}: nothing to time in this version")
    return cases


def select(
    modules: dict[str, ModuleType], wanted: Sequence[str] | None
) -> tuple[dict[str, ModuleType], dict[str, str]]:
    """The peers that take part, and of the others that were wanted why not. Raises UsageError for a peer that
    nobody knows, and for one named that cannot run."""
    _require_known(modules, wanted)
    chosen = {name: modules[name] for name in (modules if wanted is None else wanted)}
    reasons = {name: module.available() for name, module in chosen.items()}
    present = {name: module for name, module in chosen.items() if not reasons[name]}
    return present, {chosen[name].NAME: reason for name, reason in reasons.items() if reason}


def _require_known(modules: dict[str, ModuleType], wanted: Sequence[str] | None) -> None:
    unknown = [name for name in wanted or () if name not in modules]
    if unknown:
        raise UsageError(f"--peers {unknown[0]}: there are {', '.join(modules)}")


def _limit_threads(threads: int) -> None:
    """What libraries read when they are loaded; nothing that computes has been imported yet."""
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NPROC"):
        os.environ[name] = str(threads)
    flags = [os.environ.get("XLA_FLAGS", "")]
    if threads == 1:
        flags.append("--xla_cpu_multi_thread_eigen=false")
    os.environ["XLA_FLAGS"] = " ".join(filter(None, flags))


def _list(modules: dict[str, ModuleType], as_json: bool) -> int:
    reasons = {name: module.available() or None for name, module in modules.items()}
    found = [
        {
            "peer": name,
            "name": module.NAME,
            "version": None if reasons[name] else module.version(),
            "reason": reasons[name],
        }
        for name, module in modules.items()
    ]
    if as_json:
        print(_json.text(found, indent=2))
        return OK
    for peer in found:
        state = f"not available: {peer['reason']}" if peer["reason"] else peer["version"]
        print(f"{peer['peer']:<20} {peer['name']:<14} {state}")
    return OK


def _run(arguments: Arguments, infos: list[dict], peers: dict, absent: dict[str, str]) -> int:
    """Everything that may be wrong with the request is known before the first measurement."""
    from rich.console import Console

    from rheobase.bench import machine
    from rheobase.bench.forms.session import FormSession
    from rheobase.bench.oracle import require
    from rheobase.bench.records import Results
    from rheobase.bench.session import Display, Session
    from rheobase.lab.progress import Interrupt

    require()
    path = _csv_path(arguments)
    with ExitStack() as stack:
        results = stack.enter_context(Results(path)) if path is not None else None
        display = stack.enter_context(Display(Console(stderr=True, highlight=False), arguments.progress))
        interrupt = stack.enter_context(Interrupt())
        for line in machine.unlimited(peers.values()):
            complain(PROGRAM, line, OK)
        conditions = machine.conditions(arguments.threads, arguments.data)
        kind = Session if not arguments.forms else FormSession
        session = kind(arguments, peers, absent, conditions, results, display, lambda: interrupt.asked)
        complete = session.run(infos)
    if not complete and not session.rows:
        raise KeyboardInterrupt
    _tell(arguments, session, conditions, path)
    return OK if complete else complain(PROGRAM, "stopped early; what was measured is kept", INTERRUPTED)


def _csv_path(arguments: Arguments) -> Path | None:
    from rheobase.bench import machine, places

    if not arguments.write_csv or arguments.csv is not None:
        return arguments.csv
    root = places.clone()
    if root is None:
        return None
    # Each folder is a table of its own (tools/docs_speed.py).
    kind = "forms" if arguments.forms else "formats16" if set(arguments.dtypes) & set(SHORT) else ""
    return root / "bench/results" / kind / f"{machine.slug()}.csv"


def _tell(arguments: Arguments, session, conditions: dict, path: Path | None) -> None:
    from rheobase.bench.records import as_json
    from rheobase.bench.table import print_tables

    try:
        if arguments.json:
            print(as_json(session.rows))
            return
        print_tables(session.rows, session.blanks)
        where = "machine", "cores", "instruction_set", "threads", "data", "load", "commit"
        print(
            "; ".join(f"{key.replace('_', ' ')} {conditions[key]}" for key in where if conditions[key] != "")
        )
        if path is not None:
            print(f"rows appended to {path}")
    except BrokenPipeError:
        no_reader()  # but the rows are in the file


if __name__ == "__main__":
    sys.exit(main())
