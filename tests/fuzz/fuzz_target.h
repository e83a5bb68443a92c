/* SPDX-License-Identifier: BSD-2-Clause
 *
 * fuzz_target: what every fuzz target gives, and who calls it.
 *
 * libFuzzer and AFL++ bring a main of their own that calls these two; fuzz_replay.c is a plain one
 * for any compiler. A target reads its choices (fuzz_input) from the first octets and takes the
 * rest as the data under test. It returns only when every property holds, and else aborts.
 */
#ifndef CALMEND_FUZZ_TARGET_H
#define CALMEND_FUZZ_TARGET_H

#include <stddef.h>
#include <stdint.h>

/* Once, before the first input. Always 0. */
int LLVMFuzzerInitialize(int *argc, char ***argv);

/* One input. Always 0: every input is worth keeping when it reaches new code. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
