// SPDX-License-Identifier: Apache-2.0
// headers.cc: what the tests precompile belongs to a program (CMakeLists.txt).

int main() { return 0; }
