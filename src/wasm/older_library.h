// SPDX-License-Identifier: Apache-2.0
// older_library.h: what the C++ library of Debian's Emscripten 3.1.6 (libc++ 13) does not have yet.
//
// Included before everything else (-include) when the core is compiled to WebAssembly; a newer library leaves
// all of it out. It also has clang 14 take consteval for constexpr: that compiler refuses consteval calls in
// list initialisers.
#ifndef RHEOBASE_WASM_OLDER_LIBRARY_H_
#define RHEOBASE_WASM_OLDER_LIBRARY_H_

#include <atomic>
#include <bit>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <version>

#if __clang_major__ < 15
#define consteval constexpr
#endif

namespace std {

#ifndef __cpp_lib_bit_cast
template <class To, class From>
constexpr To bit_cast(const From& from) noexcept {
  static_assert(sizeof(To) == sizeof(From));
  return __builtin_bit_cast(To, from);
}
#endif

#ifndef __cpp_lib_atomic_ref
template <class T>
class atomic_ref {
 public:
  explicit atomic_ref(T& object) : object_(&object) {}
  T load(memory_order = memory_order_seq_cst) const { return __atomic_load_n(object_, __ATOMIC_SEQ_CST); }
  T fetch_add(T by, memory_order = memory_order_seq_cst) const {
    return __atomic_fetch_add(object_, by, __ATOMIC_SEQ_CST);
  }
  bool compare_exchange_weak(T& expected, T desired, memory_order = memory_order_seq_cst) const {
    return __atomic_compare_exchange_n(object_, &expected, desired, true, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
  }

 private:
  T* object_;
};
#endif

#ifndef __cpp_lib_to_chars
// The fewest digits that read back as the same number.
inline to_chars_result to_chars(char* first, char* last, double value) {
  char text[40];
  int length = 0;
  for (int digits = 1; digits <= 17; ++digits) {
    length = snprintf(text, sizeof text, "%.*g", digits, value);
    if (strtod(text, nullptr) == value) break;
  }
  if (length > last - first) return {last, errc::value_too_large};
  for (int i = 0; i < length; ++i) first[i] = text[i];
  return {first + length, errc{}};
}
#endif

}  // namespace std

#endif  // RHEOBASE_WASM_OLDER_LIBRARY_H_
