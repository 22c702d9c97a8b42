// SPDX-License-Identifier: Apache-2.0
// onednn.cc: oneDNN's element-wise primitive, versions 2 and 3.
#include <cstring>
#include <dnnl.hpp>
#include <map>
#include <string>
#include <unordered_map>

#include "peer.h"

namespace {

using dnnl::algorithm;
using dnnl::memory;

std::string error;

struct Job {
  dnnl::stream stream;
  dnnl::primitive primitive;
  std::unordered_map<int, memory> arguments;
};

const std::map<std::string, algorithm> kAlgorithms{
    {"relu", algorithm::eltwise_relu},
    {"tanh", algorithm::eltwise_tanh},
    {"elu", algorithm::eltwise_elu},
    {"logistic", algorithm::eltwise_logistic},
    {"soft_relu", algorithm::eltwise_soft_relu},
    {"gelu_erf", algorithm::eltwise_gelu_erf},
    {"gelu_tanh", algorithm::eltwise_gelu_tanh},
    {"swish", algorithm::eltwise_swish},
    {"hardswish", algorithm::eltwise_hardswish},
    {"clip", algorithm::eltwise_clip_v2},
    {"linear", algorithm::eltwise_linear},
#if DNNL_VERSION_MAJOR >= 3 || DNNL_VERSION_MINOR >= 5
    {"mish", algorithm::eltwise_mish},
#endif
#if DNNL_VERSION_MAJOR >= 3
    {"hardsigmoid", algorithm::eltwise_hardsigmoid},
#endif
};

// Version 3 gives hardswish its slope and offset; before, they were fixed.
void complete(const PeerJob& job, float& alpha, float& beta) {
  if (DNNL_VERSION_MAJOR >= 3 && std::strcmp(job.function, "hardswish") == 0) alpha = 1.0F / 6, beta = 0.5F;
}

Job* make(const PeerJob& job) {
  const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  const auto kind = kAlgorithms.at(job.function);
  const memory::desc layout({job.n}, memory::data_type::f32, memory::format_tag::a);
  auto alpha = static_cast<float>(job.alpha), beta = static_cast<float>(job.beta);
  complete(job, alpha, beta);
  const auto bound = [&](const void* data) { return memory(layout, engine, const_cast<void*>(data)); };
  const auto direction =
      job.backward != 0 ? dnnl::prop_kind::forward_training : dnnl::prop_kind::forward_inference;
#if DNNL_VERSION_MAJOR >= 3
  const dnnl::eltwise_forward::primitive_desc forward(engine, direction, kind, layout, layout, alpha, beta);
#else
  const dnnl::eltwise_forward::primitive_desc forward({direction, kind, layout, alpha, beta}, engine);
#endif
  if (job.backward == 0) {
    return new Job{dnnl::stream(engine),
                   dnnl::eltwise_forward(forward),
                   {{DNNL_ARG_SRC, bound(job.x)}, {DNNL_ARG_DST, bound(job.y)}}};
  }
#if DNNL_VERSION_MAJOR >= 3
  const dnnl::eltwise_backward::primitive_desc backward(engine, kind, layout, layout, layout, alpha, beta,
                                                        forward);
#else
  const dnnl::eltwise_backward::primitive_desc backward({kind, layout, layout, alpha, beta}, engine, forward);
#endif
  return new Job{dnnl::stream(engine),
                 dnnl::eltwise_backward(backward),
                 {{DNNL_ARG_SRC, bound(job.x)},
                  {DNNL_ARG_DIFF_DST, bound(job.grad)},
                  {DNNL_ARG_DIFF_SRC, bound(job.y)}}};
}

}  // namespace

const char* peer_version() {
  static const std::string text = [] {
    const dnnl_version_t* v = dnnl_version();
    return std::to_string(v->major) + "." + std::to_string(v->minor) + "." + std::to_string(v->patch);
  }();
  return text.c_str();
}

void* peer_open(const PeerJob* job) try {
  if (job->float64 != 0) {
    error = "no float64 on a CPU";
    return nullptr;
  }
  if (kAlgorithms.find(job->function) == kAlgorithms.end()) {
    error = std::string("this version has no ") + job->function;
    return nullptr;
  }
  return make(*job);
} catch (const dnnl::error& e) {
  error = e.what();
  return nullptr;
}

void peer_run(void* opaque) {
  auto* job = static_cast<Job*>(opaque);
  job->primitive.execute(job->stream, job->arguments);
  job->stream.wait();
}

void peer_close(void* opaque) { delete static_cast<Job*>(opaque); }

const char* peer_error() { return error.c_str(); }
