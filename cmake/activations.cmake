# SPDX-License-Identifier: Apache-2.0
# activations.cmake: one generated translation unit per file of activations/, and the list of them.

file(GLOB files CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}/activations ${PROJECT_SOURCE_DIR}/activations/*.h)
list(SORT files)

# A subset by name, for builds that need few or are slow to run.
set(RHEOBASE_ONLY "" CACHE STRING "Build only these: names of activations, presets or files, as silu;gelu; all when empty")
if(RHEOBASE_ONLY)
  include(cmake/subset.cmake)
  rheobase_subset(files ${files})
endif()

# The tables of activations/<name>.h lie in tables/<name>/, one file each, named as the struct in it.
file(GLOB_RECURSE tables CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/tables/*.h)
list(SORT tables)

# rheobase_tables_of(NAME NAMES INCLUDES): the tables of activations/<name>.h: their structs, and the lines that include
# them.
function(rheobase_tables_of name names includes)
  set(own ${tables})
  list(FILTER own INCLUDE REGEX "^tables/${name}/")
  list(TRANSFORM own REPLACE ".*/(.*)[.]h" "\\1" OUTPUT_VARIABLE table_names)
  list(JOIN table_names ", " table_names)
  list(TRANSFORM own REPLACE ".+" "#include \"\\0\"\n" OUTPUT_VARIABLE table_includes)
  list(JOIN table_includes "" table_includes)
  set(${names} "${table_names}" PARENT_SCOPE)
  set(${includes} "${table_includes}" PARENT_SCOPE)
endfunction()

# rheobase_per_activation(VARIABLE TEMPLATE PREFIX [EXTENSION cu]): instantiates TEMPLATE for each file, in VARIABLE the
# results.
function(rheobase_per_activation variable template prefix)
  cmake_parse_arguments(PARSE_ARGV 3 arg "" "EXTENSION" "")
  if(NOT arg_EXTENSION)
    set(arg_EXTENSION cc)
  endif()
  set(sources)
  foreach(file ${files})
    get_filename_component(name ${file} NAME_WE)
    rheobase_tables_of(${name} table_names table_includes)
    set(generated ${PROJECT_BINARY_DIR}/generated/${prefix}_${name}.${arg_EXTENSION})
    configure_file(${PROJECT_SOURCE_DIR}/${template} ${generated} @ONLY)
    list(APPEND sources ${generated})
  endforeach()
  set(${variable} ${sources} PARENT_SCOPE)
endfunction()

# rheobase_list_of(VARIABLE TEMPLATE OUTPUT SYMBOL [FILES...]): one file that names SYMBOL_<name> for each of the files.
function(rheobase_list_of variable template output symbol)
  set(externs)
  set(references)
  foreach(file ${ARGN})
    get_filename_component(name ${file} NAME_WE)
    list(APPEND externs ${symbol}_${name})
    list(APPEND references &${symbol}_${name})
  endforeach()
  list(JOIN externs ", " externs)
  list(JOIN references ", " references)
  configure_file(${PROJECT_SOURCE_DIR}/${template} ${PROJECT_BINARY_DIR}/generated/${output} @ONLY)
  set(${variable} ${PROJECT_BINARY_DIR}/generated/${output} PARENT_SCOPE)
endfunction()

# rheobase_list(VARIABLE TEMPLATE OUTPUT SYMBOL): the same for each activation's file.
function(rheobase_list variable template output symbol)
  rheobase_list_of(listed ${template} ${output} ${symbol} ${files})
  set(${variable} ${listed} PARENT_SCOPE)
endfunction()

# rheobase_of_kind(KIND VARIABLE TEMPLATE LIST_TEMPLATE SYMBOL [PREFIX prefix] [EXTENSION cu]): of the files in
# activations/KIND/, another kind than those above, TEMPLATE's instances, which are called <prefix>_<name>, and the list
# <prefix>_list that names SYMBOL_<name> of each; all in VARIABLE. The prefix is KIND where there is none. RHEOBASE_ONLY does
# not count: they are few.
function(rheobase_of_kind kind variable template list_template symbol)
  cmake_parse_arguments(PARSE_ARGV 5 arg "" "PREFIX;EXTENSION" "")
  if(NOT arg_PREFIX)
    set(arg_PREFIX ${kind})
  endif()
  if(NOT arg_EXTENSION)
    set(arg_EXTENSION cc)
  endif()
  file(GLOB kindred CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}/activations/${kind}
       ${PROJECT_SOURCE_DIR}/activations/${kind}/*.h)
  list(SORT kindred)
  set(sources)
  foreach(file ${kindred})
    get_filename_component(name ${file} NAME_WE)
    set(generated ${PROJECT_BINARY_DIR}/generated/${arg_PREFIX}_${name}.${arg_EXTENSION})
    configure_file(${PROJECT_SOURCE_DIR}/${template} ${generated} @ONLY)
    list(APPEND sources ${generated})
  endforeach()
  rheobase_list_of(listed ${list_template} ${arg_PREFIX}_list.cc ${symbol} ${kindred})
  set(${variable} ${sources} ${listed} PARENT_SCOPE)
endfunction()
