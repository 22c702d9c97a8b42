# SPDX-License-Identifier: Apache-2.0
"""`rheobase report`: the command itself."""

from __future__ import annotations

import sys
import webbrowser
from collections.abc import Sequence

from rheobase._arguments import OK, UsageError, require_modules, run_program
from rheobase._files import writable
from rheobase.report.arguments import PROGRAM, Arguments, parse

NEEDED = ("numpy", "jinja2")


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command and returns its exit code: 0, 1 (failure), 2 (bad input) or 130 (Ctrl-C)."""
    return run_program(
        PROGRAM,
        lambda: _report(parse(sys.argv[1:] if argv is None else argv)),
        "stopped; nothing was written",
    )


def _report(arguments: Arguments) -> int:
    require_modules(NEEDED)
    import rheobase
    from rheobase import explorer
    from rheobase.report import page

    module = None if arguments.no_explorer else arguments.explorer or explorer.module_path()
    with writable(arguments.output) as write:
        try:
            names = [rheobase.info(name)["name"] for name in arguments.names] or rheobase.names()
            report = page.gather(
                list(dict.fromkeys(names)), arguments.results, arguments.bench, arguments.proofs, module,
                _progress if sys.stderr.isatty() else lambda _: None,
            )  # fmt: skip
        except ValueError as error:
            raise UsageError(str(error)) from None
        finally:
            if sys.stderr.isatty():
                print("\r\033[K", end="", file=sys.stderr)
        write(page.as_html(report).encode())
    if arguments.json:
        print(page.as_json(report))
    else:
        print(f"{arguments.output}: {len(report.functions)} functions")
        for sentence in report.missing:
            print(f"  {sentence}")
    if arguments.open:
        webbrowser.open(arguments.output.resolve().as_uri())
    return OK


def _progress(text: str) -> None:
    print(f"\r\033[K{PROGRAM}: {text}", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
