// SPDX-License-Identifier: Apache-2.0
// digest.cc: prints the digests of all forms, a line each as in proofs/forms.txt.
//
// targets_test.cc runs it once per instruction set and compares; scripts/test-aarch64 compares it with
// another processor's.
#include <cstdio>
#include <exception>

#include "src/proofs/forms/forms.h"

int main() {
  try {
    for (const rheo::proofs::Form& form : rheo::proofs::forms())
      for (const rheo::proofs::FormDigest& d : rheo::proofs::form_digests(form))
        std::printf("%s %s\n", d.key().c_str(), d.digest.c_str());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
