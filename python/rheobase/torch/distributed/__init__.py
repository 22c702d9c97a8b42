# SPDX-License-Identifier: Apache-2.0
"""Activations over many processes, by torch.distributed. docs/distributed.md has examples and costs.

Importing this tells torch how each operator is computed on parts of tensors (DTensor). Nothing here starts
processes, makes process groups or picks devices: that is torchrun's and the caller's.

>>> import rheobase.torch.distributed as rd
>>> plan = {"up": rd.PackedColwiseParallel(), "down": RowwiseParallel()}     # tensor parallel, with gates
>>> exact = rd.ExactGradients(model); loss.backward(); exact.sync()          # the same bits on any ranks
>>> report = rd.merge_watch(watch)                                           # what all ranks have seen
"""

from __future__ import annotations

import torch.distributed

if not torch.distributed.is_available():
    raise ImportError("rheobase.torch.distributed needs a torch that was built with torch.distributed")

from rheobase.torch.distributed import _outputs, _random_parts, _rules
from rheobase.torch.distributed._agree import check_same
from rheobase.torch.distributed._exact import ExactGradients
from rheobase.torch.distributed._packed import (
    PackedColwiseParallel,
    PackedLinear,
    pack_per_rank,
    unpack_per_rank,
)
from rheobase.torch.distributed._parallel import ActivationParallel, WholeBatch
from rheobase.torch.distributed._statistics import synchronize
from rheobase.torch.distributed._watching import merge_watch

for _part in (_rules, _outputs, _random_parts):
    _part.register_all()

__all__ = [
    "ActivationParallel",
    "ExactGradients",
    "PackedColwiseParallel",
    "PackedLinear",
    "WholeBatch",
    "check_same",
    "merge_watch",
    "pack_per_rank",
    "synchronize",
    "unpack_per_rank",
]
