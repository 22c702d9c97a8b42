/* SPDX-License-Identifier: Apache-2.0
 * from_analysis.c: a user's program in C11. Argument: an activation. Prints what it is like, as JSON.
 */
#include <rheobase/analysis.h>
#include <stdio.h>

int main(int argc, char** argv) {
  const char* json = NULL;
  if (argc != 2 || rheo_analyze(argv[1], NULL, 0, NULL, &json) != RHEO_OK) {
    fprintf(stderr, "%s\n", rheo_analysis_last_error());
    return 2;
  }
  puts(json);
  return 0;
}
