# SPDX-License-Identifier: Apache-2.0
"""Pictures of activations: `rheobase plot` and ``rheobase.plot``; needs matplotlib."""
