# SPDX-License-Identifier: Apache-2.0
"""The table of results for a terminal."""

from pathlib import Path

from rich.console import Console

from rheobase._terminal import make_room, new_table
from rheobase.lab.report import half, loss, micro, percent, signed, verdict

TITLES = ("accuracy, %", "vs best", "loss", "dead, %", "sat., %", "µs/step")
NOTHING = "n/a"


def print_table(results: dict, page: Path) -> None:
    """Prints the table, usually within 80 columns, then the verdict and where the page is."""
    console = Console(highlight=False)
    table = new_table()
    failed = any(activation["failed"] for activation in results["activations"])
    table.add_column("#", justify="right")
    table.add_column("activation", no_wrap=True)
    for title in TITLES + (("failed",) if failed else ()):
        table.add_column(title, justify="right", no_wrap=True)
    for activation in results["activations"]:
        table.add_row(*_cells(activation), *([str(activation["failed"])] if failed else []))
    make_room(console, table)
    console.print(table)
    if any(activation["within_noise"] is False for activation in results["activations"]):
        console.print("* further from the best than noise explains")
    console.print(verdict(results), markup=False, soft_wrap=True)
    console.print(f"Report: {page}", markup=False, soft_wrap=True)


def _cells(activation: dict) -> list[str]:
    name, difference, time = (activation[key] for key in ("name", "difference", "step_time"))
    finished = [NOTHING, "", NOTHING, NOTHING, NOTHING]
    if activation["accuracy"]:
        finished = [
            _accuracy(activation["accuracy"]),
            (signed(difference["mean"]) if difference else "")
            + ("*" if activation["within_noise"] is False else " "),
            loss(activation["final_loss"]["mean"]),
            percent(activation["dead"]["mean"]),
            percent(activation["saturated"]["mean"]),
        ]
    return [str(activation["rank"]), name, *finished, micro(time["median"]) if time else NOTHING]


def _accuracy(interval: dict) -> str:
    return percent(interval["mean"]) + ("" if interval["low"] is None else f" ± {half(interval)}")
