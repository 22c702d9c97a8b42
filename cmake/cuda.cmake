# SPDX-License-Identifier: Apache-2.0
# cuda.cmake: CUDA's compiler, where RHEOBASE_CUDA asks for the device kernels.

option(RHEOBASE_CUDA "The library of device kernels, librheobase_cuda; needs nvcc 13" OFF)
if(RHEOBASE_CUDA)
  if(NOT CMAKE_CUDA_ARCHITECTURES)
    # One PTX for all, from which ptxas makes the code of each kind of device: nothing here needs what later ones have, and
    # compiling down to PTX takes longer than that. Devices to come make their own of it.
    set(CMAKE_CUDA_ARCHITECTURES OFF)
    string(APPEND CMAKE_CUDA_FLAGS " \"--generate-code=arch=compute_80,code=[compute_80,sm_80,sm_90,sm_100]\"")
  endif()
  enable_language(CUDA)
  set(CMAKE_CUDA_STANDARD_DEFAULT "") # CMake before 3.26 does not know how to ask nvcc 13 for C++20
  string(APPEND CMAKE_CUDA_FLAGS " -std=c++20")
  set(CMAKE_CUDA_VISIBILITY_PRESET hidden)
  find_package(CUDAToolkit REQUIRED)
endif()
