// SPDX-License-Identifier: Apache-2.0
// products.h: float32's backward over all inputs, for any gradient.
//
// backward(g, x) is one rounding of g times a number that stands for f'(x): a pair of float32, or a float64.
// Which number that is does not show, but each product tells an interval of half an ulp around it, and those
// of several gradients overlap little. From where they all meet, and the exact f'(x), follows how far the
// product with any other gradient may be off.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "src/core/registry.h"
#include "src/proofs/proof.h"
#include "src/prover/scan.h"

namespace rheo::oracle {

// A product, and its error in ulp as the walk sees it.
struct Product {
  double error = 0;
  float x = 0, grad = 0, y = 0;
};

// What a walk has found.
struct ProductFindings {
  // Bounds below it are not looked at closer: no error of any gradient is above it.
  static constexpr double kFloor = 0.7;
  static constexpr int kGradients = 512;  // at most, for one input

  double at_most = kFloor;  // ulp, of the product with any gradient that is no subnormal number
  Product worst;            // of those that were made, subnormal ones too
  std::int64_t to_balls = 0;
  std::string fault;

  void merge(const ProductFindings& other);
};

// The exact product's ulp, not that of the product found.
double product_error(const Subject& subject, const Product& product);

// Walks `count` inputs whose first bit pattern is `first`, both multiples of kScanBlock. The subject is a
// derivative.
void scan_products(const Subject& subject, std::uint32_t first, std::int64_t count, ProductFindings& found);

struct ProductsResult {
  proofs::BackwardProof proof;  // without what the caller knows: sources, date, compiler, flags
  std::string fault;            // the first broken promise other than the bound, "" when there is none
  bool passed() const { return fault.empty() && proof.holds(); }
};

// All finite inputs, for the default parameters of the activation, or those of the preset. `progress` gets a
// share of the work; it is called from any thread, one at a time. Throws std::runtime_error when enclosures
// leave more to balls than these could decide in an hour.
ProductsResult prove_products(const Activation& activation, int threads,
                              const std::function<void(double done)>& progress);

}  // namespace rheo::oracle
