# SPDX-License-Identifier: Apache-2.0
"""`rheobase plot`: the command itself."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence

from rheobase import _json
from rheobase._arguments import OK, UsageError, as_flag, require_modules, run_program
from rheobase._files import writable
from rheobase.plotting.arguments import PROGRAM, Arguments, parse

NEEDED = ("numpy", "matplotlib")
# Arguments of the function that are flags here.
FLAGS = ("interval", "size", "error", "column")
# Pixels of a PNG along an edge; beyond, memory for gigabytes of white.
MOST_DOTS = 32_000


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command and returns its exit code: 0, 1 (failure), 2 (bad input) or 130 (Ctrl-C)."""
    return run_program(
        PROGRAM,
        lambda: _plot(parse(sys.argv[1:] if argv is None else argv)),
        "stopped; nothing was written",
    )


def _plot(arguments: Arguments) -> int:
    require_modules(NEEDED)
    from rheobase.plotting.figure import check, draw

    try:
        request = check(
            arguments.names,
            interval=arguments.interval,
            show=arguments.show,
            panels=arguments.panels,
            error=arguments.error,
            data=arguments.data,
            column=arguments.column,
            size=arguments.size,
            dark=arguments.dark,
            title=arguments.title,
        )
    except (ValueError, TypeError) as error:
        raise UsageError(as_flag(str(error), FLAGS)) from None
    if arguments.output.suffix.lower() == ".png" and request.width * arguments.scale > MOST_DOTS:
        raise UsageError(
            f"--scale {arguments.scale:g}: more than {MOST_DOTS} dots for a width of {request.width}"
        )
    with writable(arguments.output) as write:
        try:
            figure = draw(request)
        except ValueError as error:
            raise UsageError(as_flag(str(error), FLAGS)) from None
        write(_bytes(figure, arguments))
    if arguments.json:
        print(_json.text({"program": PROGRAM, "file": str(arguments.output), **figure.found}, indent=2))
    return OK


def _bytes(figure, arguments: Arguments) -> bytes:
    import matplotlib

    from rheobase.plotting.style import PIXELS_PER_INCH, THEMES, settings

    form = arguments.output.suffix.lower()[1:]
    buffer = io.BytesIO()
    metadata = {"png": {"Software": None}, "svg": {"Date": None}, "pdf": {"CreationDate": None}}[form]
    with matplotlib.rc_context(settings(640, THEMES[arguments.dark])):
        figure.savefig(buffer, format=form, dpi=PIXELS_PER_INCH * arguments.scale, metadata=metadata)
    return buffer.getvalue()


if __name__ == "__main__":
    sys.exit(main())
