# SPDX-License-Identifier: Apache-2.0
# fetch.cmake: what is said before something is fetched.

# rheobase_announce_fetch(NAME REPOSITORY TAG): nothing where a source tree is given.
function(rheobase_announce_fetch name repository tag)
  string(TOUPPER ${name} upper)
  if(NOT FETCHCONTENT_SOURCE_DIR_${upper})
    message(STATUS "rheobase: ${name} is not installed; taking ${repository} ${tag} from the network. "
                   "-DFETCHCONTENT_SOURCE_DIR_${upper}=FOLDER takes a source tree instead")
  endif()
endfunction()
