// SPDX-License-Identifier: Apache-2.0
// silu_value.h: made by scripts/forge silu (docs/forge.md), not by hand.
//
// rectified, 16 x degree 7; covers -12.79 <= x <= 12.79; beyond, tails within 2^-34.2.
// Sampled error 0.865 ulp; seed 1.
// Formula 3a2ca5d6e43d4375: x * sigmoid(beta * x)

// clang-format off
struct silu_value {
  static constexpr std::string_view activation = "swish";
  static constexpr Role role = Role::kValue;
  static constexpr List<double, kMaxParameters> parameters = {1};
  static constexpr Plan plan{
      .fold = Fold::kRectified, .slope = Slope::kOrigin, .range = Range::kBetween,
      .line = Line::kNone, .entries = 16, .degree = 7,
      .quadratic = false, .held = false, .mirrored = false,
      .signed_zero = true};
  static constexpr Numbers numbers{
      .a = 0x0p+0F, .b = 0x1.3654f6p+0F, .offset = 0x1.8p+23F, .root = 0x0p+0F, .end = 0x0p+0F, .low = 0x0p+0F, .middle = 0x0p+0F, .half = 0x1.99296cp+3F, .total = 0x0p+0F, .line = {0x0p+0F, 0x0p+0F}};
  alignas(64) static constexpr float rows[] = {
      /* center */ 0x0p+0F, 0x1.a937c2p-1F, 0x1.af99e6p+0F, 0x1.3b99dcp+1F, 0x1.aa1198p+1F, 0x1.07f30ep+2F, 0x1.3d7d02p+2F, 0x1.71b59ap+2F, 0x1.a1b6f6p+2F, 0x1.de9b9ep+2F, 0x1.0915b8p+3F, 0x1.21d7c2p+3F, 0x1.3d45e6p+3F, 0x1.5634e8p+3F, 0x1.722ffap+3F, 0x1.8db182p+3F,
      /* value */ 0x0p+0F, -0x1.0223dap-2F, -0x1.0ddadp-2F, -0x1.8b6636p-3F, -0x1.d7c16cp-4F, -0x1.0ce974p-4F, -0x1.1acc5p-5F, -0x1.24641p-6F, -0x1.389522p-7F, -0x1.14de2ap-8F, -0x1.12257cp-9F, -0x1.1497dep-10F, -0x1.00fa6cp-11F, -0x1.fcaa2p-13F, -0x1.cb0b32p-14F, -0x1.a18d36p-15F,
      /* p1 */ 0x0p+0F, -0x1.0613f2p-3F, 0x1.0e72acp-4F, 0x1.9825fap-4F, 0x1.39b504p-4F, 0x1.8edb18p-5F, 0x1.bfa56ap-6F, 0x1.e1be84p-7F, 0x1.083bc6p-7F, 0x1.df606cp-9F, 0x1.e1f776p-10F, 0x1.ec0c32p-11F, 0x1.ce17f8p-12F, 0x1.cd166p-13F, 0x1.a35bcp-14F, 0x1.7ff3bap-15F,
      /* p2 */ 0x1p-2F, 0x1.6a4fdap-3F, 0x1.c658b8p-5F, -0x1.78073ap-9F, -0x1.2c8ba4p-6F, -0x1.ff806p-7F, -0x1.4766dap-7F, -0x1.798966p-8F, -0x1.af2348p-9F, -0x1.94c9fp-10F, -0x1.9f8916p-11F, -0x1.aedbdp-12F, -0x1.9a35e6p-13F, -0x1.9d803cp-14F, -0x1.7bab64p-15F, -0x1.5e59e2p-16F,
      /* p3 */ -0x1.4e37fep-23F, -0x1.9494acp-5F, -0x1.33efep-5F, -0x1.be4694p-7F, -0x1.7def0ap-11F, 0x1.1cc12p-9F, 0x1.0f3f8ap-9F, 0x1.69c2a8p-10F, 0x1.bb94dap-11F, 0x1.b7b7e6p-12F, 0x1.d137a6p-13F, 0x1.ecc59cp-14F, 0x1.ddb7f8p-15F, 0x1.e7dd6ap-16F, 0x1.c54d18p-17F, 0x1.a654dp-18F,
      /* p4 */ -0x1.55459ep-6F, -0x1.4a81cep-8F, 0x1.0fde4ep-7F, 0x1.881a3p-8F, 0x1.e9a1fep-10F, 0x1.053ep-12F, -0x1.89b27cp-13F, -0x1.af5922p-13F, -0x1.35b20ap-13F, -0x1.52bc08p-14F, -0x1.77ebdcp-15F, -0x1.9ad3e6p-16F, -0x1.9865cap-17F, -0x1.a8567ep-18F, -0x1.905a46p-19F, -0x1.79856p-20F,
      /* p5 */ -0x1.14f49ep-15F, 0x1.5eda3ap-8F, 0x1.35d94cp-11F, -0x1.2af66ap-10F, -0x1.578f1ep-11F, -0x1.bd2b3ap-13F, -0x1.0db7fcp-15F, 0x1.8cb022p-17F, 0x1.135c88p-16F, 0x1.7859e6p-17F, 0x1.c87ae8p-18F, 0x1.0643e2p-18F, 0x1.0f3b18p-19F, 0x1.2036ecp-20F, 0x1.157196p-21F, 0x1.09eee8p-22F,
      /* p6 */ 0x1.22f516p-9F, -0x1.70df68p-12F, -0x1.a90e9ep-11F, -0x1.e69e02p-16F, 0x1.00b888p-13F, 0x1.faea0ap-15F, 0x1.2c6298p-16F, 0x1.bcb58ep-19F, -0x1.17866ep-21F, -0x1.0f51a8p-20F, -0x1.9b6806p-21F, -0x1.0645e8p-21F, -0x1.1f6ff6p-22F, -0x1.3e89a2p-23F, -0x1.3a9afp-24F, -0x1.332feap-25F,
      /* p7 */ -0x1.1b7b5ep-12F, -0x1.da71cep-12F, 0x1.53671ap-13F, 0x1.4a5b28p-14F, -0x1.c50398p-19F, -0x1.3dcb2ap-17F, -0x1.3ed638p-18F, -0x1.0db76p-20F, -0x1.0e4fap-22F, 0x1.115c08p-23F, 0x1.860e08p-24F, 0x1.219c22p-24F, 0x1.b9d9e2p-26F, 0x1.60d9cep-26F, 0x1.813fc2p-27F, 0x1.586f8ap-28F,
      /* slope */ -0x1p-1F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F};
  static constexpr List<Tail, 2> tails{
      Tail{.low = -0x1.bb252d8000000p+6, .high = -0x1.99296c0000000p+3, .scale = 0x1.4e5e0a72f0539p-6, .shift = 0x1.42cd4b1a1f58dp+0, .line = {0x0.0p+0, 0x0.0p+0}, .q = {-0x1.ee4a5b0087c77p+5, 0x1.880000001a9e6p+5, 0x1.834b9dafd9eabp-32, 0x1.2cbf9776fa7acp-33}, .r = {-0x1.ee4a5b20712c8p+5, 0x1.8800001fac3d9p+5, -0x1.b80ae1919960ep-26}, .s = {0x1.edb360b67b582p+5, -0x1.876b2f57cddbdp+5}},
      Tail{.low = 0x1.99296c0000000p+3, .high = 0x1.9c94b60000000p+4, .scale = 0x1.3b13b13b13b14p-3, .shift = -0x1.7bcab89d89d8ap+1, .line = {0x0.0p+0, 0x1.0000000000000p+0}, .q = {-0x1.3497707e6be87p+4, -0x1.a0013e7eb999dp+2, 0x1.aba7b500f0882p-17, -0x1.26cff21d12b27p-19}, .r = {-0x1.34c890ebcfb94p+4, -0x1.a05776828d515p+2}, .s = {}}};
};
// clang-format on
