// SPDX-License-Identifier: Apache-2.0
// pool.cc: the default threads.
//
// Not Highway's pool (1.2): it waits for every one of its threads, also for those that had nothing left to
// do, which on a busy machine turns 60 microseconds of work into milliseconds; and it ends the process when
// the system refuses a thread. Here a thread that wakes late is left out.
#include "src/core/pool.h"

#include <algorithm>
#include <atomic>
#include <cfenv>
#include <charconv>
#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <new>
#include <string_view>
#include <thread>

#include "hwy/cache_control.h"

#if defined(__linux__)
#include <sched.h>
#endif
#if defined(__unix__) || defined(__APPLE__)
#include <pthread.h>
#include <signal.h>
#define RHEO_HAS_FORK 1
#endif

namespace rheo {

namespace {

// A pause takes 10 to 140 cycles: 5 to 50 microseconds, about what it costs to put a thread to sleep and to
// wake it. Calls in quick succession find the threads awake; after that they use no CPU.
constexpr int kSpins = 1000;

// Pieces in a large share: few enough to cost nothing, enough to even out a thread that is late.
constexpr std::int64_t kPiecesPerShare = 16;

thread_local bool inside = false;  // on the pool's threads, and on a caller's while it works

template <class Condition>
bool spin_until(Condition&& condition) {
  for (int i = 0; i < kSpins; ++i) {
    if (condition()) return true;
    hwy::Pause();
  }
  return condition();
}

// Signals belong to the program's own threads: what its handlers do must not run on ours. But a fault in bad
// memory is the thread's own, and a profiler wants to see it.
class SignalsBlocked {
 public:
#if defined(RHEO_HAS_FORK)
  SignalsBlocked() {
    sigset_t most;
    sigfillset(&most);
    for (const int own : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGPROF}) sigdelset(&most, own);
    pthread_sigmask(SIG_SETMASK, &most, &before_);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_;
#endif
};

// One call's work, cut into pieces.
struct Work {
  RangeTask task;
  void* context;
  std::int64_t n, piece;  // elements
};

// A thread's place; the first is the caller's. Its share is of neighbouring pieces, so that it finds in its
// cache what an earlier call left there. Who has finished his own takes from the others.
struct alignas(128) Member {
  std::atomic<std::int64_t> next = 0;  // piece
  std::int64_t end = 0;
  std::condition_variable wake;
};

class Pool {
 public:
  explicit Pool(Pool* before) : before_(before) { members_.emplace_back(); }

  // False when another caller has the pool.
  bool run(int threads, const Work& work) {
    if (busy_.exchange(true, std::memory_order_acquire)) return false;
    grow(static_cast<std::size_t>(threads));
    post(static_cast<std::size_t>(threads), work);
    take_pieces(0);
    finish();
    busy_.store(false, std::memory_order_release);
    return true;
  }

 private:
  // Starts the threads that are missing; fewer if the system refuses. They are detached, and the pool lives
  // as long as the process, so that there is nothing to wait for at exit.
  void grow(std::size_t threads) {
    if (members_.size() >= threads) return;
    const SignalsBlocked blocked;
    while (members_.size() < threads) {
      const std::size_t index = members_.size();
      try {
        {
          const std::lock_guard lock(mutex_);
          members_.emplace_back();
        }
        std::thread(&Pool::serve, this, index, &members_.back(), posted_.load()).detach();
      } catch (const std::exception&) {  // no thread, or no memory
        const std::lock_guard lock(mutex_);
        if (members_.size() > index) members_.pop_back();
        return;
      }
    }
  }

  void post(std::size_t threads, const Work& work) {
    {
      const std::lock_guard lock(mutex_);
      work_ = work;
      working_ = std::min(threads, members_.size());
      const std::int64_t pieces = (work.n - 1) / work.piece + 1, shares = static_cast<std::int64_t>(working_);
      for (std::int64_t i = 0; i < shares; ++i) {
        Member& member = members_[static_cast<std::size_t>(i)];
        member.next.store(pieces / shares * i + std::min(i, pieces % shares), std::memory_order_relaxed);
        member.end = pieces / shares * (i + 1) + std::min(i + 1, pieces % shares);
      }
      open_ = true;
      posted_.fetch_add(1, std::memory_order_release);
    }
    for (std::size_t i = 1; i < working_; ++i) members_[i].wake.notify_one();
  }

  void take_pieces(std::size_t index) {
    for (std::size_t k = 0; k < working_; ++k) {
      Member& from = members_[(index + k) % working_];
      for (std::int64_t at = 0; (at = from.next.fetch_add(1, std::memory_order_relaxed)) < from.end;)
        work_.task(at * work_.piece, std::min((at + 1) * work_.piece, work_.n), work_.context);
    }
  }

