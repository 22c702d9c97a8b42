# SPDX-License-Identifier: Apache-2.0
"""JSON for any reader: it has no infinities and no nan, so they are texts, as `rheobase eval` writes them."""

from __future__ import annotations

import json


def plain(value):
    """The same with "inf", "-inf" and "nan" in place of such numbers."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, float) and value - value != 0:
        return str(value)
    return value


def text(value, **options) -> str:
    """What a command prints after --json; options are those of json.dumps."""
    return json.dumps(plain(value), allow_nan=False, **options)
