# SPDX-License-Identifier: Apache-2.0
# package.cmake: what an installation has for CMake (find_package(rheobase), components shared, static and analysis) and
# pkg-config. Nothing that is installed holds a path: the folder may be moved.
#
# Parts for cmake --install --component: rheobase_Runtime, rheobase_Development; elsewhere rheobase_Program,
# rheobase_Python and, of developers, rheobase_Tools.

include(CMakePackageConfigHelpers)
set(CMAKE_INSTALL_DEFAULT_COMPONENT_NAME rheobase_Development)
set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/rheobase)

# rheobase_install(TARGET COMPONENT): the library, and the file that find_package reads for it.
function(rheobase_install target component)
  install(
    TARGETS ${target}
    EXPORT rheobase-${component}
    RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT rheobase_Runtime
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT rheobase_Runtime NAMELINK_COMPONENT rheobase_Development
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
  install(EXPORT rheobase-${component} NAMESPACE rheobase:: DESTINATION ${package_folder})
endfunction()

if(RHEOBASE_SHARED)
  rheobase_install(rheobase shared)
endif()
if(RHEOBASE_STATIC)
  rheobase_install(rheobase_static static)
endif()
if(TARGET rheobase_analysis)
  rheobase_install(rheobase_analysis analysis)
endif()
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/rheobase DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY ${RHEOBASE_SIMD_INCLUDE}/rheobase/simd DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/rheobase)

# The C++ library, for programs in C that link the archive.
set(package_cxx_libraries ${CMAKE_CXX_IMPLICIT_LINK_LIBRARIES})
list(FILTER package_cxx_libraries INCLUDE REGEX "^(stdc\\+\\+|c\\+\\+|m)$")
list(REMOVE_DUPLICATES package_cxx_libraries)

configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/rheobase-config.cmake.in
                              ${PROJECT_BINARY_DIR}/package/rheobase-config.cmake INSTALL_DESTINATION ${package_folder})
# Before 1.0 a minor version may change what 0.x promises.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/package/rheobase-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/package/rheobase-config.cmake
              ${PROJECT_BINARY_DIR}/package/rheobase-config-version.cmake DESTINATION ${package_folder})

# pkg-config finds the prefix from the file's own place.
file(RELATIVE_PATH package_prefix /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
string(REGEX REPLACE "/$" "" package_prefix ${package_prefix})
set(package_private "-pthread")
if(hwy_FOUND)
  string(APPEND package_private " -lhwy")
endif()
foreach(library ${package_cxx_libraries})
  string(APPEND package_private " -l${library}")
endforeach()

# rheobase_pkg_config(NAME DESCRIPTION LIBS [PRIVATE LIBS] [REQUIRES NAME]): NAME.pc.
function(rheobase_pkg_config package_name package_description package_libs)
  cmake_parse_arguments(PARSE_ARGV 3 package "" "PRIVATE;REQUIRES" "")
  configure_file(${PROJECT_SOURCE_DIR}/cmake/rheobase.pc.in ${PROJECT_BINARY_DIR}/package/${package_name}.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/package/${package_name}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endfunction()

if(RHEOBASE_SHARED)
  rheobase_pkg_config(rheobase "${PROJECT_DESCRIPTION}" "-L\${libdir} -lrheobase" PRIVATE "${package_private}")
else()
  rheobase_pkg_config(rheobase "${PROJECT_DESCRIPTION}" "-L\${libdir} -lrheobase ${package_private}")
endif()
if(RHEOBASE_STATIC)
  # By its file, as linkers prefer the shared library of a name. Apple's knows no -l:, and pkg-config writes a path with a
  # blank as two words.
  set(package_archive "-L\${libdir} -l:librheobase.a")
  if(APPLE)
    set(package_archive "\${libdir}/librheobase.a")
  endif()
  rheobase_pkg_config(rheobase-static "${PROJECT_DESCRIPTION}, the static library"
                      "${package_archive} ${package_private}")
endif()
if(TARGET rheobase_analysis)
  rheobase_pkg_config(rheobase-analysis "What functions of one number are like" "-L\${libdir} -lrheobase_analysis"
                      REQUIRES rheobase)
endif()
