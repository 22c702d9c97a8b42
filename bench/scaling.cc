// SPDX-License-Identifier: Apache-2.0
// scaling.cc: what threads, streaming stores and huge pages gain on this machine: pairs of runs, interleaved.
//
//   rheobase-scaling threads [NAME...]   1 thread against 2, 4, ..., in cache and in memory
//   rheobase-scaling start [NAME...]     1 thread against 2, by size: from where on threads pay
//   rheobase-scaling stream [NAME...]    plain against streaming stores, by size, also if y is read then
//   rheobase-scaling pages [NAME...]     fresh outputs, plain against huge pages, beside memcpy
//
// Other work on the machine only ever makes a run slower, so of many the best counts; the median shows how
// busy the machine was. RHEOBASE_SCALING_PAIRS sets how many pairs there are.
#include <sys/mman.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "bench/timing.h"
#include "src/core/pool.h"
#include "src/core/registry.h"
#include "src/core/run.h"

namespace {

using rheo::Job;

constexpr std::int64_t kKi = 1024, kMi = 1024 * kKi;

// Memory of the system's own page size, unless asked otherwise; never touched before it is used.
class Memory {
 public:
  explicit Memory(std::size_t bytes) : bytes_(bytes) {
    data_ = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (data_ == MAP_FAILED) std::abort();
  }
  Memory(const Memory&) = delete;
  ~Memory() { munmap(data_, bytes_); }
  float* data() { return static_cast<float*>(data_); }
  std::size_t bytes() const { return bytes_; }

