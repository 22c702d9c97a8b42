// SPDX-License-Identifier: Apache-2.0
// ulp.h: the distance of a float32 or float64 from an exact result, in units in the last place of the exact
// result.
#pragma once

#include "src/prover/ball.h"

namespace rheo::oracle {

// Precision and smallest exponent of a format: an ulp is 2^(e - precision) for 2^(e-1) <= |exact| < 2^e, and
// 2^lowest among subnormals.
struct Layout {
  int precision;
  int lowest;
  double largest;
};
inline constexpr Layout kLayout32{24, -149, 0x1.fffffep127};
inline constexpr Layout kLayout64{53, -1074, 0x1.fffffffffffffp1023};

// |result - exact| in ulp. An overflow to infinity counts as half an ulp where the exact result rounds to
// infinity, otherwise as infinite; so does a NaN. A zero with the wrong sign of a known nonzero result counts
// as infinite, as a result must keep its sign.
double error_in_ulp(double result, const Ball& exact, const Layout& layout);

}  // namespace rheo::oracle
