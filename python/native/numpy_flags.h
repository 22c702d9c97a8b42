// SPDX-License-Identifier: Apache-2.0
// numpy_flags.h: the processor's flags, which NumPy reports as warnings. Kernels set them on their way to
// right results, so calls leave the flags as they found them.
#pragma once

#include <cfenv>

#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

namespace rheo::numpy {

// With SSE all of them are up in between: a processor takes some 20 ns to raise one that is not, and next to
// nothing for one that is. Loops of 16 elements raised up to three.
class FlagsKept {
 public:
#if defined(__SSE2__)  // <cfenv> would look at the x87 unit as well, which takes longer than a small call
  FlagsKept() : before_(_mm_getcsr()) { _mm_setcsr(before_ | _MM_EXCEPT_MASK); }
  ~FlagsKept() { _mm_setcsr(before_); }

 private:
  unsigned before_;
#else
  FlagsKept() { std::fegetexceptflag(&before_, FE_ALL_EXCEPT); }
  ~FlagsKept() { std::fesetexceptflag(&before_, FE_ALL_EXCEPT); }

 private:
  std::fexcept_t before_;
#endif
};

}  // namespace rheo::numpy
