# SPDX-License-Identifier: Apache-2.0
"""The table of results for a terminal."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from rich.console import Console

from rheobase._terminal import make_room, new_table
from rheobase.lab.report import half, loss, micro, network_text, percent, signed, verdicts

TITLES = ("accuracy, %", "vs best", "loss", "dead, %", "sat., %", "µs/step")
NOTHING = "n/a"


def print_table(results: dict, page: Path) -> None:
    """Prints a table for each network, usually within 80 columns, then the verdict and where the page is."""
    console = Console(highlight=False)
    groups = [
        (network, list(rows))
        for network, rows in groupby(results["activations"], lambda a: (a["depth"], a["width"]))
    ]
    for network, rows in groups:
        if len(groups) > 1:
            console.print(network_text(*network).capitalize() + ":", markup=False)
        _print(console, rows, results["settings"]["tune"])
    if any(activation["within_noise"] is False for activation in results["activations"]):
        console.print("* distinguishable from the best (paired t tests of all pairs, Holm)")
    for sentence in verdicts(results):
        console.print(sentence, markup=False, soft_wrap=True)
    console.print(f"Report: {page}", markup=False, soft_wrap=True)


def _print(console: Console, rows: list[dict], tuned: bool) -> None:
    table = new_table()
    failed = any(row["failed"] for row in rows)
    table.add_column("#", justify="right")
    table.add_column("activation", no_wrap=True)
    titles = TITLES + (("rate",) if tuned else ()) + (("failed",) if failed else ())
    for title in titles:
        table.add_column(title, justify="right", no_wrap=True)
    for row in rows:
        rate = [f"{row['lr']:g}"] if tuned else []
        table.add_row(*_cells(row), *rate, *([str(row["failed"])] if failed else []))
    make_room(console, table)
    console.print(table)


def _cells(activation: dict) -> list[str]:
    name, difference, time = (activation[key] for key in ("name", "difference", "step_time"))
    finished = [NOTHING, "", NOTHING, NOTHING, NOTHING]
    if activation["accuracy"]:
        finished = [
            _accuracy(activation["accuracy"]),
            (signed(difference["mean"]) if difference else "")
            + ("*" if activation["within_noise"] is False else " "),
            loss(activation["final_loss"]["mean"]),
            _share(activation["dead"]),
            _share(activation["saturated"]),
        ]
    return [str(activation["rank"]), name, *finished, micro(time["median"]) if time else NOTHING]


def _accuracy(interval: dict) -> str:
    return percent(interval["mean"]) + ("" if interval["low"] is None else f" ± {half(interval)}")


def _share(interval: dict | None) -> str:
    return percent(interval["mean"]) if interval else NOTHING
