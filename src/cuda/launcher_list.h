// SPDX-License-Identifier: Apache-2.0
// launcher_list.h: what the generated lists of files with device kernels offer.
#pragma once

#include <span>
#include <string_view>

#include "src/cuda/request.h"

namespace rheo {

std::span<const LauncherList* const> launcher_lists();
std::span<const RandomLauncherList* const> random_launcher_lists();

// What the lists have of a registry's entry; null where that is nothing.
template <class List, class Entry>
auto find_item(std::span<const List* const> lists, const Entry& entry) -> decltype(&lists[0]->items[0]) {
  for (const List* list : lists)
    if (std::string_view(list->file) == entry.file) return &list->items[entry.index];
  return nullptr;
}

}  // namespace rheo
