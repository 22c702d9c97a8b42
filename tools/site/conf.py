# SPDX-License-Identifier: Apache-2.0
"""Sphinx's settings of the documentation site; scripts/docs runs it."""

import os
import sys
from pathlib import Path

here = Path(__file__).parent
pictures = here.parents[1] / "python/rheobase/_pages/pictures.css"
sys.path.insert(0, str(here))

project = "rheobase"
author = "the rheobase developers"
version = release = os.environ.get("RHEOBASE_SITE_VERSION", "")
extensions = ["myst_parser", "sphinx_design", "mathml"]
root_doc = "index"
exclude_patterns: list[str] = []
highlight_language = "text"

# Markdown as GitHub shows it: anchors of headings, and blocks of formulas.
myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence", "attrs_inline"]
myst_fence_as_directive = ["math"]

html_theme = "furo"
html_title = "rheobase"
html_math_renderer = "mathml"
html_static_path = [str(here / "static"), str(pictures)]
html_css_files = [pictures.name, "site.css"]
html_js_files = ["sort.js"]
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
pygments_style = "friendly"
pygments_dark_style = "native"
