# SPDX-License-Identifier: Apache-2.0
"""`rheobase report`: what is known of every activation, on one page."""
