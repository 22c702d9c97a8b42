# SPDX-License-Identifier: Apache-2.0
# NumPy's ufuncs: the extension module _rheobase_numpy, where RHEOBASE_PYTHON has its own headers and NumPy's.
#
# It is linked with no library: the interpreter brings Python's and NumPy's symbols, and rheobase._numpy the addresses of
# our C ABI. Headers of NumPy 2 make a binary that serves NumPy 1.25 and later (numpy_api.h).

execute_process(
  COMMAND
    ${RHEOBASE_PYTHON} -c
    "import sysconfig as s, numpy
print(s.get_path('include'), numpy.get_include(), s.get_config_var('EXT_SUFFIX'), numpy.__version__, sep=';')"
  OUTPUT_VARIABLE numpy_found
  OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET
  RESULT_VARIABLE numpy_missing)
if(numpy_missing)
  message(STATUS "rheobase: no NumPy functions, since ${RHEOBASE_PYTHON} has no NumPy")
  return()
endif()
list(GET numpy_found 0 python_include)
list(GET numpy_found 1 numpy_include)
list(GET numpy_found 2 extension_suffix)
list(GET numpy_found 3 numpy_version)
if(NOT EXISTS ${python_include}/Python.h)
  message(STATUS "rheobase: no NumPy functions, since there is no ${python_include}/Python.h (python3-dev)")
  return()
endif()
if(numpy_version VERSION_LESS 2.0)
  message(STATUS "rheobase: no NumPy functions: they are built with headers of NumPy 2, not ${numpy_version}")
  return()
endif()
message(STATUS "rheobase: NumPy functions with the headers of NumPy ${numpy_version}")

add_library(rheobase_numpy MODULE numpy_arrays.cc numpy_callee.cc numpy_direct.cc numpy_function.cc numpy_keywords.cc numpy_loops.cc numpy_module.cc numpy_ufunc.cc)
target_compile_features(rheobase_numpy PRIVATE cxx_std_20)
target_include_directories(rheobase_numpy PRIVATE ${PROJECT_SOURCE_DIR}/include)
target_include_directories(rheobase_numpy SYSTEM PRIVATE ${python_include} ${numpy_include})
# Python's macros name the file that they stand in; not where it was built.
target_compile_options(rheobase_numpy PRIVATE -Wall -Wextra -fmacro-prefix-map=${PROJECT_SOURCE_DIR}/=)
if(APPLE)
  target_link_options(rheobase_numpy PRIVATE -undefined dynamic_lookup)
endif()
set_target_properties(rheobase_numpy PROPERTIES PREFIX "" OUTPUT_NAME _rheobase_numpy SUFFIX ${extension_suffix})
install(TARGETS rheobase_numpy LIBRARY DESTINATION ${RHEOBASE_PYTHON_SITE}/rheobase/_lib)
