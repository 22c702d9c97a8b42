// SPDX-License-Identifier: Apache-2.0
// softplus_torch_derivative.h: made by scripts/forge softplus_torch (docs/forge.md), not by hand.
//
// reflected, 32 x degree 6; covers x >= -19.43; beyond, tails within 2^-41.3.
// Sampled error 0.922 ulp; seed 1.
// Formula eb79ecf9fbcaa453: select(beta * x > threshold, x, softplus(beta * x) / beta)

// clang-format off
struct softplus_torch_derivative {
  static constexpr std::string_view activation = "softplus";
  static constexpr Role role = Role::kDerivative;
  static constexpr List<double, kMaxParameters> parameters = {1, 20};
  static constexpr Plan plan{
      .fold = Fold::kReflected, .slope = Slope::kNone, .range = Range::kFrom,
      .line = Line::kNone, .entries = 32, .degree = 6,
      .quadratic = false, .held = true, .mirrored = false,
      .signed_zero = false};
  static constexpr Numbers numbers{
      .a = 0x0p+0F, .b = 0x1.9eeff4p+0F, .offset = 0x1.8p+23F, .root = 0x0p+0F, .end = 0x1.36f2b4p+4F, .low = -0x1.36f2b4p+4F, .middle = 0x0p+0F, .half = 0x0p+0F, .total = 0x1p+0F, .line = {0x0p+0F, 0x0p+0F}};
  alignas(64) static constexpr float rows[] = {
      /* center */ 0x1.54a926p-3F, 0x1.46b268p-1F, 0x1.3e2c38p+0F, 0x1.d7db34p+0F, 0x1.384304p+1F, 0x1.875286p+1F, 0x1.d64e4p+1F, 0x1.125916p+2F, 0x1.3d363cp+2F, 0x1.60b108p+2F, 0x1.8bb084p+2F, 0x1.b3e40ap+2F, 0x1.d8aa6ap+2F, 0x1.ff67e4p+2F, 0x1.14e654p+3F, 0x1.298b14p+3F, 0x1.3c32b6p+3F, 0x1.4fa29ap+3F, 0x1.6431fp+3F, 0x1.777788p+3F, 0x1.89aedep+3F, 0x1.9e970cp+3F, 0x1.b22148p+3F, 0x1.c7587ep+3F, 0x1.dadbp+3F, 0x1.ee09fep+3F, 0x1.014e7cp+4F, 0x1.09946p+4F, 0x1.1524p+4F, 0x1.1d523p+4F, 0x1.287746p+4F, 0x1.31a218p+4F,
      /* value */ 0x1.d583ecp-2F, 0x1.61fa2p-2F, 0x1.caa018p-3F, 0x1.17e8dep-3F, 0x1.488692p-4F, 0x1.6fe1ap-5F, 0x1.955914p-6F, 0x1.bc762ap-7F, 0x1.ca045cp-8F, 0x1.07e2acp-8F, 0x1.0e197cp-9F, 0x1.208466p-10F, 0x1.44fbd6p-11F, 0x1.62eb38p-12F, 0x1.6e0f9ep-13F, 0x1.801b3p-14F, 0x1.acdd9cp-15F, 0x1.d344eep-16F, 0x1.eb8d78p-17F, 0x1.0d2aa2p-17F, 0x1.30ab46p-18F, 0x1.3d0aaap-19F, 0x1.5850a8p-20F, 0x1.62db6ep-21F, 0x1.81bf3ap-22F, 0x1.a79f5ap-23F, 0x1.bd6f08p-24F, 0x1.09993p-24F, 0x1.01e622p-25F, 0x1.3556dep-26F, 0x1.344986p-27F, 0x1.5ba8f2p-28F,
      /* p1 */ -0x1.fc7986p-3F, -0x1.cf3a6p-3F, -0x1.63ebf2p-3F, -0x1.e34e62p-4F, -0x1.2e2dp-4F, -0x1.5f5c5ap-5F, -0x1.8b51c8p-6F, -0x1.b66ed6p-7F, -0x1.c6d0e8p-8F, -0x1.06d2a8p-8F, -0x1.0d8bp-9F, -0x1.20331cp-10F, -0x1.44c844p-11F, -0x1.62cc78p-12F, -0x1.6dff42p-13F, -0x1.80123p-14F, -0x1.acd8p-15F, -0x1.d3419ap-16F, -0x1.eb8bap-17F, -0x1.0d2a14p-17F, -0x1.30aaecp-18F, -0x1.3d0a7ap-19F, -0x1.58508cp-20F, -0x1.62db6p-21F, -0x1.81bf32p-22F, -0x1.a79f56p-23F, -0x1.bd6f06p-24F, -0x1.09992ep-24F, -0x1.01e622p-25F, -0x1.3556dep-26F, -0x1.344986p-27F, -0x1.5ba8f2p-28F,
      /* p2 */ 0x1.51899ep-7F, 0x1.1df0a2p-5F, 0x1.89068cp-5F, 0x1.5f31d8p-5F, 0x1.fb67ecp-6F, 0x1.3fcdb2p-6F, 0x1.77c24p-7F, 0x1.aa8a1p-8F, 0x1.c07576p-9F, 0x1.04b4cep-9F, 0x1.0c6e9ep-10F, 0x1.1f90b6p-11F, 0x1.44612cp-12F, 0x1.628ef8p-13F, 0x1.6dde8cp-14F, 0x1.80003p-15F, 0x1.acccc6p-16F, 0x1.d33afp-17F, 0x1.eb87f4p-18F, 0x1.0d28f8p-18F, 0x1.30aa34p-19F, 0x1.3d0a18p-20F, 0x1.585052p-21F, 0x1.62db42p-22F, 0x1.81bf22p-23F, 0x1.a79f4cp-24F, 0x1.bd6f04p-25F, 0x1.099924p-25F, 0x1.01e624p-26F, 0x1.3556d8p-27F, 0x1.344988p-28F, 0x1.5ba8ecp-29F,
      /* p3 */ 0x1.4bf7fcp-6F, 0x1.b922e4p-7F, 0x1.44be8ap-10F, -0x1.785e1ap-8F, -0x1.c12098p-8F, -0x1.5bed04p-8F, -0x1.c2c9ccp-9F, -0x1.0cd2e6p-9F, -0x1.2295ecp-10F, -0x1.56001ap-11F, -0x1.62f37ap-12F, -0x1.7dba36p-13F, -0x1.af6eb8p-14F, -0x1.d81918p-15F, -0x1.e77c02p-16F, -0x1.ffce1ap-17F, -0x1.1dcdfcp-17F, -0x1.3772d2p-18F, -0x1.47aaa6p-19F, -0x1.66de58p-20F, -0x1.96352ep-21F, -0x1.a6b558p-22F, -0x1.cb137cp-23F, -0x1.d921dp-24F, -0x1.01290cp-24F, -0x1.1a68f4p-25F, -0x1.28f3bp-26F, -0x1.6222c6p-27F, -0x1.57dc86p-28F, -0x1.9c7324p-29F, -0x1.9b0bfp-30F, -0x1.cf8b44p-31F,
      /* p4 */ -0x1.bdde2cp-10F, -0x1.46bbap-8F, -0x1.1c705cp-8F, -0x1.8570a8p-10F, 0x1.35f6ep-12F, 0x1.9db5dap-11F, 0x1.63e068p-11F, 0x1.dd5cfap-12F, 0x1.1211ecp-12F, 0x1.4aee5ap-13F, 0x1.5d0f1p-14F, 0x1.7a57f2p-15F, 0x1.ad5714p-16F, 0x1.d6d86ap-17F, 0x1.e6ccbp-18F, 0x1.ff6826p-19F, 0x1.1dafbcp-19F, 0x1.376126p-20F, 0x1.479aecp-21F, 0x1.66d9dap-22F, 0x1.9638acp-23F, 0x1.a6b204p-24F, 0x1.cb121ep-25F, 0x1.d91ea2p-26F, 0x1.0125bep-26F, 0x1.1a6726p-27F, 0x1.28ee04p-28F, 0x1.623d18p-29F, 0x1.57d416p-30F, 0x1.9c8294p-31F, 0x1.9b0592p-32F, 0x1.cf99dep-33F,
      /* p5 */ -0x1.fac0ap-10F, -0x1.5e1ca2p-11F, 0x1.b5993cp-11F, 0x1.bdf4ecp-11F, 0x1.6b7b38p-12F, 0x1.aea2fp-16F, -0x1.20e5e2p-14F, -0x1.219d8p-14F, -0x1.830b64p-15F, -0x1.ee3b54p-16F, -0x1.0f13fep-16F, -0x1.2a780cp-17F, -0x1.54e2fep-18F, -0x1.78506ep-19F, -0x1.8569ap-20F, -0x1.9a977ap-21F, -0x1.cabbbap-22F, -0x1.f41ec8p-23F, -0x1.06dd76p-23F, -0x1.1fc6fcp-24F, -0x1.464ad4p-25F, -0x1.53d6d4p-26F, -0x1.70fa94p-27F, -0x1.7c8a8p-28F, -0x1.9d60eap-29F, -0x1.c61e26p-30F, -0x1.dd2e5ep-31F, -0x1.1aea5ep-31F, -0x1.1432a2p-32F, -0x1.4ae534p-33F, -0x1.4a0288p-34F, -0x1.740392p-35F,
      /* p6 */ 0x1.43abeap-12F, 0x1.23685cp-11F, 0x1.9e3188p-13F, -0x1.0ce10ep-13F, -0x1.fe8546p-14F, -0x1.87c47p-15F, -0x1.b1b86cp-18F, 0x1.538286p-18F, 0x1.81f5c4p-18F, 0x1.0a8ea6p-18F, 0x1.53c82cp-19F, 0x1.83ef24p-20F, 0x1.aee0bp-21F, 0x1.e9a742p-22F, 0x1.03b5dcp-22F, 0x1.13ef5cp-23F, 0x1.3204b2p-24F, 0x1.4d11dep-25F, 0x1.65e752p-26F, 0x1.7f6bap-27F, 0x1.aa740ap-28F, 0x1.c69bdap-29F, 0x1.ec1cdcp-30F, 0x1.fd971ep-31F, 0x1.170f7ep-31F, 0x1.30972ep-32F, 0x1.448c52p-33F, 0x1.52c28ap-34F, 0x1.7a27dp-35F, 0x1.a4d86p-36F, 0x1.bf835ap-37F, 0x1.dfbd3cp-38F};
  static constexpr List<Tail, 2> tails{
      Tail{.low = -0x1.8b5e568000000p+7, .high = -0x1.36f2b40000000p+4, .scale = 0x1.6fa9d43244380p-7, .shift = 0x1.37d287005bea7p+0, .line = {0x0.0p+0, 0x0.0p+0}, .q = {-0x1.b23cacfffff88p+6, 0x1.647ffffffffecp+6, -0x1.21e8cb0b86aa5p-43, -0x1.454368737484bp-44}, .r = {0x1.fffffffffc75cp-1}, .s = {-0x1.ffee1561a24eap-1}}};
};
// clang-format on
