# SPDX-License-Identifier: Apache-2.0
# highway.sh: finds a Highway that is new enough, or its source, once per machine. Sourced by scripts/setup and scripts/test.
#
# In order: the installed library; the source this clone already builds with; the cache; on Debian, the source package of
# a newer release than the machine's own; else CMake's FetchContent, which takes the project's public repository.

highway_minimum=1.2    # the first with the vector operations that the kernels use; CMakeLists.txt asks for the same
highway_suite=trixie   # the first Debian release whose source package is new enough

highway_installed() {
  if command -v dpkg-query >/dev/null && at_least "$(installed_version libhwy-dev)" "$highway_minimum"; then return 0; fi
  command -v pkg-config >/dev/null && pkg-config --atleast-version="$highway_minimum" libhwy 2>/dev/null
}

highway_source() { # prints the folder of the source to build with, or nothing
  local fetched=$root/build/release/_deps/highway-src folder
  if highway_installed; then return; fi
  if [ -e "$fetched/CMakeLists.txt" ]; then
    echo "$fetched"
    return
  fi
  for folder in "$cache"/highway-[0-9]*; do
    [ ! -e "$folder/CMakeLists.txt" ] || echo "$folder"
  done | sort -V | tail -n 1
}

debian_archives() { # addresses of this machine's main Debian archives, from apt's own reading of its source lists
  local codename=''
  if [ -r /etc/os-release ]; then codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}"); fi
  apt-get indextargets --no-release-info --format '$(COMPONENT) $(RELEASE) $(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
    awk -v codename="$codename" '$1 == "main" && $3 !~ /security|^cdrom/ && !seen[$3] &&
      ($2 == codename || $2 ~ /^(oldstable|stable|testing|unstable|sid)$/) { seen[$3] = 1; print $3 }' || true
}

apt_source() { # FOLDER ADDRESS: downloads the source package; needs no rights, because all of apt's state is private
  local own=$1 keyring=/usr/share/keyrings/debian-archive-keyring.gpg options
  mkdir -p "$own/lists/partial" "$own/archives/partial" "$own/download"
  # Whatever the address is, only Debian's own signature is accepted.
  echo "deb-src [signed-by=$keyring] $2 $highway_suite main" >"$own/sources.list"
  options=(-q -o "Dir::Etc::sourcelist=$own/sources.list" -o Dir::Etc::sourceparts=/dev/null
    -o "Dir::State::lists=$own/lists" -o "Dir::Cache=$own" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache=
    -o APT::Sandbox::User=root -o Acquire::Languages=none -o APT::Update::Error-Mode=any)
  apt-get "${options[@]}" update && (cd "$own/download" && apt-get "${options[@]}" source --download-only highway)
}

highway_from_debian() { # fills the cache; fails quietly (details in the log) where that is not possible
  command -v apt-get >/dev/null && [ -e /usr/share/keyrings/debian-archive-keyring.gpg ] || return 1
  local work address tree=$cache/highway-arriving result=1
  work=$(mktemp -d) || return 1
  for address in $(debian_archives); do
    printf '\nHighway: source package of %s\n' "$highway_suite" >>"$log"
    if apt_source "$work" "$address" >>"$log" 2>&1 </dev/null; then break; fi
  done
  # apt has checked the archive's signature and the tarball's checksum. Unpacked beside its place, then moved in one go.
  rm -rf -- "$tree" && mkdir -- "$tree"
  if tar -C "$tree" -xf "$work"/download/highway_*.orig.tar.* >>"$log" 2>&1; then
    mv -- "$tree"/highway-* "$cache/" && result=0
  fi
  rm -rf -- "$work" "$tree"
  return "$result"
}

highway() { # sets highway_arguments, for CMake
  local source
  source=$(highway_source)
  if [ -z "$source" ] && ! highway_installed; then
    note "reading Debian's source index"
    (
      flock 8
      [ -n "$(highway_source)" ] || highway_from_debian # another set-up may have been faster
    ) 8>"$cache/.lock" || true
    source=$(highway_source)
  fi
  highway_arguments=()
  if [ -n "$source" ]; then
    # Given to every build that has no Highway of its own, so that demo and test share one setting.
    highway_arguments=("-DFETCHCONTENT_SOURCE_DIR_HIGHWAY=$source")
    done_step "source in $source"
  elif highway_installed; then
    done_step "installed"
  else
    done_step "no source package to be had (see build/setup.log): CMake will try the public repository"
  fi
}

keep_highway() { # what CMake has fetched serves the next clone as well
  local fetched=$root/build/release/_deps/highway-src tree
  [ -e "$fetched/CMakeLists.txt" ] || return 0
  for tree in "$cache"/highway-[0-9]*; do [ ! -e "$tree" ] || return 0; done
  tree=$(mktemp -d "$cache/arriving.XXXXXX")
  cp -R -- "$fetched/." "$tree/" && mv -T "$tree" "$cache/highway-$highway_minimum"
}
