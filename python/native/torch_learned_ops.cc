// SPDX-License-Identifier: Apache-2.0
// torch_learned_ops.cc: the operators of torch_learned.h on the CPU.
#include "torch_channels.h"
#include "torch_learned.h"
#include "torch_memory.h"

namespace rheobase_torch {
namespace {

constexpr int64_t kThreadsFrom = 65536;  // elements

// One call's tensors and parameters, taken off the dispatcher's stack.
class Call {
 public:
  Call(const LearnedOperator& op, StableIValue* stack)
      : op_(op),
        given_(op, stack),
        grad_(given_.grad),
        x_(given_.x),
        axis_(given_.axis),
        which_(given_.which),
        channels_(given_.channels),
        format_(given_.format) {
    for (const Tensor& t : given_.parameters) read(t);
    if (!values_.empty()) check_values();
  }

  Tensor run() { return op_.task == Task::kMap ? map() : sum(); }

 private:
  // A parameter's values.
  void read(const Tensor& t) {
    std::vector<double> values(static_cast<size_t>(t.numel()));
    for (size_t c = 0; c < values.size(); ++c)
      values[c] = number(t.const_data_ptr(), t.scalar_type(), static_cast<int64_t>(c));
    values_.push_back(std::move(values));
  }
  static double number(const void* data, ScalarType type, int64_t i) {
    if (type == ScalarType::Double) return static_cast<const double*>(data)[i];
    if (type == ScalarType::Float) return static_cast<const float*>(data)[i];
    if (type == ScalarType::BFloat16) return static_cast<const torch::headeronly::BFloat16*>(data)[i];
    return static_cast<const torch::headeronly::Half*>(data)[i];
  }
  bool shared() const {
    return std::all_of(values_.begin(), values_.end(), [](const auto& v) { return v.size() == 1; });
  }
  void fill(int64_t channel, rheo_parameter* list) const {
    for (size_t i = 0; i < values_.size(); ++i)
      list[i] = {op_.parameters[i].name.c_str(),
                 values_[i][values_[i].size() == 1 ? 0 : static_cast<size_t>(channel)]};
  }
  void check_values() const {
    rheo_parameter list[kMaxParameters];
    const int64_t n = shared() ? 1 : channels_;
    for (int64_t c = 0; c < n; ++c) {
      fill(c, list);
      if (rheo_check_parameters(op_.activation, format_, list, values_.size()) != RHEO_OK)
        fail(op_, std::string(rheo_last_error()) + (n > 1 ? " (channel " + std::to_string(c) + ")" : ""));
    }
  }

  // Dimensions of x, grad and y, without the channels' where there is more than one set of parameters.
  Walk walk(const Tensor* y, bool split) const {
    Walk result;
    for (int64_t d = 0; d < x_.dim(); ++d) {
      const Dimension dimension{x_.sizes()[d], x_.strides()[d], op_.has_grad() ? grad_.strides()[d] : 0,
                                y ? y->strides()[d] : x_.strides()[d]};
      if (split && d == axis_) {
        result.channel = dimension;
      } else if (dimension.extent != 1) {
        result.rows.push_back(dimension);
      }
    }
    std::stable_sort(result.rows.begin(), result.rows.end(),
                     [](const Dimension& a, const Dimension& b) { return std::abs(a.y) > std::abs(b.y); });
    result.columns = split && result.channel.extent > 1 && !result.rows.empty() &&
                     std::abs(result.channel.y) < std::abs(result.rows.back().y);
    return result;
  }

  static char* at(const Tensor& t, int64_t offset) {
    return const_cast<char*>(static_cast<const char*>(t.const_data_ptr())) +
           offset * static_cast<int64_t>(t.element_size());
  }

  // Where the numbers of one channel lie.
  struct Place {
    char *x, *grad, *y;
  };
  Place place(const Walk& w, const Dimension& from, int64_t c, const Tensor* y) const {
    return {at(x_, from.x + c * w.channel.x),
            op_.has_grad() ? at(grad_, from.grad + c * w.channel.grad) : nullptr,
            y ? at(*y, from.y + c * w.channel.y) : nullptr};
  }

  template <bool kBack, class... Arguments>
  void turn(const Arguments&... arguments) const {
    const size_t size = x_.element_size();
    size == 2   ? turn_as<kBack, uint16_t>(arguments...)
    : size == 4 ? turn_as<kBack, uint32_t>(arguments...)
                : turn_as<kBack, uint64_t>(arguments...);
  }

