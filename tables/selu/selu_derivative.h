// SPDX-License-Identifier: Apache-2.0
// selu_derivative.h: made by scripts/forge selu (docs/forge.md), not by hand.
//
// onesided, 16 x degree 6; covers x >= -10.93; beyond, tails within 2^-41.1.
// Sampled error 0.716 ulp; seed 1.
// Formula bb092303f6c364e6: 1.0507009873... * select(x > 0, x, 1.6732632423... * expm1(x))

// clang-format off
struct selu_derivative {
  static constexpr std::string_view activation = "selu";
  static constexpr Role role = Role::kDerivative;
  static constexpr List<double, kMaxParameters> parameters = {};
  static constexpr Plan plan{
      .fold = Fold::kOneSided, .slope = Slope::kNone, .range = Range::kFrom,
      .line = Line::kFlat, .entries = 16, .degree = 6,
      .quadratic = false, .held = false, .mirrored = false,
      .signed_zero = false};
  static constexpr Numbers numbers{
      .a = 0x0p+0F, .b = -0x1.6b2886p+0F, .offset = 0x1.8p+23F, .root = 0x0p+0F, .end = 0x0p+0F, .low = -0x1.5da4cp+3F, .middle = 0x0p+0F, .half = 0x0p+0F, .total = 0x0p+0F, .line = {0x1.0cfabep+0F, -0x1.2adddap-25F}};
  alignas(64) static constexpr float rows[] = {
      /* center */ -0x1.361496p-3F, -0x1.4a3cb8p-1F, -0x1.5d3384p+0F, -0x1.14c55ep+1F, -0x1.701ebap+1F, -0x1.c87bb6p+1F, -0x1.115afcp+2F, -0x1.3ff05p+2F, -0x1.6c1b0cp+2F, -0x1.9a5ad2p+2F, -0x1.c492a8p+2F, -0x1.f2d16p+2F, -0x1.0f3684p+3F, -0x1.24e93ep+3F, -0x1.3b9b6p+3F, -0x1.512176p+3F,
      /* value */ 0x1.82d65cp+0F, 0x1.d846a4p-1F, 0x1.cc3072p-2F, 0x1.9e4b9cp-3F, 0x1.95e1b8p-4F, 0x1.97060ep-5F, 0x1.92444ep-6F, 0x1.848a7ap-7F, 0x1.85b934p-8F, 0x1.7a6576p-9F, 0x1.87487ap-10F, 0x1.7bef64p-11F, 0x1.806f1cp-12F, 0x1.864674p-13F, 0x1.800b04p-14F, 0x1.880236p-15F,
      /* p1 */ 0x1.82d65cp+0F, 0x1.d846a4p-1F, 0x1.cc3072p-2F, 0x1.9e4b9cp-3F, 0x1.95e1b8p-4F, 0x1.97061p-5F, 0x1.92444ep-6F, 0x1.848a7ap-7F, 0x1.85b934p-8F, 0x1.7a6576p-9F, 0x1.87487cp-10F, 0x1.7bef64p-11F, 0x1.806f1ep-12F, 0x1.864674p-13F, 0x1.800b04p-14F, 0x1.880236p-15F,
      /* p2 */ 0x1.82d65cp-1F, 0x1.d8469p-2F, 0x1.cc306p-3F, 0x1.9e4ba8p-4F, 0x1.95e1c6p-5F, 0x1.970616p-6F, 0x1.924458p-7F, 0x1.848a8ap-8F, 0x1.85b94p-9F, 0x1.7a6586p-10F, 0x1.87487ep-11F, 0x1.7bef6cp-12F, 0x1.806f2p-13F, 0x1.86466ap-14F, 0x1.800afcp-15F, 0x1.880226p-16F,
      /* p3 */ 0x1.01e436p-2F, 0x1.3ad98p-3F, 0x1.32ca9p-4F, 0x1.1431e8p-5F, 0x1.0e9614p-6F, 0x1.0f57eep-7F, 0x1.0c2d02p-8F, 0x1.0306b2p-9F, 0x1.03d05cp-10F, 0x1.f886c6p-12F, 0x1.04d98ap-12F, 0x1.fa937ap-14F, 0x1.0048a4p-14F, 0x1.042e6p-15F, 0x1.0006bep-16F, 0x1.055668p-17F,
      /* p4 */ 0x1.01e4f2p-4F, 0x1.3aef84p-5F, 0x1.32ddc8p-6F, 0x1.142446p-7F, 0x1.0e8616p-8F, 0x1.0f5126p-9F, 0x1.0c21a2p-10F, 0x1.02f4cp-11F, 0x1.03c2bap-12F, 0x1.f862a4p-14F, 0x1.04d6bp-14F, 0x1.fa807ap-16F, 0x1.004618p-16F, 0x1.043796p-17F, 0x1.000e12p-18F, 0x1.05667ap-19F,
      /* p5 */ 0x1.9cfe5p-7F, 0x1.f918d2p-8F, 0x1.ec735ap-9F, 0x1.bb8a64p-10F, 0x1.b25f0ap-11F, 0x1.b49796p-12F, 0x1.aebe9ep-13F, 0x1.9fa396p-14F, 0x1.a12fdep-15F, 0x1.94bb74p-16F, 0x1.a3c9e2p-17F, 0x1.96de9ep-18F, 0x1.9c7386p-19F, 0x1.a211f6p-20F, 0x1.9b6c1ep-21F, 0x1.a39946p-22F,
      /* p6 */ 0x1.0ecfc8p-9F, 0x1.3aeae8p-10F, 0x1.36499p-11F, 0x1.34fa1ep-12F, 0x1.31737ap-13F, 0x1.292a6ep-14F, 0x1.2a312ep-15F, 0x1.2718p-16F, 0x1.2375a6p-17F, 0x1.201d34p-18F, 0x1.1a8eep-19F, 0x1.18a222p-20F, 0x1.1542fap-21F, 0x1.0f5d7p-22F, 0x1.0c87a4p-23F, 0x1.0966b8p-24F};
  static constexpr List<Tail, 2> tails{
      Tail{.low = -0x1.8c5a4c0000000p+7, .high = -0x1.5da4c00000000p+3, .scale = 0x1.5dfdf303137b6p-7, .shift = 0x1.1de04717955cap+0, .line = {0x0.0p+0, 0x0.0p+0}, .q = {-0x1.9ff2d19fd5883p+6, 0x1.7680000000016p+6, 0x1.f6a6691f16bc0p-44, 0x1.dda6cac2a3af4p-45}, .r = {0x1.000000000129dp+0}, .s = {}}};
};
// clang-format on
