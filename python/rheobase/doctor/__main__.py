# SPDX-License-Identifier: Apache-2.0
"""`rheobase doctor`: the command itself."""

from __future__ import annotations

import contextlib
import sys
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from rheobase import _json
from rheobase._arguments import OK, USAGE, UsageError, complain, require_modules
from rheobase.doctor.arguments import PROGRAM, Arguments, parse

FINDINGS = 1
NEEDED = ("torch", "rich")


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command and returns its exit code: 0 healthy, 1 findings, 2 bad use or nothing to judge; a
    failed script's."""
    try:
        arguments = parse(sys.argv[1:] if argv is None else argv)
        kind = kind_of(arguments.subject)
        require_modules(NEEDED)
        return _script(arguments) if kind == "script" else _checkpoint(arguments)
    except (UsageError, OSError, ImportError) as error:
        return complain(PROGRAM, str(error), USAGE)


def kind_of(path: Path) -> str:
    """ "script" or "checkpoint", by the content. Raises UsageError for what is neither."""
    if not path.is_file():
        raise UsageError(f"{path}: there is no such file" if not path.exists() else f"{path}: is no file")
    try:
        with path.open("rb") as file:
            start = file.read(2)
        # torch.save writes a zip file with a pickle in it, before 1.6 pickles of protocol 2.
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                if any(name.endswith("data.pkl") for name in archive.namelist()):
                    return "checkpoint"
        elif start == b"\x80\x02":
            return "checkpoint"
        if path.suffix == ".py":
            return "script"
        compile(path.read_bytes(), str(path), "exec", dont_inherit=True)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror or error}") from None
    except (SyntaxError, ValueError, zipfile.BadZipFile):
        raise UsageError(f"{path}: is neither a Python script nor what torch.save writes") from None
    return "script"


def _script(arguments: Arguments) -> int:
    from rheobase.doctor.script import MOST_MODELS, Observer, output_to_stderr, run

    aside = output_to_stderr() if arguments.json else contextlib.nullcontext()
    with Observer(arguments.every, arguments.window) as observer, aside:
        code = run(arguments.subject, arguments.arguments)
    if observer.ignored:
        print(
            f"{PROGRAM}: {observer.ignored} further models were not watched: {MOST_MODELS} are",
            file=sys.stderr,
        )
    reports = [(type(model).__name__, watched.report()) for model, watched in observer.watches.items()]
    reports = [(name, report) for name, report in reports if report.entries]
    models = [
        {
            "model": name,
            "steps": report.steps,
            "layers": report.records(),
            "findings": [asdict(finding) for finding in report.advice()],
        }
        for name, report in reports
    ]
    if not models:
        ended = f"; the script ended with exit code {code}" if code else ""
        raise UsageError(f"{arguments.subject}: no activation was called, so nothing was judged{ended}")
    findings = sum(len(model["findings"]) for model in models)
    outcome = code or (FINDINGS if findings else OK)
    tables = [report.summary for _, report in reports]
    _tell(arguments, "script", models, tables, outcome, script_exit_code=code)
    return outcome


def _checkpoint(arguments: Arguments) -> int:
    from rheobase.doctor import checkpoint

    if arguments.arguments:
        raise UsageError(f"{arguments.subject}: is a checkpoint, which takes no arguments after --")
    found = checkpoint.load(arguments.subject, arguments.trust)
    tensors, rectified, findings, name = found, None, [], "state_dict"
    if not isinstance(found, dict):
        tensors = {key: t.detach() for key, t in found.state_dict().items() if t.is_floating_point()}
        rectified, name = checkpoint.rectified_layers(found), type(found).__name__
        findings = checkpoint.judge_activations(found)
    layers = checkpoint.layers(tensors)
    findings = checkpoint.judge(tensors, layers, rectified) + findings
    records = [layer.record() for layer in layers]
    model = {"model": name, "layers": records, "findings": [asdict(finding) for finding in findings]}
    outcome = FINDINGS if findings else OK
    _tell(arguments, "checkpoint", [model], [lambda: _weights(records)], outcome)
    return outcome


def _tell(
    arguments: Arguments, kind: str, models: list[dict], tables: list[Callable], outcome: int, **more
) -> None:
    """tables: what makes one for each model, where they are wanted."""
    if arguments.json:
        head = {"program": PROGRAM, "subject": str(arguments.subject), "kind": kind, "exit_code": outcome}
        print(_json.text(head | more | {"models": models}, indent=2))
        return
    from rich.console import Console

    from rheobase._terminal import make_room

    console = Console(highlight=False)
    for model, make in zip(models, tables, strict=True):
        steps = f", {model['steps']:,} forward passes" if "steps" in model else ""
        console.print(f"\n{model['model']}{steps}", style="bold", markup=False)
        table = make()
        make_room(console, table)
        console.print(table)
        for finding in model["findings"]:
            console.print(f"- {finding['text']}", markup=False, soft_wrap=True)
    findings = sum(len(model["findings"]) for model in models)
    verdict = f"{findings} finding{'s' * (findings != 1)}" if findings else "healthy: no limit was crossed"
    if more.get("script_exit_code"):
        verdict += f"; the script ended with exit code {more['script_exit_code']}"
    console.print(f"{PROGRAM}: {verdict}", markup=False, soft_wrap=True)


def _weights(layers: list[dict]):
    from rich.text import Text

    from rheobase._terminal import new_table

    table = new_table()
    table.add_column("layer", overflow="fold")
    for title in ("shape", "gain", "never fire, %"):
        table.add_column(title, justify="right", no_wrap=True)
    for layer in layers:
        silent, size = layer["never_firing"], layer["gain"]
        shares = "" if size is None else f"{size:.3g}", "" if silent is None else f"{100 * silent:.1f}"
        table.add_row(Text(layer["layer"]), " x ".join(map(str, layer["shape"])), *shares)
    return table


if __name__ == "__main__":
    sys.exit(main())
