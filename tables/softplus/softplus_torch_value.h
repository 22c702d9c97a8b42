// SPDX-License-Identifier: Apache-2.0
// softplus_torch_value.h: made by scripts/forge softplus_torch (docs/forge.md), not by hand.
//
// plain, 32 x degree 6, bend -0.01; covers -11.62 <= x <= 14.21; beyond, tails within 2^-33.6.
// Sampled error 0.916 ulp; seed 1.
// Formula eb79ecf9fbcaa453: select(beta * x > threshold, x, softplus(beta * x) / beta)

// clang-format off
struct softplus_torch_value {
  static constexpr std::string_view activation = "softplus";
  static constexpr Role role = Role::kValue;
  static constexpr List<double, kMaxParameters> parameters = {1, 20};
  static constexpr Plan plan{
      .fold = Fold::kPlain, .slope = Slope::kNone, .range = Range::kBetween,
      .line = Line::kNone, .entries = 32, .degree = 6,
      .quadratic = true, .held = false, .mirrored = false,
      .signed_zero = false};
  static constexpr Numbers numbers{
      .a = -0x1.a0becep-7F, .b = 0x1.459512p+0F, .offset = 0x1.80002p+23F, .root = 0x0p+0F, .end = 0x0p+0F, .low = 0x0p+0F, .middle = 0x1.4a8fdp+0F, .half = 0x1.9d3fa2p+3F, .total = 0x0p+0F, .line = {0x0p+0F, 0x0p+0F}};
  alignas(64) static constexpr float rows[] = {
      /* center */ -0x1.67c01p+3F, -0x1.55e6eap+3F, -0x1.40771ep+3F, -0x1.2ab9b2p+3F, -0x1.16e88cp+3F, -0x1.fe002ap+2F, -0x1.d5faa8p+2F, -0x1.a6c846p+2F, -0x1.7be354p+2F, -0x1.4e433p+2F, -0x1.23374cp+2F, -0x1.e312fap+1F, -0x1.83d1fp+1F, -0x1.2ae432p+1F, -0x1.8ff8b4p+0F, -0x1.78492ap-1F, -0x1.cbd87p-8F, 0x1.b19ee4p-1F, 0x1.98df1ap+0F, 0x1.30edcp+1F, 0x1.a94076p+1F, 0x1.090184p+2F, 0x1.3ebc7ap+2F, 0x1.718524p+2F, 0x1.ae6778p+2F, 0x1.e6a914p+2F, 0x1.130a3p+3F, 0x1.32518p+3F, 0x1.4fdc4p+3F, 0x1.6ee188p+3F, 0x1.8f40c4p+3F, 0x1.bb9d0cp+3F,
      /* value */ 0x1.b7de9p-17F, 0x1.802b52p-16F, 0x1.77561p-15F, 0x1.72318cp-14F, 0x1.57d23ap-13F, 0x1.6adb8ep-12F, 0x1.530444p-11F, 0x1.623fb8p-10F, 0x1.59ff64p-9F, 0x1.606aaap-8F, 0x1.585d1ep-7F, 0x1.73eaeap-6F, 0x1.829896p-5F, 0x1.7a76e8p-4F, 0x1.85c5acp-3F, 0x1.91218cp-2F, 0x1.611926p-1F, 0x1.342604p+0F, 0x1.c81296p+0F, 0x1.3c3bf4p+1F, 0x1.adc99ap+1F, 0x1.0a0428p+2F, 0x1.3f2cbp+2F, 0x1.71b7fcp+2F, 0x1.ae7b2p+2F, 0x1.e6b13ep+2F, 0x1.130bb4p+3F, 0x1.325212p+3F, 0x1.4fdc7ap+3F, 0x1.6ee19ep+3F, 0x1.8f40ccp+3F, 0x1.bb9d0ep+3F,
      /* p1 */ 0x1.b7ddd4p-17F, 0x1.802a32p-16F, 0x1.7753eap-15F, 0x1.722d5ep-14F, 0x1.57cb04p-13F, 0x1.6acb7cp-12F, 0x1.52e838p-11F, 0x1.62027ap-10F, 0x1.598a96p-9F, 0x1.5f7888p-8F, 0x1.568f82p-7F, 0x1.6fba66p-6F, 0x1.799da2p-5F, 0x1.698188p-4F, 0x1.62ed4ap-3F, 0x1.4be45p-2F, 0x1.fe3428p-2F, 0x1.665bdep-1F, 0x1.a9ca22p-1F, 0x1.d4b7b8p-1F, 0x1.ee2cc4p-1F, 0x1.f7fb2p-1F, 0x1.fc8162p-1F, 0x1.fe69e2p-1F, 0x1.ff62d8p-1F, 0x1.ffbeb4p-1F, 0x1.ffe7cp-1F, 0x1.fff6ep-1F, 0x1.fffc6p-1F, 0x1.fffeap-1F, 0x1.ffff8p-1F, 0x1.ffffep-1F,
      /* p2 */ 0x1.b7dc5p-18F, 0x1.8027f4p-17F, 0x1.774f9cp-16F, 0x1.7224fcp-15F, 0x1.57bc9ap-14F, 0x1.6aab4ep-13F, 0x1.52b024p-12F, 0x1.618812p-11F, 0x1.58a15ep-10F, 0x1.5d95fcp-9F, 0x1.52fabep-8F, 0x1.677988p-7F, 0x1.6835ap-6F, 0x1.499998p-5F, 0x1.256aa8p-4F, 0x1.c0a46p-4F, 0x1.fffe5ep-4F, 0x1.ae2582p-4F, 0x1.1ec7p-4F, 0x1.3cfcdep-5F, 0x1.1345dap-6F, 0x1.f92f4p-8F, 0x1.bc42a8p-9F, 0x1.94db4cp-10F, 0x1.39efap-11F, 0x1.050e64p-12F, 0x1.83e27ap-14F, 0x1.23f96ep-15F, 0x1.cff0b8p-17F, 0x1.603444p-18F, 0x1.ffcc4p-20F, 0x1.004f1ep-21F,
      /* p3 */ 0x1.253ad2p-19F, 0x1.001714p-18F, 0x1.f45d7cp-18F, 0x1.ed6ee8p-17F, 0x1.ca2894p-16F, 0x1.e338c8p-15F, 0x1.c2fda2p-14F, 0x1.d61802p-13F, 0x1.c91478p-12F, 0x1.cd1b56p-11F, 0x1.ba8554p-10F, 0x1.c9c902p-9F, 0x1.b401a4p-8F, 0x1.69e758p-7F, 0x1.ff3eb6p-7F, 0x1.a4d0cap-7F, 0x1.328f48p-13F, -0x1.ca98d4p-7F, -0x1.fb3534p-7F, -0x1.5f34a8p-7F, -0x1.557d38p-8F, -0x1.465094p-9F, -0x1.243ce6p-10F, -0x1.0c6f04p-11F, -0x1.a16d8p-13F, -0x1.5b557p-14F, -0x1.006e6cp-15F, -0x1.8423f2p-17F, -0x1.34de56p-18F, -0x1.d5b07cp-20F, -0x1.54d486p-21F, -0x1.548c86p-23F,
      /* p4 */ 0x1.2542b4p-21F, 0x1.000d0cp-20F, 0x1.f4484cp-20F, 0x1.ed4c38p-19F, 0x1.c9d26ap-18F, 0x1.e2a70ap-17F, 0x1.c1cf38p-16F, 0x1.d39704p-15F, 0x1.c448cp-14F, 0x1.c3301ep-13F, 0x1.a7e3e6p-12F, 0x1.a031cp-11F, 0x1.61802ap-10F, 0x1.c6b2bap-10F, 0x1.b74012p-11F, -0x1.77a3b4p-9F, -0x1.55453p-8F, -0x1.2b0cep-9F, 0x1.e8cf9ep-11F, 0x1.c49fbcp-10F, 0x1.2511eep-10F, 0x1.311994p-11F, 0x1.1b9f4p-12F, 0x1.0a0a1ap-13F, 0x1.9f2748p-15F, 0x1.598ee4p-16F, 0x1.019dc6p-17F, 0x1.85561p-19F, 0x1.364292p-20F, 0x1.c3ad3cp-22F, 0x1.5c44a2p-23F, 0x1.3a4fc8p-25F,
      /* p5 */ 0x1.d6d57p-24F, 0x1.9b3726p-23F, 0x1.91bbdap-22F, 0x1.8c0f88p-21F, 0x1.6f8decp-20F, 0x1.8238fp-19F, 0x1.6801fap-18F, 0x1.73e626p-17F, 0x1.639048p-16F, 0x1.5ae118p-15F, 0x1.36b27cp-14F, 0x1.0d8ee6p-13F, 0x1.4668d4p-13F, 0x1.e3501ep-17F, -0x1.26a492p-11F, -0x1.0d9c04p-10F, -0x1.e2c83ep-17F, 0x1.129134p-10F, 0x1.14bdd6p-11F, -0x1.14e2ccp-15F, -0x1.426f5ap-13F, -0x1.9e8c54p-14F, -0x1.a1398ap-15F, -0x1.7f9884p-16F, -0x1.5378c8p-17F, -0x1.2fea7ap-18F, -0x1.38fbdep-19F, -0x1.6e6a42p-21F, -0x1.1006fep-22F, -0x1.5a3244p-24F, -0x1.3b10e6p-25F, -0x1.cf7862p-27F,
      /* p6 */ 0x1.2cd52ap-26F, 0x1.16f01ap-25F, 0x1.0b541cp-24F, 0x1.032b06p-23F, 0x1.f256b2p-23F, 0x1.e77aeap-22F, 0x1.de9eb2p-21F, 0x1.dd007cp-20F, 0x1.bfd252p-19F, 0x1.a52c56p-18F, 0x1.592648p-17F, 0x1.98f704p-17F, -0x1.0cf5ep-18F, -0x1.38a956p-14F, -0x1.5721a4p-13F, 0x1.2d8222p-15F, 0x1.63e8bp-12F, 0x1.9fba16p-16F, -0x1.54957cp-13F, -0x1.0290ccp-14F, 0x1.5d462ep-18F, 0x1.1ecbfap-16F, 0x1.42b40ap-17F, 0x1.7e16d2p-21F, 0x1.e7fb3ap-20F, 0x1.3e30fp-20F, 0x1.c1d182p-22F, 0x1.57ceb8p-24F, 0x1.85cd96p-25F, 0x1.170d94p-25F, 0x1.693b9ap-28F, -0x1.15595cp-30F};
  static constexpr List<Tail, 2> tails{
      Tail{.low = -0x1.a87db50000000p+6, .high = -0x1.73eda80000000p+3, .scale = 0x1.5ac056b015ac0p-6, .shift = 0x1.3ef8d4a7f52a0p+0, .line = {0x0.0p+0, 0x0.0p+0}, .q = {-0x1.d6fb6a0128d80p+5, 0x1.7a0000003b9f4p+5, 0x1.b88cdb99f110cp-31, 0x1.597bb38041cdfp-32}, .r = {0x1.000000251b301p+0, -0x1.0d7c304b50ca5p-29, -0x1.b32f06ca1d48cp-31}, .s = {-0x1.00015be3a9129p-1}},
      Tail{.low = 0x1.c6919c0000000p+3, .high = 0x1.3fffffffbb47dp+4, .scale = 0x1.616cc3682ff0ep-2, .shift = -0x1.79c7f441dd0ddp+2, .line = {0x0.0p+0, 0x1.0000000000000p+0}, .q = {-0x1.11a7a8894a1f9p+4, -0x1.72de5572f0826p+1, 0x1.0827bf0e72aa9p-18, -0x1.7cf2e6070933ap-22}, .r = {0x1.0030df289c0c5p+0}, .s = {}}};
};
// clang-format on
