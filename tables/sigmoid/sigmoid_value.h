// SPDX-License-Identifier: Apache-2.0
// sigmoid_value.h: made by scripts/forge sigmoid (docs/forge.md), not by hand.
//
// reflected, 32 x degree 6; covers x >= -20.78; beyond, tails within 2^-40.3.
// Sampled error 0.892 ulp; seed 1.
// Formula 8d947c381fa5ef52: sigmoid(x)

// clang-format off
struct sigmoid_value {
  static constexpr std::string_view activation = "sigmoid";
  static constexpr Role role = Role::kValue;
  static constexpr List<double, kMaxParameters> parameters = {};
  static constexpr Plan plan{
      .fold = Fold::kReflected, .slope = Slope::kNone, .range = Range::kFrom,
      .line = Line::kNone, .entries = 32, .degree = 6,
      .quadratic = false, .held = true, .mirrored = false,
      .signed_zero = false};
  static constexpr Numbers numbers{
      .a = 0x0p+0F, .b = 0x1.841c84p+0F, .offset = 0x1.8p+23F, .root = 0x0p+0F, .end = 0x1.4c70c8p+4F, .low = -0x1.4c70c8p+4F, .middle = 0x0p+0F, .half = 0x0p+0F, .total = 0x1p+0F, .line = {0x0p+0F, 0x0p+0F}};
  alignas(64) static constexpr float rows[] = {
      /* center */ 0x1.495556p-3F, 0x1.50fe24p-1F, 0x1.46ab02p+0F, 0x1.02a086p+1F, 0x1.54ce4ep+1F, 0x1.a9e426p+1F, 0x1.f57278p+1F, 0x1.29164cp+2F, 0x1.525beep+2F, 0x1.7e6f6ap+2F, 0x1.a25d5p+2F, 0x1.d11884p+2F, 0x1.f99da8p+2F, 0x1.10492cp+3F, 0x1.283fdp+3F, 0x1.3aac44p+3F, 0x1.51d764p+3F, 0x1.685dc2p+3F, 0x1.7bc2p+3F, 0x1.8f7f6p+3F, 0x1.a54d3p+3F, 0x1.bce29p+3F, 0x1.d191d2p+3F, 0x1.e70336p+3F, 0x1.f983acp+3F, 0x1.079456p+4F, 0x1.11bdbep+4F, 0x1.1c35e6p+4F, 0x1.2786aap+4F, 0x1.31b10cp+4F, 0x1.3d4cfcp+4F, 0x1.4698e8p+4F,
      /* value */ 0x1.d6ebfcp-2F, 0x1.5d5586p-2F, 0x1.beec2ap-3F, 0x1.df7f62p-4F, 0x1.0b2412p-4F, 0x1.1bd49p-5F, 0x1.3f8456p-6F, 0x1.38d20ap-7F, 0x1.49c9a6p-8F, 0x1.4c17cep-9F, 0x1.7b45dep-10F, 0x1.6dc28cp-11F, 0x1.848336p-12F, 0x1.a6d30ep-13F, 0x1.8ff494p-14F, 0x1.c1ccccp-15F, 0x1.b423dep-16F, 0x1.af7aeep-17F, 0x1.d6c756p-18F, 0x1.fc18b4p-19F, 0x1.010eb6p-19F, 0x1.ec10a2p-21F, 0x1.01cfp-21F, 0x1.07d256p-22F, 0x1.27f6e4p-23F, 0x1.2cf71cp-24F, 0x1.3ef31ap-25F, 0x1.4b9276p-26F, 0x1.46f072p-27F, 0x1.5a64ap-28F, 0x1.4f5788p-29F, 0x1.772048p-30F,
      /* p1 */ -0x1.fcb44ap-3F, -0x1.cc51e6p-3F, -0x1.5d64b4p-3F, -0x1.a75d84p-4F, -0x1.f36f9ap-5F, -0x1.11ff12p-5F, -0x1.39492ap-6F, -0x1.35d588p-7F, -0x1.4820cep-8F, -0x1.4b4068p-9F, -0x1.7ab964p-10F, -0x1.6d813ap-11F, -0x1.845e5cp-12F, -0x1.a6bd3cp-13F, -0x1.8fead2p-14F, -0x1.c1c6ap-15F, -0x1.b420f8p-16F, -0x1.af7984p-17F, -0x1.d6c67ep-18F, -0x1.fc1836p-19F, -0x1.010e96p-19F, -0x1.ec1086p-21F, -0x1.01cef8p-21F, -0x1.07d252p-22F, -0x1.27f6e2p-23F, -0x1.2cf71cp-24F, -0x1.3ef31ap-25F, -0x1.4b9276p-26F, -0x1.46f072p-27F, -0x1.5a64ap-28F, -0x1.4f5788p-29F, -0x1.772048p-30F,
      /* p2 */ 0x1.468284p-7F, 0x1.247e54p-5F, 0x1.89cd4ep-5F, 0x1.443e32p-5F, 0x1.b24a1cp-6F, 0x1.fe050cp-7F, 0x1.2d111p-7F, 0x1.2feb1ep-8F, 0x1.44d364p-9F, 0x1.4992b4p-10F, 0x1.79a0cep-11F, 0x1.6cfeacp-12F, 0x1.8414a8p-13F, 0x1.a6918ep-14F, 0x1.8fd74ep-15F, 0x1.c1ba3ap-16F, 0x1.b41b28p-17F, 0x1.af76b2p-18F, 0x1.d6c4c8p-19F, 0x1.fc172cp-20F, 0x1.010e5p-20F, 0x1.ec1052p-22F, 0x1.01ceecp-22F, 0x1.07d24ep-23F, 0x1.27f6d8p-24F, 0x1.2cf718p-25F, 0x1.3ef312p-26F, 0x1.4b926cp-27F, 0x1.46f06ep-28F, 0x1.5a6498p-29F, 0x1.4f578ep-30F, 0x1.77203ep-31F,
      /* p3 */ 0x1.4c93d6p-6F, 0x1.abe868p-7F, 0x1.6071p-11F, -0x1.acd06p-8F, -0x1.a6568p-8F, -0x1.24055p-8F, -0x1.71ca6ep-9F, -0x1.85ad9ap-10F, -0x1.a85c2ep-11F, -0x1.b2f75ap-12F, -0x1.f49668p-13F, -0x1.e54bc6p-14F, -0x1.0255eep-14F, -0x1.197b9p-15F, -0x1.0a7458p-16F, -0x1.2bc08p-17F, -0x1.22b402p-18F, -0x1.1f9f64p-19F, -0x1.39d58p-20F, -0x1.52b882p-21F, -0x1.56bc56p-22F, -0x1.480946p-23F, -0x1.57bdbap-24F, -0x1.5fc238p-25F, -0x1.8a9d2ap-26F, -0x1.91476p-27F, -0x1.a942bep-28F, -0x1.ba17bp-29F, -0x1.b3ea3ep-30F, -0x1.cddabp-31F, -0x1.bf1eaep-32F, -0x1.f42a66p-33F,
      /* p4 */ -0x1.aeda16p-10F, -0x1.4ae39cp-8F, -0x1.12b03p-8F, -0x1.9fbd1p-11F, 0x1.36f932p-11F, 0x1.97313p-11F, 0x1.353e6p-11F, 0x1.673fecp-12F, 0x1.97155ep-13F, 0x1.aa13acp-14F, 0x1.eedf4ep-15F, 0x1.e294b8p-16F, 0x1.0199dcp-16F, 0x1.1913f6p-17F, 0x1.0a3d2p-18F, 0x1.2baecap-19F, 0x1.22a5e4p-20F, 0x1.1f914cp-21F, 0x1.39d63ap-22F, 0x1.52c766p-23F, 0x1.56c72cp-24F, 0x1.47ffa8p-25F, 0x1.57b26ep-26F, 0x1.5fb594p-27F, 0x1.8aa7cp-28F, 0x1.9148eap-29F, 0x1.a950dp-30F, 0x1.ba2c4ap-31F, 0x1.b3f0bap-32F, 0x1.cdec1cp-33F, 0x1.bf0e36p-34F, 0x1.f441dep-35F,
      /* p5 */ -0x1.fef028p-10F, -0x1.3ac1cap-11F, 0x1.c9282p-11F, 0x1.70a8ecp-11F, 0x1.9f9c4p-13F, -0x1.223646p-15F, -0x1.38fcccp-14F, -0x1.dfdfdep-15F, -0x1.2b02bep-15F, -0x1.481174p-16F, -0x1.834b32p-17F, -0x1.7f541p-18F, -0x1.9b0bc6p-19F, -0x1.c1b1c6p-20F, -0x1.ab8564p-21F, -0x1.e07a8ep-22F, -0x1.d30946p-23F, -0x1.ce6642p-24F, -0x1.f824cap-25F, -0x1.0faffap-25F, -0x1.133b6p-26F, -0x1.07ab7cp-27F, -0x1.13fc98p-28F, -0x1.1a6d7cp-29F, -0x1.3d1298p-30F, -0x1.42d1p-31F, -0x1.55ad78p-32F, -0x1.62e8a6p-33F, -0x1.5e2ad6p-34F, -0x1.72d01cp-35F, -0x1.66e4eap-36F, -0x1.916362p-37F,
      /* p6 */ 0x1.9eba82p-13F, 0x1.222a86p-11F, 0x1.1c950ap-13F, -0x1.319468p-13F, -0x1.a07cd6p-14F, -0x1.d4d604p-16F, 0x1.5f9e1cp-21F, 0x1.90480cp-18F, 0x1.46d1b8p-18F, 0x1.95aa94p-19F, 0x1.cf63dcp-20F, 0x1.f4d5dep-21F, 0x1.06f97ap-21F, 0x1.1b92dp-22F, 0x1.1f5598p-23F, 0x1.2f27e6p-24F, 0x1.363512p-25F, 0x1.3aa4bap-26F, 0x1.4b5776p-27F, 0x1.56dd2p-28F, 0x1.630ac2p-29F, 0x1.68df26p-30F, 0x1.7c0228p-31F, 0x1.86bba4p-32F, 0x1.9bf10ap-33F, 0x1.ad31a8p-34F, 0x1.b987bep-35F, 0x1.c401ccp-36F, 0x1.cdb3bap-37F, 0x1.dd75bap-38F, 0x1.f11552p-39F, 0x1.fef868p-40F};
  static constexpr List<Tail, 2> tails{
      Tail{.low = -0x1.a91c320000000p+6, .high = -0x1.4c70c80000000p+4, .scale = 0x1.7f405fd017f40p-6, .shift = 0x1.7c6c14f5853d6p+0, .line = {0x0.0p+0, 0x0.0p+0}, .q = {-0x1.fc3864000025dp+5, 0x1.5600000000066p+5, 0x1.15fda76c37621p-42, 0x1.0f31f5713b00fp-44}, .r = {0x1.000000000491ep+0}, .s = {-0x1.004afe6e4ccd4p+0}}};
};
// clang-format on
