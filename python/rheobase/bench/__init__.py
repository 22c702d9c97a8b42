# SPDX-License-Identifier: Apache-2.0
"""`rheobase bench`: times this library beside others, each checked against the oracle first."""
