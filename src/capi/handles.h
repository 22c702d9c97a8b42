// SPDX-License-Identifier: Apache-2.0
// handles.h: what the C ABI does alike for each kind of function: listing names, describing a handle.
#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "src/capi/guard.h"

namespace rheo {

// The names of all entries of a registry, which name_of takes from them; made at the first call.
template <class Entries, class NameOf>
void list_names(const Entries& entries, NameOf name_of, const char* const** names, std::size_t* count) {
  require(names, "names"), require(count, "count");
  static const std::vector<const char*> all = [&] {
    std::vector<const char*> list;
    for (const auto& entry : entries) list.push_back(name_of(entry));
    return list;
  }();
  *names = all.data();
  *count = all.size();
}

// What describe() says of it, kept for as long as the process lives.
template <class Handle>
const char* kept_description(const Handle& handle) {
  static std::mutex mutex;
  static std::map<const Handle*, std::string> texts;
  const std::lock_guard lock(mutex);
  std::string& text = texts[&handle];
  if (text.empty()) text = describe(handle);
  return text.c_str();
}

}  // namespace rheo
