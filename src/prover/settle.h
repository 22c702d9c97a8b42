// SPDX-License-Identifier: Apache-2.0
// settle.h: signs of results that are too small for float64, decided for many inputs at once.
#pragma once

#include <cstdint>
#include <span>

#include "src/prover/scan.h"

namespace rheo::oracle {

// The results y of consecutive inputs, of one sign, from `first` on. A ball over all of these x tells the
// sign and the size of all exact results; where it cannot, the interval is halved. Single inputs left over
// are added to findings.open.
void settle(const Subject& subject, std::uint32_t first, std::span<const float> y, Findings& findings);

}  // namespace rheo::oracle
