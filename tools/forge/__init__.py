# SPDX-License-Identifier: Apache-2.0
"""The forge: makes float32 tables (src/block/table.h) of activations' recorded formulas. docs/forge.md."""
