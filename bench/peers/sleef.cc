// SPDX-License-Identifier: Apache-2.0
// sleef.cc: the usual formulas over SLEEF's vector functions of 1.0 ulp, compiled for the machine that
// builds. The formulas are those that frameworks write (PyTorch's vectorised CPU kernels among them).
#include <sleef.h>

#include <cmath>
#include <cstring>
#include <string>

#include "peer.h"

namespace {

#if defined(__AVX512F__)
using F = __m512;
using D = __m512d;
#define SLEEF_F(name) Sleef_##name##f16_u10
#define SLEEF_D(name) Sleef_##name##d8_u10
#define TARGET "AVX-512"
#elif defined(__AVX2__)
using F = __m256;
using D = __m256d;
#define SLEEF_F(name) Sleef_##name##f8_u10
#define SLEEF_D(name) Sleef_##name##d4_u10
#define TARGET "AVX2"
#elif defined(__SSE2__)
using F = __m128;
using D = __m128d;
#define SLEEF_F(name) Sleef_##name##f4_u10
#define SLEEF_D(name) Sleef_##name##d2_u10
#define TARGET "SSE2"
#elif defined(__aarch64__)
using F = float32x4_t;
using D = float64x2_t;
#define SLEEF_F(name) Sleef_##name##f4_u10
#define SLEEF_D(name) Sleef_##name##d2_u10
#define TARGET "NEON"
#else
#error "no vectors known for this machine"
#endif

#define BOTH(name)                                    \
  inline F v_##name(F x) { return SLEEF_F(name)(x); } \
  inline D v_##name(D x) { return SLEEF_D(name)(x); }
BOTH(exp)
BOTH(expm1)
BOTH(log1p)
BOTH(tanh)
BOTH(erf)
#undef BOTH

struct Job;
using Loop = void (*)(const Job&);

struct Job {
  Loop loop;
  double alpha, beta;
  std::int64_t n;
  const void *x, *grad;
  void* y;
};

template <class V>
inline V load(const void* from, std::int64_t i) {
  V v;
  std::memcpy(&v, static_cast<const char*>(from) + i, sizeof v);
  return v;
}

// Formulas are given vectors and scalars of one format; GCC's and Clang's vector extensions do the
// arithmetic.
template <class V, class T, class Formula>
void run(const Job& job) {
  const auto alpha = static_cast<T>(job.alpha), beta = static_cast<T>(job.beta);
  const auto bytes = job.n * static_cast<std::int64_t>(sizeof(T));
  const auto step = static_cast<std::int64_t>(sizeof(V));
  std::int64_t i = 0;
  for (; i + step <= bytes; i += step) {
    const V y = Formula::template at<V, T>(load<V>(job.x, i), alpha, beta);
    std::memcpy(static_cast<char*>(job.y) + i, &y, sizeof y);
  }
  if (i == bytes) return;
  char rest[sizeof(V)] = {};
  std::memcpy(rest, static_cast<const char*>(job.x) + i, static_cast<std::size_t>(bytes - i));
  const V y = Formula::template at<V, T>(load<V>(rest, 0), alpha, beta);
  std::memcpy(static_cast<char*>(job.y) + i, &y, static_cast<std::size_t>(bytes - i));
}

// Negates without a subtraction from 0, which would lose the sign of 0.
#define FORMULA(name, ...)                                                \
  struct name {                                                           \
    template <class V, class T>                                           \
    static V at(V x, [[maybe_unused]] T alpha, [[maybe_unused]] T beta) { \
      __VA_ARGS__                                                         \
    }                                                                     \
  };
FORMULA(Tanh, return v_tanh(x);)
FORMULA(Sigmoid, return T(1) / (T(1) + v_exp(-x));)
FORMULA(Swish, return x / (T(1) + v_exp(-(x * alpha)));)
FORMULA(Gelu, return x * T(0.5) * (T(1) + v_erf(x * T(0.70710678118654752440)));)
FORMULA(GeluTanh, const V inner = T(0.79788456080286535588) * (x + T(0.044715) * x * x * x);
        return T(0.5) * x * (T(1) + v_tanh(inner));)
FORMULA(Softplus, const V t = x * alpha; return t > beta ? x : v_log1p(v_exp(t)) / alpha;)
FORMULA(Mish, return x * v_tanh(v_log1p(v_exp(x)));)
FORMULA(Elu, return x > T(0) ? x * beta : (alpha * beta) * v_expm1(x);)
#undef FORMULA

template <class Formula>
Loop loop_for(const PeerJob& job) {
  return job.float64 != 0 ? run<D, double, Formula> : run<F, float, Formula>;
}

Loop find(const PeerJob& job) {
  const std::string name = job.function;
  if (name == "tanh") return loop_for<Tanh>(job);
  if (name == "sigmoid") return loop_for<Sigmoid>(job);
  if (name == "swish") return loop_for<Swish>(job);
  if (name == "gelu") return loop_for<Gelu>(job);
  if (name == "gelu_tanh") return loop_for<GeluTanh>(job);
  if (name == "softplus") return loop_for<Softplus>(job);
  if (name == "mish") return loop_for<Mish>(job);
  if (name == "elu") return loop_for<Elu>(job);
  return nullptr;
}

std::string error;

}  // namespace

const char* peer_version() {
#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)
  return TEXT(SLEEF_VERSION_MAJOR) "." TEXT(SLEEF_VERSION_MINOR) "." TEXT(
      SLEEF_VERSION_PATCHLEVEL) " " TARGET;
}

void* peer_open(const PeerJob* job) {
  const Loop loop = job->backward != 0 ? nullptr : find(*job);
  if (loop == nullptr) {
    error = std::string("no loop for ") + job->function;
    return nullptr;
  }
  return new Job{loop, job->alpha, job->beta, job->n, job->x, job->grad, job->y};
}

void peer_run(void* opaque) {
  const Job& job = *static_cast<Job*>(opaque);
  job.loop(job);
}

void peer_close(void* opaque) { delete static_cast<Job*>(opaque); }

const char* peer_error() { return error.c_str(); }
