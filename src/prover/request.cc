// SPDX-License-Identifier: Apache-2.0
// request.cc: names and parameters from a command line.
#include "src/prover/request.h"

#include <CLI/CLI.hpp>

#include "src/capi/call.h"

namespace rheo::oracle {

const Activation& named_activation(const std::string& name) {
  const Activation* found = find_activation(name);
  if (found == nullptr) throw Failure{RHEO_ERROR_NAME, name_error(name)};
  return *found;
}

std::vector<double> set_parameters(const Activation& a, const std::vector<std::string>& settings,
                                   Format format) {
  std::vector<rheo_parameter> given;
  std::vector<std::string> names;
  names.reserve(settings.size());
  for (const std::string& s : settings) {
    const auto equals = s.find('=');
    double value = 0;
    if (equals == std::string::npos || !CLI::detail::lexical_cast(s.substr(equals + 1), value)) {
      throw Failure{RHEO_ERROR_PARAMETER,
                    std::string("--set is '").append(s).append("'; expected PARAMETER=NUMBER")};
    }
    names.push_back(s.substr(0, equals));
    given.push_back({names.back().c_str(), value});
  }
  return checked_together(a, given, format);
}

}  // namespace rheo::oracle
