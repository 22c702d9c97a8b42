// SPDX-License-Identifier: Apache-2.0
// gelu_tanh_value.h: made by scripts/forge gelu_tanh (docs/forge.md), not by hand.
//
// rectified, 32 x degree 6, bend 0.3; covers x >= -5.638; beyond, tails within 2^-35.1.
// Sampled error 0.927 ulp; seed 1.
// Formula 032ea7abf0da0d03: x * sigmoid(1.5957691216... * (x + 0.044715 * x * x * x))

// clang-format off
struct gelu_tanh_value {
  static constexpr std::string_view activation = "gelu_tanh";
  static constexpr Role role = Role::kValue;
  static constexpr List<double, kMaxParameters> parameters = {};
  static constexpr Plan plan{
      .fold = Fold::kRectified, .slope = Slope::kOrigin, .range = Range::kFrom,
      .line = Line::kNone, .entries = 32, .degree = 6,
      .quadratic = true, .held = true, .mirrored = false,
      .signed_zero = true};
  static constexpr Numbers numbers{
      .a = 0x1.3edff4p-1F, .b = 0x1.09baap+1F, .offset = 0x1.8p+23F, .root = 0x0p+0F, .end = 0x1.68d21cp+2F, .low = -0x1.68d21cp+2F, .middle = 0x0p+0F, .half = 0x0p+0F, .total = 0x0p+0F, .line = {0x0p+0F, 0x0p+0F}};
  alignas(64) static constexpr float rows[] = {
      /* center */ 0x0p+0F, 0x1.99cafap-2F, 0x1.88274cp-1F, 0x1.180038p+0F, 0x1.5efcd4p+0F, 0x1.9e4df2p+0F, 0x1.db607p+0F, 0x1.09866ep+1F, 0x1.26560ep+1F, 0x1.3d10f6p+1F, 0x1.576552p+1F, 0x1.6c503cp+1F, 0x1.81d57cp+1F, 0x1.9948fcp+1F, 0x1.af86cep+1F, 0x1.c288ecp+1F, 0x1.d51754p+1F, 0x1.e9cba6p+1F, 0x1.fa57e4p+1F, 0x1.06546cp+2F, 0x1.0f3df6p+2F, 0x1.18c4c4p+2F, 0x1.203348p+2F, 0x1.28653ep+2F, 0x1.30b1ap+2F, 0x1.38b4a6p+2F, 0x1.4027d2p+2F, 0x1.4882p+2F, 0x1.4fad4ap+2F, 0x1.572726p+2F, 0x1.5e1738p+2F, 0x1.65c89p+2F,
      /* value */ 0x0p+0F, -0x1.1a5ebap-3F, -0x1.5c2a0ap-3F, -0x1.335446p-3F, -0x1.df5032p-4F, -0x1.5ea9fp-4F, -0x1.e1cb22p-5F, -0x1.41e506p-5F, -0x1.8f0644p-6F, -0x1.05b938p-6F, -0x1.316d2ep-7F, -0x1.7eaf0cp-8F, -0x1.c76dc8p-9F, -0x1.ee4c72p-10F, -0x1.0877c6p-10F, -0x1.2ac5d2p-11F, -0x1.4ac39ap-12F, -0x1.484208p-13F, -0x1.6b27fep-14F, -0x1.6c6a46p-15F, -0x1.6775d4p-16F, -0x1.446d3p-17F, -0x1.529ceap-18F, -0x1.408248p-19F, -0x1.228202p-20F, -0x1.05c596p-21F, -0x1.e426b6p-23F, -0x1.89b054p-24F, -0x1.60cb26p-25F, -0x1.284988p-26F, -0x1.017274p-27F, -0x1.8b77bap-29F,
      /* p1 */ 0x0p+0F, -0x1.93e4cp-3F, 0x1.7726d8p-8F, 0x1.a41ddep-4F, 0x1.0733a2p-3F, 0x1.f38172p-4F, 0x1.9eb276p-4F, 0x1.3fd544p-4F, 0x1.c3ada2p-5F, 0x1.456cfep-5F, 0x1.a4640ap-6F, 0x1.1c4e0ap-6F, 0x1.6ce888p-7F, 0x1.acbc5ep-8F, 0x1.ed5afap-9F, 0x1.2802c2p-9F, 0x1.5b18f8p-10F, 0x1.6eb778p-11F, 0x1.aa0a3ep-12F, 0x1.c2cdc2p-13F, 0x1.d3bb08p-14F, 0x1.bd15fep-15F, 0x1.e3c0eep-16F, 0x1.de71acp-17F, 0x1.c50502p-18F, 0x1.a97a7ep-19F, 0x1.98aa34p-20F, 0x1.5a7da8p-21F, 0x1.41a7eep-22F, 0x1.181d16p-23F, 0x1.f733f8p-25F, 0x1.90c038p-26F,
      /* p2 */ 0x1.988452p-2F, 0x1.5aa512p-2F, 0x1.ae0974p-3F, 0x1.6a417cp-4F, 0x1.4e6524p-7F, -0x1.09d41ep-5F, -0x1.a255e4p-5F, -0x1.b6fcep-5F, -0x1.8377fep-5F, -0x1.417a7cp-5F, -0x1.de05a2p-6F, -0x1.6545d2p-6F, -0x1.f84ap-7F, -0x1.4651cep-7F, -0x1.996608p-8F, -0x1.0793eap-8F, -0x1.4a3ae8p-9F, -0x1.76a6f6p-10F, -0x1.cbe932p-11F, -0x1.022bb4p-11F, -0x1.1b4cp-12F, -0x1.1dbdaep-13F, -0x1.44a16p-14F, -0x1.50c696p-15F, -0x1.4e50e4p-16F, -0x1.4853cp-17F, -0x1.4871aap-18F, -0x1.233328p-19F, -0x1.18b022p-20F, -0x1.fc11ccp-22F, -0x1.d8aabap-23F, -0x1.871e2ap-24F,
      /* p3 */ 0x1.03d39ap-20F, -0x1.835ee8p-4F, -0x1.08e4bap-3F, -0x1.c819c6p-4F, -0x1.339262p-4F, -0x1.4b0becp-5F, -0x1.aa3778p-7F, 0x1.0213a4p-8F, 0x1.b8255ep-7F, 0x1.09d8bap-6F, 0x1.047b5ap-6F, 0x1.cae3p-7F, 0x1.74dfeep-7F, 0x1.1391cp-7F, 0x1.82d99cp-8F, 0x1.100da6p-8F, 0x1.7183f8p-9F, 0x1.c85dc4p-10F, 0x1.2ac6acp-10F, 0x1.672b3ep-11F, 0x1.a41a66p-12F, 0x1.c474d4p-13F, 0x1.0e0bb8p-13F, 0x1.276036p-14F, 0x1.34ddacp-15F, 0x1.3e80a8p-16F, 0x1.4d03e4p-17F, 0x1.35dd58p-18F, 0x1.3703a8p-19F, 0x1.2557cap-20F, 0x1.1b540cp-21F, 0x1.e8616cp-23F,
      /* p4 */ -0x1.11c318p-4F, -0x1.6c00bcp-5F, -0x1.3c9212p-9F, 0x1.b954f2p-6F, 0x1.263f52p-5F, 0x1.0c99b2p-5F, 0x1.8ad6a2p-6F, 0x1.e7e6cep-7F, 0x1.ac511ep-8F, 0x1.a757bcp-10F, -0x1.0ccaa4p-9F, -0x1.d302d4p-9F, -0x1.0cdf0cp-8F, -0x1.fe96cap-9F, -0x1.ad1a08p-9F, -0x1.57107p-9F, -0x1.0423eep-9F, -0x1.66c7ap-10F, -0x1.fd5c82p-11F, -0x1.4cc52ep-11F, -0x1.a403e8p-12F, -0x1.e8699cp-13F, -0x1.34a25p-13F, -0x1.6691a8p-14F, -0x1.8d8388p-15F, -0x1.b0da18p-16F, -0x1.db47e6p-17F, -0x1.d242a8p-18F, -0x1.e92666p-19F, -0x1.e2749p-20F, -0x1.e546aap-21F, -0x1.b4d8eap-22F,
      /* p5 */ 0x1.09651p-13F, 0x1.49d348p-6F, 0x1.6f7fccp-6F, 0x1.8a68acp-7F, 0x1.39dd2ap-10F, -0x1.6dafc6p-8F, -0x1.10c8b6p-7F, -0x1.0d110ep-7F, -0x1.a88d62p-8F, -0x1.2a9fbcp-8F, -0x1.52da54p-9F, -0x1.452ee4p-10F, -0x1.8a3dfcp-13F, 0x1.1a54b6p-11F, 0x1.b92692p-11F, 0x1.d3f2bep-11F, 0x1.b36c48p-11F, 0x1.66a674p-11F, 0x1.1d07cep-11F, 0x1.a2d2dap-12F, 0x1.23d4b6p-12F, 0x1.74f2ep-13F, 0x1.f9c8bcp-14F, 0x1.3b83cep-14F, 0x1.77474cp-15F, 0x1.b29a5cp-16F, 0x1.f8b5fap-17F, 0x1.06ef02p-17F, 0x1.21c71ap-18F, 0x1.2c4a0ep-19F, 0x1.3c088cp-20F, 0x1.2a3632p-21F,
      /* p6 */ 0x1.423d76p-7F, 0x1.4415f8p-8F, -0x1.9c830cp-9F, -0x1.b40c2cp-8F, -0x1.80ee06p-8F, -0x1.a00f2p-9F, -0x1.93f454p-11F, 0x1.d264bep-11F, 0x1.72ef0ap-10F, 0x1.423a6ap-10F, 0x1.615cbap-10F, 0x1.a5d888p-10F, 0x1.0e66b4p-10F, 0x1.b8afb4p-12F, 0x1.55a0acp-13F, -0x1.ff7f78p-16F, -0x1.f2f9ep-14F, -0x1.55846ep-13F, -0x1.518766p-13F, -0x1.511178p-13F, -0x1.1217c6p-13F, -0x1.9f441p-14F, -0x1.242f9p-14F, -0x1.890528p-15F, -0x1.07afa2p-15F, -0x1.46a2fp-16F, -0x1.8e5006p-17F, -0x1.cf2966p-18F, -0x1.08a82cp-18F, -0x1.2561cp-19F, -0x1.3d9186p-20F, -0x1.4a137ap-21F,
      /* slope */ -0x1p-1F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F};
  static constexpr List<Tail, 2> tails{
      Tail{.low = -0x1.5c690e0000000p+3, .high = -0x1.68d21c0000000p+2, .scale = 0x1.8618618618618p-2, .shift = 0x1.92e939e79e79ep+1, .line = {0x0.0p+0, 0x0.0p+0}, .q = {-0x1.ab842c661dbc5p+5, 0x1.546d97138d426p+5, -0x1.8603eacd577dcp+3, 0x1.4a6891eeb75c8p+0}, .r = {-0x1.08690e0b2cdc6p+3, 0x1.500000148da3cp+1}, .s = {0x1.2c2f866add16ap+2}}};
};
// clang-format on
