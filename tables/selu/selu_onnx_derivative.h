// SPDX-License-Identifier: Apache-2.0
// selu_onnx_derivative.h: made by scripts/forge selu_onnx (docs/forge.md), not by hand.
//
// onesided, 16 x degree 6; covers x >= -10.95; beyond, tails within 2^-42.5.
// Sampled error 0.729 ulp; seed 1.
// Formula b8fb827c6691633e: 1.0507010221... * select(x > 0, x, 1.6732631921... * expm1(x))

// clang-format off
struct selu_onnx_derivative {
  static constexpr std::string_view activation = "selu_onnx";
  static constexpr Role role = Role::kDerivative;
  static constexpr List<double, kMaxParameters> parameters = {};
  static constexpr Plan plan{
      .fold = Fold::kOneSided, .slope = Slope::kNone, .range = Range::kFrom,
      .line = Line::kFlat, .entries = 16, .degree = 6,
      .quadratic = false, .held = false, .mirrored = false,
      .signed_zero = false};
  static constexpr Numbers numbers{
      .a = 0x0p+0F, .b = -0x1.6a6b2p+0F, .offset = 0x1.8p+23F, .root = 0x0p+0F, .end = 0x0p+0F, .low = -0x1.5e5b78p+3F, .middle = 0x0p+0F, .half = 0x0p+0F, .total = 0x0p+0F, .line = {0x1.0cfabep+0F, 0x0p+0F}};
  alignas(64) static constexpr float rows[] = {
      /* center */ -0x1.52313cp-3F, -0x1.6283dep-1F, -0x1.58d9aep+0F, -0x1.091152p+1F, -0x1.65f534p+1F, -0x1.c1cffep+1F, -0x1.0feab8p+2F, -0x1.39fb62p+2F, -0x1.6dae3ap+2F, -0x1.967842p+2F, -0x1.c6612ap+2F, -0x1.f10046p+2F, -0x1.117de4p+3F, -0x1.240418p+3F, -0x1.3db25ep+3F, -0x1.5366d2p+3F,
      /* value */ 0x1.7d904ep+0F, 0x1.c2678p-1F, 0x1.d413cep-2F, 0x1.c5f602p-3F, 0x1.b76b54p-4F, 0x1.accc6p-5F, 0x1.9b6938p-6F, 0x1.aa70c4p-7F, 0x1.7c4008p-8F, 0x1.9213e6p-9F, 0x1.7c6456p-10F, 0x1.86e006p-11F, 0x1.66026cp-12F, 0x1.9158ap-13F, 0x1.67c38ep-14F, 0x1.6d273cp-15F,
      /* p1 */ 0x1.7d904ep+0F, 0x1.c26782p-1F, 0x1.d413cep-2F, 0x1.c5f602p-3F, 0x1.b76b54p-4F, 0x1.accc6p-5F, 0x1.9b693ap-6F, 0x1.aa70c4p-7F, 0x1.7c4008p-8F, 0x1.9213e8p-9F, 0x1.7c6456p-10F, 0x1.86e008p-11F, 0x1.66026cp-12F, 0x1.9158ap-13F, 0x1.67c38ep-14F, 0x1.6d273ep-15F,
      /* p2 */ 0x1.7d904ep-1F, 0x1.c2677cp-2F, 0x1.d413bap-3F, 0x1.c5f5fp-4F, 0x1.b76b44p-5F, 0x1.accc54p-6F, 0x1.9b693ap-7F, 0x1.aa70b4p-8F, 0x1.7c4016p-9F, 0x1.9213e6p-10F, 0x1.7c645ep-11F, 0x1.86e006p-12F, 0x1.66027ap-13F, 0x1.91589p-14F, 0x1.67c396p-15F, 0x1.6d273ep-16F,
      /* p3 */ 0x1.fcc054p-3F, 0x1.2c4378p-3F, 0x1.380dp-4F, 0x1.2ea3a2p-5F, 0x1.24f1aep-6F, 0x1.1ddcf8p-7F, 0x1.1244a8p-8F, 0x1.1c4abcp-9F, 0x1.faff64p-11F, 0x1.0c0bccp-11F, 0x1.fb2f5cp-13F, 0x1.0493e6p-13F, 0x1.dd5816p-15F, 0x1.0b902cp-15F, 0x1.dfae68p-17F, 0x1.e6dc28p-18F,
      /* p4 */ 0x1.fcc0e2p-5F, 0x1.2c4866p-5F, 0x1.382366p-6F, 0x1.2eb70ap-7F, 0x1.250172p-8F, 0x1.1de8a4p-9F, 0x1.1243bep-10F, 0x1.1c5b64p-11F, 0x1.fadeep-13F, 0x1.0c0d2ep-13F, 0x1.fb1d3ep-15F, 0x1.04952ap-15F, 0x1.dd36f6p-17F, 0x1.0ba22ep-17F, 0x1.df9c0ap-19F, 0x1.e6da62p-20F,
      /* p5 */ 0x1.97721ep-7F, 0x1.e31e74p-8F, 0x1.f47edap-9F, 0x1.e5be88p-10F, 0x1.d6809p-11F, 0x1.cb46bep-12F, 0x1.b95f84p-13F, 0x1.c876f4p-14F, 0x1.96d746p-15F, 0x1.af5e3ep-16F, 0x1.97663p-17F, 0x1.a35dc4p-18F, 0x1.7ee924p-19F, 0x1.ad48c2p-20F, 0x1.81477p-21F, 0x1.87cf5cp-22F,
      /* p6 */ 0x1.0dfdbcp-9F, 0x1.3e38dcp-10F, 0x1.36eebep-11F, 0x1.317c52p-12F, 0x1.2c1946p-13F, 0x1.28721ep-14F, 0x1.27505ep-15F, 0x1.213828p-16F, 0x1.1fae42p-17F, 0x1.1e876ep-18F, 0x1.184e5ap-19F, 0x1.16af8p-20F, 0x1.10878cp-21F, 0x1.0c53e2p-22F, 0x1.09c1b6p-23F, 0x1.063474p-24F};
  static constexpr List<Tail, 2> tails{
      Tail{.low = -0x1.8c65b78000000p+7, .high = -0x1.5e5b780000000p+3, .scale = 0x1.5dfdf303137b6p-7, .shift = 0x1.1defe3f92a0a4p+0, .line = {0x0.0p+0, 0x0.0p+0}, .q = {-0x1.a009a89f9fd34p+6, 0x1.7680000000008p+6, 0x1.28f9c10c9d286p-43, 0x1.d8587109f3388p-46}, .r = {0x1.0000000000f39p+0}, .s = {}}};
};
// clang-format on
