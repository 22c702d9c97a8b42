# SPDX-License-Identifier: Apache-2.0
# sums.cmake: the developer program rheobase-sums; its banner says what it measures.
add_executable(rheobase-sums ${PROJECT_SOURCE_DIR}/bench/sums.cc)
target_link_libraries(rheobase-sums PRIVATE rheobase_core)
target_compile_options(rheobase-sums PRIVATE -O3 -Wall -Wextra)
