# SPDX-License-Identifier: Apache-2.0
"""Neighbouring channels go through a buffer (torch_channels.h): the same bits in every format."""

import pytest
import torch
from torch_cases import OTHER_VALUE

import rheobase
from rheobase.torch._learned import LEARNED

NAME = next(iter(LEARNED))
DOMAINS = [parameter["domain"] for parameter in rheobase.info(NAME)["parameters"]]
ROWS, CHANNELS = 1301, 71  # more than a tile of rows, and no multiple of any vector


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16, torch.float16], ids=str)
def test_neighbouring_channels_give_the_bits_of_channels_that_lie_together(dtype):
    call = LEARNED[NAME].value
    x = torch.linspace(-3, 3, ROWS * CHANNELS).reshape(ROWS, CHANNELS).to(dtype)
    growth = 1 + torch.arange(CHANNELS) / CHANNELS
    parameters = [((OTHER_VALUE[domain] + 2 * i) * growth).to(dtype) for i, domain in enumerate(DOMAINS)]
    apart = call(x.T.contiguous(), *parameters, 0).T
    assert torch.equal(call(x, *parameters, 1), apart)
    assert torch.equal(call(x[:, ::2], *(p[::2] for p in parameters), 1), apart[:, ::2])
