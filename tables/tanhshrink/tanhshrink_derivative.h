// SPDX-License-Identifier: Apache-2.0
// tanhshrink_derivative.h: made by scripts/forge tanhshrink (docs/forge.md), not by hand.
//
// even, 16 x degree 8, bend -0.02; covers -16.84 <= x <= 16.84; beyond, tails within 2^-76.4.
// Sampled error 0.863 ulp; seed 1.
// Formula f15d677edad79b25: x_minus_tanh(x)

// clang-format off
struct tanhshrink_derivative {
  static constexpr std::string_view activation = "tanhshrink";
  static constexpr Role role = Role::kDerivative;
  static constexpr List<double, kMaxParameters> parameters = {};
  static constexpr Plan plan{
      .fold = Fold::kEven, .slope = Slope::kNone, .range = Range::kBetween,
      .line = Line::kNone, .entries = 16, .degree = 8,
      .quadratic = true, .held = false, .mirrored = false,
      .signed_zero = false, .squared = true};
  static constexpr Numbers numbers{
      .a = -0x1.c6c6cep-6F, .b = 0x1.634b5p+0F, .offset = 0x1.8p+23F, .root = 0x0p+0F, .end = 0x0p+0F, .low = 0x0p+0F, .middle = 0x0p+0F, .half = 0x1.0d6fap+4F, .total = 0x0p+0F, .line = {0x0p+0F, 0x0p+0F}};
  alignas(64) static constexpr float rows[] = {
      /* center */ 0x1.6f9da8p-3F, 0x1.7f6d4p-1F, 0x1.85dcbep+0F, 0x1.20cb78p+1F, 0x1.833abcp+1F, 0x1.f06706p+1F, 0x1.36c32cp+2F, 0x1.6afc18p+2F, 0x1.a9e7ecp+2F, 0x1.efefc4p+2F, 0x1.198c9cp+3F, 0x1.3eb8b4p+3F, 0x1.603504p+3F, 0x1.9477eep+3F, 0x1.c20b2p+3F, 0x1.f944a8p+3F,
      /* value */ 0x1.f5331cp-1F, 0x1.6f8544p-1F, 0x1.6cfcc6p-2F, 0x1.810b3ep-3F, 0x1.bb5a34p-4F, 0x1.0fdfep-4F, 0x1.5b5dc8p-5F, 0x1.fd4f78p-6F, 0x1.71f4a2p-6F, 0x1.10da22p-6F, 0x1.a74b02p-7F, 0x1.4a506cp-7F, 0x1.0e7dd6p-7F, 0x1.9a36ccp-8F, 0x1.4b567ap-8F, 0x1.06ddfp-8F,
      /* p1 */ -0x1.d8b278p-3F, -0x1.21658ep-1F, -0x1.5426e6p-2F, -0x1.33849ap-3F, -0x1.1cbe8p-4F, -0x1.168e1ep-5F, -0x1.1dd11cp-6F, -0x1.671a06p-7F, -0x1.bcb854p-8F, -0x1.19b02ap-8F, -0x1.80e18p-9F, -0x1.094fb2p-9F, -0x1.8935fep-10F, -0x1.03a2f4p-10F, -0x1.78f3dp-11F, -0x1.0a5e82p-11F,
      /* p2 */ -0x1.3176ep-1F, 0x1.114a2ep-7F, 0x1.602228p-3F, 0x1.494328p-4F, 0x1.070ba4p-5F, 0x1.a690eap-7F, 0x1.5fb0aap-8F, 0x1.7b78ccp-9F, 0x1.90e0e4p-10F, 0x1.b4344cp-11F, 0x1.0676fcp-11F, 0x1.3fa68p-12F, 0x1.acb484p-13F, 0x1.ecfeaep-14F, 0x1.41a28ep-14F, 0x1.94e082p-15F,
      /* p3 */ 0x1.fee5cp-3F, 0x1.161a04p-2F, -0x1.403d5cp-5F, -0x1.07933ep-5F, -0x1.935fa2p-7F, -0x1.15ccb4p-8F, -0x1.7de398p-10F, -0x1.639bcep-11F, -0x1.4107b8p-12F, -0x1.2c31a6p-13F, -0x1.3e316cp-14F, -0x1.565032p-15F, -0x1.9f7836p-16F, -0x1.a00e6cp-17F, -0x1.e7df7cp-18F, -0x1.118688p-18F,
      /* p4 */ 0x1.285dep-2F, -0x1.5ab42p-3F, -0x1.386c5p-6F, 0x1.21a8b4p-7F, 0x1.05bee2p-8F, 0x1.48ad34p-10F, 0x1.7f4f44p-12F, 0x1.36c76p-13F, 0x1.e1594cp-15F, 0x1.832616p-16F, 0x1.699442p-17F, 0x1.57cee4p-18F, 0x1.7974b4p-19F, 0x1.491ae8p-20F, 0x1.5ae7a2p-21F, 0x1.5a94d2p-22F,
      /* p5 */ -0x1.7597bep-3F, -0x1.4d6488p-6F, 0x1.9d3ad4p-6F, -0x1.52a168p-11F, -0x1.16666ap-10F, -0x1.5eea88p-12F, -0x1.67a962p-14F, -0x1.025666p-15F, -0x1.59d3d8p-17F, -0x1.d90e4ap-19F, -0x1.88c012p-20F, -0x1.5079b4p-21F, -0x1.491784p-22F, -0x1.eb52p-24F, -0x1.dd843p-25F, -0x1.9f932cp-26F,
      /* p6 */ -0x1.e5065p-4F, 0x1.566296p-4F, -0x1.bbc2dcp-7F, -0x1.12710cp-10F, 0x1.a399b4p-13F, 0x1.4b948ep-14F, 0x1.45e5acp-16F, 0x1.9d72c8p-18F, 0x1.dfac12p-20F, 0x1.3800cp-21F, 0x1.b2100ap-23F, 0x1.06f5b4p-24F, 0x1.19c158p-25F, 0x1.9f0794p-27F, 0x1.39509p-28F, 0x1.ab2968p-30F,
      /* p7 */ 0x1.b532cap-4F, -0x1.073bf6p-5F, 0x1.575f84p-9F, 0x1.bf846ep-11F, 0x1.fddf2cp-21F, -0x1.3086e6p-16F, -0x1.51f77ep-18F, -0x1.2f6654p-20F, -0x1.236e62p-22F, -0x1.a24c9cp-23F, -0x1.487b88p-25F, 0x1.3b95bap-27F, -0x1.00988ap-28F, -0x1.03bfbep-28F, -0x1.8da90ep-36F, -0x1.6c2e26p-32F,
      /* p8 */ 0x1.432674p-5F, -0x1.00b2a2p-6F, 0x1.deb12p-10F, -0x1.82a532p-12F, -0x1.4b8b5cp-16F, 0x1.7b992ep-18F, -0x1.b67588p-21F, 0x1.9f114ep-24F, 0x1.6cad9cp-25F, -0x1.1d4c3cp-23F, -0x1.cc0d5ep-27F, 0x1.86c43cp-26F, 0x1.90744ap-32F, -0x1.41cc26p-29F, 0x1.022786p-34F, 0x1.781b86p-33F};
  static constexpr List<Tail, 2> tails{
      Tail{.low = 0x1.0d6fa00000000p+4, .high = 0x1.1d6fa00000000p+4, .scale = 0x1.0000000000000p+1, .shift = -0x1.156fa00000000p+5, .line = {0x1.0000000000000p+0, 0x0.0p+0}, .q = {-0x1.0a587e52f8793p+5, -0x1.ffffffe28ab8ap-1, -0x1.b2fdcc1df656fp-35, 0x1.0642dae9182d9p-40}, .r = {-0x1.fffff4b632df5p-1}, .s = {}}};
};
// clang-format on
