// SPDX-License-Identifier: Apache-2.0
// tanh_value.h: made by scripts/forge tanh (docs/forge.md), not by hand.
//
// odd, 16 x degree 7; covers all x.
// Sampled error 0.797 ulp; seed 1.
// Formula a24eaa175a2af5fa: tanh(x)

// clang-format off
struct tanh_value {
  static constexpr std::string_view activation = "tanh";
  static constexpr Role role = Role::kValue;
  static constexpr List<double, kMaxParameters> parameters = {};
  static constexpr Plan plan{
      .fold = Fold::kOdd, .slope = Slope::kOrigin, .range = Range::kAll,
      .line = Line::kNone, .entries = 16, .degree = 7,
      .quadratic = false, .held = true, .mirrored = false,
      .signed_zero = false};
  static constexpr Numbers numbers{
      .a = 0x0p+0F, .b = 0x1.841c84p+0F, .offset = 0x1.8p+23F, .root = 0x0p+0F, .end = 0x1.4729e8p+3F, .low = 0x0p+0F, .middle = 0x0p+0F, .half = 0x0p+0F, .total = 0x0p+0F, .line = {0x0p+0F, 0x0p+0F}};
  alignas(64) static constexpr float rows[] = {
      /* center */ 0x0p+0F, 0x1.51b7aep-1F, 0x1.5be002p+0F, 0x1.fcfd02p+0F, 0x1.4f9262p+1F, 0x1.ab3a16p+1F, 0x1.002ce6p+2F, 0x1.28fbf6p+2F, 0x1.552ca4p+2F, 0x1.7a7a2cp+2F, 0x1.a923d4p+2F, 0x1.ce06a6p+2F, 0x1.f70408p+2F, 0x1.15424cp+3F, 0x1.2f81a6p+3F, 0x1.44a16ap+3F,
      /* value */ 0x0p+0F, 0x1.11ca7ep-27F, 0x1.c094b8p-1F, 0x1.ed26d6p-1F, 0x1.fa9e7p-1F, 0x1.feb5b6p-1F, 0x1.ffa892p-1F, 0x1.ffe792p-1F, 0x1.fff9dcp-1F, 0x1.fffe16p-1F, 0x1.ffff8ep-1F, 0x1.ffffdcp-1F, 0x1.fffff6p-1F, 0x1.fffffep-1F, 0x1p+0F, 0x1p+0F,
      /* p1 */ -0x1p-53F, -0x1.af610ap-3F, 0x1.dbee4ap-3F, 0x1.280598p-4F, 0x1.5694b4p-6F, 0x1.49df76p-8F, 0x1.5d9a22p-10F, 0x1.86d6acp-12F, 0x1.88fda2p-14F, 0x1.e9ff1cp-16F, 0x1.c8005ep-18F, 0x1.1fffe4p-19F, 0x1.3ffff6p-21F, 0x1.ffffb2p-24F, 0x1.2ed07ap-25F, 0x1.52a1c8p-27F,
      /* p2 */ -0x1.08db98p-22F, -0x1.8a2362p-2F, -0x1.a0fabap-3F, -0x1.1d1fbap-4F, -0x1.52faf4p-6F, -0x1.490ab2p-8F, -0x1.5d5e84p-10F, -0x1.86c422p-12F, -0x1.88f8f4p-14F, -0x1.e9ff9ap-16F, -0x1.c81014p-18F, -0x1.1ff18cp-19F, -0x1.3ffd5cp-21F, -0x1.ffd5bp-24F, -0x1.e1b278p-20F, -0x1.024d5p-21F,
      /* p3 */ -0x1.5551a8p-2F, 0x1.2eb4acp-11F, 0x1.9d605ep-4F, 0x1.5fe7eap-5F, 0x1.ba7256p-7F, 0x1.b48364p-9F, 0x1.d1359ap-11F, 0x1.046a3ap-12F, 0x1.05f5fap-14F, 0x1.46a96ep-16F, 0x1.2fe5d6p-18F, 0x1.7fcb32p-20F, 0x1.aaa2d2p-22F, 0x1.554c0ap-24F, -0x1.611deep-17F, -0x1.88eb46p-19F,
      /* p4 */ -0x1.14dbbcp-12F, 0x1.063c9ap-3F, -0x1.50c856p-6F, -0x1.29d68ap-6F, -0x1.a7a27cp-8F, -0x1.b0122cp-10F, -0x1.cfea8cp-12F, -0x1.042f18p-13F, -0x1.05e52p-15F, -0x1.463f1ep-17F, -0x1.2cfbp-19F, -0x1.84d116p-21F, -0x1.aba1ccp-23F, -0x1.5e0b82p-25F, -0x1.b1a46p-18F, -0x1.60d572p-19F,
      /* p5 */ 0x1.15a91ap-3F, -0x1.e5ff68p-5F, -0x1.57c69cp-7F, 0x1.3a7bf6p-8F, 0x1.356acap-9F, 0x1.52546ap-11F, 0x1.70af2ep-13F, 0x1.9f6d76p-15F, 0x1.a22a82p-17F, 0x1.042a9ap-18F, 0x1.fcb894p-21F, 0x1.478eecp-22F, 0x1.59225p-24F, 0x1.02febcp-26F, 0x1.49c53cp-14F, 0x1.2fd87ap-16F,
      /* p6 */ -0x1.2d115cp-7F, -0x1.29f96cp-6F, 0x1.7a95acp-7F, -0x1.4071dp-17F, -0x1.4e2624p-11F, -0x1.b4cea6p-13F, -0x1.ecc3b2p-15F, -0x1.186ffp-16F, -0x1.19a472p-18F, -0x1.7150d2p-20F, -0x1.ea49c8p-22F, -0x1.4d7f96p-25F, -0x1.92faf4p-26F, 0x1.a2ed62p-29F, 0x1.930398p-13F, 0x1.8b3b44p-15F,
      /* p7 */ -0x1.3912c8p-5F, 0x1.ba3a4p-6F, -0x1.2d42a4p-8F, -0x1.92f3e2p-11F, 0x1.9518a6p-14F, 0x1.e6c3a8p-15F, 0x1.2b0608p-16F, 0x1.4b30b8p-18F, 0x1.688722p-20F, 0x1.01f1a2p-21F, -0x1.fa8442p-23F, -0x1.c5ae82p-24F, 0x1.9410cep-34F, 0x1.091ecep-26F, 0x1.129968p-13F, 0x1.11fa3p-15F,
      /* slope */ 0x1p+0F, 0x1.c0bc06p-1F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F};
};
// clang-format on
