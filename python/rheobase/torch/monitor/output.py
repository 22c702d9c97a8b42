# SPDX-License-Identifier: Apache-2.0
"""Reports as a table for a terminal, and for TensorBoard."""

from __future__ import annotations

import math
import os

from rheobase.torch.monitor.tally import Summary

_TITLES = ("units", "dead %", "sat. %", "flat %", "zero %", "input", "output", "grad.")


def table(layers: dict[str, Summary], labels: dict[str, str], marked: set[str], steps: int):
    """A rich table; marked layers, those with findings, stand out."""
    from rich.text import Text

    from rheobase._terminal import new_table

    caption = f"{steps:,} steps; mean±deviation; grad.: norm in a step; *: has a finding"
    made = new_table(caption=caption)
    made.add_column("layer", overflow="fold", min_width=12)
    for title in _TITLES:
        made.add_column(title, justify="right", no_wrap=True)
    for name, summary in layers.items():
        shown = name if name.endswith(labels[name]) else f"{name} {labels[name]}"
        cells = [shown + ("*" if name in marked else ""), *_cells(summary)]
        made.add_row(*map(Text, cells), style="bold yellow" if name in marked else None)
    return made


def _cells(s: Summary) -> list[str]:
    shares = [_percent(value) for value in (s.dead, s.saturated, s.flat, s.sparsity)]
    spread = [_spread(m.mean, m.variance) for m in (s.inputs, s.outputs)]
    return [str(s.units), *shares, *spread, _number(s.gradient_norm)]


def _percent(share: float) -> str:
    return "" if math.isnan(share) else f"{100 * share:.1f}"


def _number(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.2g}"


def _spread(mean: float, variance: float) -> str:
    return "nan" if math.isnan(mean) else f"{mean:.2g}±{math.sqrt(variance):.2g}"


def tensorboard(layers: dict[str, Summary], writer, step: int) -> None:
    """Scalars "layer/number". writer: has add_scalar, or is the path of a folder."""
    if isinstance(writer, (str, os.PathLike)):
        try:
            from torch.utils.tensorboard import SummaryWriter
        except ImportError as error:
            raise ImportError(f"tensorboard: pip install tensorboard ({error})") from None
        with SummaryWriter(writer) as opened:
            return tensorboard(layers, opened, step)
    for name, summary in layers.items():
        for key, value in summary.record().items():
            if isinstance(value, (int, float)):
                writer.add_scalar(f"{name}/{key}", value, step)
