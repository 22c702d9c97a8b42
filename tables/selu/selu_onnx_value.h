// SPDX-License-Identifier: Apache-2.0
// selu_onnx_value.h: made by scripts/forge selu_onnx (docs/forge.md), not by hand.
//
// onesided, 16 x degree 6, bend -0.01; covers all x.
// Sampled error 0.927 ulp; seed 1.
// Formula b8fb827c6691633e: 1.0507010221... * select(x > 0, x, 1.6732631921... * expm1(x))

// clang-format off
struct selu_onnx_value {
  static constexpr std::string_view activation = "selu_onnx";
  static constexpr Role role = Role::kValue;
  static constexpr List<double, kMaxParameters> parameters = {};
  static constexpr Plan plan{
      .fold = Fold::kOneSided, .slope = Slope::kOrigin, .range = Range::kAll,
      .line = Line::kSlope, .entries = 16, .degree = 6,
      .quadratic = true, .held = true, .mirrored = false,
      .signed_zero = true};
  static constexpr Numbers numbers{
      .a = -0x1.4aab8cp-7F, .b = -0x1.025604p+0F, .offset = 0x1.8p+23F, .root = 0x0p+0F, .end = -0x1.2f38e2p+4F, .low = -0x1.2f38e2p+4F, .middle = 0x0p+0F, .half = 0x0p+0F, .total = 0x0p+0F, .line = {0x1.0cfabep+0F, 0x0p+0F}};
  alignas(64) static constexpr float rows[] = {
      /* center */ 0x0p+0F, -0x1.fadbc2p-1F, -0x1.09a484p+1F, -0x1.82d8acp+1F, -0x1.06a6fep+2F, -0x1.4d01aap+2F, -0x1.94ac8ap+2F, -0x1.e1cdb2p+2F, -0x1.15af9ep+3F, -0x1.3d17b4p+3F, -0x1.6228ep+3F, -0x1.919faep+3F, -0x1.bb36fep+3F, -0x1.ea9424p+3F, -0x1.04a5ep+4F, -0x1.1ed69ap+4F,
      /* value */ 0x0p+0F, -0x1.1ad46p+0F, -0x1.899528p+0F, -0x1.ac288cp+0F, -0x1.baa4d4p+0F, -0x1.bf993cp+0F, -0x1.c1440ap+0F, -0x1.c1d4d8p+0F, -0x1.c1ff2cp+0F, -0x1.c20d12p+0F, -0x1.c211p+0F, -0x1.c21264p+0F, -0x1.c212bp+0F, -0x1.c212c6p+0F, -0x1.c212cap+0F, -0x1.c212ccp+0F,
      /* p1 */ 0x1.e0959cp-26F, 0x1.4e7ce2p-1F, 0x1.c3ed2ep-3F, 0x1.5ea41p-4F, 0x1.db7e2ep-6F, 0x1.3cc84ap-7F, 0x1.9d850ap-9F, 0x1.efa3fap-11F, 0x1.3a07d2p-12F, 0x1.6e9f04p-14F, 0x1.cc7bc2p-16F, 0x1.a1eebcp-18F, 0x1.c7ba8p-20F, 0x1.9ee9f4p-22F, 0x1.3dbe9p-23F, 0x1.eea5a8p-26F,
      /* p2 */ 0x1.c212c4p-1F, 0x1.4e7cdcp-2F, 0x1.c3ed78p-4F, 0x1.5ea3d2p-5F, 0x1.db7de6p-7F, 0x1.3cc81ep-8F, 0x1.9d84cap-10F, 0x1.efa47p-12F, 0x1.3a083cp-13F, 0x1.6e9e76p-15F, 0x1.cc7a74p-17F, 0x1.a1eb1cp-19F, 0x1.c7a16ep-21F, 0x1.9ed156p-23F, 0x1.3b0a4cp-24F, 0x1.ee9614p-27F,
      /* p3 */ 0x1.2c0ac6p-2F, 0x1.bdf38ep-4F, 0x1.2d43fp-5F, 0x1.d37d58p-7F, 0x1.3cf818p-8F, 0x1.a6564p-10F, 0x1.13a6bp-11F, 0x1.4a6348p-13F, 0x1.a2a68ap-15F, 0x1.e8c0bcp-17F, 0x1.32f47cp-18F, 0x1.169074p-20F, 0x1.2facd4p-22F, 0x1.14852ep-24F, 0x1.9fd84ep-26F, 0x1.49b846p-28F,
      /* p4 */ 0x1.2bccbep-4F, 0x1.bdf988p-6F, 0x1.2d1fc8p-7F, 0x1.d3b468p-9F, 0x1.3d154cp-10F, 0x1.a6785cp-12F, 0x1.13beb6p-13F, 0x1.4a41fap-15F, 0x1.a287f8p-17F, 0x1.e8ebb8p-19F, 0x1.33568ap-20F, 0x1.16cd3p-22F, 0x1.32d70ap-24F, 0x1.168622p-26F, 0x1.2bc10ap-27F, 0x1.4b8c3cp-30F,
      /* p5 */ 0x1.d807e2p-7F, 0x1.68ad94p-8F, 0x1.e6e1b8p-10F, 0x1.79ef2p-11F, 0x1.008bbap-12F, 0x1.56195p-14F, 0x1.bedaf2p-16F, 0x1.0c08dep-17F, 0x1.54017cp-19F, 0x1.8d538cp-21F, 0x1.f19b5ep-23F, 0x1.c58286p-25F, 0x1.f478f8p-27F, 0x1.c21c4ep-29F, 0x1.724026p-28F, 0x1.0c9d44p-32F,
      /* p6 */ 0x1.038fa8p-9F, 0x1.de19eap-11F, 0x1.53ae8cp-12F, 0x1.e25748p-14F, 0x1.4b73dap-15F, 0x1.bc5d1ap-17F, 0x1.21fb1cp-18F, 0x1.6eea42p-20F, 0x1.ca3b9cp-22F, 0x1.053bcap-23F, 0x1.30b1a8p-25F, 0x1.30a6aep-27F, 0x1.ae26d2p-30F, 0x1.0ce29p-31F, 0x1.064646p-29F, 0x1.293bd6p-35F,
      /* slope */ 0x1.c212ccp+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F};
};
// clang-format on
