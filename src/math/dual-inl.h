// SPDX-License-Identifier: Apache-2.0
// dual-inl.h: dual numbers, value and derivative together, over any real-like R. Included inside a namespace,
// once per instruction set and once for ball arithmetic, hence without includes and guard; RHEO_INLINE is the
// includer's.
//
// Every primitive brings its own stable derivative rule: sigmoid's is a product of two tails, never s (1 -
// s). Duals of duals give second derivatives, as each rule is written in R's own primitives.

// sigmoid(x) and sigmoid(-x), which some numbers have from one exponential.
template <class R>
RHEO_INLINE void both_sigmoids(R x, R& left, R& right) {
  left = sigmoid(x);
  right = sigmoid(-x);
}

template <class R>
struct Dual {
  R value, slope;

  RHEO_INLINE Dual() {}
  // Written down: a constructor that the compiler makes is not for the instruction set at hand.
  RHEO_INLINE Dual(const Dual& other) : value(other.value), slope(other.slope) {}
  RHEO_INLINE Dual(Dual&& other)
      : value(static_cast<R&&>(other.value)), slope(static_cast<R&&>(other.slope)) {}
  RHEO_INLINE Dual& operator=(const Dual& other) {
    value = other.value, slope = other.slope;
    return *this;
  }
  RHEO_INLINE Dual& operator=(Dual&& other) {
    value = static_cast<R&&>(other.value), slope = static_cast<R&&>(other.slope);
    return *this;
  }
  RHEO_INLINE Dual(R v, R s) : value(v), slope(s) {}
  RHEO_INLINE Dual(double c) : value(c), slope(0.0) {}
  RHEO_INLINE Dual(Constant c) : value(c), slope(0.0) {}

  friend RHEO_INLINE Dual operator+(Dual a, Dual b) { return {a.value + b.value, a.slope + b.slope}; }
  friend RHEO_INLINE Dual operator-(Dual a, Dual b) { return {a.value - b.value, a.slope - b.slope}; }
  friend RHEO_INLINE Dual operator-(Dual a) { return {-a.value, -a.slope}; }
  friend RHEO_INLINE Dual operator*(Dual a, Dual b) {
    return {a.value * b.value, a.slope * b.value + a.value * b.slope};
  }
  friend RHEO_INLINE Dual operator/(Dual a, Dual b) {
    const R q = a.value / b.value;
    return {q, (a.slope - q * b.slope) / b.value};
  }
  // A constant has no slope: without these, each product would add a zero.
  friend RHEO_INLINE Dual operator*(Constant c, Dual a) { return {c * a.value, c * a.slope}; }
  friend RHEO_INLINE Dual operator*(Dual a, Constant c) { return c * a; }
  friend RHEO_INLINE Dual operator*(double c, Dual a) { return {R(c) * a.value, R(c) * a.slope}; }
  friend RHEO_INLINE Dual operator*(Dual a, double c) { return c * a; }
  friend RHEO_INLINE Dual operator/(Dual a, double c) { return {a.value / R(c), a.slope / R(c)}; }

  // Comparisons look at values: at a kink the branch taken decides the derivative.
  using Outcome = decltype(std::declval<R>() < std::declval<R>());
  friend RHEO_INLINE Outcome operator<(Dual a, Dual b) { return a.value < b.value; }
  friend RHEO_INLINE Outcome operator>(Dual a, Dual b) { return a.value > b.value; }
  friend RHEO_INLINE Outcome operator<=(Dual a, Dual b) { return a.value <= b.value; }
  friend RHEO_INLINE Outcome operator>=(Dual a, Dual b) { return a.value >= b.value; }
  template <class Condition>
  friend RHEO_INLINE Dual select(Condition c, Dual yes, Dual no) {
    return {select(c, yes.value, no.value), select(c, yes.slope, no.slope)};
  }

  friend RHEO_INLINE Dual exp(Dual a) {
    const R e = exp(a.value);
    return {e, e * a.slope};
  }
  friend RHEO_INLINE Dual expm1(Dual a) { return {expm1(a.value), exp(a.value) * a.slope}; }
  friend RHEO_INLINE Dual log1p(Dual a) { return {log1p(a.value), a.slope / (R(1.0) + a.value)}; }
  friend RHEO_INLINE Dual sigmoid(Dual a) {
    R left, right;
    both_sigmoids(a.value, left, right);
    return {left, left * right * a.slope};
  }
  friend RHEO_INLINE Dual tanh(Dual a) {
    R left, right;
    both_sigmoids(R(2.0) * a.value, left, right);
    return {tanh(a.value), R(4.0) * left * right * a.slope};
  }
  // (x - tanh x)' = tanh^2 x, which does not cancel.
  friend RHEO_INLINE Dual x_minus_tanh(Dual a) {
    const R t = tanh(a.value);
    return {x_minus_tanh(a.value), t * t * a.slope};
  }
  friend RHEO_INLINE Dual softplus(Dual a) { return {softplus(a.value), sigmoid(a.value) * a.slope}; }
  // exp(-x^2), and erfc' = -2 / sqrt(pi) exp(-x^2).
  friend RHEO_INLINE Dual exp_minus_square(Dual a) {
    const R e = exp_minus_square(a.value);
    return {e, R(-2.0) * a.value * e * a.slope};
  }
  friend RHEO_INLINE Dual erfc(Dual a) {
    constexpr Constant kInverseSqrtPi = 0.564189583547756286948079451560772585844050629328998856844085_exact;
    return {erfc(a.value), R(-2.0) * (kInverseSqrtPi * exp_minus_square(a.value)) * a.slope};
  }
};

template <class R>
RHEO_INLINE R min(R a, std::type_identity_t<R> b) {
  return select(a < b, a, b);
}

template <class R>
RHEO_INLINE R max(R a, std::type_identity_t<R> b) {
  return select(a > b, a, b);
}
