// SPDX-License-Identifier: Apache-2.0
// softplus_value.h: made by scripts/forge softplus (docs/forge.md), not by hand.
//
// plain, 32 x degree 6, bend -0.02; covers -11.05 <= x <= 25; beyond, tails within 2^-36.3.
// Sampled error 0.895 ulp; seed 1.
// Formula e1ecd606bea25ada: select(beta * x > threshold, x, softplus(beta * x) / beta)

// clang-format off
struct softplus_value {
  static constexpr std::string_view activation = "softplus";
  static constexpr Role role = Role::kValue;
  static constexpr List<double, kMaxParameters> parameters = {1, kInfinity};
  static constexpr Plan plan{
      .fold = Fold::kPlain, .slope = Slope::kNone, .range = Range::kBetween,
      .line = Line::kNone, .entries = 32, .degree = 6,
      .quadratic = true, .held = false, .mirrored = false,
      .signed_zero = false};
  static constexpr Numbers numbers{
      .a = -0x1.90b1e2p-6F, .b = 0x1.390af8p+0F, .offset = 0x1.80002p+23F, .root = 0x0p+0F, .end = 0x0p+0F, .low = 0x0p+0F, .middle = 0x1.be587ap+2F, .half = 0x1.20667ep+4F, .total = 0x0p+0F, .line = {0x0p+0F, 0x0p+0F}};
  alignas(64) static constexpr float rows[] = {
      /* center */ -0x1.58272cp+3F, -0x1.4656f6p+3F, -0x1.34b41ep+3F, -0x1.20c2fap+3F, -0x1.0c299ep+3F, -0x1.f31414p+2F, -0x1.cbf3f4p+2F, -0x1.a26f54p+2F, -0x1.7a3082p+2F, -0x1.47cdccp+2F, -0x1.1ed8p+2F, -0x1.e131c6p+1F, -0x1.8a29e8p+1F, -0x1.30a392p+1F, -0x1.a3c8dp+0F, -0x1.83b9b2p-1F, -0x1.88d66p-7F, 0x1.aa7e54p-1F, 0x1.b95562p+0F, 0x1.4a3118p+1F, 0x1.c8be88p+1F, 0x1.1eb878p+2F, 0x1.5c403ep+2F, 0x1.a0c4b6p+2F, 0x1.f34834p+2F, 0x1.219f5ap+3F, 0x1.4735fap+3F, 0x1.791282p+3F, 0x1.a56eaap+3F, 0x1.03359ep+4F, 0x1.27856cp+4F, 0x1.62a898p+4F,
      /* value */ 0x1.6612f8p-16F, 0x1.3863bep-15F, 0x1.0f06eep-14F, 0x1.f969dap-14F, 0x1.e10386p-13F, 0x1.ae5de8p-12F, 0x1.8c7db8p-11F, 0x1.7b2178p-10F, 0x1.634a5ep-9F, 0x1.85b9e2p-8F, 0x1.709342p-7F, 0x1.795b52p-6F, 0x1.70513ep-5F, 0x1.6a8f6p-4F, 0x1.6b2ab8p-3F, 0x1.89c57ep-2F, 0x1.5fd4dep-1F, 0x1.31a8d4p+0F, 0x1.e3595p+0F, 0x1.538b5ap+1F, 0x1.cc4de8p+1F, 0x1.1f711cp+2F, 0x1.5c8716p+2F, 0x1.a0dd08p+2F, 0x1.f34ee8p+2F, 0x1.21a05p+3F, 0x1.473646p+3F, 0x1.791292p+3F, 0x1.a56eaep+3F, 0x1.03359ep+4F, 0x1.27856cp+4F, 0x1.62a898p+4F,
      /* p1 */ 0x1.6611fep-16F, 0x1.386242p-15F, 0x1.0f04bp-14F, 0x1.f9620ep-14F, 0x1.e0f568p-13F, 0x1.ae474ep-12F, 0x1.8c575ap-11F, 0x1.7adb52p-10F, 0x1.62cf36p-9F, 0x1.8491d2p-8F, 0x1.6e8296p-7F, 0x1.750b54p-6F, 0x1.6829p-5F, 0x1.5afa22p-4F, 0x1.4cc9f8p-3F, 0x1.46e65p-2F, 0x1.fcee56p-2F, 0x1.64db96p-1F, 0x1.b280b2p-1F, 0x1.dbec7cp-1F, 0x1.f1f4bap-1F, 0x1.fa432ap-1F, 0x1.fdca7ap-1F, 0x1.ff3d94p-1F, 0x1.ffca62p-1F, 0x1.fff0ap-1F, 0x1.fffb4p-1F, 0x1.ffffp-1F, 0x1.ffffcp-1F, 0x1.fffffap-1F, 0x1p+0F, 0x1p+0F,
      /* p2 */ 0x1.661008p-17F, 0x1.385f48p-16F, 0x1.0f0038p-15F, 0x1.f95278p-15F, 0x1.e0d928p-14F, 0x1.ae1a1cp-13F, 0x1.8c0aaap-12F, 0x1.7a4f2ap-11F, 0x1.61d958p-10F, 0x1.8244p-9F, 0x1.6a691ep-8F, 0x1.6c8ceep-7F, 0x1.585368p-6F, 0x1.3d9588p-5F, 0x1.16b668p-4F, 0x1.bd14bap-4F, 0x1.fffb46p-4F, 0x1.b08776p-4F, 0x1.071196p-4F, 0x1.0c462ap-5F, 0x1.b51488p-7F, 0x1.6b17eap-8F, 0x1.198a1ap-9F, 0x1.844562p-11F, 0x1.acb10ep-13F, 0x1.ebd5f6p-15F, 0x1.2ffd9cp-16F, 0x1.ffd68p-19F, 0x1.002924p-20F, 0x1.5af674p-20F, 0x1.782066p-25F, 0x1.9c39fap-32F,
      /* p3 */ 0x1.dd647ap-19F, 0x1.a07534p-18F, 0x1.69498ep-17F, 0x1.50ccacp-16F, 0x1.406a34p-15F, 0x1.1e7ecap-14F, 0x1.07a01ap-13F, 0x1.f6f2b4p-13F, 0x1.d53c88p-12F, 0x1.fce8a4p-11F, 0x1.d86776p-10F, 0x1.cfeeb8p-9F, 0x1.a2bd56p-8F, 0x1.5fb64p-7F, 0x1.f5b26ap-7F, 0x1.ad103ap-7F, 0x1.05c052p-12F, -0x1.c65a9ep-7F, -0x1.e92cacp-7F, -0x1.334ef2p-7F, -0x1.1361c6p-8F, -0x1.d9301ep-10F, -0x1.74533ap-11F, -0x1.01a972p-12F, -0x1.1c875p-14F, -0x1.46b826p-16F, -0x1.94e46p-18F, -0x1.551522p-20F, -0x1.562dd2p-22F, 0x1.c5765ap-19F, -0x1.db846ep-30F, -0x1.21c1f4p-33F,
      /* p4 */ 0x1.dd5d34p-21F, 0x1.a0637ep-20F, 0x1.69251ap-19F, 0x1.50a0eep-18F, 0x1.4022c4p-17F, 0x1.1e046ap-16F, 0x1.06cefp-15F, 0x1.f401f8p-15F, 0x1.d01eb4p-14F, 0x1.f0dd18p-13F, 0x1.c32f88p-12F, 0x1.a52894p-11F, 0x1.57506cp-10F, 0x1.c5106p-10F, 0x1.10b762p-10F, -0x1.681aacp-9F, -0x1.553cfp-8F, -0x1.34462cp-9F, 0x1.419c94p-10F, 0x1.b23f9ap-10F, 0x1.e9ea5ap-11F, 0x1.c3dc28p-12F, 0x1.6ec848p-13F, 0x1.fdedccp-15F, 0x1.218b46p-16F, 0x1.4d059ap-18F, 0x1.945b7ap-20F, 0x1.594c9p-22F, 0x1.52b7d4p-24F, 0x1.cc7148p-19F, -0x1.32590cp-25F, -0x1.fa525p-35F,
      /* p5 */ 0x1.7f34b8p-23F, 0x1.4ec5fep-22F, 0x1.21629ep-21F, 0x1.0dc894p-20F, 0x1.00b2aep-19F, 0x1.ca40e8p-19F, 0x1.a3bdbp-18F, 0x1.8d1408p-17F, 0x1.6cf9b4p-16F, 0x1.7b88dcp-15F, 0x1.48405cp-14F, 0x1.0ff04cp-13F, 0x1.48b21p-13F, 0x1.1802d2p-15F, -0x1.fe9772p-12F, -0x1.1018c8p-10F, -0x1.933c3p-16F, 0x1.112392p-10F, 0x1.ad9ac8p-12F, -0x1.8e1d02p-14F, -0x1.2d3888p-13F, -0x1.4d382cp-14F, -0x1.121e0ap-15F, -0x1.c05e6p-17F, -0x1.0cf56ap-18F, -0x1.2f4d56p-20F, -0x1.52e4e2p-22F, -0x1.19f4bep-24F, -0x1.e9bfdp-27F, 0x1.9b5ef8p-20F, -0x1.5dfee8p-26F, 0x1.96e33cp-38F,
      /* p6 */ 0x1.facfcp-26F, 0x1.c020eep-25F, 0x1.939e26p-24F, 0x1.6abdc2p-23F, 0x1.50c742p-22F, 0x1.31b212p-21F, 0x1.19e9e6p-20F, 0x1.06a7fp-19F, 0x1.d815fap-19F, 0x1.b8f7bcp-18F, 0x1.57a7b2p-17F, 0x1.9ca4f4p-17F, -0x1.952f7cp-19F, -0x1.237d64p-14F, -0x1.532b14p-13F, 0x1.21f1b2p-16F, 0x1.63a59ap-12F, 0x1.4f83p-17F, -0x1.416c86p-13F, -0x1.590c7cp-15F, 0x1.e51ae4p-18F, 0x1.6a5234p-17F, 0x1.b480bap-19F, 0x1.c3132cp-19F, -0x1.03fffp-23F, -0x1.1034cap-27F, 0x1.ea6f98p-25F, 0x1.ed9842p-28F, 0x1.9982eep-30F, 0x1.1276dp-22F, -0x1.ac2622p-29F, 0x1.77cf98p-38F};
  static constexpr List<Tail, 2> tails{
      Tail{.low = -0x1.a93417e000000p+6, .high = -0x1.61a0bf0000000p+3, .scale = 0x1.5805601580560p-6, .shift = 0x1.3b66edb0b6c2ep+0, .line = {0x0.0p+0, 0x0.0p+0}, .q = {-0x1.d5682fc1cc52ap+5, 0x1.7d0000005da2cp+5, 0x1.5f55cbce9e5ffp-30, 0x1.166ec32597bd4p-31}, .r = {0x1.000000398bcafp+0, -0x1.75d1d7e094448p-29, -0x1.60eaf894fce19p-30, -0x1.1c848f48f16eep-31}, .s = {-0x1.fffe95e56ae87p-2}},
      Tail{.low = 0x1.8ffc9c8000000p+4, .high = 0x1.9ffc9c8000000p+4, .scale = 0x1.0000000000000p+1, .shift = -0x1.97fc9c8000000p+5, .line = {0x0.0p+0, 0x1.0000000000000p+0}, .q = {-0x1.97fc9d9814996p+4, -0x1.000000363f0bcp-1, 0x1.0de8ba1ac5e10p-34, -0x1.614b773c82b14p-41}, .r = {0x1.0000116ee0345p+0}, .s = {}}};
};
// clang-format on
