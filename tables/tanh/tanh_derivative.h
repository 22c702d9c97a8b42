// SPDX-License-Identifier: Apache-2.0
// tanh_derivative.h: made by scripts/forge tanh (docs/forge.md), not by hand.
//
// even, 32 x degree 6; covers -10.9 <= x <= 10.9; beyond, tails within 2^-40.9.
// Sampled error 0.856 ulp; seed 1.
// Formula a24eaa175a2af5fa: tanh(x)

// clang-format off
struct tanh_derivative {
  static constexpr std::string_view activation = "tanh";
  static constexpr Role role = Role::kDerivative;
  static constexpr List<double, kMaxParameters> parameters = {};
  static constexpr Plan plan{
      .fold = Fold::kEven, .slope = Slope::kNone, .range = Range::kBetween,
      .line = Line::kNone, .entries = 32, .degree = 6,
      .quadratic = false, .held = false, .mirrored = false,
      .signed_zero = false};
  static constexpr Numbers numbers{
      .a = 0x0p+0F, .b = 0x1.71da2ep+1F, .offset = 0x1.8p+23F, .root = 0x0p+0F, .end = 0x0p+0F, .low = 0x0p+0F, .middle = 0x0p+0F, .half = 0x1.5cda4ap+3F, .total = 0x0p+0F, .line = {0x0p+0F, 0x0p+0F}};
  alignas(64) static constexpr float rows[] = {
      /* center */ 0x1.816a24p-4F, 0x1.47d7eep-2F, 0x1.5109f2p-1F, 0x1.10ea82p+0F, 0x1.5d9bcp+0F, 0x1.bd5642p+0F, 0x1.092ffep+1F, 0x1.36e15ap+1F, 0x1.5fe26cp+1F, 0x1.8d41c4p+1F, 0x1.bb8bfcp+1F, 0x1.ea1438p+1F, 0x1.0a11d6p+2F, 0x1.202e78p+2F, 0x1.360276p+2F, 0x1.4c1924p+2F, 0x1.603baep+2F, 0x1.7869dp+2F, 0x1.8de54ep+2F, 0x1.a54da2p+2F, 0x1.bbaf76p+2F, 0x1.d06404p+2F, 0x1.e5df06p+2F, 0x1.fdaa24p+2F, 0x1.0a1972p+3F, 0x1.14c6bp+3F, 0x1.1fe4e6p+3F, 0x1.29ed2ep+3F, 0x1.35816ep+3F, 0x1.417d86p+3F, 0x1.4c039ap+3F, 0x1.585a22p+3F,
      /* value */ 0x1.fb7e5p-1F, 0x1.cee84ep-1F, 0x1.556982p-1F, 0x1.842fep-2F, 0x1.d65p-3F, 0x1.db638p-4F, 0x1.f7cb94p-5F, 0x1.f5622p-6F, 0x1.0a2188p-6F, 0x1.070c54p-7F, 0x1.ff89e8p-9F, 0x1.eefa8ep-10F, 0x1.00aa9p-10F, 0x1.014834p-11F, 0x1.042a12p-12F, 0x1.04ee34p-13F, 0x1.162a36p-14F, 0x1.055208p-15F, 0x1.0b167ap-16F, 0x1.010b02p-17F, 0x1.fedc72p-19F, 0x1.0b7bcep-19F, 0x1.1166b6p-20F, 0x1.03f6cap-21F, 0x1.011bbap-22F, 0x1.07d778p-23F, 0x1.0762d2p-24F, 0x1.19642ap-25F, 0x1.10ecf8p-26F, 0x1.021682p-27F, 0x1.0b6434p-28F, 0x1.eeaa6ap-30F,
      /* p1 */ -0x1.7ce612p-3F, -0x1.1eadfap-1F, -0x1.8a2344p-1F, -0x1.31e22p-1F, -0x1.9ccafp-2F, -0x1.bef36ap-3F, -0x1.e80eep-4F, -0x1.eda6eap-5F, -0x1.07f5fp-5F, -0x1.05fd7ep-6F, -0x1.fe8a2p-8F, -0x1.ee82dep-9F, -0x1.008a64p-9F, -0x1.01380ap-10F, -0x1.0421dp-11F, -0x1.04ea0cp-12F, -0x1.1627dap-13F, -0x1.0550fep-14F, -0x1.0b15fp-15F, -0x1.010ac2p-16F, -0x1.fedc34p-18F, -0x1.0b7bbep-18F, -0x1.1166aep-19F, -0x1.03f6c6p-20F, -0x1.011bb8p-21F, -0x1.07d778p-22F, -0x1.0762d2p-23F, -0x1.19642ap-24F, -0x1.10ecf8p-25F, -0x1.021682p-26F, -0x1.0b6434p-27F, -0x1.eeaa6ap-29F,
      /* p2 */ -0x1.ee17b8p-1F, -0x1.49bf48p-1F, -0x1.4635fcp-12F, 0x1.4ee752p-2F, 0x1.344e34p-2F, 0x1.88a07ep-3F, 0x1.c9524cp-4F, 0x1.de5e46p-5F, 0x1.03a58ap-5F, 0x1.03e17p-6F, 0x1.fc8b4cp-8F, 0x1.ed93b4p-9F, 0x1.004a1p-9F, 0x1.0117b6p-10F, 0x1.04114ap-11F, 0x1.04e1b8p-12F, 0x1.162316p-13F, 0x1.054ee6p-14F, 0x1.0b14d6p-15F, 0x1.010a42p-16F, 0x1.fedbb8p-18F, 0x1.0b7b98p-18F, 0x1.116696p-19F, 0x1.03f6bcp-20F, 0x1.011bb4p-21F, 0x1.07d774p-22F, 0x1.0762cep-23F, 0x1.19641ep-24F, 0x1.10eceep-25F, 0x1.021682p-26F, 0x1.0b642ep-27F, 0x1.eeaa7cp-29F,
      /* p3 */ 0x1.f5251cp-3F, 0x1.47373ap-1F, 0x1.06e1f6p-1F, 0x1.c006dep-5F, -0x1.566bbp-4F, -0x1.8476dcp-4F, -0x1.09597cp-4F, -0x1.2ae44p-5F, -0x1.4eccbep-6F, -0x1.54e842p-7F, -0x1.505e88p-8F, -0x1.47ce04p-9F, -0x1.550b4ep-10F, -0x1.5673acp-11F, -0x1.5a93c6p-12F, -0x1.5bc0d8p-13F, -0x1.72cc1ep-14F, -0x1.5c623cp-15F, -0x1.6416f8p-16F, -0x1.56b5c6p-17F, -0x1.549052p-18F, -0x1.64a262p-19F, -0x1.6c86f4p-20F, -0x1.5a9d54p-21F, -0x1.56cec2p-22F, -0x1.5fc83ap-23F, -0x1.5f2d2cp-24F, -0x1.772faap-25F, -0x1.6be5f2p-26F, -0x1.581d2ap-27F, -0x1.6484d8p-28F, -0x1.49c698p-29F,
      /* p4 */ 0x1.3c33c8p-1F, 0x1.ad8aep-3F, -0x1.2ecd94p-2F, -0x1.8ca4aep-3F, -0x1.9a1968p-5F, 0x1.2473a2p-6F, 0x1.7ce0bcp-6F, 0x1.03e65ap-6F, 0x1.38590ap-7F, 0x1.49d2b2p-8F, 0x1.4b1324p-9F, 0x1.45455ap-10F, 0x1.53b5p-11F, 0x1.55cb12p-12F, 0x1.5a3ad8p-13F, 0x1.5b9d0ap-14F, 0x1.72c9e8p-15F, 0x1.5c5b56p-16F, 0x1.6416ccp-17F, 0x1.56b04cp-18F, 0x1.548a8ep-19F, 0x1.64a66ap-20F, 0x1.6c921p-21F, 0x1.5a9fbap-22F, 0x1.56ccdcp-23F, 0x1.5fcb14p-24F, 0x1.5f324cp-25F, 0x1.77485cp-26F, 0x1.6bf9dap-27F, 0x1.581b06p-28F, 0x1.6490d2p-29F, 0x1.49b13p-30F,
      /* p5 */ -0x1.9ea82ap-3F, -0x1.b54504p-2F, -0x1.aa519cp-4F, 0x1.d3a306p-4F, 0x1.157f9p-4F, 0x1.ae1138p-7F, -0x1.41a2a4p-9F, -0x1.26249ap-8F, -0x1.acb6cep-9F, -0x1.ed5514p-10F, -0x1.019ecp-10F, -0x1.0120c6p-11F, -0x1.0ef46ep-12F, -0x1.1160a6p-13F, -0x1.160582p-14F, -0x1.16e7fap-15F, -0x1.2962bep-16F, -0x1.18064cp-17F, -0x1.1e727p-18F, -0x1.1379fcp-19F, -0x1.11dc14p-20F, -0x1.1efd4p-21F, -0x1.251e24p-22F, -0x1.168642p-23F, -0x1.136c76p-24F, -0x1.1af6eap-25F, -0x1.1a4ddap-26F, -0x1.2d00d2p-27F, -0x1.242ccp-28F, -0x1.147c88p-29F, -0x1.1e619ap-30F, -0x1.088d24p-31F,
      /* p6 */ -0x1.545784p-2F, 0x1.72f7c4p-5F, 0x1.70149p-3F, 0x1.f2dcc2p-9F, -0x1.0ba594p-5F, -0x1.d8e84ep-7F, -0x1.84e074p-9F, 0x1.54c38p-12F, 0x1.74fb3p-11F, 0x1.11450ep-11F, 0x1.41caa2p-12F, 0x1.58dcc2p-13F, 0x1.63c2aep-14F, 0x1.675a74p-15F, 0x1.71e538p-16F, 0x1.6c309p-17F, 0x1.7562c2p-18F, 0x1.71e43cp-19F, 0x1.7938e8p-20F, 0x1.722086p-21F, 0x1.71765ep-22F, 0x1.7af258p-23F, 0x1.7c6668p-24F, 0x1.71e21cp-25F, 0x1.720dacp-26F, 0x1.770e96p-27F, 0x1.7462fp-28F, 0x1.782588p-29F, 0x1.7361dcp-30F, 0x1.73cc72p-31F, 0x1.7383fcp-32F, 0x1.774516p-33F};
  static constexpr List<Tail, 2> tails{
      Tail{.low = 0x1.5cda4a0000000p+3, .high = 0x1.8e9b494000000p+6, .scale = 0x1.713786d9c7c09p-6, .shift = -0x1.3ee449ea5dbf2p+0, .line = {0x0.0p+0, 0x0.0p+0}, .q = {-0x1.b4ab01c041681p+6, -0x1.62fffffffffe3p+6, -0x1.d0781f904c0e7p-43, 0x1.5044ca3fc3c0dp-44}, .r = {0x1.fffffffffb938p-1}, .s = {-0x1.ff7b4a7c669f4p-2}}};
};
// clang-format on
