// SPDX-License-Identifier: Apache-2.0
// normal_coefficients.h: written by tools/coefficients/normal.py; with its error bounds.
#pragma once

namespace rheo {

// clang-format off
inline constexpr double kNormalBorder = 0.8;
inline constexpr double kNormalCentre = 0.64;
inline constexpr double kNormalStart = 1.5;
inline constexpr double kNormalCentralTop[] = {
    1.6019394569307503,
    12.380565812277988,
    36.22280088653781,
    50.16894072764313,
    33.64854793493417,
    9.994023510793724,
    1.021021763194308,
    0.016006080150937005,
};
inline constexpr double kNormalCentralBottom[] = {
    1.0,
    8.33667913295162,
    26.8095377629561,
    41.94527408593031,
    33.159787534918536,
    12.48676530570082,
    1.8801683603090495,
    0.07164341520285615,
};
inline constexpr double kNormalTailTop[] = {
    1.2513729290570337,
    4.562383700879335,
    6.401754796614868,
    4.688862860124105,
    2.009401061756433,
    0.5257388680536668,
    0.08308712822315678,
    0.007375906684236763,
    0.0003127184833389006,
    4.388406776339744e-06,
};
inline constexpr double kNormalTailBottom[] = {
    1.0,
    2.260103833649244,
    2.0968614198323796,
    1.042499657242661,
    0.3030072105198999,
    0.051913741979474314,
    0.00490064553660855,
    0.00021648358460134873,
    3.103027836507227e-06,
};
// clang-format on

}  // namespace rheo
