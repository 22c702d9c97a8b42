# SPDX-License-Identifier: Apache-2.0
# scaling.cmake: the developer program rheobase-scaling; its banner says what it measures.
add_executable(rheobase-scaling ${PROJECT_SOURCE_DIR}/bench/scaling.cc)
target_link_libraries(rheobase-scaling PRIVATE rheobase_core)
target_compile_options(rheobase-scaling PRIVATE -Wall -Wextra)

# rheobase-random-speed likewise.
add_executable(rheobase-random-speed ${PROJECT_SOURCE_DIR}/bench/random.cc)
target_link_libraries(rheobase-random-speed PRIVATE rheobase)
target_compile_options(rheobase-random-speed PRIVATE -Wall -Wextra)
# Likewise rheobase-lookup.
add_executable(rheobase-lookup ${PROJECT_SOURCE_DIR}/bench/lookup.cc)
target_link_libraries(rheobase-lookup PRIVATE rheobase_core)
target_compile_options(rheobase-lookup PRIVATE -Wall -Wextra)
