# SPDX-License-Identifier: Apache-2.0
# programs.cmake: developer programs that time one thing each; the banners of their sources say what and how.

# rheobase_program(NAME SOURCE LIBRARY)
function(rheobase_program name source library)
  add_executable(${name} ${PROJECT_SOURCE_DIR}/bench/${source})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ${library})
  # The loops of the compiler's, which some compare with, at their best in every preset.
  target_compile_options(${name} PRIVATE -O3 -Wall -Wextra)
endfunction()

rheobase_program(rheobase-forms forms.cc rheobase)
rheobase_program(rheobase-lookup lookup.cc rheobase_core)
rheobase_program(rheobase-outputs outputs.cc rheobase_core)
rheobase_program(rheobase-scaling scaling.cc rheobase_core)
rheobase_program(rheobase-sums sums.cc rheobase_core)
