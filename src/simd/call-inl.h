// SPDX-License-Identifier: Apache-2.0
// call-inl.h: calls on vectors of any length, with parameters that the compiler knows or that are prepared.
// Re-included per instruction set.
#if defined(RHEO_SIMD_CALL_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_SIMD_CALL_INL_H_
#undef RHEO_SIMD_CALL_INL_H_
#else
#define RHEO_SIMD_CALL_INL_H_
#endif

#include <atomic>
#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>

#include "src/simd/hn-inl.h"
#include "src/simd/parameters.h"
#include "src/simd/way-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {

// An activation, its file's tables, and a preset's place or, for the defaults, -1.
template <class A_, class Tables_, int kPreset>
struct Setting {
  using A = A_;
  using Tables = Tables_;
  // What the library calls it.
  static constexpr const char* name = [] {
    if constexpr (kPreset >= 0) return A::info.presets[kPreset].name;
    return A::info.name;
  }();

  struct Values {
    double p[kMaxParameters + 1];
  };
  template <class T>
  static constexpr Values values() {
    Values all{};
    for (std::size_t i = 0; i < A::info.parameters.size(); ++i) {
      double v = A::info.parameters[i].initial;
      if constexpr (kPreset >= 0) v = A::info.presets[kPreset].values[i];
      all.p[i] = static_cast<double>(static_cast<T>(v));
    }
    return all;
  }
};

template <class S, class T>
inline constexpr typename S::Values kValues = S::template values<T>();

template <class T>
inline constexpr bool kIsFloat = std::is_same_v<T, float>;
template <class T>
inline constexpr bool kIsLaneType = std::is_same_v<T, float> || std::is_same_v<T, double>;

// What parameters known while compiling make of a group of vectors.
template <class S, class Task, class T>
struct Fixed {
  using A = typename S::A;
  static constexpr const double* kP = kValues<S, T>.p;

  template <class G>
  HWY_INLINE G operator()(const G& x, const G& grad) const {
    if constexpr (kIsFloat<T>) {
      constexpr int kWay = way_of_float<A, Task>(kP, typename S::Tables());
      if constexpr (kWay >= 0) return table<kWay>(x, grad, typename S::Tables());
      if constexpr (kWay == kByPlain || kWay == kByPlainDefaults) {
        return by_plain(plain<kWay == kByPlainDefaults>(), x, grad, kP);
      }
      if constexpr (kWay == kByFormula) return by_formula<A, Task>(x, grad, kP);
    } else {
      constexpr int kWay = way_of_double<A, Task>(kP);
      if constexpr (kWay == kByFormula)
        return G::of([&](int i) RHEO_PART { return beyond_pairs<A, Task>(x[i], grad[i], kP); });
      else
        return by_pairs<A, Task, kWay == kByPairsDefaults>(x, grad, kP);
    }
  }

 private:
  // Which special values a plain formula gets wrong is found out by trying, at the first call: once, as
  // whoever tries finds the same. The last bit says that it is known, the next that results at 0 stay.
  static inline constinit std::atomic<unsigned> found{0};

  template <bool kDefaults>
  HWY_NOINLINE static unsigned find_out() {
    const Plain<A, Task, kDefaults> kernel = tried<A, Task, kDefaults>(kP);
    const unsigned result = 4 * static_cast<unsigned>(kernel.amend) + (kernel.kept < 0 ? 2 : 0) + 1;
    found.store(result, std::memory_order_relaxed);
    return result;
  }
  template <bool kDefaults>
  HWY_INLINE static Plain<A, Task, kDefaults> plain() {
    unsigned known = found.load(std::memory_order_relaxed);
    if (HWY_UNLIKELY(known == 0)) known = find_out<kDefaults>();
    return {kP, (known & 2) != 0 ? -1.0F : 0.0F, static_cast<Amend>(known / 4)};
  }
  template <int kPlace, class G, class... Table>
  HWY_INLINE static G table(const G& x, const G& grad, Tables<Table...>) {
    return by_table<A, Task, std::tuple_element_t<kPlace, std::tuple<Table...>>>(x, grad, kP);
  }
};

// The bodies that any parameters may need, for float32 and float64. The parameters come with each call: those
// that a body points to may have moved.
template <class S, class Task, class T>
struct Bodies;

template <class S, class Task>
struct Bodies<S, Task, float> {
  using A = typename S::A;
  static constexpr bool kPlain = is_plain<A, Task>(), kGains = gains_by_defaults<A, Task>();
  struct None {};

