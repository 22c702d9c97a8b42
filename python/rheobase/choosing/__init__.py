# SPDX-License-Identifier: Apache-2.0
"""Which activation to take: `rheobase choose` and ``rheobase.choose``; rules over properties, not names."""
