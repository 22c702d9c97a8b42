# SPDX-License-Identifier: Apache-2.0
# highway.cmake: the SIMD library: an installed one, a given source tree, or fetched.

set(RHEOBASE_HIGHWAY_TAG 1.2.0)
if(NOT FETCHCONTENT_SOURCE_DIR_HIGHWAY)
  find_package(hwy 1.2 CONFIG QUIET)
endif()
if(hwy_FOUND)
  set(RHEOBASE_HIGHWAY hwy::hwy)
else()
  include(FetchContent)
  include(${CMAKE_CURRENT_LIST_DIR}/fetch.cmake)
  rheobase_announce_fetch(highway google/highway ${RHEOBASE_HIGHWAY_TAG})
  set(HWY_ENABLE_CONTRIB OFF CACHE BOOL "" FORCE)
  set(HWY_ENABLE_EXAMPLES OFF CACHE BOOL "" FORCE)
  set(HWY_ENABLE_INSTALL OFF CACHE BOOL "" FORCE)
  set(HWY_ENABLE_TESTS OFF CACHE BOOL "" FORCE)
  set(CMAKE_POLICY_DEFAULT_CMP0077 NEW) # so that Highway's option() respects the next line
  set(BUILD_SHARED_LIBS OFF)
  fetchcontent_declare(
    highway
    GIT_REPOSITORY https://github.com/google/highway.git
    GIT_TAG ${RHEOBASE_HIGHWAY_TAG}
    GIT_SHALLOW ON)
  fetchcontent_makeavailable(highway)
  unset(BUILD_SHARED_LIBS)
  set_target_properties(hwy PROPERTIES CXX_VISIBILITY_PRESET hidden POSITION_INDEPENDENT_CODE ON)
  # What nobody here uses.
  foreach(target hwy_test hwy_list_targets)
    if(TARGET ${target})
      set_target_properties(${target} PROPERTIES EXCLUDE_FROM_ALL ON)
    endif()
  endforeach()
  # Its messages hold __FILE__.
  target_compile_options(hwy PRIVATE -ffile-prefix-map=${highway_SOURCE_DIR}/=)
  set(RHEOBASE_HIGHWAY hwy)
endif()