  std::conditional_t<kPlain, Plain<A, Task, false>, None> usual;
  std::conditional_t<kGains, Plain<A, Task, true>, None> defaults;

  HWY_INLINE explicit Bodies(const double* p)
      : usual(make<kPlain, false>(p)), defaults(make<kGains, true>(p)) {}
  template <bool kNeeded, bool kDefaults>
  HWY_INLINE static auto make(const double* p) {
    if constexpr (kNeeded) {
      return tried<A, Task, kDefaults>(p);
    } else {
      return None();
    }
  }
  static int way(const double* p) { return way_of_float<A, Task>(p, typename S::Tables()); }
  template <class G>
  HWY_INLINE G evaluate(int way, const G& x, const G& grad, const double* p) const {
    if (way >= 0) return by_tables<A, Task>(way, x, grad, p, typename S::Tables());
    if constexpr (kGains)
      if (way == kByPlainDefaults) return by_plain(defaults, x, grad, p);
    if constexpr (kPlain)
      return by_plain(usual, x, grad, p);
    else
      return by_formula<A, Task>(x, grad, p);
  }
};

template <class S, class Task>
struct Bodies<S, Task, double> {
  using A = typename S::A;

  HWY_INLINE explicit Bodies(const double*) {}
  static int way(const double* p) { return way_of_double<A, Task>(p); }
  template <class G>
  HWY_INLINE G evaluate(int way, const G& x, const G& grad, const double* p) const {
    if (way == kByPairsDefaults) return by_pairs<A, Task, true>(x, grad, p);
    if (way == kByPairs) return by_pairs<A, Task, false>(x, grad, p);
    return G::of([&](int i) RHEO_PART { return beyond_pairs<A, Task>(x[i], grad[i], p); });
  }
};

// Full vectors of a tag's lane type.
template <class D>
using Full = hn::ScalableTag<hn::TFromD<D>>;
template <class D>
inline constexpr bool kIsFull = std::is_same_v<hn::Vec<D>, hn::Vec<Full<D>>>;

// A shorter vector as a full one, which ends in ones: an x that is nowhere special.
template <class D, class V>
HWY_INLINE hn::Vec<Full<D>> lengthened(D d, V v) {
  if constexpr (kIsFull<D>) {
    return hn::hidden(v);
  } else {
    const Full<D> df;
    return hn::IfThenElse(hn::FirstN(df, hn::Lanes(d)), hn::ResizeBitCast(df, hn::hidden(v)), hn::Set(df, 1));
  }
}
template <class D, class V>
HWY_INLINE hn::Vec<D> shortened(D d, V v) {
  if constexpr (kIsFull<D>) return v;
  return hn::ResizeBitCast(d, v);
}

template <class D, class... V>
constexpr bool fit() {
  static_assert(kIsLaneType<hn::TFromD<D>>,
                "rheobase::simd: the lanes of d are float or double; promote 16-bit lanes before the call");
  static_assert((std::is_same_v<std::remove_cvref_t<V>, hn::Vec<D>> && ...),
                "rheobase::simd: a vector is not of the type hn::Vec<D> that belongs to d");
  return kIsLaneType<hn::TFromD<D>> && (std::is_same_v<std::remove_cvref_t<V>, hn::Vec<D>> && ...);
}

// body(x, grad) for a vector of d.
template <class Body, class D, class V>
HWY_INLINE V on_one(const Body& body, D d, V x, V grad) {
  using G = Group<Full<D>, 1>;
  return shortened(d, body(G(lengthened(d, x)), G(lengthened(d, grad)))[0]);
}

// Several side by side, each replaced by its value.
template <int kN, class Body, class D, class... V>
HWY_INLINE void on_group(const Body& body, D d, V&... v) {
  using G = Group<Full<D>, kN>;
  const G x(typename G::Base{{lengthened(d, v)...}}), y = body(x, x);
  int i = 0;
  ((v = shortened(d, y[i++])), ...);
}
// The same for any number: as many side by side as the registers hold.
template <class Body, class D>
HWY_INLINE void on_each(const Body&, D) {}
template <class Body, class D, class V, class... Rest>
HWY_INLINE void on_each(const Body& body, D d, V& a, Rest&... rest) {
  constexpr int kAtOnce = kIsFloat<hn::TFromD<D>> ? kSide : kSide64, kLeft = 1 + sizeof...(Rest);
  if constexpr (kAtOnce == 4 && kLeft >= 4) {
    [&](V& b, V& c, V& e, auto&... others) RHEO_PART {
      on_group<4>(body, d, a, b, c, e);
      on_each(body, d, others...);
    }(rest...);
  } else if constexpr (kAtOnce >= 2 && kLeft >= 2) {
    [&](V& b, auto&... others) RHEO_PART {
      on_group<2>(body, d, a, b);
      on_each(body, d, others...);
    }(rest...);
  } else {
    a = on_one(body, d, a, a);
    on_each(body, d, rest...);
  }
}

