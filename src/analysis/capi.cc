// SPDX-License-Identifier: Apache-2.0
// capi.cc: the C ABI of the analysis library.
#include <string>

#include "rheobase/analysis.h"
#include "src/analysis/analysis.h"
#include "src/core/number_text.h"

namespace rheo::analysis {

namespace {

struct Texts {
  std::string error, json;
};

Texts& texts() {
  thread_local Texts of_this_thread;
  return of_this_thread;
}

template <class Body>
rheo_status guarded(Body&& body) noexcept {
  return caught(texts().error, [&] {
    try {
      body();
    } catch (const NotANumber& e) {
      throw Error{RHEO_ERROR_PARAMETER, e.message};
    }
  });
}

template <class Struct>
void require_version(const Struct& s, const char* name) {
  if (s.struct_size != sizeof(Struct) || s.flags != 0)
    throw Error{RHEO_ERROR_UNSUPPORTED, std::string(name) + " is not of this version: struct_size is " +
                                            std::to_string(s.struct_size) + ", flags " +
                                            std::to_string(s.flags)};
}

Options options_of(const rheo_analysis_options* o) {
  if (o == nullptr) return {};
  require_version(*o, "options");
  return {o->low, o->high, o->mean, o->deviation, o->sigma_w, o->sigma_b};
}

Real callback(int (*call)(double, double*, void*), void* context, const std::string& name) {
  if (call == nullptr) return {};
  return [=](double x) {
    double y = 0;
    if (call(x, &y, context) != 0) throw NotANumber{name + "(" + number_text(x) + ") failed"};
    return y;
  };
}

// Options are checked before the function is called.
void run(const Options& options, const char** json, auto make_function) {
  check(options);
  Texts& t = texts();
  t.json = to_json(analyze(make_function(), options));
  *json = t.json.c_str();
}

}  // namespace

}  // namespace rheo::analysis

using namespace rheo::analysis;  // NOLINT: the functions below are the library

extern "C" {

RHEO_API const char* rheo_analysis_last_error(void) { return texts().error.c_str(); }

RHEO_API rheo_status rheo_analysis_defaults(rheo_analysis_options* options) {
  return guarded([&] {
    require(options, "options");
    const Options o;
    *options = {sizeof *options, 0, o.low, o.high, o.mean, o.deviation, o.sigma_w, o.sigma_b};
  });
}

RHEO_API rheo_status rheo_analyze(const char* name, const rheo_parameter* parameters, size_t parameter_count,
                                  const rheo_analysis_options* options, const char** json) {
  return guarded([&] {
    require(name, "name"), require(json, "json");
    if (parameter_count > 0) require(parameters, "parameters");
    run(options_of(options), json, [&] {
      std::vector<std::pair<std::string, double>> given;
      for (size_t i = 0; i < parameter_count; ++i) {
        require(parameters[i].name, "parameters.name");
        given.emplace_back(parameters[i].name, parameters[i].value);
      }
      return registered(name, given);
    });
  });
}

RHEO_API rheo_status rheo_analyze_function(const rheo_analysis_function* function,
                                           const rheo_analysis_options* options, const char** json) {
  return guarded([&] {
    require(function, "function"), require(json, "json");
    require_version(*function, "function");
    require(reinterpret_cast<const void*>(function->value), "function.value");
    run(options_of(options), json, [&] {
      const std::string name = function->name != nullptr ? function->name : "f";
      return from_callable(name, callback(function->value, function->context, name),
                           callback(function->derivative, function->context, name + "'"));
    });
  });
}

}  // extern "C"
