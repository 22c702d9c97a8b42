// SPDX-License-Identifier: Apache-2.0
// exports.cc: the shared library's own object; all else comes from the core archive, whole.
#include "rheobase/rheobase.h"
