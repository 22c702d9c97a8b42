// SPDX-License-Identifier: Apache-2.0
// products_test.cc: the compiler, which fuses Highway's products with sums here, leaves those of the headers
// alone.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tests/simd/products_test.cc"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"
#include "rheobase/simd/detail/simd/hn-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rheo::test {
namespace HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;
namespace apart = rheobase::simd_detail::HWY_NAMESPACE::hn;

// (1 + e)^2 - (1 + 2 e) with e so small that e^2 is lost when the product is rounded.
enum class Product {
  kUsual,
  kOfHeaders,
  kGiven  // to a function of the headers
};

template <Product kProduct, class T>
double rest(T e) {
  const hn::ScalableTag<T> d;
  const auto a = hn::Set(d, 1 + e), c = hn::Set(d, -(1 + 2 * e));
  const auto product = [&]() HWY_ATTR {
    if constexpr (kProduct == Product::kOfHeaders) return apart::Mul(a, a);
    if constexpr (kProduct == Product::kGiven) return apart::hidden(hn::Mul(a, a));
    return hn::Mul(a, a);
  };
  return static_cast<double>(hn::GetLane(hn::Add(product(), c)));
}

double usual32(float e) { return rest<Product::kUsual>(e); }
double usual64(double e) { return rest<Product::kUsual>(e); }
double of_headers32(float e) { return rest<Product::kOfHeaders>(e); }
double of_headers64(double e) { return rest<Product::kOfHeaders>(e); }
double given32(float e) { return rest<Product::kGiven>(e); }
double given64(double e) { return rest<Product::kGiven>(e); }
bool fuses() { return HWY_NATIVE_FMA != 0; }

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace rheo::test
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <gtest/gtest.h>

namespace rheo::test {
HWY_EXPORT(of_headers32);
HWY_EXPORT(of_headers64);
HWY_EXPORT(given32);
HWY_EXPORT(given64);
HWY_EXPORT(usual32);
HWY_EXPORT(usual64);
HWY_EXPORT(fuses);

namespace {

TEST(SimdProducts, AreRoundedBeforeASumFollows) {
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
    hwy::SetSupportedTargetsForTest(target);
    const volatile float e32 = 0x1p-13F;
    const volatile double e64 = 0x1p-30;
    EXPECT_EQ(HWY_DYNAMIC_DISPATCH(of_headers32)(e32), 0) << hwy::TargetName(target);
    EXPECT_EQ(HWY_DYNAMIC_DISPATCH(given32)(e32), 0) << hwy::TargetName(target);
    EXPECT_EQ(HWY_DYNAMIC_DISPATCH(of_headers64)(e64), 0) << hwy::TargetName(target);
    EXPECT_EQ(HWY_DYNAMIC_DISPATCH(given64)(e64), 0) << hwy::TargetName(target);
#if defined(__OPTIMIZE__) && !defined(__clang__)
    // Otherwise this test would show nothing.
    if (HWY_DYNAMIC_DISPATCH(fuses)()) {
      EXPECT_EQ(HWY_DYNAMIC_DISPATCH(usual32)(e32), 0x1p-26) << hwy::TargetName(target);
      EXPECT_EQ(HWY_DYNAMIC_DISPATCH(usual64)(e64), 0x1p-60) << hwy::TargetName(target);
    }
#endif
  }
  hwy::SetSupportedTargetsForTest(0);
}

}  // namespace
}  // namespace rheo::test
#endif
