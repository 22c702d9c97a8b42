// SPDX-License-Identifier: Apache-2.0
// capi.cc: row functions in the C ABI of the device kernels (include/rheobase/cuda_rows.h).
#include <cstdint>
#include <string>
#include <vector>

#include "rheobase/cuda.h"
#include "src/capi/call.h"
#include "src/capi/checks.h"
#include "src/cuda/device.h"
#include "src/cuda/rows/request.h"
#include "src/rows/registry.h"

namespace {

using namespace rheo::device;
using rheo::fail, rheo::require;

void check_fields(const rheo_cuda_rows& call) {
  check_size(call.struct_size, sizeof(rheo_cuda_rows));
  check_flags(call.flags);
  require(call.rows, "rows");
  const rheo_rows_call& rows = *call.rows;
  check_size(rows.struct_size, sizeof(rheo_rows_call), "rows->struct_size");
  if (rows.flags != 0)
    fail(RHEO_ERROR_UNSUPPORTED, "rows->flags is " + std::to_string(rows.flags) + "; expected 0");
  if (rows.threads != 0)
    fail(RHEO_ERROR_THREADS, "threads is " + std::to_string(rows.threads) + "; on a device expected 0");
  if (rows.executor != nullptr) fail(RHEO_ERROR_UNSUPPORTED, "executor is given; on a device expected null");
}

const rheo::RowInfo& info_of(const char* function) {
  const rheo::RowEntry* const found = rheo::find_row_function(function);
  if (found == nullptr) fail(RHEO_ERROR_NAME, rheo::row_name_error(function));
  return *found->info;
}

// What to start, all of it checked but for memory.
std::vector<rheo::RowsRequest> requests(const rheo::RowInfo& info, const rheo_rows_call& rows) {
  std::vector<rheo::RowsRequest> all;
  rheo::RowSteps steps = rheo::checked_rows(info, rows);
  for (const rheo::RowStep& step : steps) all.push_back(rheo::rows_request(step, info.result));
  return all;
}

void start(std::vector<rheo::RowsRequest>& all, void* stream, int device) {
  const int count = multiprocessors(device);
  for (rheo::RowsRequest& r : all) {
    r.stream = stream, r.multiprocessors = count;
    check(rheo::launch_rows(r), "launch");
  }
}

struct Named {
  const void* memory;
  const char* name;
};

void run(const char* function, const rheo_cuda_rows& call) {
  check_fields(call);
  const rheo_rows_call& rows = *call.rows;
  std::vector<rheo::RowsRequest> all = requests(info_of(function), rows);
  if (all.empty()) return;
  const Named operands[] = {
      {rows.x, "x"}, {rows.mask, "mask"}, {rows.grad, "grad"}, {rows.result, "result"}, {rows.y, "y"}};
  for (const Named& o : operands) check_aligned(o.memory, o.name, rheo::size_of(all.front().format));
  const int device = current_device();
  if ((call.flags & RHEO_CUDA_UNCHECKED) == 0)
    for (const Named& o : operands) check_pointer(o.memory, o.name, device);
  start(all, call.stream, device);
}

// All that an operand's strides reach, in device memory: gaps come along, and go back as they were.
class Copy {
 public:
  Copy(const rheo_rows_call& rows, const void* host, const std::int64_t* strides, const char* name)
      : extent_(reached(rows, strides)),
        bytes_(static_cast<std::size_t>(extent_.high - extent_.low)),
        first_(host != nullptr ? static_cast<const char*>(host) + extent_.low : nullptr),
        name_(name),
        buffer_(first_, bytes_, name) {}

  // Where the operand's first element is on the device.
  char* operand() const {
    return buffer_.data != nullptr ? static_cast<char*>(buffer_.data) - extent_.low : nullptr;
  }
  void copy_out() const { buffer_.copy_out(const_cast<char*>(first_), bytes_, name_); }

 private:
  static rheo::Extent reached(const rheo_rows_call& rows, const std::int64_t* strides) {
    const auto size = static_cast<std::int64_t>(rheo::size_of(rheo::checked_format(rows.format)));
    return rheo::extent_of(rheo::read_shape(rows.rank, rows.shape, {strides, nullptr, nullptr}), rheo::kX,
                           size);
  }

  rheo::Extent extent_;
  std::size_t bytes_;
  const char* first_;
  const char* name_;
  Buffer buffer_;
};

void run_host(const char* function, const rheo_cuda_rows& call) {
  if (call.stream != nullptr) fail(RHEO_ERROR_UNSUPPORTED, "stream has to be null");
  check_fields(call);
  const rheo_rows_call& rows = *call.rows;
  const rheo::RowInfo& info = info_of(function);
  if (requests(info, rows).empty()) return;
  const int device = current_device();
  const Copy x(rows, rows.x, rows.x_strides, "x"), mask(rows, rows.mask, rows.mask_strides, "mask"),
      grad(rows, rows.grad, rows.grad_strides, "grad"),
      result(rows, rows.result, rows.result_strides, "result"), y(rows, rows.y, rows.y_strides, "y");
  rheo_rows_call inside = rows;
  inside.x = x.operand(), inside.mask = mask.operand(), inside.grad = grad.operand();
  inside.result = result.operand(), inside.y = y.operand();
  std::vector<rheo::RowsRequest> all = requests(info, inside);
  start(all, nullptr, device);
  wait();
  y.copy_out();
}

}  // namespace

extern "C" {

rheo_status rheo_cuda_run_rows(const char* function, const rheo_cuda_rows* call) {
  return guarded([&] { require(function, "function"), require(call, "call"), run(function, *call); });
}

rheo_status rheo_cuda_run_rows_host(const char* function, const rheo_cuda_rows* call) {
  return guarded([&] { require(function, "function"), require(call, "call"), run_host(function, *call); });
}

}  // extern "C"
