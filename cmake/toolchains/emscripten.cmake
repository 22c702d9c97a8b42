# SPDX-License-Identifier: Apache-2.0
# Cross-compiles to WebAssembly with 128-bit vectors, by Emscripten (Debian's package of that name).

find_program(RHEOBASE_EMCC emcc)
if(NOT RHEOBASE_EMCC)
  message(FATAL_ERROR "emcc not found: install Emscripten (Debian: apt-get install emscripten)")
endif()
get_filename_component(real_emcc ${RHEOBASE_EMCC} REALPATH)
get_filename_component(emscripten_root ${real_emcc} DIRECTORY)
if(DEFINED ENV{EMSDK})
  set(emscripten_root $ENV{EMSDK}/upstream/emscripten)
endif()
find_file(emscripten_platform Emscripten.cmake PATHS ${emscripten_root}/cmake/Modules/Platform
          /usr/share/emscripten/cmake/Modules/Platform NO_DEFAULT_PATH NO_CMAKE_FIND_ROOT_PATH REQUIRED)
include(${emscripten_platform})
# There is no fused multiply-add in WebAssembly: as on other processors without one, lanes ask the C library's, which is
# exact, so the bits are those of all.
set(CMAKE_CXX_FLAGS_INIT "-msimd128 -fexceptions -include ${CMAKE_CURRENT_LIST_DIR}/../../src/wasm/older_library.h")
set(CMAKE_EXE_LINKER_FLAGS_INIT -fexceptions)
