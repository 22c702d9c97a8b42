# SPDX-License-Identifier: Apache-2.0
"""The lab: programs that look at activations, on top of rheobase's public Python API only."""
