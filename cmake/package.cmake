# SPDX-License-Identifier: Apache-2.0
# package.cmake: what an installation has for CMake (find_package(rheobase), components shared and static) and pkg-config.
# Nothing that is installed holds a path: the folder may be moved.

include(CMakePackageConfigHelpers)
set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/rheobase)

# rheobase_install(TARGET COMPONENT): the library, and the file that find_package reads for it.
function(rheobase_install target component)
  install(
    TARGETS ${target}
    EXPORT rheobase-${component}
    RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR}
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
  install(EXPORT rheobase-${component} NAMESPACE rheobase:: DESTINATION ${package_folder})
endfunction()

if(RHEOBASE_SHARED)
  rheobase_install(rheobase shared)
endif()
if(RHEOBASE_STATIC)
  rheobase_install(rheobase_static static)
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
configure_file(${PROJECT_SOURCE_DIR}/cmake/rheobase.pc.in ${PROJECT_BINARY_DIR}/package/rheobase.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/package/rheobase.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
