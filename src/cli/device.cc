// SPDX-License-Identifier: Apache-2.0
// device.cc: loads librheobase_cuda, which lies beside librheobase or where the system looks for libraries.
#include "src/cli/device.h"

#include <dlfcn.h>

#include <filesystem>

#include "rheobase/cuda.h"
#include "src/cli/library.h"

namespace rheo::cli {

namespace {

constexpr const char* kFile = "librheobase_cuda.so.0";

void* open_library() {
  Dl_info info{};
  if (dladdr(reinterpret_cast<void*>(&rheo_version), &info) != 0 && info.dli_fname != nullptr) {
    const auto beside = std::filesystem::path(info.dli_fname).replace_filename(kFile);
    if (void* const library = dlopen(beside.c_str(), RTLD_NOW)) return library;
  }
  if (void* const library = dlopen(kFile, RTLD_NOW)) return library;
  throw UserError{std::string(dlerror()) + "; it is built with -DRHEOBASE_CUDA=ON"};
}

template <class Function>
Function* find(void* library, const char* name) {
  void* const found = dlsym(library, name);
  if (found == nullptr)
    throw UserError{std::string(kFile) + " has no " + name + ": it is of another version"};
  return reinterpret_cast<Function*>(found);
}

void check(void* library, rheo_status status) {
  if (status != RHEO_OK)
    throw UserError{find<decltype(rheo_cuda_last_error)>(library, "rheo_cuda_last_error")()};
}

}  // namespace

Device::Device() : library_(open_library()) {
  char name[256];
  check(library_, find<decltype(rheo_cuda_device)>(library_, "rheo_cuda_device")(name, sizeof name, nullptr));
  name_ = name;
}

void Device::run(const std::string& activation, rheo_role role, std::uint32_t first,
                 std::span<float> y) const {
  rheo_cuda_call call{};
  call.struct_size = sizeof call;
  call.role = role;
  call.format = RHEO_FLOAT32;
  call.count = static_cast<std::int64_t>(y.size());
  call.y = y.data();
  static const auto run = find<decltype(rheo_cuda_run_patterns)>(library_, "rheo_cuda_run_patterns");
  check(library_, run(activation.c_str(), &call, first));
}

}  // namespace rheo::cli
