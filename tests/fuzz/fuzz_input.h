/* SPDX-License-Identifier: BSD-2-Clause
 *
 * fuzz_input: choices taken from the front of an input.
 *
 * A choice is one octet, so that a mutation of one octet changes one choice and nothing else moves.
 * An input that has run out chooses 0, which everywhere is the plainest: a seed of zeros before a
 * mail tries that mail under the default policy.
 */
#ifndef CALMEND_FUZZ_INPUT_H
#define CALMEND_FUZZ_INPUT_H

#include "common/mail/octets.h"
#include "common/rules/policy.h"

#include <stdint.h>

Octets fuzz_input(const uint8_t *data, size_t size);

/* The next choice, 0 to `below` - 1, taken off `input`. `below` is 1 to 256. */
guint fuzz_choose(Octets *input, guint below);

/* One of `size` octets at most, taken off `input`. Borrowed. */
Octets fuzz_take(Octets *input, gsize size);

/* Chooses the rules, the profile and the switches of `policy`, initialized here, and how much it
 * may read: two choices, and one per rule where rules differ. */
void fuzz_choose_policy(Octets *input, Policy *policy);

/* A clock: one choice. Seconds since 1970-01-01 UTC. */
gint64 fuzz_choose_clock(Octets *input);

#endif
