# SPDX-License-Identifier: Apache-2.0
# quick.cmake: what makes builds quick where the speed of the code does not matter: in programs and tests.
#
# A file still names the headers that it needs: builds without precompiled ones, such as the sanitizers', see to that.

option(RHEOBASE_PRECOMPILE "Precompile the headers that most files of a target begin with: quick builds" OFF)

# rheobase_precompile(TARGET HEADERS...): headers in angle brackets, in this order; or REUSE_FROM and another target with
# the same flags. Not for CLI11, which made each file slower: its inline functions are then compiled into all of them.
function(rheobase_precompile target)
  if(RHEOBASE_PRECOMPILE)
    if(NOT ARGV1 STREQUAL REUSE_FROM)
      set(scope PRIVATE)
    endif()
    target_precompile_headers(${target} ${scope} ${ARGN})
    # g++ forgets that what it precompiled are the system's headers, whose vectors begin as undefined on purpose.
    target_compile_options(${target} PRIVATE -Wno-uninitialized -Wno-maybe-uninitialized)
  endif()
endfunction()

# rheobase_unhurried(TARGET): most of its time is the library's, so a release spends no time on its own code. -O1 takes two
# thirds of -O3's.
function(rheobase_unhurried target)
  target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O1>)
endfunction()
