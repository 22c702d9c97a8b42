// SPDX-License-Identifier: Apache-2.0
// celu_value.h: made by scripts/forge celu (docs/forge.md), not by hand.
//
// onesided, 16 x degree 6, bend -0.01; covers all x.
// Sampled error 0.865 ulp; seed 1.
// Formula 45f1cb2d92fe0288: select(x > 0, x, alpha * expm1(x / alpha))

// clang-format off
struct celu_value {
  static constexpr std::string_view activation = "celu";
  static constexpr Role role = Role::kValue;
  static constexpr List<double, kMaxParameters> parameters = {1};
  static constexpr Plan plan{
      .fold = Fold::kOneSided, .slope = Slope::kOrigin, .range = Range::kAll,
      .line = Line::kIdentity, .entries = 16, .degree = 6,
      .quadratic = true, .held = true, .mirrored = false,
      .signed_zero = true};
  static constexpr Numbers numbers{
      .a = -0x1.54d166p-7F, .b = -0x1.0a4396p+0F, .offset = 0x1.8p+23F, .root = 0x0p+0F, .end = -0x1.23932ep+4F, .low = -0x1.23932ep+4F, .middle = 0x0p+0F, .half = 0x0p+0F, .total = 0x0p+0F, .line = {0x1p+0F, 0x0p+0F}};
  alignas(64) static constexpr float rows[] = {
      /* center */ 0x0p+0F, -0x1.dd1d8cp-1F, -0x1.03afcp+1F, -0x1.74eaa6p+1F, -0x1.ff26b2p+1F, -0x1.4646ap+2F, -0x1.886a9ap+2F, -0x1.cdeaa4p+2F, -0x1.0f58dap+3F, -0x1.2f30a2p+3F, -0x1.59110ap+3F, -0x1.800696p+3F, -0x1.a89556p+3F, -0x1.d611b6p+3F, -0x1.fe27c8p+3F, -0x1.20bc3ap+4F,
      /* value */ 0x0p+0F, -0x1.365d78p-1F, -0x1.bcacfp-1F, -0x1.e43412p-1F, -0x1.f68f5cp-1F, -0x1.fcdf56p-1F, -0x1.fee324p-1F, -0x1.ff9fd6p-1F, -0x1.ffe4c8p-1F, -0x1.fff5fp-1F, -0x1.fffd48p-1F, -0x1.ffff32p-1F, -0x1.ffffc6p-1F, -0x1.fffff2p-1F, -0x1.fffffcp-1F, -0x1p+0F,
      /* p1 */ -0x1.ffffc8p-32F, 0x1.934518p-2F, 0x1.0d4c44p-3F, 0x1.bcbee8p-5F, 0x1.2e1488p-6F, 0x1.90550cp-8F, 0x1.1cdc0ap-9F, 0x1.80a81p-11F, 0x1.b3800ep-13F, 0x1.420002p-14F, 0x1.5c0018p-16F, 0x1.9c000ep-18F, 0x1.d0018p-20F, 0x1.bffdep-22F, 0x1.000364p-23F, 0x1.3ec96ep-25F,
      /* p2 */ 0x1.fffff6p-2F, 0x1.9344f8p-3F, 0x1.0d4c78p-4F, 0x1.bcbe96p-6F, 0x1.2e1472p-7F, 0x1.905538p-9F, 0x1.1cdbe4p-10F, 0x1.80a7dcp-12F, 0x1.b3800cp-14F, 0x1.41fecep-15F, 0x1.5bffa4p-17F, 0x1.9bfd32p-19F, 0x1.d01e1cp-21F, 0x1.bf6298p-23F, 0x1.003632p-24F, 0x1.bec612p-22F,
      /* p3 */ 0x1.55535ap-3F, 0x1.0cd4bp-4F, 0x1.670c2ap-6F, 0x1.287b34p-7F, 0x1.92be5p-9F, 0x1.0adde4p-10F, 0x1.7bc736p-12F, 0x1.0069ccp-13F, 0x1.224eacp-15F, 0x1.ad4f1ap-17F, 0x1.cfee58p-19F, 0x1.12a07p-20F, 0x1.35302ep-22F, 0x1.2a3228p-24F, 0x1.54da36p-26F, -0x1.b9deb8p-20F,
      /* p4 */ 0x1.550e8p-5F, 0x1.0ce5e4p-6F, 0x1.66d5eep-8F, 0x1.28a2fap-9F, 0x1.92d09cp-11F, 0x1.0ac9b2p-12F, 0x1.7be0c2p-14F, 0x1.008392p-15F, 0x1.2227d4p-17F, 0x1.adf194p-19F, 0x1.d0142p-21F, 0x1.131e74p-22F, 0x1.313e6cp-24F, 0x1.3ee338p-26F, 0x1.49bbdep-28F, 0x1.46f5a4p-19F,
      /* p5 */ 0x1.0c97f2p-7F, 0x1.b2570cp-9F, 0x1.21a9b6p-10F, 0x1.dec096p-12F, 0x1.45d2f2p-13F, 0x1.afee2p-15F, 0x1.339658p-16F, 0x1.9f674ep-18F, 0x1.d5f35cp-20F, 0x1.5ac99p-21F, 0x1.790e08p-23F, 0x1.be4f0cp-25F, 0x1.fe428cp-27F, 0x1.011216p-28F, 0x1.22cc4p-30F, -0x1.aa4074p-20F,
      /* p6 */ 0x1.2832bep-10F, 0x1.19889cp-11F, 0x1.9ae754p-13F, 0x1.2e0f9ep-14F, 0x1.ab866ep-16F, 0x1.27bb3p-17F, 0x1.91bf82p-19F, 0x1.0b811p-20F, 0x1.4b075cp-22F, 0x1.9ef98p-24F, 0x1.efcc68p-26F, 0x1.10d974p-27F, 0x1.f65956p-29F, -0x1.d925b4p-31F, 0x1.7b3e68p-32F, 0x1.9d11e4p-22F,
      /* slope */ 0x1p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F};
};
// clang-format on
