# SPDX-License-Identifier: Apache-2.0
# peers.cmake: the peers that are written in C++ and whose library is on this machine.

include(CheckCXXCompilerFlag)
check_cxx_compiler_flag(-march=native RHEOBASE_HAS_MARCH_NATIVE)

find_path(RHEOBASE_DNNL_INCLUDE dnnl.hpp)
find_library(RHEOBASE_DNNL dnnl)
if(RHEOBASE_DNNL_INCLUDE AND RHEOBASE_DNNL)
  rheobase_bench_library(rheobase_peer_onednn peers/onednn.cc)
  target_include_directories(rheobase_peer_onednn SYSTEM PRIVATE ${RHEOBASE_DNNL_INCLUDE})
  target_link_libraries(rheobase_peer_onednn PRIVATE ${RHEOBASE_DNNL})
endif()

find_path(RHEOBASE_SLEEF_INCLUDE sleef.h)
find_library(RHEOBASE_SLEEF sleef)
if(RHEOBASE_SLEEF_INCLUDE AND RHEOBASE_SLEEF)
  rheobase_bench_library(rheobase_peer_sleef peers/sleef.cc)
  target_include_directories(rheobase_peer_sleef SYSTEM PRIVATE ${RHEOBASE_SLEEF_INCLUDE})
  target_link_libraries(rheobase_peer_sleef PRIVATE ${RHEOBASE_SLEEF})
  target_compile_options(rheobase_peer_sleef PRIVATE -Wno-psabi -Wno-ignored-attributes)
  # Its timing must be this machine's best; it is no part of what is distributed.
  if(RHEOBASE_HAS_MARCH_NATIVE)
    target_compile_options(rheobase_peer_sleef PRIVATE -march=native)
  endif()
endif()
