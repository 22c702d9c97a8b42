// SPDX-License-Identifier: Apache-2.0
// renew.h: proofs whose sources have changed, but not the results.
//
// A proof is a statement about the bits of 2^32 results. When the code that makes them has changed and their
// digest has not, the statement is as true as it was, and only its hash of the sources is out of date. When
// some differ, all are proven anew: the record has one maximum and one count for all chunks, so that there is
// nothing to merge those of the changed chunks with.
#pragma once

#include <string>

#include "src/proofs/proof.h"
#include "src/prover/exhaustive.h"
#include "src/prover/exhaustive16.h"

namespace rheo::oracle {

// Whether a record holds for any code with the same results: it was within `bound`, and compared with what
// results would be compared with today, whose hash is `truth`.
bool renewable(const proofs::RoleProof& record, const std::string& truth, double bound);

// Makes results anew and compares them with the record's digests: -1 when all are the same, otherwise a chunk
// that is not, usually the first.
int different_chunk(const ExhaustiveRequest& request, const proofs::RoleProof& record);

// The same of backward in a 16-bit format, whose record has one digest for all 2^32 results (digest.h).
bool renewable(const proofs::Proof16& record, const std::string& truth);
std::string backward_digest(const Request16& request);

}  // namespace rheo::oracle
