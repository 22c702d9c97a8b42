// SPDX-License-Identifier: Apache-2.0
// describe.cc: descriptions of functions that draw random numbers.
#include "src/core/writer.h"
#include "src/random/registry.h"

namespace rheo {

std::string describe(const RandomEntry& function) {
  const RandomInfo& info = *function.info;
  Writer w;
  w.open('{');
  w.field("name", info.name), w.field("kind", "random"), w.field("file", function.file);
  w.field("title", info.title), w.field("summary", info.summary), w.field("formula", info.formula);
  w.field("draws", info.draws == Draws::kUniform ? "uniform" : "normal");
  w.key("parameters"), w.open('[');
  for (const Parameter& p : info.parameters) write_parameter(w, p, p.initial);
  w.close(']');
  write_aliases(w, info.aliases);
  write_torch_names(w, info.torch);
  write_references(w, info.references);
  w.close('}');
  return w.take();
}

}  // namespace rheo
