# SPDX-License-Identifier: Apache-2.0
# forms.cmake: the developer program rheobase-forms; its banner says what it measures.
add_executable(rheobase-forms ${PROJECT_SOURCE_DIR}/bench/forms.cc)
target_include_directories(rheobase-forms PRIVATE ${PROJECT_SOURCE_DIR})
target_link_libraries(rheobase-forms PRIVATE rheobase)
target_compile_options(rheobase-forms PRIVATE -O3 -Wall -Wextra)
