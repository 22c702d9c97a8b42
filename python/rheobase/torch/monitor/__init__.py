# SPDX-License-Identifier: Apache-2.0
"""Monitoring of activations in training: what ``rheobase.torch.watch`` is made of."""

from rheobase.torch.monitor.advice import Finding
from rheobase.torch.monitor.report import Report
from rheobase.torch.monitor.tally import Summary
from rheobase.torch.monitor.thresholds import Thresholds
from rheobase.torch.monitor.watching import Watch, watch

__all__ = ["Finding", "Report", "Summary", "Thresholds", "Watch", "watch"]
