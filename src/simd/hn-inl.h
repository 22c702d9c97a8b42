// SPDX-License-Identifier: Apache-2.0
// hn-inl.h: Highway as the installed headers (docs/simd.md) see it. Re-included per instruction set.
//
// cmake/simd.cmake lets the kernels' files include this instead of Highway, and takes out the line that makes
// hn an alias. The library is compiled with -ffp-contract=off; the user's code is not, and g++ then fuses a
// product with the sum that follows, which changes bits. Here it cannot see products, nor those that it is
// given.
#if defined(RHEO_SIMD_HN_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_SIMD_HN_INL_H_
#undef RHEO_SIMD_HN_INL_H_
#else
#define RHEO_SIMD_HN_INL_H_
#endif

#include "hwy/highway.h"

#if __cplusplus < 202002L
#error "rheobase/simd needs C++20: -std=c++20"
#endif
#ifndef __GNUC__
#error "rheobase/simd needs g++ or clang++"
#endif
#if HWY_MAJOR < 1 || (HWY_MAJOR == 1 && HWY_MINOR < 2)
#error "rheobase/simd needs Highway 1.2 or newer"
#endif
#if defined(__FAST_MATH__) || (defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__) || \
    defined(__ASSOCIATIVE_MATH__) || defined(__RECIPROCAL_MATH__) || defined(__NO_SIGNED_ZEROS__)
#error "rheobase/simd: -ffast-math and its parts change results; compile this file without them"
#endif
#if HWY_HAVE_SCALABLE
#error "rheobase/simd: no vectors of unknown length; HWY_DISABLED_TARGETS has to name SVE's and RISC-V's"
#elif HWY_TARGET == HWY_SCALAR || HWY_TARGET == HWY_EMU128
#error "rheobase/simd: no vectors; HWY_DISABLED_TARGETS has to name HWY_SCALAR and HWY_EMU128"
#elif !HWY_ARCH_X86 && !HWY_ARCH_ARM_A64
#error "rheobase/simd: tested on x86 and 64-bit Arm only"
#endif

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {
namespace hn {

using namespace hwy::HWY_NAMESPACE;

// v, of which the compiler does not know where it comes from. No instruction comes of it.
template <class V>
HWY_INLINE V hidden(V v) {
#if HWY_ARCH_X86
  __asm__("" : "+v"(v.raw));
#else
  __asm__("" : "+w"(v.raw));
#endif
  return v;
}

// Found before Highway's own.
template <class V>
HWY_INLINE V Mul(V a, V b) {
  return hidden(hwy::HWY_NAMESPACE::Mul(a, b));
}

}  // namespace hn
}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
