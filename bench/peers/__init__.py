# SPDX-License-Identifier: Apache-2.0
"""Other libraries, one file each; the only place outside activations/ that may name an activation.

`rheobase.bench.contender` says what a file has to offer; files that begin with _ are helpers.
"""
