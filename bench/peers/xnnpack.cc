// SPDX-License-Identifier: Apache-2.0
// xnnpack.cc: XNNPACK's element-wise operators (its API of 2025 and later).
#include <pthreadpool.h>
#include <xnnpack.h>

#include <cstddef>
#include <map>
#include <string>

#include "peer.h"

namespace {

std::string error;

struct Job {
  xnn_operator_t op = nullptr;
  pthreadpool_t pool = nullptr;  // null: the calling thread
  ~Job() {
    if (op != nullptr) xnn_delete_operator(op);
    if (pool != nullptr) pthreadpool_destroy(pool);
  }
};

const std::map<std::string, xnn_unary_operator> kUnary{
    {"sigmoid", xnn_unary_sigmoid},       {"tanh", xnn_unary_tanh},   {"gelu", xnn_unary_gelu},
    {"approxgelu", xnn_unary_approxgelu}, {"elu", xnn_unary_elu},     {"hardswish", xnn_unary_hardswish},
    {"leaky_relu", xnn_unary_leaky_relu}, {"clamp", xnn_unary_clamp},
};

xnn_unary_params parameters(xnn_unary_operator kind, const PeerJob& job) {
  xnn_unary_params p{};
  const auto alpha = static_cast<float>(job.alpha), beta = static_cast<float>(job.beta);
  if (kind == xnn_unary_clamp) p.clamp = {alpha, beta};
  if (kind == xnn_unary_elu) p.elu.alpha = alpha;
  if (kind == xnn_unary_leaky_relu) p.leaky_relu.negative_slope = alpha;
  return p;
}

bool fine(xnn_status status, const char* what) {
  if (status == xnn_status_success) return true;
  error = std::string(what) + ": status " + std::to_string(status);
  return false;
}

// The operators see n rows of one element without gaps, and split them between threads wherever they like.

bool open_unary(xnn_unary_operator kind, const PeerJob& job, Job& made) {
  const xnn_unary_params p = parameters(kind, job);
  return fine(xnn_create_unary_elementwise_nc(kind, xnn_datatype_fp32, xnn_datatype_fp32, &p, nullptr,
                                              nullptr, nullptr, 0, &made.op),
              "create") &&
         fine(xnn_reshape_unary_elementwise_nc(made.op, static_cast<std::size_t>(job.n), 1, 1, 1, made.pool),
              "reshape") &&
         fine(xnn_setup_unary_elementwise_nc(made.op, job.x, job.y), "setup");
}

bool open_copy(const PeerJob& job, Job& made) {
  return fine(xnn_create_copy_nc_x32(0, &made.op), "create") &&
         fine(xnn_reshape_copy_nc_x32(made.op, static_cast<std::size_t>(job.n), 1, 1, 1, made.pool),
              "reshape") &&
         fine(xnn_setup_copy_nc_x32(made.op, job.x, job.y), "setup");
}

bool open(const PeerJob& job, Job& made) {
  const std::string function = job.function;
  if (function == "copy") return open_copy(job, made);
  if (const auto found = kUnary.find(function); found != kUnary.end()) {
    return open_unary(found->second, job, made);
  }
  error = "no such operator: " + function;
  return false;
}

}  // namespace

const char* peer_version() { return RHEOBASE_XNNPACK_VERSION; }

void* peer_open(const PeerJob* job) {
  if (job->float64 != 0 || job->backward != 0) {
    error = "float32 values only";
    return nullptr;
  }
  if (!fine(xnn_initialize(nullptr), "xnn_initialize")) return nullptr;
  auto* made = new Job;
  if (job->threads > 1) made->pool = pthreadpool_create(static_cast<std::size_t>(job->threads));
  if (open(*job, *made)) return made;
  delete made;
  return nullptr;
}

void peer_run(void* opaque) {
  const Job& job = *static_cast<Job*>(opaque);
  xnn_run_operator(job.op, job.pool);
}

void peer_close(void* opaque) { delete static_cast<Job*>(opaque); }

const char* peer_error() { return error.c_str(); }
