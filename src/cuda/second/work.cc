// SPDX-License-Identifier: Apache-2.0
// work.cc: what a device need not compute of a second derivative. With the stand-in for Highway, so that
// numbers lie in memory as a thread has them.
#include "src/cuda/second/work.h"

#include <algorithm>
#include <cstring>

#include "src/second/machine-inl.h"

namespace rheo {

namespace {

using namespace one_lane;

// Slots 1 to `constants` hold what does not depend on x: parameters, numbers, results of `once`.
int constants_of(const Program& program) {
  int last = static_cast<int>(program.parameters);
  for (const Program::Number& number : program.numbers) last = std::max<int>(last, number.to);
  for (const Instruction& i : program.once) last = std::max<int>(last, i.to);
  return last;
}

// A slot of the program as a thread numbers it.
std::uint8_t place_of(std::uint8_t slot, int constants) {
  const int place = slot == 0 ? 0 : slot > constants ? slot - constants : kConstantSlots + slot - 1;
  return static_cast<std::uint8_t>(place);
}

Instruction moved(Instruction i, int constants) {
  i.to = place_of(i.to, constants);
  for (std::uint8_t& from : i.from) from = place_of(from, constants);
  return i;
}

template <class N>
void copy_constants(const Machine<N>& machine, int constants, double* to) {
  for (std::size_t i = 0; i < static_cast<std::size_t>(constants); ++i)
    std::copy_n(machine.slot(1 + i), kParts<N>, to + i * kParts<N>);
}

}  // namespace

std::string unfit(const Program& program) {
  if (program.each.size() <= kMostSteps) return "";
  return "its second derivative takes " + std::to_string(program.each.size()) +
         " steps; a device has room for " + std::to_string(kMostSteps);
}

SecondWork second_work(const Program& program, const double* parameters) {
  SecondWork work{};
  work.slots = 1;  // x
  const int constants = constants_of(program);
  for (const Instruction& i : program.each) {
    Instruction& step = work.steps[work.count++] = moved(i, constants);
    work.slots = std::max(work.slots, step.to + 1);
  }
  work.result = place_of(program.result, constants);
  Machine<Quick> quick;
  quick.prepare(program, parameters);
  copy_constants(quick, constants, work.quick);
  // What was noted is so for every x.
  work.lanes = plain_parameters(program, parameters) && !quick.noted(0).on;
  Machine<Full> full;
  full.prepare(program, parameters);
  copy_constants(full, constants, work.full);
  const SecondEnds ends = find_ends(program, parameters, full);
  work.left = ends.left, work.right = ends.right;
  return work;
}

const SecondWork& known_work(const Program& program, const double* parameters) {
  struct Known {
    const Program* program = nullptr;
    double parameters[kMaxParameters] = {};
    SecondWork work;
  };
  thread_local Known last;
  const std::size_t bytes = program.parameters * sizeof(double);  // of 0 and -0 too
  if (last.program != &program || std::memcmp(last.parameters, parameters, bytes) != 0) {
    last.work = second_work(program, parameters);
    last.program = &program;
    std::memcpy(last.parameters, parameters, bytes);
  }
  return last.work;
}

}  // namespace rheo
