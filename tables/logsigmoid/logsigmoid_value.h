// SPDX-License-Identifier: Apache-2.0
// logsigmoid_value.h: made by scripts/forge logsigmoid (docs/forge.md), not by hand.
//
// plain, 32 x degree 6; covers -11.89 <= x <= 11.17; beyond, tails within 2^-36.6.
// Sampled error 0.894 ulp; seed 1.
// Formula 78be7cc664de91a8: -softplus(-x)

// clang-format off
struct logsigmoid_value {
  static constexpr std::string_view activation = "logsigmoid";
  static constexpr Role role = Role::kValue;
  static constexpr List<double, kMaxParameters> parameters = {};
  static constexpr Plan plan{
      .fold = Fold::kPlain, .slope = Slope::kNone, .range = Range::kBetween,
      .line = Line::kNone, .entries = 32, .degree = 6,
      .quadratic = false, .held = false, .mirrored = false,
      .signed_zero = false};
  static constexpr Numbers numbers{
      .a = 0x0p+0F, .b = 0x1.63401p+0F, .offset = 0x1.80002p+23F, .root = 0x0p+0F, .end = 0x0p+0F, .low = 0x0p+0F, .middle = -0x1.70f4f2p-2F, .half = 0x1.70f4c2p+3F, .total = 0x0p+0F, .line = {0x0p+0F, 0x0p+0F}};
  alignas(64) static constexpr float rows[] = {
      /* center */ -0x1.71ee6cp+3F, -0x1.5bc02ep+3F, -0x1.41cce2p+3F, -0x1.2dd3ap+3F, -0x1.1389dcp+3F, -0x1.f785dcp+2F, -0x1.d04024p+2F, -0x1.9e8b56p+2F, -0x1.6ef158p+2F, -0x1.429642p+2F, -0x1.104e78p+2F, -0x1.d4409ap+1F, -0x1.6c9fbp+1F, -0x1.13a51ap+1F, -0x1.7539dap+0F, -0x1.83d74cp-1F, -0x1.8df198p-10F, 0x1.4dfe5cp-1F, 0x1.6abc3p+0F, 0x1.15774ep+1F, 0x1.6b24fp+1F, 0x1.c67594p+1F, 0x1.101dbep+2F, 0x1.43d02ep+2F, 0x1.737078p+2F, 0x1.a12eeep+2F, 0x1.cb8776p+2F, 0x1.f7dd2ep+2F, 0x1.142f1cp+3F, 0x1.2ae86ap+3F, 0x1.43bebap+3F, 0x1.5bc0ccp+3F,
      /* value */ -0x1.71ee8p+3F, -0x1.5bc056p+3F, -0x1.41cd3cp+3F, -0x1.2dd448p+3F, -0x1.138b5ap+3F, -0x1.f78c22p+2F, -0x1.d04bbap+2F, -0x1.9ea484p+2F, -0x1.6f2646p+2F, -0x1.42fffp+2F, -0x1.11356cp+2F, -0x1.d7829ap+1F, -0x1.73d4cep+1F, -0x1.21b3c4p+1F, -0x1.aac99p+0F, -0x1.24584cp+0F, -0x1.6347b6p-1F, -0x1.ad518ap-2F, -0x1.bc99d2p-3F, -0x1.bbcf7ap-4F, -0x1.d27dfap-5F, -0x1.cfc7b4p-6F, -0x1.cf45b8p-7F, -0x1.9eb8c6p-8F, -0x1.8ac05ep-9F, -0x1.829ccp-10F, -0x1.8f1fd2p-11F, -0x1.8f5db6p-12F, -0x1.765f52p-13F, -0x1.7016a4p-14F, -0x1.52c61ep-15F, -0x1.3ff934p-16F,
      /* p1 */ 0x1.fffecp-1F, 0x1.fffd8p-1F, 0x1.fffa6p-1F, 0x1.fff58p-1F, 0x1.ffe82p-1F, 0x1.ffcdd2p-1F, 0x1.ffa358p-1F, 0x1.ff36b8p-1F, 0x1.fe593ep-1F, 0x1.fcb548p-1F, 0x1.f8d556p-1F, 0x1.f32218p-1F, 0x1.e3f77ap-1F, 0x1.cabf9ep-1F, 0x1.9f575ep-1F, 0x1.5c9346p-1F, 0x1.0031bep-1F, 0x1.5eaefcp-2F, 0x1.8fa6f8p-3F, 0x1.a49ca6p-4F, 0x1.c5756p-5F, 0x1.c9470ap-6F, 0x1.cc034ap-7F, 0x1.9d698ep-8F, 0x1.8a2858p-9F, 0x1.8253cep-10F, 0x1.8ef8f2p-11F, 0x1.8f4a3ep-12F, 0x1.7656c6p-13F, 0x1.701282p-14F, 0x1.52c45ep-15F, 0x1.3ff86cp-16F,
      /* p2 */ -0x1.3ff91p-18F, -0x1.3fbb82p-17F, -0x1.67fadep-16F, -0x1.500c2ep-15F, -0x1.7e04cep-14F, -0x1.91499ep-13F, -0x1.725694p-12F, -0x1.91f22cp-11F, -0x1.a565eap-10F, -0x1.a2a60ep-9F, -0x1.c43efp-8F, -0x1.9163e4p-7F, -0x1.a7f984p-6F, -0x1.7db438p-5F, -0x1.39a4c2p-4F, -0x1.bd0bb2p-4F, -0x1.ffffe8p-4F, -0x1.cd2c56p-4F, -0x1.41a9bap-4F, -0x1.796b84p-5F, -0x1.ac5bacp-6F, -0x1.bc83d4p-7F, -0x1.c58e0cp-8F, -0x1.9acdfp-9F, -0x1.88f8fp-10F, -0x1.81c214p-11F, -0x1.8eab3p-12F, -0x1.8f233ep-13F, -0x1.7645a6p-14F, -0x1.700a3p-15F, -0x1.52c0e2p-16F, -0x1.3ff6e8p-17F,
      /* p3 */ -0x1.aa4192p-20F, -0x1.a924b8p-19F, -0x1.de30dcp-18F, -0x1.bc8adp-17F, -0x1.f5140cp-16F, -0x1.0968bep-14F, -0x1.eb9ba2p-14F, -0x1.0b71dap-12F, -0x1.16b8e8p-11F, -0x1.1368dep-10F, -0x1.250b0ep-9F, -0x1.fc3bc6p-9F, -0x1.f7652cp-8F, -0x1.9318f8p-7F, -0x1.044ca2p-6F, -0x1.ad1feep-7F, -0x1.080d1ep-15F, 0x1.837906p-7F, 0x1.057e9cp-6F, 0x1.8fe28ap-7F, 0x1.fbeb74p-8F, 0x1.17cd9p-8F, 0x1.25e1aep-9F, 0x1.0e69a4p-10F, 0x1.046762p-11F, 0x1.00693cp-12F, 0x1.095e9ep-13F, 0x1.09e39ap-14F, 0x1.f2d744p-16F, 0x1.eaa0d8p-17F, 0x1.c3a118p-18F, 0x1.aa99a6p-19F,
      /* p4 */ -0x1.b131a2p-22F, -0x1.e34742p-21F, -0x1.d8750cp-20F, -0x1.bf812ep-19F, -0x1.c0aea6p-18F, -0x1.000e18p-16F, -0x1.f6cdc2p-16F, -0x1.09ec0cp-14F, -0x1.114422p-13F, -0x1.0c7aaap-12F, -0x1.147a8cp-11F, -0x1.c8f6cp-11F, -0x1.85a06ep-10F, -0x1.c0affap-10F, -0x1.0ece54p-11F, 0x1.68dcccp-9F, 0x1.5549fp-8F, 0x1.af10dp-9F, -0x1.8b734p-12F, -0x1.c1feb2p-10F, -0x1.87d4f2p-10F, -0x1.f02cf4p-11F, -0x1.154a8ap-11F, -0x1.079108p-12F, -0x1.013baep-13F, -0x1.fdbe5p-15F, -0x1.08971p-15F, -0x1.099048p-16F, -0x1.f28476p-18F, -0x1.ea8cccp-19F, -0x1.c383e2p-20F, -0x1.aa76c6p-21F,
      /* p5 */ -0x1.7f6fc8p-24F, -0x1.fb30b4p-23F, -0x1.173a2p-21F, -0x1.850d3ep-20F, -0x1.33c28cp-18F, -0x1.b6da2ep-18F, -0x1.183894p-17F, -0x1.6f2bd2p-17F, -0x1.fca864p-16F, -0x1.a9c43ep-15F, -0x1.8ae32ap-14F, -0x1.254e8ep-13F, -0x1.2e9778p-13F, 0x1.4fe088p-14F, 0x1.5da2fcp-11F, 0x1.0f3a14p-10F, 0x1.344884p-19F, -0x1.05f09cp-10F, -0x1.711d6ap-11F, -0x1.22431ep-14F, 0x1.2af24p-13F, 0x1.2d2674p-13F, 0x1.8802fcp-14F, 0x1.91611p-15F, 0x1.931c72p-16F, 0x1.94c704p-17F, 0x1.a6fdeap-18F, 0x1.a88b6ap-19F, 0x1.908194p-20F, 0x1.89d5e2p-21F, 0x1.6ad314p-22F, 0x1.565f0ep-23F,
      /* p6 */ 0x1.46d8ep-26F, 0x1.c0105ap-22F, -0x1.480a1p-22F, 0x1.e0395ap-21F, -0x1.ba1b32p-18F, -0x1.ca2512p-18F, 0x1.1c75dp-18F, -0x1.56eabcp-20F, -0x1.94791cp-17F, -0x1.d457d4p-18F, -0x1.adab4p-17F, -0x1.20d64cp-18F, 0x1.c221c6p-17F, 0x1.95319cp-14F, 0x1.49d546p-13F, -0x1.ec232ap-15F, -0x1.64354p-12F, -0x1.fb06dp-15F, 0x1.546a84p-13F, 0x1.8e8d1ep-14F, 0x1.e597cp-17F, -0x1.64bc8ap-17F, -0x1.75d6e4p-17F, -0x1.dfb9fp-18F, -0x1.075928p-18F, -0x1.0dadcp-19F, -0x1.10ccc8p-20F, -0x1.0669acp-21F, -0x1.06f1fcp-22F, -0x1.f8e75p-24F, -0x1.ed5ed2p-25F, -0x1.e1d4cp-26F};
  static constexpr List<Tail, 2> tails{
      Tail{.low = -0x1.6a3e34c800000p+4, .high = -0x1.7c7c699000000p+3, .scale = 0x1.7d05f417d05f4p-3, .shift = 0x1.9b270129aca6bp+1, .line = {0x0.0p+0, 0x1.0000000000000p+0}, .q = {-0x1.1442d7bf0520ap+4, 0x1.580206faa692ap+2, 0x1.3fa0c5d457149p-16, 0x1.94f6f2214a90cp-19}, .r = {-0x1.0040b78246857p+0}, .s = {}},
      Tail{.low = 0x1.656d1a7000000p+3, .high = 0x1.a8ada34e00000p+6, .scale = 0x1.58ed2308158edp-6, .shift = -0x1.3c32b64e25b9fp+0, .line = {0x0.0p+0, 0x0.0p+0}, .q = {-0x1.d55b469da8dcap+5, -0x1.7c00000056326p+5, 0x1.42486ae2f8e5dp-30, -0x1.fd9dbf065a899p-32}, .r = {-0x1.000000351cbc7p+0, -0x1.58375442aa37bp-29, 0x1.4388a3d745bc0p-30, -0x1.039cc5f77e3a6p-31}, .s = {0x1.fffebe5b20525p-2}}};
};
// clang-format on