 private:
  void* data_;
  std::size_t bytes_;
};

void fill(Memory& memory) {
  std::minstd_rand random(1);
  std::normal_distribution<float> normal;
  std::vector<float> some(64 * kKi);
  for (float& x : some) x = normal(random);
  const std::size_t n = memory.bytes() / sizeof(float);
  for (std::size_t i = 0; i < n; ++i) memory.data()[i] = some[i % some.size()];
}

Job job_of(const std::string& name, std::vector<double>& parameters, Memory& x, float* y, std::int64_t n) {
  const rheo::Activation* a = rheo::find_activation(name);
  if (a == nullptr) {
    std::fprintf(stderr, "rheobase-scaling: no activation named '%s'\n", name.c_str());
    std::exit(2);
  }
  parameters.clear();
  for (std::size_t i = 0; i < a->entry->info->parameters.size(); ++i) parameters.push_back(a->initial(i));
  constexpr rheo::Format kFormat = rheo::Format::kFloat32;
  return {{kFormat, a->kernel(kFormat, rheo::Role::kValue)},
          {{n, {1, 1, 1}}},
          reinterpret_cast<const char*>(x.data()),
          nullptr,
          reinterpret_cast<char*>(y),
          parameters.data()};
}

// As rheo::run_job, but whatever the size.
void run_on(int threads, const Job& job, std::int64_t n) {
  const rheo::RangeTask task = [](std::int64_t begin, std::int64_t end, void* context) {
    rheo::run_range(*static_cast<const Job*>(context), begin, end);
  };
  rheo::run_in_pool(threads, n, rheo::kGrain, task, const_cast<Job*>(&job));
}

int pairs(int usual) { return bench::runs_from("RHEOBASE_SCALING_PAIRS", usual); }

struct Times {
  double best, median;
};

// The bodies in turn, so that a busy moment hits all of them.
std::vector<Times> measure(const std::vector<std::function<void()>>& bodies, int rounds) {
  std::vector<std::vector<double>> all(bodies.size());
  for (int i = 0; i < rounds; ++i) {
    for (std::size_t k = 0; k < bodies.size(); ++k) all[k].push_back(bench::seconds(bodies[k]));
  }
  std::vector<Times> result;
  for (auto& times : all) {
    std::sort(times.begin(), times.end());
    result.push_back({times.front(), times[times.size() / 2]});
  }
  return result;
}

void row(const std::string& name, std::int64_t n, const char* what, const Times& plain, const Times& other) {
  std::printf("%-12s %9lld  %-12s %8.3f -> %8.3f Gelem/s   x %.2f (medians x %.2f)\n", name.c_str(),
              static_cast<long long>(n), what, static_cast<double>(n) / plain.best * 1e-9,
              static_cast<double>(n) / other.best * 1e-9, plain.best / other.best,
              plain.median / other.median);
  std::fflush(stdout);
}

int rounds_for(std::int64_t n) {
  return pairs(static_cast<int>(std::clamp<std::int64_t>(400 * kMi / n, 15, 1500)));
}

void by_threads(const std::vector<std::string>& names, const std::vector<std::int64_t>& sizes, int most) {
  Memory x(sizes.back() * sizeof(float)), y(x.bytes());
  fill(x), fill(y);
  for (const std::string& name : names) {
    for (const std::int64_t n : sizes) {
      std::vector<double> parameters;
      Job job = job_of(name, parameters, x, y.data(), n);
      std::vector<std::function<void()>> bodies;
      for (int threads = 1; threads <= most; threads *= 2)
        bodies.emplace_back([&job, threads, n] { run_on(threads, job, n); });
      const std::vector<Times> times = measure(bodies, rounds_for(n));
      for (std::size_t i = 1; i < times.size(); ++i)
        row(name, n, (std::to_string(1 << i) + " threads").c_str(), times[0], times[i]);
    }
  }
}

float read(Memory& y, std::int64_t n) {
  float largest = 0;
  for (std::int64_t i = 0; i < n; ++i) largest = std::max(largest, y.data()[i]);
  return largest;
}

// Of functions that have a kernel for it; whatever the size.
void by_stores(const std::vector<std::string>& names) {
  const std::vector<std::int64_t> sizes = {256 * kKi, kMi, 4 * kMi, 8 * kMi, 16 * kMi, 32 * kMi};
  Memory x(sizes.back() * sizeof(float)), y(x.bytes());
  fill(x), fill(y);
  volatile float seen = 0;
  for (const std::int64_t n : sizes) {
    for (const std::string& name : names) {
      std::vector<double> parameters;
      Job plain = job_of(name, parameters, x, y.data(), n), streamed = plain;
      streamed.work.kernel = rheo::find_activation(name)->streamed(rheo::Role::kValue).kernel;
      if (streamed.work.kernel == nullptr) continue;
      const auto body = [&](const Job& job, int threads, bool read_then) {
        return [&job, &y, &seen, n, threads, read_then] {
          run_on(threads, job, n);
          if (read_then) seen = read(y, n);
        };
      };
      const auto copy = [&] { std::memcpy(y.data(), x.data(), static_cast<std::size_t>(n) * sizeof(float)); };
      const auto times =
          measure({copy, body(plain, 1, false), body(streamed, 1, false), body(plain, 2, false),
                   body(streamed, 2, false), body(plain, 1, true), body(streamed, 1, true)},
                  rounds_for(n));
      row(name, n, "of memcpy", times[0], times[1]);
      row(name, n, "streamed", times[1], times[2]);
      row(name, n, "2 thr, str.", times[3], times[4]);
      row(name, n, "str., read", times[5], times[6]);
    }
  }
}

// Outputs that nobody has touched, as a framework's allocator gives them for large results.
void by_pages(const std::vector<std::string>& names) {
  const std::vector<std::int64_t> sizes = {512 * kKi, kMi, 2 * kMi, 4 * kMi, 16 * kMi, 32 * kMi};
  Memory x(sizes.back() * sizeof(float));
  fill(x);
  for (const std::int64_t n : sizes) {
    const std::size_t bytes = static_cast<std::size_t>(n) * sizeof(float);
    for (const std::string& name : names) {
      std::vector<double> parameters;
      const auto fresh = [&](bool huge, int threads) {
        return [&, huge, threads] {
          Memory y(bytes);
          if (huge) madvise(y.data(), bytes, MADV_HUGEPAGE);
          run_on(threads, job_of(name, parameters, x, y.data(), n), n);
        };
      };
      const auto copy = [&] {
        Memory y(bytes);
        std::memcpy(y.data(), x.data(), bytes);
      };
      const auto times =
          measure({copy, fresh(false, 1), fresh(true, 1), fresh(false, 2), fresh(true, 2)}, pairs(15));
      row(name, n, "of memcpy", times[0], times[1]);
      row(name, n, "huge", times[1], times[2]);
      row(name, n, "2 thr, huge", times[3], times[4]);
    }
  }
}

void print_load() {
  std::string load;
  std::getline(std::ifstream("/proc/loadavg"), load);
  std::printf("%u CPUs, load %s\n", std::thread::hardware_concurrency(), load.c_str());
}

}  // namespace

int main(int count, char** arguments) {
  const std::string what = count > 1 ? arguments[1] : "";
  std::vector<std::string> names(arguments + std::min(count, 2), arguments + count);
  std::string error;
  if (rheo::target_in_use(error) == nullptr) {
    std::fprintf(stderr, "rheobase-scaling: %s\n", error.c_str());
    return 2;
  }
  if (names.empty())
    for (std::size_t i = 0; i < rheo::all_activations().size(); i += 7)
      names.emplace_back(rheo::all_activations()[i].name);
  print_load();
  if (what == "threads") {
    by_threads(names, {64 * kKi, 128 * kKi, 256 * kKi, 16 * kMi, 32 * kMi},
               static_cast<int>(std::thread::hardware_concurrency()));
  } else if (what == "start") {
    by_threads(names, {32 * kKi, 48 * kKi, 64 * kKi, 96 * kKi, 128 * kKi, 256 * kKi}, 2);
  } else if (what == "stream") {
    by_stores(names);
  } else if (what == "pages") {
    by_pages(names);
  } else {
    std::fprintf(stderr, "usage: rheobase-scaling threads|start|stream|pages [NAME...]\n");
    return 2;
  }
  print_load();
}
