# SPDX-License-Identifier: Apache-2.0
"""What all HTML pages share: how templates are read, and style sheets."""

from __future__ import annotations

import jinja2


def environment(package: str, folder: str = "templates") -> jinja2.Environment:
    """Reads the templates of a package's folder, and those beside this file."""
    return jinja2.Environment(
        loader=jinja2.ChoiceLoader(
            [jinja2.PackageLoader(package, folder), jinja2.PackageLoader("rheobase", "_pages")]
        ),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
