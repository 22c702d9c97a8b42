// SPDX-License-Identifier: Apache-2.0
// noisy_relu: max(0, x + n) with normal noise n of mean 0 and variance sigmoid(x) in training.

struct noisy_relu {
  static constexpr RandomInfo info{
      .name = "noisy_relu",
      .title = "Noisy ReLU",
      .summary =
          "Rectifier of its input and normal noise whose variance is the input's sigmoid; without noise "
          "afterwards.",
      .formula = "max(0, x + sqrt(sigmoid(x)) z), z standard normal",
      .draws = Draws::kNormal,
      .parameters = {{"through_noise", 1.0,
                      "1: the derivative counts that the noise grows with x; 0: noise is a constant to it"}},
      .references = {{"Nair and Hinton, Rectified linear units improve restricted Boltzmann machines, 2010",
                      "https://www.cs.toronto.edu/~fritz/absps/reluICML.pdf"}},
  };

  static constexpr const char* objection(double through_noise) {
    return through_noise >= 0 && through_noise <= 1 ? nullptr : "through_noise from 0 to 1";
  }

  template <class R>
  static RHEO_INLINE R training(R x, R normal, R /*through_noise*/) {
    const R noisy = fused(sqrt(sigmoid(x)), normal, x);
    return select(noisy > 0.0, noisy, 0.0);
  }
  // With s = sigmoid(x), the derivative of sqrt(s) is sqrt(s) (1 - s) / 2, and 1 - s is sigmoid(-x).
  template <class R>
  static RHEO_INLINE R training_derivative(R x, R normal, R through_noise) {
    const R deviation = sqrt(sigmoid(x));
    const R growth = deviation * sigmoid(-x) * 0.5;
    return select(fused(deviation, normal, x) > 0.0, fused(growth * through_noise, normal, R(1.0)), 0.0);
  }
  template <class R>
  static RHEO_INLINE R evaluation(R x, R /*through_noise*/) {
    return select(x > 0.0, x, 0.0);
  }
  template <class R>
  static RHEO_INLINE R evaluation_derivative(R x, R /*through_noise*/) {
    return select(x > 0.0, R(1.0), 0.0);
  }
};

using Functions = Entries<noisy_relu>;
