# SPDX-License-Identifier: Apache-2.0
# xnnpack.cmake: builds XNNPACK from RHEOBASE_XNNPACK_DIR and the peer on top of it. XNNPACK's own build fetches what it
# needs (cpuinfo, pthreadpool), unless CPUINFO_SOURCE_DIR and PTHREADPOOL_SOURCE_DIR name source trees.

if(NOT EXISTS ${RHEOBASE_XNNPACK_DIR}/include/xnnpack.h)
  message(FATAL_ERROR "RHEOBASE_XNNPACK_DIR=${RHEOBASE_XNNPACK_DIR}: there is no include/xnnpack.h")
endif()
foreach(unwanted XNNPACK_BUILD_TESTS XNNPACK_BUILD_BENCHMARKS XNNPACK_BUILD_ALL_MICROKERNELS)
  set(${unwanted} OFF CACHE BOOL "" FORCE)
endforeach()
set(XNNPACK_LIBRARY_TYPE static CACHE STRING "" FORCE)
add_subdirectory(${RHEOBASE_XNNPACK_DIR} ${CMAKE_CURRENT_BINARY_DIR}/xnnpack EXCLUDE_FROM_ALL)

execute_process(
  COMMAND git -C ${RHEOBASE_XNNPACK_DIR} log -1 --format=%h\ %cs
  OUTPUT_VARIABLE xnnpack_version
  OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT xnnpack_version)
  set(xnnpack_version "unknown")
endif()
rheobase_bench_library(rheobase_peer_xnnpack peers/xnnpack.cc)
target_link_libraries(rheobase_peer_xnnpack PRIVATE XNNPACK)
target_compile_definitions(rheobase_peer_xnnpack PRIVATE RHEOBASE_XNNPACK_VERSION="${xnnpack_version}")