  // All pieces are taken: waits for those who hold one, not for those who have not woken yet.
  void finish() {
    {
      const std::lock_guard lock(mutex_);
      open_ = false;
    }
    const auto done = [&] { return active_.load(std::memory_order_acquire) == 0; };
    if (spin_until(done)) return;
    std::unique_lock lock(mutex_);
    done_.wait(lock, done);
  }

  // A thread's life.
  void serve(std::size_t index, Member* self, std::uint32_t seen) {
    inside = true;
    std::fesetenv(FE_DFL_ENV);  // not that of whoever happened to make the first call
    const auto news = [&] { return posted_.load(std::memory_order_acquire) != seen; };
    for (;;) {
      spin_until(news);
      std::unique_lock lock(mutex_);
      self->wake.wait(lock, news);
      seen = posted_.load(std::memory_order_relaxed);
      if (!open_ || index >= working_) continue;
      active_.fetch_add(1, std::memory_order_relaxed);
      lock.unlock();
      take_pieces(index);
      lock.lock();
      if (active_.fetch_sub(1, std::memory_order_release) == 1) done_.notify_one();
    }
  }

  std::atomic<bool> busy_ = false;
  std::atomic<std::uint32_t> posted_ = 0;  // calls so far
  std::atomic<int> active_ = 0;            // members at work beside the caller
  std::mutex mutex_;
  std::condition_variable done_;
  std::deque<Member> members_;  // grows only while nobody is at work
  Work work_{};
  std::size_t working_ = 0;  // members that this call may have
  bool open_ = false;        // whether a member may still join
  Pool* before_;             // of the process that this one was forked from: its threads are not here
};

std::atomic<Pool*> current = nullptr;
std::atomic<Pool*> inherited = nullptr;

#if defined(RHEO_HAS_FORK)
// The child has none of the threads, and its copy of the pool may be in the middle of a call.
void forget_in_child() {
  Pool* pool = current.exchange(nullptr);
  if (pool != nullptr) inherited = pool;
}
#endif

// Without a lock, which a fork could leave locked in the child. Null when there is no memory.
Pool* the_pool() {
  Pool* pool = current.load(std::memory_order_acquire);
  if (pool != nullptr) return pool;
#if defined(RHEO_HAS_FORK)
  static std::atomic<bool> registered = false;
  if (!registered.exchange(true) && pthread_atfork(nullptr, nullptr, forget_in_child) != 0) {
    registered = false;
    return nullptr;
  }
#endif
  try {
    auto made = std::make_unique<Pool>(inherited);
    return current.compare_exchange_strong(pool, made.get()) ? made.release() : pool;
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

// The CPUs that this process may run on.
int usable_cpus() {
#if defined(__linux__)
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return std::clamp(CPU_COUNT(&set), 1, kMaxThreads);
#endif
  return std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 1, kMaxThreads);
}

}  // namespace

int parse_threads(const char* text, std::string& error) {
  const std::string_view all(text);
  int value = 0;
  const auto [end, code] = std::from_chars(text, text + all.size(), value);
  if (code == std::errc() && end == text + all.size() && value >= 1 && value <= kMaxThreads) return value;
  error = "RHEOBASE_NUM_THREADS is '" + std::string(all) + "'; expected 1 to " + std::to_string(kMaxThreads);
  return 0;
}

int default_threads(std::string& error) {
  struct Choice {
    int threads = 0;
    std::string error;
  };
  static const Choice choice = [] {
    Choice result;
    const char* wanted = std::getenv("RHEOBASE_NUM_THREADS");
    const bool unset = wanted == nullptr || *wanted == 0;
    result.threads = unset ? usable_cpus() : parse_threads(wanted, result.error);
    return result;
  }();
  error = choice.error;
  return choice.threads;
}

void run_in_pool(int threads, std::int64_t n, std::int64_t grain, RangeTask task, void* context) {
  const std::int64_t grains = (n - 1) / grain + 1;
  threads = static_cast<int>(std::min<std::int64_t>(threads, grains));
  Pool* pool = threads > 1 && !inside ? the_pool() : nullptr;
  if (pool != nullptr) {
    const std::int64_t per_piece = std::max<std::int64_t>(1, grains / (threads * kPiecesPerShare));
    inside = true;
    const bool done = pool->run(threads, {task, context, n, per_piece * grain});
    inside = false;
    if (done) return;
  }
  task(0, n, context);
}

}  // namespace rheo
