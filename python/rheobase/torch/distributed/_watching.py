# SPDX-License-Identifier: Apache-2.0
"""merge_watch: what all ranks have seen, as one report."""

from __future__ import annotations

import math

import torch
import torch.distributed as dist
from torch import Tensor

from rheobase.torch.distributed._agree import gather
from rheobase.torch.monitor import Report, Watch
from rheobase.torch.monitor.exact import added_words
from rheobase.torch.monitor.report import Entry
from rheobase.torch.monitor.tally import _COUNTS, _STATISTICS, Tally

__all__ = ["merge_watch"]


def merge_watch(watch: Watch | Report, group=None) -> Report:
    """One report of what all ranks have counted: on request, so that training steps cost nothing more.

    A collective call. The result is on every rank, and is the same bits whatever the number of ranks and the
    order in which they are added: counts and sums are integers, extremes are extremes. Layers that some ranks
    have not seen are merged too. Ranks exchange a line for each layer, then add up three tensors: 17 bytes
    for each unit of each layer, and about 920 (5,024 of float64) for each layer.

    Args:
        watch: what ``rheobase.torch.watch`` returned, or a report of it; it stays as it is
        group: the ranks; None for all

    Raises:
        TypeError: it is neither
        ValueError: on every rank, if ranks have other thresholds, or another number of units or format in a
            layer of one name
        RuntimeError: there is no process group

    >>> report = rheobase.torch.distributed.merge_watch(watch)
    >>> if torch.distributed.get_rank() == 0: print(*report.advice(), sep="\\n")
    """
    if not isinstance(watch, (Watch, Report)):
        raise TypeError(f"merge_watch: expected a Watch or a Report, not {type(watch).__name__}")
    own = watch.report() if isinstance(watch, Watch) else watch
    forms = {name: (e.label, e.name, e.tally.form()) for name, e in own.entries.items()}
    said = gather((own.thresholds, own.steps, forms), group)
    together = _agree(said)
    tallies = {}
    for name, (_, _, form) in together.items():
        tallies[name] = own.entries[name].tally if name in own.entries else Tally(*form)
    states = {name: tally.state() for name, tally in tallies.items()}
    _reduce(states, group)
    entries = {
        name: Entry(label, activation, Tally.read(states[name]))
        for name, (label, activation, _) in together.items()
    }
    return Report(entries, own.thresholds, sum(steps for _, steps, _ in said))


def _agree(said: list[tuple]) -> dict[str, tuple]:
    """All layers by name, in the order of ranks; the same on each of them."""
    together: dict[str, tuple] = {}
    for rank, (thresholds, _, forms) in enumerate(said):
        if thresholds != said[0][0]:
            raise ValueError(
                f"merge_watch: thresholds on rank {rank} are {thresholds}, on rank 0 {said[0][0]}"
            )
        for name, form in forms.items():
            if together.setdefault(name, form) != form:
                raise ValueError(
                    f"merge_watch: layer {name!r} is {form} on rank {rank}, {together[name]} before"
                )
    return together


def _reduce(states: dict[str, dict], group) -> None:
    """Adds up what the states hold, by three collective calls for all layers together."""
    sums, integers, extremes = [], [], []
    for state in states.values():
        added = added_words(state["wide"])
        sums.append(torch.tensor([state[name] for name in _COUNTS]))
        for name in _STATISTICS:
            sums.append(state[name][:added])
            integers.append(state[name][added:])
        if state["slopes"]:
            sums.append(state["steep"])
            extremes.append(state["peak"])
        else:
            extremes += [-state["low"], state["high"]]
    if not states:
        return
    sums, integers = _add(sums, dist.ReduceOp.SUM, group), _add(integers, dist.ReduceOp.MAX, group)
    extremes = _largest(extremes, group)
    for state in states.values():
        counts = next(sums).tolist()
        state |= dict(zip(_COUNTS, counts, strict=True))
        for name in _STATISTICS:
            state[name] = torch.cat((next(sums), next(integers)))
        if state["slopes"]:
            state["steep"], state["peak"] = next(sums), next(extremes)
        else:
            state["low"], state["high"] = -next(extremes), next(extremes)


def _add(parts: list[Tensor], op, group):
    flat = torch.cat(parts)
    dist.all_reduce(flat, op, group=group)
    return iter(flat.split([len(part) for part in parts]))


def _largest(parts: list[Tensor], group):
    """The largest of each, NaN where there is one, which a collective maximum may pass over."""
    flat = torch.cat(parts)
    nan = flat.isnan().to(torch.uint8)
    for tensor in (flat.nan_to_num_(-math.inf, math.inf, -math.inf), nan):
        dist.all_reduce(tensor, dist.ReduceOp.MAX, group=group)
    return iter(flat.masked_fill(nan.bool(), math.nan).split([len(part) for part in parts]))
