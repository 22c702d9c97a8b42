# SPDX-License-Identifier: Apache-2.0
# random.cmake: one generated translation unit per file of activations/random/, and the list of them.

file(GLOB random_files CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}/activations/random
     ${PROJECT_SOURCE_DIR}/activations/random/*.h)
list(SORT random_files)

# rheobase_random(VARIABLE): in VARIABLE the generated sources. RHEOBASE_ONLY does not count: they are few.
function(rheobase_random variable)
  set(sources)
  set(externs)
  set(references)
  foreach(file ${random_files})
    get_filename_component(name ${file} NAME_WE)
    set(generated ${PROJECT_BINARY_DIR}/generated/random_${name}.cc)
    configure_file(${PROJECT_SOURCE_DIR}/src/block/random.cc.in ${generated} @ONLY)
    list(APPEND sources ${generated})
    list(APPEND externs random_${name})
    list(APPEND references &random_${name})
  endforeach()
  list(JOIN externs ", " externs)
  list(JOIN references ", " references)
  set(listed ${PROJECT_BINARY_DIR}/generated/list_of_random.cc)
  configure_file(${PROJECT_SOURCE_DIR}/src/core/random_list.cc.in ${listed} @ONLY)
  set(${variable}
      ${sources} ${listed}
      PARENT_SCOPE)
endfunction()
