# SPDX-License-Identifier: Apache-2.0
"""`rheobase doctor`: what is wrong with a network's activations, from a training script or a checkpoint."""
