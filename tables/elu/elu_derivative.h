// SPDX-License-Identifier: Apache-2.0
// elu_derivative.h: made by scripts/forge elu (docs/forge.md), not by hand.
//
// onesided, 16 x degree 6; covers x >= -11.69; beyond, tails within 2^-43.0.
// Sampled error 0.889 ulp; seed 1.
// Formula 55b730c2e3c1a8d8: select(x > 0, x, alpha * expm1(x))

// clang-format off
struct elu_derivative {
  static constexpr std::string_view activation = "elu";
  static constexpr Role role = Role::kDerivative;
  static constexpr List<double, kMaxParameters> parameters = {1};
  static constexpr Plan plan{
      .fold = Fold::kOneSided, .slope = Slope::kNone, .range = Range::kFrom,
      .line = Line::kFlat, .entries = 16, .degree = 6,
      .quadratic = false, .held = false, .mirrored = false,
      .signed_zero = false};
  static constexpr Numbers numbers{
      .a = 0x0p+0F, .b = -0x1.5380aap+0F, .offset = 0x1.8p+23F, .root = 0x0p+0F, .end = 0x0p+0F, .low = -0x1.76018p+3F, .middle = 0x0p+0F, .half = 0x0p+0F, .total = 0x0p+0F, .line = {0x1p+0F, 0x0p+0F}};
  alignas(64) static constexpr float rows[] = {
      /* center */ -0x1.76437ap-3F, -0x1.7a396ep-1F, -0x1.831d82p+0F, -0x1.24b3b6p+1F, -0x1.89bfc2p+1F, -0x1.dc3538p+1F, -0x1.22f672p+2F, -0x1.557e88p+2F, -0x1.82a8e4p+2F, -0x1.b32e14p+2F, -0x1.de07f6p+2F, -0x1.0ab4e2p+3F, -0x1.228666p+3F, -0x1.3a7a56p+3F, -0x1.51fd56p+3F, -0x1.6b7172p+3F,
      /* value */ 0x1.aa7c54p-1F, 0x1.e930d2p-2F, 0x1.c37182p-3F, 0x1.a024eap-4F, 0x1.79f1fp-5F, 0x1.8ce69cp-6F, 0x1.5b8d74p-7F, 0x1.3b9c24p-8F, 0x1.37ab6ep-9F, 0x1.240f8ep-10F, 0x1.2b08f4p-11F, 0x1.f7768cp-13F, 0x1.de5848p-14F, 0x1.c492fap-15F, 0x1.b222c8p-16F, 0x1.87edep-17F,
      /* p1 */ 0x1.aa7c54p-1F, 0x1.e930d4p-2F, 0x1.c37184p-3F, 0x1.a024ecp-4F, 0x1.79f1f2p-5F, 0x1.8ce69cp-6F, 0x1.5b8d76p-7F, 0x1.3b9c26p-8F, 0x1.37ab7p-9F, 0x1.240f9p-10F, 0x1.2b08f4p-11F, 0x1.f7768ep-13F, 0x1.de584ap-14F, 0x1.c492fcp-15F, 0x1.b222cap-16F, 0x1.87ede2p-17F,
      /* p2 */ 0x1.aa7c54p-2F, 0x1.e930c8p-3F, 0x1.c3718p-4F, 0x1.a024fp-5F, 0x1.79f2p-6F, 0x1.8ce686p-7F, 0x1.5b8d78p-8F, 0x1.3b9c3p-9F, 0x1.37ab7p-10F, 0x1.240f9p-11F, 0x1.2b08e2p-12F, 0x1.f7769ap-14F, 0x1.de585p-15F, 0x1.c493p-16F, 0x1.b222c6p-17F, 0x1.87edecp-18F,
      /* p3 */ 0x1.1c52d4p-3F, 0x1.461ed8p-4F, 0x1.2cf4aap-5F, 0x1.156c5cp-6F, 0x1.f7ea88p-8F, 0x1.08994ep-8F, 0x1.cf646p-10F, 0x1.a4cd9ap-11F, 0x1.9f8c7cp-12F, 0x1.856768p-13F, 0x1.8eb64cp-14F, 0x1.4fa2acp-15F, 0x1.3ee3d2p-16F, 0x1.2db5a8p-17F, 0x1.216aep-18F, 0x1.0547cap-19F,
      /* p4 */ 0x1.1c531ep-5F, 0x1.462854p-6F, 0x1.2cf7p-7F, 0x1.1567c6p-8F, 0x1.f7cff2p-10F, 0x1.08ade6p-10F, 0x1.cf5ed2p-12F, 0x1.a4ba7ep-13F, 0x1.9f8b1ep-14F, 0x1.8565b2p-15F, 0x1.8ed98p-16F, 0x1.4f96b6p-17F, 0x1.3eddp-18F, 0x1.2db0dcp-19F, 0x1.216d04p-20F, 0x1.053dc4p-21F,
      /* p5 */ 0x1.c77e2p-8F, 0x1.06694ep-8F, 0x1.e46d88p-10F, 0x1.be8d82p-11F, 0x1.955e84p-12F, 0x1.a8e58ep-13F, 0x1.750938p-14F, 0x1.52a5f6p-15F, 0x1.4e949cp-16F, 0x1.398e2ep-17F, 0x1.3fd478p-18F, 0x1.0e048p-19F, 0x1.009a5cp-20F, 0x1.e59b62p-22F, 0x1.d1e1ap-23F, 0x1.a4798p-24F,
      /* p6 */ 0x1.2e628p-10F, 0x1.57266p-11F, 0x1.41b27cp-12F, 0x1.2d9dc4p-13F, 0x1.18ffcap-14F, 0x1.0a57c2p-15F, 0x1.f64f86p-17F, 0x1.d2c2a4p-18F, 0x1.bf8764p-19F, 0x1.a3e076p-20F, 0x1.8b0248p-21F, 0x1.71d752p-22F, 0x1.5c03cap-23F, 0x1.47ef5ap-24F, 0x1.358bcep-25F, 0x1.20851ap-26F};
  static constexpr List<Tail, 2> tails{
      Tail{.low = -0x1.8b60180000000p+7, .high = -0x1.7601800000000p+3, .scale = 0x1.6058160581606p-7, .shift = 0x1.202c2c0b02c0bp+0, .line = {0x0.0p+0, 0x0.0p+0}, .q = {-0x1.a2c0300000010p+6, 0x1.73ffffffffffap+6, -0x1.32287ad41973fp-45, -0x1.033171c69081ap-46}, .r = {0x1.00000000004edp+0}, .s = {}}};
};
// clang-format on
