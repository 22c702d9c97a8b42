// SPDX-License-Identifier: Apache-2.0
// tanhshrink_value.h: made by scripts/forge tanhshrink (docs/forge.md), not by hand.
//
// odd, 16 x degree 8, bend -0.02; covers -25 <= x <= 25; beyond, tails within 2^-102.4.
// Sampled error 0.917 ulp; seed 1.
// Formula f15d677edad79b25: x_minus_tanh(x)

// clang-format off
struct tanhshrink_value {
  static constexpr std::string_view activation = "tanhshrink";
  static constexpr Role role = Role::kValue;
  static constexpr List<double, kMaxParameters> parameters = {};
  static constexpr Plan plan{
      .fold = Fold::kOdd, .slope = Slope::kOrigin, .range = Range::kBetween,
      .line = Line::kNone, .entries = 16, .degree = 8,
      .quadratic = true, .held = false, .mirrored = false,
      .signed_zero = false, .squared = true};
  static constexpr Numbers numbers{
      .a = -0x1.87ba94p-6F, .b = 0x1.3209c4p+0F, .offset = 0x1.8p+23F, .root = 0x0p+0F, .end = 0x0p+0F, .low = 0x0p+0F, .middle = 0x0p+0F, .half = 0x1.8ffcbap+4F, .total = 0x0p+0F, .line = {0x0p+0F, 0x0p+0F}};
  alignas(64) static constexpr float rows[] = {
      /* center */ 0x0p+0F, 0x1.b60a54p-1F, 0x1.c9bd2p+0F, 0x1.59c108p+1F, 0x1.cf367p+1F, 0x1.26eda8p+2F, 0x1.68f24p+2F, 0x1.b05768p+2F, 0x1.ffd704p+2F, 0x1.262c24p+3F, 0x1.5476a6p+3F, 0x1.82ee9cp+3F, 0x1.bc5382p+3F, 0x1.fd64bp+3F, 0x1.3245d4p+4F, 0x1.69afd2p+4F,
      /* value */ 0x0p+0F, 0x1.c42016p-3F, 0x1.0dd762p-2F, 0x1.e0041ep-3F, 0x1.99c488p-3F, 0x1.5bffc2p-3F, 0x1.2abf7ep-3F, 0x1.024a26p-3F, 0x1.c01ecp-4F, 0x1.8d17fep-4F, 0x1.5ccc02p-4F, 0x1.36bb58p-4F, 0x1.11bedap-4F, 0x1.e24aacp-5F, 0x1.9599f6p-5F, 0x1.5a5c18p-5F,
      /* p1 */ -0x1.555556p-27F, 0x1.2280fp-3F, -0x1.eee90ap-7F, -0x1.3ef5b8p-5F, -0x1.1a1df8p-5F, -0x1.b50ce2p-6F, -0x1.4c777p-6F, -0x1.f977fap-7F, -0x1.803352p-7F, -0x1.2f6324p-7F, -0x1.d61dfcp-8F, -0x1.76196cp-8F, -0x1.22f542p-8F, -0x1.c44414p-9F, -0x1.405656p-9F, -0x1.d39c12p-10F,
      /* p2 */ 0x1.9d08aap-26F, -0x1.2230c4p-3F, -0x1.182d42p-5F, -0x1.c744dcp-11F, 0x1.0469ccp-8F, 0x1.d71f8p-9F, 0x1.564b2p-9F, 0x1.d8c21ap-10F, 0x1.403e1ap-10F, 0x1.c6a0a6p-11F, 0x1.3892cp-11F, 0x1.bdf788p-12F, 0x1.331046p-12F, 0x1.a5eb98p-13F, 0x1.f845a6p-14F, 0x1.3ae8c4p-14F,
      /* p3 */ -0x1.1111dap-3F, 0x1.09d89ap-5F, 0x1.8fc7d2p-6F, 0x1.1fc1bp-8F, 0x1.2e0186p-12F, -0x1.4ba826p-12F, -0x1.2f395p-12F, -0x1.9b021ap-13F, -0x1.003d2p-13F, -0x1.4bb8a4p-14F, -0x1.98897ep-15F, -0x1.0696dap-15F, -0x1.41534cp-16F, -0x1.873bfcp-17F, -0x1.8b617cp-18F, -0x1.a70d52p-19F,
      /* p4 */ 0x1.0cc68ap-15F, 0x1.b64f0ap-6F, -0x1.36554cp-7F, -0x1.3633e8p-9F, -0x1.9935b6p-12F, -0x1.b00d22p-16F, 0x1.5fcf7p-16F, 0x1.3728b6p-16F, 0x1.80a58ep-17F, 0x1.d1c308p-18F, 0x1.04e53cp-18F, 0x1.305d78p-19F, 0x1.4ccef8p-20F, 0x1.681f56p-21F, 0x1.34b14ap-22F, 0x1.1b5f9cp-23F,
      /* p5 */ 0x1.b7653ap-5F, -0x1.9153bp-6F, 0x1.b9f9a8p-10F, 0x1.c6ff4cp-11F, 0x1.5a8abcp-13F, 0x1.8a2fc2p-16F, 0x1.7bcde4p-20F, -0x1.3fe9dap-20F, -0x1.0a5016p-20F, -0x1.45b546p-21F, -0x1.3ef69cp-22F, -0x1.6659d8p-23F, -0x1.54761cp-24F, -0x1.500732p-25F, -0x1.e1abc4p-27F, -0x1.788d46p-28F,
      /* p6 */ 0x1.ebcf18p-10F, 0x1.322c5cp-8F, 0x1.3c969ep-11F, -0x1.f40e26p-13F, -0x1.b4caa8p-15F, -0x1.126feep-17F, -0x1.1d4d78p-20F, -0x1.10f018p-24F, 0x1.4fec4cp-25F, 0x1.4a533ep-24F, 0x1.856afp-26F, 0x1.1091aep-26F, 0x1.57511ep-28F, 0x1.695b9cp-29F, 0x1.654c98p-31F, 0x1.e46accp-33F,
      /* p7 */ -0x1.c9b1d8p-6F, 0x1.5bca02p-8F, -0x1.763e8ap-11F, 0x1.4aa07cp-15F, 0x1.c37506p-17F, 0x1.455704p-19F, 0x1.99d698p-22F, 0x1.8dfacp-28F, 0x1.b7b9f4p-25F, 0x1.55935ep-25F, -0x1.5835aap-28F, 0x1.4261b8p-28F, -0x1.3e5692p-32F, 0x1.28e1e8p-32F, -0x1.57f146p-36F, -0x1.cbce9p-37F,
      /* p8 */ 0x1.62ead4p-7F, -0x1.efde9ap-9F, 0x1.6df686p-12F, 0x1.6cfe24p-19F, -0x1.a63178p-19F, -0x1.30e754p-21F, -0x1.3cf5fp-23F, 0x1.ea97b6p-26F, 0x1.356fccp-25F, -0x1.a6e614p-25F, -0x1.dcccfap-33F, -0x1.522fc4p-28F, 0x1.f8019cp-38F, -0x1.0770f2p-32F, 0x1.efcd8p-38F, 0x1.cd5db6p-40F,
      /* slope */ 0x1.555556p-2F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F};
  static constexpr List<Tail, 2> tails{
      Tail{.low = -0x1.9ffcba0000000p+4, .high = -0x1.8ffcba0000000p+4, .scale = 0x1.0000000000000p+1, .shift = 0x1.97fcba0000000p+5, .line = {0x1.0000000000000p+0, 0x1.0000000000000p+0}, .q = {-0x1.9271268b148cbp+5, 0x1.fffffef367112p-1, -0x1.512eb5cd592bep-32, -0x1.233635e8de29ep-38}, .r = {-0x1.ffff53971e52cp-1}, .s = {}},
      Tail{.low = 0x1.8ffcba0000000p+4, .high = 0x1.9ffcba0000000p+4, .scale = 0x1.0000000000000p+1, .shift = -0x1.97fcba0000000p+5, .line = {-0x1.0000000000000p+0, 0x1.0000000000000p+0}, .q = {-0x1.9271268b148ccp+5, -0x1.fffffef367114p-1, -0x1.512ea8298c936p-32, 0x1.23377f5cc1deep-38}, .r = {0x1.ffff53971e56ap-1}, .s = {}}};
};
// clang-format on