  // step(layout, place, channel) for all channels from first to last, box by box; in columns by way of
  // buffers.
  template <class Step>
  void for_places(const Walk& w, int64_t first, int64_t last, const Tensor* y, Step step) const {
    const int64_t width = last - first, size = static_cast<int64_t>(x_.element_size());
    std::vector<char> x(w.columns ? static_cast<size_t>(kPitch * width * size) : 0),
        grad(op_.has_grad() ? x.size() : 0), result(y ? x.size() : 0);
    for_boxes(w, [&](const Dimension& from, const std::vector<Dimension>& box) {
      const Layout layout(box);
      if (!w.columns) {
        for (int64_t c = first; c < last; ++c) step(layout, place(w, from, c, y), c);
        return;
      }
      const int64_t rows = Walk{box}.count();
      const Layout together({Dimension{rows, 1, 1, 1}});
      const Place lies = place(w, from, first, y);
      turn<false>(box, &Dimension::x, lies.x, w.channel.x, width, rows, x.data());
      if (op_.has_grad())
        turn<false>(box, &Dimension::grad, lies.grad, w.channel.grad, width, rows, grad.data());
      for (int64_t c = 0; c < width; ++c) {
        const int64_t offset = c * kPitch * size;
        step(together,
             Place{x.data() + offset, op_.has_grad() ? grad.data() + offset : nullptr,
                   y ? result.data() + offset : nullptr},
             first + c);
      }
      if (y) turn<true>(box, &Dimension::y, lies.y, w.channel.y, width, rows, result.data());
    });
  }

  // f of some numbers of one channel, on the caller's thread or on all of torch's.
  void map_place(const Layout& layout, const Place& place, int64_t c, const rheo_executor* executor) const {
    rheo_parameter list[kMaxParameters];
    fill(c, list);
    rheo_call call{};
    call.struct_size = sizeof call;
    call.role = op_.role;
    call.format = format_;
    call.parameters = list, call.parameter_count = values_.size();
    call.threads = executor ? 0 : 1, call.executor = executor;
    call.rank = static_cast<int32_t>(layout.shape.size());
    call.shape = layout.shape.data();
    call.x_strides = layout.x.data(), call.y_strides = layout.y.data();
    call.grad_strides = op_.has_grad() ? layout.grad.data() : nullptr;
    call.x = place.x, call.grad = place.grad, call.y = place.y;
    if (op_.role == RHEO_PARAMETER)
      call.with_respect_to = op_.parameters[static_cast<size_t>(which_)].name.c_str();
    if (rheo_run(op_.activation, &call) != RHEO_OK) fail(op_, rheo_last_error());
  }

  // group(first channel, last, executor) for groups of channels: side by side on torch's threads where there
  // are enough of them, otherwise one after the other, each on all threads.
  template <class Group>
  void for_channels(int64_t channels, int64_t size, Group group) const {
    const int64_t groups = (channels + size - 1) / size;
    const auto run = [&](int64_t begin, int64_t end, const rheo_executor* executor) {
      for (int64_t g = begin; g < end; ++g) group(g * size, std::min(channels, (g + 1) * size), executor);
    };
    if (x_.numel() < kThreadsFrom) return run(0, groups, nullptr);
    if (groups >= 2 * static_cast<int64_t>(torch::stable::get_num_threads()))
      return torch::stable::parallel_for(0, groups, 1,
                                         [&](int64_t begin, int64_t end) { run(begin, end, nullptr); });
    Threads threads;
    run(0, groups, threads.executor());
    threads.finish(op_.name, RHEO_OK);
  }

  Tensor map() const {
    const Tensor y = cpu_empty_like(x_);
    if (x_.numel() == 0) return y;
    const Walk w = walk(&y, !shared());
    for_channels(w.channel.extent, w.columns ? kGroup : 1,
                 [&](int64_t first, int64_t last, const rheo_executor* executor) {
                   for_places(w, first, last, &y, [&](const Layout& layout, const Place& place, int64_t c) {
                     map_place(layout, place, c, executor);
                   });
                 });
    return y;
  }

