# SPDX-License-Identifier: Apache-2.0
# precompile.cmake: headers that many files of a target begin with, read once for all of them.
#
# A file still names the headers that it needs: builds without this option, such as the release preset's, see to that.
# Not for CLI11, which made each file slower: its inline functions are then compiled into all of them.

option(RHEOBASE_PRECOMPILE "Precompile the headers that most files begin with: quick builds" OFF)

# rheobase_precompile(TARGET HEADERS...): headers in angle brackets, in this order.
function(rheobase_precompile target)
  if(RHEOBASE_PRECOMPILE)
    target_precompile_headers(${target} PRIVATE ${ARGN})
    # g++ forgets that what it precompiled are the system's headers, whose vectors begin as undefined on purpose.
    target_compile_options(${target} PRIVATE -Wno-uninitialized -Wno-maybe-uninitialized)
  endif()
endfunction()
