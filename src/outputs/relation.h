// SPDX-License-Identifier: Apache-2.0
// relation.h: the derivative as a function of the value, f'(x) = h(f(x)), where there is a simple one.
#pragma once

#include "src/core/registry.h"

namespace rheo {

// What the product q of a piece's two factors goes through.
enum class Link {
  kProduct,     // q
  kRoot,        // sqrt(q)
  kExponential  // 1 - exp(q)
};

// scale link((slope[0] y + offset[0]) (slope[1] y + offset[1])) for y above a bound, up to the next piece's.
// With a scale of 0 the derivative is 0 by definition.
struct Piece {
  double above;
  double scale;
  double slope[2], offset[2];
};

inline constexpr int kMostPieces = 11;  // between five joints, and at each of them

struct Relation {
  const char* missing = nullptr;  // why there is none, else null
  Link link = Link::kProduct;
  double low = 0, high = 0;  // finite; y counts as if it were held within
  int count = 0;
  Piece pieces[kMostPieces] = {};  // by y

  // How many factors some piece has that are not 1: 0 to 2.
  int factors() const;
};

// For parameters that a call would take. Depends on the facts and on float64's own kernels alone, never on
// names.
Relation relation_of(const Activation& activation, Format format, const double* parameters);

}  // namespace rheo
