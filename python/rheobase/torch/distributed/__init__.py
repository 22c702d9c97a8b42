# SPDX-License-Identifier: Apache-2.0
"""Activations over many processes, by torch.distributed. docs/distributed.md has examples and costs."""

from __future__ import annotations

import torch.distributed

if not torch.distributed.is_available():
    raise ImportError("rheobase.torch.distributed needs a torch that was built with torch.distributed")

from rheobase.torch.distributed import _outputs, _random_parts, _rules  # noqa: E402

for _part in (_rules, _outputs, _random_parts):
    _part.register_all()
