// SPDX-License-Identifier: Apache-2.0
// selu_value.h: made by scripts/forge selu (docs/forge.md), not by hand.
//
// onesided, 16 x degree 6, bend -0.01; covers all x.
// Sampled error 0.901 ulp; seed 1.
// Formula bb092303f6c364e6: 1.0507009873... * select(x > 0, x, 1.6732632423... * expm1(x))

// clang-format off
struct selu_value {
  static constexpr std::string_view activation = "selu";
  static constexpr Role role = Role::kValue;
  static constexpr List<double, kMaxParameters> parameters = {};
  static constexpr Plan plan{
      .fold = Fold::kOneSided, .slope = Slope::kOrigin, .range = Range::kAll,
      .line = Line::kSlope, .entries = 16, .degree = 6,
      .quadratic = true, .held = true, .mirrored = false,
      .signed_zero = true};
  static constexpr Numbers numbers{
      .a = -0x1.482a34p-7F, .b = -0x1.0060f8p+0F, .offset = 0x1.8p+23F, .root = 0x0p+0F, .end = -0x1.3240b4p+4F, .low = -0x1.3240b4p+4F, .middle = 0x0p+0F, .half = 0x0p+0F, .total = 0x0p+0F, .line = {0x1.0cfabep+0F, -0x1.2adddap-25F}};
  alignas(64) static constexpr float rows[] = {
      /* center */ 0x0p+0F, -0x1.e2206cp-1F, -0x1.0536b4p+1F, -0x1.842516p+1F, -0x1.09b058p+2F, -0x1.54355cp+2F, -0x1.986d22p+2F, -0x1.e276p+2F, -0x1.1a9f02p+3F, -0x1.3ea8eap+3F, -0x1.66289p+3F, -0x1.958f44p+3F, -0x1.bb5182p+3F, -0x1.eb09c4p+3F, -0x1.053ea8p+4F, -0x1.223a8ap+4F,
      /* value */ 0x0p+0F, -0x1.128d7ep+0F, -0x1.879802p+0F, -0x1.ac612cp+0F, -0x1.bafcf6p+0F, -0x1.bfdcaap+0F, -0x1.c14fdp+0F, -0x1.c1d57ap+0F, -0x1.c201fap+0F, -0x1.c20d58p+0F, -0x1.c21136p+0F, -0x1.c2127p+0F, -0x1.c212bp+0F, -0x1.c212c6p+0F, -0x1.c212cap+0F, -0x1.c212ccp+0F,
      /* p1 */ 0x1.822b78p-26F, 0x1.5f0aa4p-1F, 0x1.d3d66p-3F, 0x1.5b1a0ep-4F, 0x1.c575aap-6F, 0x1.1b113ep-7F, 0x1.85f8dcp-9F, 0x1.ea933cp-11F, 0x1.0d265p-12F, 0x1.5d192p-14F, 0x1.9663f8p-16F, 0x1.71904ep-18F, 0x1.c640fp-20F, 0x1.98ffc2p-22F, 0x1.322d1ap-23F, 0x1.90341ep-26F,
      /* p2 */ 0x1.c212c2p-1F, 0x1.5f0a6ap-2F, 0x1.d3d65ep-4F, 0x1.5b19c2p-5F, 0x1.c5757ep-7F, 0x1.1b116ap-8F, 0x1.85f8a4p-10F, 0x1.ea92e2p-12F, 0x1.0d26eep-13F, 0x1.5d18dcp-15F, 0x1.965eaep-17F, 0x1.718f3cp-19F, 0x1.c63bbep-21F, 0x1.987028p-23F, 0x1.3587a4p-24F, 0x1.8f544ap-27F,
      /* p3 */ 0x1.2c0a86p-2F, 0x1.d4074ap-4F, 0x1.37de26p-5F, 0x1.cec5fp-7F, 0x1.2e4758p-8F, 0x1.7962f2p-10F, 0x1.03f3c6p-11F, 0x1.4702aep-13F, 0x1.66d3fp-15F, 0x1.d1649ap-17F, 0x1.0ee798p-18F, 0x1.ecad0ap-21F, 0x1.2ecacp-22F, 0x1.1088aep-24F, 0x1.a1a76ap-26F, 0x1.09b394p-28F,
      /* p4 */ 0x1.2bc72cp-4F, 0x1.d44174p-6F, 0x1.37de78p-7F, 0x1.cf0a14p-9F, 0x1.2e5866p-10F, 0x1.793c3p-12F, 0x1.040714p-13F, 0x1.47209ep-15F, 0x1.667316p-17F, 0x1.d19314p-19F, 0x1.0fc8dcp-20F, 0x1.ec7198p-23F, 0x1.2f9d76p-24F, 0x1.21d5e6p-26F, 0x1.e03084p-29F, 0x1.196e1ap-30F,
      /* p5 */ 0x1.d7a264p-7F, 0x1.79f8c6p-8F, 0x1.f8a9d2p-10F, 0x1.75f31p-11F, 0x1.e9a2fap-13F, 0x1.31b6d2p-14F, 0x1.a59d6ep-16F, 0x1.095656p-17F, 0x1.22cbfep-19F, 0x1.7a48b8p-21F, 0x1.b6d026p-23F, 0x1.8ffa04p-25F, 0x1.ec13dp-27F, 0x1.c10ee4p-29F, -0x1.56da52p-29F, 0x1.0e7052p-32F,
      /* p6 */ 0x1.024a18p-9F, 0x1.de5298p-11F, 0x1.505c64p-12F, 0x1.d7a2c8p-14F, 0x1.407544p-15F, 0x1.a59688p-17F, 0x1.1300dcp-18F, 0x1.58c65p-20F, 0x1.a02972p-22F, 0x1.eb5324p-24F, 0x1.f13ff8p-26F, 0x1.1bfc18p-27F, 0x1.21b8f6p-29F, -0x1.36798ap-31F, -0x1.5495d4p-30F, 0x1.2b2622p-35F,
      /* slope */ 0x1.c212ccp+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F};
};
// clang-format on
