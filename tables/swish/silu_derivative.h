// SPDX-License-Identifier: Apache-2.0
// silu_derivative.h: made by scripts/forge silu (docs/forge.md), not by hand.
//
// reflected, 16 x degree 8; covers -9.919 <= x <= 9.919; beyond, tails within 2^-33.2.
// Sampled error 0.929 ulp; seed 1.
// Formula 3a2ca5d6e43d4375: x * sigmoid(beta * x)

// clang-format off
struct silu_derivative {
  static constexpr std::string_view activation = "swish";
  static constexpr Role role = Role::kDerivative;
  static constexpr List<double, kMaxParameters> parameters = {1};
  static constexpr Plan plan{
      .fold = Fold::kReflected, .slope = Slope::kRoot, .range = Range::kBetween,
      .line = Line::kNone, .entries = 16, .degree = 8,
      .quadratic = false, .held = false, .mirrored = false,
      .signed_zero = false};
  static constexpr Numbers numbers{
      .a = 0x0p+0F, .b = 0x1.9005a4p+0F, .offset = 0x1.8p+23F, .root = 0x1.474974p+0F, .end = 0x0p+0F, .low = 0x0p+0F, .middle = 0x0p+0F, .half = 0x1.3d6c22p+3F, .total = 0x1p+0F, .line = {0x0p+0F, 0x0p+0F}};
  alignas(64) static constexpr float rows[] = {
      /* center */ 0x1.4d7a82p-3F, 0x1.47a976p-1F, 0x1.474974p+0F, 0x1.e2384ap+0F, 0x1.47aafep+1F, 0x1.97a57ep+1F, 0x1.f288c8p+1F, 0x1.1ec76ap+2F, 0x1.447208p+2F, 0x1.738334p+2F, 0x1.9a7d94p+2F, 0x1.c5acdap+2F, 0x1.ed62a8p+2F, 0x1.0a82a8p+3F, 0x1.1d9f54p+3F, 0x1.32690ap+3F,
      /* value */ 0x1.acff5p-2F, -0x1.a6a396p-28F, -0x1.848b9ep-29F, -0x1.574a46p-4F, -0x1.948696p-4F, -0x1.4f0d66p-4F, -0x1.cc368ep-5F, -0x1.3aaa88p-5F, -0x1.9d3de4p-6F, -0x1.d736fp-7F, -0x1.21a782p-7F, -0x1.4c638p-8F, -0x1.8a33bp-9F, -0x1.cfcc26p-10F, -0x1.141aa6p-10F, -0x1.3810fep-11F,
      /* p1 */ -0x1.f941d6p-2F, -0x1.7da9cap-4F, 0x1.dcb466p-30F, -0x1.1fdb2ep-4F, 0x1.a429fcp-7F, 0x1.234162p-5F, 0x1.167ef2p-5F, 0x1.afcd2ap-6F, 0x1.31bc52p-6F, 0x1.71f4e6p-7F, 0x1.d633aap-8F, 0x1.1530a6p-8F, 0x1.4f0fe6p-9F, 0x1.9044d2p-10F, 0x1.e260bap-11F, 0x1.13a108p-11F,
      /* p2 */ 0x1.491732p-5F, 0x1.0bb51p-3F, 0x1.2c5634p-3F, 0x1.7bde38p-4F, 0x1.19c2fap-5F, 0x1.7ec0c4p-8F, -0x1.652e16p-8F, -0x1.c5a04cp-8F, -0x1.8629b4p-8F, -0x1.0ac7c4p-8F, -0x1.67bc2cp-9F, -0x1.bb267cp-10F, -0x1.13a5f8p-10F, -0x1.508feep-11F, -0x1.9c6db2p-12F, -0x1.de4fdcp-13F,
      /* p3 */ 0x1.47ecdep-4F, 0x1.4f3536p-5F, -0x1.353eaap-6F, -0x1.14db7p-5F, -0x1.64c664p-6F, -0x1.379c06p-7F, -0x1.1d6c92p-9F, 0x1.f1ea86p-14F, 0x1.a846d4p-11F, 0x1.abbe16p-11F, 0x1.49383ep-11F, 0x1.b896dcp-12F, 0x1.1fa87cp-12F, 0x1.6b5ebcp-13F, 0x1.c85adp-14F, 0x1.0e2624p-14F,
      /* p4 */ -0x1.4535f8p-7F, -0x1.bb998ap-6F, -0x1.f2d006p-7F, 0x1.3239ap-10F, 0x1.753e96p-8F, 0x1.f42098p-9F, 0x1.925c0cp-10F, 0x1.1d5e92p-11F, 0x1.c8af6ep-14F, -0x1.04a888p-14F, -0x1.5afe5p-14F, -0x1.1ee2dep-14F, -0x1.9d242ap-15F, -0x1.1533a2p-15F, -0x1.6a5552p-16F, -0x1.ba6c42p-17F,
      /* p5 */ -0x1.7aa582p-7F, -0x1.d4d648p-10F, 0x1.b0eef2p-8F, 0x1.bf89acp-9F, -0x1.3d663ap-13F, -0x1.951e4ep-11F, -0x1.eab632p-12F, -0x1.d777dcp-13F, -0x1.6fbd0ep-14F, -0x1.342b1ap-16F, 0x1.ccb286p-21F, 0x1.9893e6p-18F, 0x1.85464cp-18F, 0x1.318c14p-18F, 0x1.a63c3cp-19F, 0x1.1736fep-19F,
      /* p6 */ 0x1.dd5796p-10F, 0x1.0294b8p-8F, 0x1.0674b2p-13F, -0x1.46fba2p-10F, -0x1.cb6e68p-12F, 0x1.4ebb2p-16F, 0x1.72f408p-14F, 0x1.c6e192p-15F, 0x1.ab843cp-16F, 0x1.ff91c6p-18F, 0x1.5e69dap-19F, 0x1.9bf26p-22F, -0x1.e5b914p-22F, -0x1.bcd6bep-22F, -0x1.01a6dcp-22F, -0x1.536d68p-22F,
      /* p7 */ 0x1.044cfp-10F, -0x1.368992p-12F, -0x1.9e3448p-11F, 0x1.14e7f8p-14F, 0x1.61a542p-13F, 0x1.e358c4p-15F, -0x1.65418p-16F, -0x1.74f11ep-18F, -0x1.bc8616p-18F, 0x1.50905ap-20F, -0x1.7c869p-21F, -0x1.95ca64p-22F, 0x1.dd1b76p-22F, -0x1.4ed60cp-23F, 0x1.1a87c4p-22F, -0x1.3f9c3cp-23F,
      /* p8 */ 0x1.270b2p-14F, -0x1.f54beep-12F, 0x1.8cc868p-13F, 0x1.1a66b2p-14F, -0x1.87dcb4p-16F, -0x1.5f8256p-15F, -0x1.3bd3bap-15F, -0x1.bfc6cep-19F, 0x1.0f110ap-18F, 0x1.d37c68p-18F, 0x1.08a02cp-21F, -0x1.120a0ep-22F, 0x1.217b76p-20F, 0x1.3064cp-24F, -0x1.508cap-21F, 0x1.da7292p-22F,
      /* slope */ 0x0p+0F, -0x1.41b1e6p-2F, -0x1.be141p-3F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F, 0x0p+0F};
  static constexpr List<Tail, 2> tails{
      Tail{.low = -0x1.95d6c22000000p+7, .high = -0x1.3d6c220000000p+3, .scale = 0x1.5390948f40febp-7, .shift = 0x1.1a509760d43a6p+0, .line = {0x0.0p+0, 0x0.0p+0}, .q = {-0x1.aab77a836fbdbp+6, 0x1.82296afd1774ep+6, 0x1.eb95a32b8cb4ap-7, 0x1.336b43f6307cap-8}, .r = {-0x1.115e7be394bfep+7, 0x1.054beba9d7b5ep+7, -0x1.8f9e1b79b175ep+1, -0x1.3707c0363c0f7p+0, -0x1.1aa389fa44339p-1, 0x1.c7847e77c82f8p-6, 0x1.b878fbde45092p-8, 0x1.1db880048b99fp-10, -0x1.9509f95ece7fcp-14, -0x1.fe5661a2e1003p-17}, .s = {0x1.69cd4ef9e049ap+8, -0x1.76dffd82161ecp+8, 0x1.493688d4da333p+5}},
      Tail{.low = 0x1.3d6c220000000p+3, .high = 0x1.d2b6110000000p+4, .scale = 0x1.a98ef606a63bep-4, .shift = -0x1.03ea71dec0d4cp+1, .line = {0x1.0000000000000p+0, 0x0.0p+0}, .q = {-0x1.455c20ec76584p+4, -0x1.3710af18c5edfp+3, 0x1.114edea25ad93p-6, -0x1.5fea67f7ba219p-9}, .r = {0x1.472acbee6ad7ep+5, 0x1.92e2454f01990p+4, 0x1.9296741e385a6p+0, -0x1.e0f2980ce9e1ap-3}, .s = {}}};
};
// clang-format on