  void sum_place(const Layout& layout, const Place& place, int64_t c, int64_t* words, size_t count,
                 const rheo_executor* executor) const {
    rheo_parameter list[kMaxParameters];
    fill(c, list);
    rheo_sums_call call{};
    call.struct_size = sizeof call;
    call.threads = executor ? 0 : 1, call.executor = executor;
    call.form = {RHEO_SUMS_TERMS, static_cast<uint32_t>(format_), 1};
    call.rank = static_cast<int32_t>(layout.shape.size()), call.axis = -1;
    call.shape = layout.shape.data();
    call.x_strides = layout.x.data(), call.grad_strides = layout.grad.data();
    call.x = place.x, call.grad = place.grad;
    call.activation = op_.activation;
    call.parameters = list, call.parameter_count = values_.size();
    call.with_respect_to = op_.parameters[static_cast<size_t>(which_)].name.c_str();
    call.workspace = words, call.words = count;
    if (rheo_sums_add(&call) != RHEO_OK) fail(op_, rheo_last_error());
  }

  // All channels at once, for sums of x itself.
  void sum_plainly(std::vector<int64_t>& words) const {
    rheo_sums_call call{};
    call.struct_size = sizeof call;
    call.form = {RHEO_SUMS_TERMS, static_cast<uint32_t>(format_), channels_};
    call.rank = static_cast<int32_t>(x_.dim()), call.axis = static_cast<int32_t>(axis_);
    call.shape = x_.sizes().data(), call.x_strides = x_.strides().data();
    call.x = x_.const_data_ptr();
    call.workspace = words.data(), call.words = words.size();
    Threads threads;
    call.executor = threads.executor();
    threads.finish(op_.name, rheo_sums_add(&call));
  }

  Tensor sum() const {
    const bool plain = !op_.activation;
    const bool split = !plain && !shared();
    const int64_t n = plain || split ? channels_ : 1;
    const rheo_sums_form one{RHEO_SUMS_TERMS, static_cast<uint32_t>(format_), 1},
        all{RHEO_SUMS_TERMS, static_cast<uint32_t>(format_), n};
    const ScalarType wide = format_ == RHEO_FLOAT64 ? ScalarType::Double : ScalarType::Float;
    const Tensor result = plain ? torch::stable::new_empty(x_, {n}, wide)
                                : cpu_empty_like(given_.parameters[static_cast<size_t>(which_)]);
    if (result.numel() == 0) return result;
    size_t each = 0;
    check(rheo_sums_size(&one, &each, nullptr));
    std::vector<int64_t> words(each * static_cast<size_t>(n));
    check(rheo_sums_clear(&all, words.data(), words.size()));
    if (x_.numel() > 0) {
      if (plain) {
        sum_plainly(words);
      } else {
        sum_terms(words, each, split);
      }
    }
    const bool merged = !plain && result.numel() == 1;
    if (merged)
      for (int64_t c = 1; c < n; ++c)
        check(rheo_sums_merge(&one, words.data(), words.data() + static_cast<size_t>(c) * each, each));
    const uint32_t format = static_cast<uint32_t>(format_of(op_, result));
    check(rheo_sums_finish(merged ? &one : &all, words.data(), merged ? each : words.size(), format,
                           result.mutable_data_ptr()));
    return result;
  }
  void sum_terms(std::vector<int64_t>& words, size_t each, bool split) const {
    const Walk w = walk(nullptr, split);
    for_channels(
        w.channel.extent, w.columns ? kGroup : 1,
        [&](int64_t first, int64_t last, const rheo_executor* executor) {
          for_places(w, first, last, nullptr, [&](const Layout& layout, const Place& place, int64_t c) {
            sum_place(layout, place, c, words.data() + static_cast<size_t>(c) * each, each, executor);
          });
        });
  }

  const LearnedOperator& op_;
  const LearnedArguments given_;
  const Tensor &grad_, &x_;
  const int64_t axis_, which_, channels_;
  const rheo_format format_;
  std::vector<std::vector<double>> values_;
};

void call_learned(const LearnedOperator& op, StableIValue* stack) { stack[0] = from(Call(op, stack).run()); }

std::vector<LearnedOperator> learned_operators;

void define_learned(torch::stable::detail::StableLibrary& library) {
  learned_operators = list_learned(list_operators());
  define<learned_operators>(library);
}

void implement_learned(torch::stable::detail::StableLibrary& library) {
  implement<learned_operators, call_learned>(library);
}

}  // namespace
}  // namespace rheobase_torch

STABLE_TORCH_LIBRARY_FRAGMENT(rheobase, m) { rheobase_torch::guarded(rheobase_torch::define_learned, m); }
STABLE_TORCH_LIBRARY_IMPL(rheobase, CPU, m) { rheobase_torch::guarded(rheobase_torch::implement_learned, m); }
