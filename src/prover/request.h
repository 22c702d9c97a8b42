// SPDX-License-Identifier: Apache-2.0
// request.h: what the prover's programs are asked for: names and parameters from a command line.
#pragma once

#include <string>
#include <vector>

#include "src/core/registry.h"

namespace rheo::oracle {

// Of that name or alias. Throws Failure (src/capi/call.h).
const Activation& named_activation(const std::string& name);

// All parameters in the file's order, rounded to the format; settings are PARAMETER=NUMBER. Throws Failure.
std::vector<double> set_parameters(const Activation& a, const std::vector<std::string>& settings,
                                   Format format);

}  // namespace rheo::oracle
