# SPDX-License-Identifier: Apache-2.0
# build.sh: configure, build and install with CMake's presets. Sourced by scripts/setup and scripts/test.

limit_jobs() { # a translation unit with all instruction sets takes about 0.6 GB to compile: 1 GB per job leaves a margin
  [ -z "${CMAKE_BUILD_PARALLEL_LEVEL:-}" ] || return 0
  local by_memory
  by_memory=$(awk '/^MemAvailable/ { print int($2 / 1048576) }' /proc/meminfo 2>/dev/null || true)
  CMAKE_BUILD_PARALLEL_LEVEL=$(nproc)
  if [ -n "$by_memory" ] && [ "$by_memory" -lt "$CMAKE_BUILD_PARALLEL_LEVEL" ]; then
    CMAKE_BUILD_PARALLEL_LEVEL=$((by_memory > 0 ? by_memory : 1))
  fi
  export CMAKE_BUILD_PARALLEL_LEVEL
}

configure() { # PRESET ARGUMENTS...: skipped while they and the presets are the same; ninja runs CMake again for its own files
  local preset=$1 folder=$root/build/$1 wanted=$root
  shift
  wanted+=$(printf ' %s' "$@" "$(sha256sum <"$root/CMakePresets.json" | cut -c 1-16)")
  if [ -e "$folder/build.ninja" ] && [ -e "$folder/CMakeCache.txt" ] &&
    [ "$(cat "$folder/.configured" 2>/dev/null)" = "$wanted" ]; then return; fi
  # CMake refuses the cache of a clone that was moved.
  if [ -e "$folder/CMakeCache.txt" ] && ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$folder/CMakeCache.txt"; then
    rm -rf -- "$folder"
  fi
  logged cmake -E chdir "$root" cmake --preset "$preset" "$@"
  echo "$wanted" >"$folder/.configured"
}

one_in() { # N: every Nth activation file as RHEOBASE_ONLY takes them; nothing, which means all, for 1
  if [ "$1" -gt 1 ]; then
    basename -s .h -a "$root"/activations/*.h | awk -v n="$1" 'NR % n == 1' | paste -s -d ';'
  fi
}

build() { # PRESET
  limit_jobs
  logged_progress cmake -E chdir "$root" cmake --build --preset "$1"
}

install_into_venv() { # and remove what an earlier version installed, or a deleted Python module would still be imported
  local manifest=$root/build/release/install_manifest.txt before=$root/build/release/.installed file
  logged cmake --install "$root/build/release" --prefix "$venv"
  if [ -e "$before" ]; then
    while IFS= read -r file; do
      case $file in "$venv"/*) rm -f -- "$file" ;; esac
    done < <(comm -23 "$before" <(sort -- "$manifest"))
  fi
  sort -- "$manifest" >"$before"
}