// The same for vectors, or for an array of them.
template <class Body, class D, class... V>
HWY_INLINE void in_place(const Body& body, D d, V&... v) {
  on_each(body, d, v...);
}
template <class Body, class D, class V, std::size_t kN>
HWY_INLINE void in_place(const Body& body, D d, V (&v)[kN]) {
  [&]<std::size_t... I>(std::index_sequence<I...>)
      RHEO_PART { on_each(body, d, v[I]...); }(std::make_index_sequence<kN>());
}

// A call with parameters that the compiler knows.
template <class S, Role kRole, class D, class V, class V2>
HWY_INLINE V call(D d, V x, V2 grad) {
  if constexpr (fit<D, V, V2>())
    return on_one(Fixed<S, Task<kRole>, hn::TFromD<D>>(), d, x, grad);
  else
    return x;
}
template <class S, class D, class... V>
HWY_INLINE void call_each(D d, V&... v) {
  if constexpr (fit<D, std::remove_extent_t<V>...>())
    in_place(Fixed<S, Task<Role::kValue>, hn::TFromD<D>>(), d, v...);
}

// A call whose parameters are known when the program runs. Made once, outside of loops.
template <class S, Role kRole, class T>
class Prepared {
 public:
  using A = typename S::A;
  static constexpr bool kHasGrad = Task<kRole>::kHasGrad;

  // Of parameters that make sense, in T's precision.
  explicit Prepared(const typename S::Values& values)
      : p_(values), way_(Bodies<S, Task<kRole>, T>::way(p_.p)), bodies_(p_.p) {}

  template <class D, class V>
    requires(!kHasGrad)
  HWY_INLINE V operator()(D d, V x) const {
    if constexpr (right<D, V>())
      return on_one(body(), d, x, x);
    else
      return x;
  }
  template <class D, class V>
    requires kHasGrad
  HWY_INLINE V operator()(D d, V grad, V x) const {
    if constexpr (right<D, V>())
      return on_one(body(), d, x, grad);
    else
      return x;
  }
  template <class D, class... V>
    requires(!kHasGrad)
  HWY_INLINE void InPlace(D d, V&... v) const {
    if constexpr (right<D, std::remove_extent_t<V>...>()) in_place(body(), d, v...);
  }

 private:
  template <class D, class... V>
  static constexpr bool right() {
    static_assert(std::is_same_v<hn::TFromD<D>, T>, "rheobase::simd: it was prepared for another lane type");
    return fit<D, V...>() && std::is_same_v<hn::TFromD<D>, T>;
  }
  HWY_INLINE auto body() const {
    return [this](const auto& x, const auto& grad)
               RHEO_PART { return bodies_.evaluate(way_, x, grad, p_.p); };
  }

  typename S::Values p_;
  int way_;
  Bodies<S, Task<kRole>, T> bodies_;
};

// In place of what does not compile: no further errors.
struct Refused {
  template <class D, class V, class... More>
  V operator()(D, V x, More...) const {
    return x;
  }
};

template <class S, Role kRole, class D, class... P>
HWY_INLINE auto prepare(D, P... parameters) {
  constexpr bool kLanes = kIsLaneType<hn::TFromD<D>>, kNumbers = (std::is_arithmetic_v<P> && ...),
                 kAll = sizeof...(P) == S::A::info.parameters.size();
  static_assert(kLanes, "rheobase::simd: the lanes of d are float or double");
  static_assert(kAll, "rheobase::simd: give all parameters of the activation, in its order");
  static_assert(kNumbers, "rheobase::simd: parameters are numbers");
  if constexpr (kLanes && kAll && kNumbers) {
    typename S::Values values{{static_cast<double>(parameters)...}};
    check_parameters<typename S::A, hn::TFromD<D>>(values.p);
    return Prepared<S, kRole, hn::TFromD<D>>(values);
  } else {
    return Refused();
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
