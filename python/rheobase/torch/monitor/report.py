# SPDX-License-Identifier: Apache-2.0
"""A report: what is known of all layers at one time. It merges, judges, and is shown or written."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from rheobase import _json
from rheobase.torch._ops import DESCRIPTIONS
from rheobase.torch.monitor import output
from rheobase.torch.monitor.advice import Finding, judge
from rheobase.torch.monitor.tally import Summary, Tally
from rheobase.torch.monitor.thresholds import Thresholds

_FORMAT = 1  # of a state


@dataclasses.dataclass
class Entry:
    """A layer: what it is called, its name in the registry ("" where it has none), and its counts."""

    label: str
    name: str
    tally: Tally


class Report:
    """Layers in the order in which they were first seen."""

    def __init__(self, entries: dict[str, Entry], thresholds: Thresholds, steps: int):
        self.entries, self.thresholds, self.steps = entries, thresholds, steps

    def layers(self) -> dict[str, Summary]:
        """The numbers of each layer, by its name."""
        return {
            name: entry.tally.summary(self.thresholds.saturated_unit) for name, entry in self.entries.items()
        }

    def advice(self) -> list[Finding]:
        """What is wrong, in words, most severe first."""
        return self._judge(self.layers())

    def _judge(self, layers: dict[str, Summary]) -> list[Finding]:
        functions = {name: (entry.label, entry.name) for name, entry in self.entries.items()}
        return judge(layers, functions, self.thresholds)

    def summary(self):
        """A table for ``rich``; ``rich.print(report)`` prints it as well."""
        layers = self.layers()
        marked = {finding.layer for finding in self._judge(layers)}
        labels = {name: entry.label for name, entry in self.entries.items()}
        return output.table(layers, labels, marked, self.steps)

    __rich__ = summary

    def records(self, path: str | Path | None = None) -> list[dict]:
        """A dictionary per layer; each is also a line of JSON at the end of the file ``path``, if given.

        Shares are from 0 to 1; a number that is not known is None, an infinite one the text "inf".
        """
        records = [
            {"step": self.steps, "layer": name, "function": self.entries[name].label} | summary.record()
            for name, summary in self.layers().items()
        ]
        if path is not None:
            with open(path, "a", encoding="utf-8") as file:
                file.writelines(_json.text(record) + "\n" for record in records)
        return records

    def tensorboard(self, writer, step: int | None = None) -> None:
        """Adds the numbers to a SummaryWriter, or to one for the folder of that name.

        Raises:
            ImportError: a folder was given, and tensorboard is not installed.
        """
        output.tensorboard(self.layers(), writer, self.steps if step is None else step)

    def state(self) -> dict:
        layers = {
            name: {"label": entry.label, "name": entry.name, "tally": entry.tally.state()}
            for name, entry in self.entries.items()
        }
        return {"format": _FORMAT, "slope": self.thresholds.slope, "steps": self.steps, "layers": layers}

    def merge(self, *states: dict) -> Report:
        """Adds what other processes have counted, by their ``state()``; returns itself.

        Raises:
            ValueError: a state is none, or was counted by another ``slope`` threshold. Nothing is added then.
        """
        read = [self._read(state) for state in states]
        for steps, entries in read:
            self.steps += steps
            for name, entry in entries.items():
                if name in self.entries:
                    self.entries[name].tally.merge(entry.tally)
                else:
                    self.entries[name] = entry
        return self

    def _read(self, state: dict) -> tuple[int, dict[str, Entry]]:
        if not isinstance(state, dict) or state.get("format") != _FORMAT:
            raise ValueError("state: not what Watch.state() returns, or that of another version")
        if state.get("slope") != self.thresholds.slope:
            raise ValueError(
                f"state: counted by the slope {state.get('slope')}, here it is {self.thresholds.slope}"
            )
        entries = {}
        try:
            for name, layer in state["layers"].items():
                entry = Entry(str(layer["label"]), layer["name"], Tally.read(layer["tally"]))
                if entry.name and entry.name not in DESCRIPTIONS:
                    raise ValueError(f"state: no activation is named {entry.name!r}")
                own = self.entries.get(name)
                if own is not None and own.tally.form() != entry.tally.form():
                    raise ValueError(f"state: layer {name!r} has another number of units or format here")
                entries[name] = entry
            return int(state["steps"]), entries
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"state: not what Watch.state() returns ({error!r})") from None
