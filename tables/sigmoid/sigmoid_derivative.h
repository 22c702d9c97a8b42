// SPDX-License-Identifier: Apache-2.0
// sigmoid_derivative.h: made by scripts/forge sigmoid (docs/forge.md), not by hand.
//
// even, 16 x degree 6; covers -10.89 <= x <= 10.89; beyond, tails within 2^-34.3.
// Sampled error 0.935 ulp; seed 1.
// Formula 8d947c381fa5ef52: sigmoid(x)

// clang-format off
struct sigmoid_derivative {
  static constexpr std::string_view activation = "sigmoid";
  static constexpr Role role = Role::kDerivative;
  static constexpr List<double, kMaxParameters> parameters = {};
  static constexpr Plan plan{
      .fold = Fold::kEven, .slope = Slope::kNone, .range = Range::kBetween,
      .line = Line::kNone, .entries = 16, .degree = 6,
      .quadratic = false, .held = false, .mirrored = false,
      .signed_zero = false};
  static constexpr Numbers numbers{
      .a = 0x0p+0F, .b = 0x1.6c4968p+0F, .offset = 0x1.8p+23F, .root = 0x0p+0F, .end = 0x0p+0F, .low = 0x0p+0F, .middle = 0x0p+0F, .half = 0x1.5c8f7ap+3F, .total = 0x0p+0F, .line = {0x0p+0F, 0x0p+0F}};
  alignas(64) static constexpr float rows[] = {
      /* center */ 0x1.93d682p-3F, 0x1.848f6ap-1F, 0x1.592ad2p+0F, 0x1.0e3e54p+1F, 0x1.6ebf46p+1F, 0x1.bd3de6p+1F, 0x1.0d635ap+2F, 0x1.3956cp+2F, 0x1.68961ap+2F, 0x1.98a28ap+2F, 0x1.c2b5bp+2F, 0x1.ec4f14p+2F, 0x1.0c43e4p+3F, 0x1.22e80ap+3F, 0x1.389f8p+3F, 0x1.502d5p+3F,
      /* value */ 0x1.fb0e1cp-3F, 0x1.bcd1b8p-3F, 0x1.4f27e8p-3F, 0x1.8a9c32p-4F, 0x1.a1c05cp-5F, 0x1.dbb896p-6F, 0x1.d8ba6ap-7F, 0x1.e2c4aap-8F, 0x1.d11412p-9F, 0x1.b8b278p-10F, 0x1.c97822p-11F, 0x1.de0b7ep-12F, 0x1.df4f2ep-13F, 0x1.d8921ep-14F, 0x1.df86f6p-15F, 0x1.cb6956p-16F,
      /* p1 */ -0x1.8ea594p-6F, -0x1.424182p-4F, -0x1.89f24ap-4F, -0x1.355ebap-4F, -0x1.74b7b2p-5F, -0x1.bf3e2ap-6F, -0x1.cae2c6p-7F, -0x1.db9a3ap-8F, -0x1.cdc424p-9F, -0x1.b73682p-10F, -0x1.c8ab96p-11F, -0x1.dd9bdcp-12F, -0x1.df1714p-13F, -0x1.d876dap-14F, -0x1.df78ecp-15F, -0x1.cb62e6p-16F,
      /* p2 */ -0x1.ec5d2p-5F, -0x1.0db9d6p-5F, 0x1.8424c4p-10F, 0x1.4d0484p-6F, 0x1.21ee84p-6F, 0x1.88d81ep-7F, 0x1.afcf3p-8F, 0x1.cd6e3ap-9F, 0x1.c72d56p-10F, 0x1.b44086p-11F, 0x1.c71306p-12F, 0x1.dcbcbp-13F, 0x1.dea6d8p-14F, 0x1.d84042p-15F, 0x1.df5cc6p-16F, 0x1.cb55f6p-17F,
      /* p3 */ 0x1.05e896p-7F, 0x1.590f74p-6F, 0x1.fa43a2p-7F, 0x1.01ae7ap-9F, -0x1.81b52ep-9F, -0x1.848fd4p-9F, -0x1.f9f178p-10F, -0x1.210adep-10F, -0x1.26bc06p-11F, -0x1.1ee62cp-12F, -0x1.2d413cp-13F, -0x1.3ca916p-14F, -0x1.3e843p-15F, -0x1.3a8cacp-16F, -0x1.3f6e2ap-17F, -0x1.322736p-18F,
      /* p4 */ 0x1.39d062p-7F, 0x1.5cd47ap-10F, -0x1.3663e6p-8F, -0x1.988cbap-9F, -0x1.e4ce7p-12F, 0x1.23561cp-12F, 0x1.75396p-12F, 0x1.f99594p-13F, 0x1.158316p-13F, 0x1.170ce4p-14F, 0x1.290346p-15F, 0x1.3a64c2p-16F, 0x1.3d6d4ep-17F, 0x1.3a0ff6p-18F, 0x1.3f3c6p-19F, 0x1.3212b8p-20F,
      /* p5 */ -0x1.b11fbp-10F, -0x1.a228f8p-9F, -0x1.6119fp-11F, 0x1.d181bp-11F, 0x1.c0a67ap-12F, 0x1.ac44fcp-14F, -0x1.88c4d4p-16F, -0x1.23a64cp-15F, -0x1.8688fep-16F, -0x1.a6fabep-17F, -0x1.cfca22p-18F, -0x1.f186b6p-19F, -0x1.f96f84p-20F, -0x1.f5f5dep-21F, -0x1.fe4802p-22F, -0x1.eb5a8ap-23F,
      /* p6 */ -0x1.53b6aep-10F, 0x1.dab4eep-13F, 0x1.6465c2p-11F, -0x1.aff948p-20F, -0x1.063778p-13F, -0x1.af6c9ap-15F, -0x1.43aec2p-17F, 0x1.d702fcp-20F, 0x1.7bfabap-19F, 0x1.ffd766p-20F, 0x1.24f076p-20F, 0x1.362d4ep-21F, 0x1.38dc2ep-22F, 0x1.38cae6p-23F, 0x1.379d56p-24F, 0x1.3ae766p-25F};
  static constexpr List<Tail, 2> tails{
      Tail{.low = 0x1.5c8f7a0000000p+3, .high = 0x1.8b48f7a000000p+7, .scale = 0x1.5eedd630a9fb3p-7, .shift = -0x1.1ddcffd422454p+0, .line = {0x0.0p+0, 0x0.0p+0}, .q = {-0x1.a111ef4000007p+6, -0x1.7580000000005p+6, 0x1.0f8d9d46e9c43p-46, -0x1.cc8f2d34e9afdp-47}, .r = {0x1.0000000003382p+0}, .s = {-0x1.0063157ca8e51p+1, -0x1.935bdd94549dfp-9}}};
};
// clang-format on
