# SPDX-License-Identifier: Apache-2.0
"""ExactGradients: sums of activations' parameter gradients that are the same bits for any number of ranks.

DistributedDataParallel wants its hook's annotations as objects, so they are no text in this file.
"""

import torch
import torch.distributed as dist
from torch import Tensor
from torch.distributed.tensor import DTensor
from torch.distributed.tensor._utils import compute_local_shape_and_global_offset

from rheobase.torch.distributed._agree import check_same, ranks_of
from rheobase.torch.distributed._sources import Owned, sources_of

__all__ = ["ExactGradients"]


class ExactGradients:
    """Gradients of activations' learned parameters as exact sums over all ranks, rounded once.

    Each rank keeps accumulators of integers beside the gradients; they are added up over the ranks, which no
    order can change. So for the same incoming gradients the parameters' gradients are the same bits for any
    number of ranks, however the batch is cut, and whatever the collective's algorithm.

    Args:
        model: any module, also one in DistributedDataParallel or after ``fully_shard``, with activations that
            learn: ``Learned`` and torch's own learned class, ``Learnable``, ``Rational``, and ``Adaptive``
            after ``synchronize``
        group: the ranks that share the batch; None for all
        average: divide sums by the number of ranks, as DistributedDataParallel and ``fully_shard`` do. Exact
            for 1, 2, 4, 8, ... ranks, else rounded once more

    Making one compares the models of all ranks (``check_same``). From then on backward leaves these
    activations' part out of ``grad``; ``sync()`` adds it, once after any number of backward passes and before
    the optimizer's step. Or give ``hook`` to DistributedDataParallel, which then adds it by itself. What else
    uses a parameter, such as ``Learnable.regularization_loss``, has its gradient as ever. Eager mode only.

    Raises:
        ValueError: the model has no such activation, or the models differ
        NotImplementedError: when called, an activation's input is spread over ranks (DTensor); its gradients
            have no other ranks to be added to where channels are split

    >>> exact = rheobase.torch.distributed.ExactGradients(model)
    >>> loss.backward(); exact.sync(); optimizer.step()
    >>> ddp.register_comm_hook(exact, type(exact).hook)                # instead of sync()
    """

    def __init__(self, model: torch.nn.Module, group=None, average: bool = True):
        check_same(model, group)
        self.group, self.average, self.ranks = group, average, ranks_of(group)
        self._handles, self.owned = [], []
        for source in sources_of(model):
            self._handles += source.attach()
            self.owned += source.owned()
        if not self.owned:
            raise ValueError(
                f"ExactGradients: {type(model).__name__} has no activation whose parameters are learned"
            )

    def close(self) -> None:
        """Leaves the model alone again."""
        for handle in self._handles:
            handle.remove()

    def sync(self) -> None:
        """Adds up over the ranks, and adds to ``grad``. A collective call: all ranks make it, with data or
        without. A parameter that no rank has used keeps its ``grad``, which may be None."""
        words = self._pack(self.owned)
        dist.all_reduce(words, group=self.group)
        self._unpack(self.owned, words, lambda owned, total: _store(owned.parameter, total))
        self.clear()

    def clear(self) -> None:
        """Forgets what backward has added since the last ``sync()``: for a step that is not made."""
        for owned in self.owned:
            owned.clear()

    def _pack(self, chosen: list[Owned]) -> Tensor:
        return torch.cat([part for owned in chosen for part in (*owned.words(), owned.uses())])

    def _unpack(self, chosen: list[Owned], words: Tensor, store) -> None:
        at = 0
        for owned in chosen:
            sizes = [len(part) for part in owned.words()]
            parts = list(words[at : at + sum(sizes) + 1].split([*sizes, 1]))
            at += sum(sizes) + 1
            if parts.pop().item():
                total = owned.gradient(parts)
                store(owned, total / self.ranks if self.average else total)

    @staticmethod
    def hook(state: "ExactGradients", bucket: dist.GradBucket) -> torch.futures.Future[Tensor]:
        """A communication hook for DistributedDataParallel: all other gradients are averaged as ever."""
        buffer = bucket.buffer()
        buffer.div_(state.ranks if state.average else 1)
        waiting = [dist.all_reduce(buffer, group=state.group, async_op=True).get_future()]
        places = {id(p): g for p, g in zip(bucket.parameters(), bucket.gradients(), strict=True)}
        chosen = [owned for owned in state.owned if id(owned.parameter) in places]
        words = state._pack(chosen) if chosen else None
        if chosen:
            waiting.append(dist.all_reduce(words, group=state.group, async_op=True).get_future())

        def finish(futures) -> Tensor:
            for future in futures.value():
                future.value()  # raises what went wrong
            if chosen:
                state._unpack(chosen, words, lambda owned, total: places[id(owned.parameter)].add_(total))
                for owned in chosen:
                    owned.clear()
            return buffer

        return torch.futures.collect_all(waiting).then(finish)


def _store(parameter: torch.nn.Parameter, total: Tensor) -> None:
    """Adds to a gradient: of a parameter that is spread over ranks, this rank's part of it."""
    total = total.reshape(parameter.shape)
    if not isinstance(parameter, DTensor):
        if parameter.grad is None:
            parameter.grad = torch.zeros_like(parameter)
        parameter.grad.add_(total)
        return
    mesh, placements = parameter.device_mesh, parameter.placements
    shape, offset = compute_local_shape_and_global_offset(parameter.shape, mesh, placements)
    part = total[tuple(slice(o, o + n) for o, n in zip(offset, shape, strict=True))].contiguous()
    if parameter.grad is None:
        parameter.grad = DTensor.from_local(
            part, mesh, placements, run_check=False, shape=parameter.shape, stride=parameter.stride()
        )
    else:
        parameter.grad.to_local().add_(part)
