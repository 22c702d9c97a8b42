// SPDX-License-Identifier: Apache-2.0
// exact.h: what is read from rows of bins (row.h), and squares, which are added to them.
#pragma once

#include "src/sums/row.h"

namespace rheo {

// bins += value^2; counts as three deposits.
void deposit_square(BinScale scale, std::int64_t* bins, double value);

// sum / count rounded once, count > 0.
double rounded_mean(BinScale scale, const std::int64_t* bins, std::int64_t count, RoundTo to);

// (squares - sum^2 / count) / (count - less), rounded once, for less of 0 or 1 and count > less. The scale of
// the squares is that of the sum, squared. What is not negative for any terms is 0 or more here too.
double rounded_variance(BinScale sum_scale, const std::int64_t* sum, BinScale square_scale,
                        const std::int64_t* squares, std::int64_t count, int less, RoundTo to);

}  // namespace rheo
