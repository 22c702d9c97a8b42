# SPDX-License-Identifier: Apache-2.0
"""Activation functions, value and gradient, with proven accuracy. PyTorch's part is ``rheobase.torch``."""

from rheobase._core import info, names, target, version

__all__ = ["info", "names", "target"]
__version__ = version()
