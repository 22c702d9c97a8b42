// SPDX-License-Identifier: Apache-2.0
// exact.h: sums without rounding. A superaccumulator: a fixed row of bins, each for 32 bits of the sum.
//
// Neal, Fast exact summation using small and large superaccumulators, 2015 (arXiv:1505.05571); Collange,
// Defour, Graillat and Iakymchuk, Numerical reproducibility for the parallel reduction on multi- and
// many-core architectures, 2015 (doi:10.1016/j.parco.2015.09.001). Adding integers is associative and
// commutative, so the sum depends on nothing but its terms; it is rounded once, when it is read.
#pragma once

#include <cstddef>
#include <cstdint>

namespace rheo {

// Bin i counts multiples of 2^(base + 32 i). A row is carried when all bins but the last are in [0, 2^32);
// there is exactly one such row for a sum. Rows are added bin by bin: 2^31 carried ones at least before a bin
// overflows.
struct BinScale {
  int base;
  std::size_t bins;
};

inline constexpr std::size_t kMostBins = 133;
inline constexpr BinScale kSums32{-160, 10};       // of float32: 2^-149 to 2^128, and 2^63 terms
inline constexpr BinScale kSquares32{-320, 19};    // of their squares
inline constexpr BinScale kSums64{-1088, 67};      // of float64
inline constexpr BinScale kSquares64{-2176, 133};  // of their squares

// bins += mantissa 2^exponent, which has to be a multiple of 2^base. 2^31 times at most before a carry().
void deposit(BinScale scale, std::int64_t* bins, std::int64_t mantissa, int exponent);

// The same of a finite number, and of the square of one.
void deposit(BinScale scale, std::int64_t* bins, double value);
void deposit_square(BinScale scale, std::int64_t* bins, double value);

void carry(BinScale scale, std::int64_t* bins);

// How a result is rounded, to nearest, ties to even: to `precision` bits and multiples of 2^lowest; from
// 2^overflow on it is infinite.
struct RoundTo {
  int precision, lowest, overflow;
};
inline constexpr RoundTo kToFloat32{24, -149, 128};
inline constexpr RoundTo kToFloat64{53, -1074, 1024};
inline constexpr RoundTo kToBfloat16{8, -133, 128};
inline constexpr RoundTo kToFloat16{11, -24, 16};

// The row's sum, carried or not, rounded once. A sum of 0 is +0.
double rounded_sum(BinScale scale, const std::int64_t* bins, RoundTo to);

// sum / count rounded once, count > 0.
double rounded_mean(BinScale scale, const std::int64_t* bins, std::int64_t count, RoundTo to);

// (squares - sum^2 / count) / (count - less), rounded once, for less of 0 or 1 and count > less. The scale of
// the squares is that of the sum, squared. What is not negative for any terms is 0 or more here too.
double rounded_variance(BinScale sum_scale, const std::int64_t* sum, BinScale square_scale,
                        const std::int64_t* squares, std::int64_t count, int less, RoundTo to);

}  // namespace rheo
