# SPDX-License-Identifier: Apache-2.0
# dependencies.cmake: the libraries of the program and of PyTorch's operators: installed ones, given source trees, or
# fetched. The core needs Highway alone (highway.cmake).

include(FetchContent)
include(${CMAKE_CURRENT_LIST_DIR}/fetch.cmake)

set(RHEOBASE_FMT_TAG 9.1.0)
set(RHEOBASE_CLI11_TAG v2.1.2)
set(RHEOBASE_NLOHMANN_JSON_TAG v3.11.2)
set(RHEOBASE_XXHASH_TAG v0.8.1)
# fmt in what is installed elsewhere: a wheel must not need the system's libfmt.so.
option(RHEOBASE_FMT_HEADERS "Take fmt as headers alone, not its shared library" OFF)
if(RHEOBASE_FMT_HEADERS)
  set(RHEOBASE_FMT fmt::fmt-header-only)
else()
  set(RHEOBASE_FMT fmt::fmt)
endif()

# rheobase_fetch(NAME REPOSITORY TAG): FETCHCONTENT_SOURCE_DIR_<NAME> gives a tree instead.
function(rheobase_fetch name repository tag)
  rheobase_announce_fetch(${name} ${repository} ${tag})
  fetchcontent_declare(
    ${name}
    GIT_REPOSITORY https://github.com/${repository}.git
    GIT_TAG ${tag}
    GIT_SHALLOW ON
    ${ARGN})
  set(CMAKE_POLICY_DEFAULT_CMP0077 NEW) # so that their options respect these
  set(BUILD_SHARED_LIBS OFF)
  set(FMT_INSTALL OFF)
  set(JSON_BuildTests OFF)
  set(JSON_Install OFF)
  set(CLI11_BUILD_TESTS OFF)
  set(CLI11_BUILD_EXAMPLES OFF)
  set(CLI11_BUILD_DOCS OFF)
  set(CLI11_INSTALL OFF)
  fetchcontent_makeavailable(${name})
endfunction()

# rheobase_need(NAME...): afterwards the targets fmt::fmt, CLI11::CLI11, nlohmann_json::nlohmann_json are there, or
# RHEOBASE_XXHASH_INCLUDE is set. A macro: what find_package finds belongs to the calling folder.
macro(rheobase_need)
  foreach(needed ${ARGN})
    if(needed STREQUAL "fmt" AND NOT TARGET fmt::fmt)
      find_package(fmt QUIET)
      if(NOT fmt_FOUND)
        rheobase_fetch(fmt fmtlib/fmt ${RHEOBASE_FMT_TAG})
      endif()
    elseif(needed STREQUAL "CLI11" AND NOT TARGET CLI11::CLI11)
      find_package(CLI11 QUIET)
      if(NOT CLI11_FOUND)
        rheobase_fetch(cli11 CLIUtils/CLI11 ${RHEOBASE_CLI11_TAG})
      endif()
    elseif(needed STREQUAL "nlohmann_json" AND NOT TARGET nlohmann_json::nlohmann_json)
      find_package(nlohmann_json QUIET)
      if(NOT nlohmann_json_FOUND)
        rheobase_fetch(nlohmann_json nlohmann/json ${RHEOBASE_NLOHMANN_JSON_TAG})
      endif()
    elseif(needed STREQUAL "xxhash")
      find_path(RHEOBASE_XXHASH_INCLUDE xxhash.h)
      if(NOT RHEOBASE_XXHASH_INCLUDE)
        # A header is all that is wanted; the folder has no CMakeLists.txt of its own.
        rheobase_fetch(xxhash Cyan4973/xxHash ${RHEOBASE_XXHASH_TAG} SOURCE_SUBDIR none)
        fetchcontent_getproperties(xxhash SOURCE_DIR RHEOBASE_XXHASH_SOURCE)
        set(RHEOBASE_XXHASH_INCLUDE ${RHEOBASE_XXHASH_SOURCE} CACHE PATH "The folder of xxhash.h" FORCE)
      endif()
    endif()
  endforeach()
endmacro()
