# SPDX-License-Identifier: Apache-2.0
"""The explorer: one page on which our kernels, compiled to WebAssembly, draw functions and show bits."""

from rheobase.explorer.assemble import module_path, page

__all__ = ["module_path", "page"]
