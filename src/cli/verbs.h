// SPDX-License-Identifier: Apache-2.0
// verbs.h: the program's verbs; each adds its subcommand, whose callback does the work.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}  // namespace CLI

namespace rheo::cli {

void add_list(CLI::App& app);
void add_show(CLI::App& app);
void add_eval(CLI::App& app);
void add_random(CLI::App& app);
void add_lut(CLI::App& app);
void add_verify(CLI::App& app, int& exit_code);
void add_completion(CLI::App& app);
void add_manual(CLI::App& app);

// eval's arguments with the numbers moved behind `--`, so that -inf and -.5 are points, not flags.
std::vector<std::string> points_last(std::vector<std::string> arguments);

// Runs `rheobase-VERB ARGUMENTS...`, found beside this program or on PATH, in place of this process. Returns
// only when there is no such program.
void run_external(const std::string& verb, const std::vector<std::string>& arguments);

// External verbs that can be found, sorted.
std::vector<std::string> external_verbs();

// What a verb does, never "": of a script the line "# Meaning: ..." near its beginning; where there is none,
// which program it runs.
std::string external_meaning(const std::string& verb);

}  // namespace rheo::cli
