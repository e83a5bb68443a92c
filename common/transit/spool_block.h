/* SPDX-License-Identifier: BSD-2-Clause
 *
 * spool_block: memory for large messages, of which some stays with the process.
 *
 * The system hands out fresh pages for more than it costs to fill them, and the pages of a file
 * cost more than memory does. So a few blocks are used again and again, in huge pages where the
 * system has them. What they take is bounded: there are none before spool_block_allow, a block that
 * nobody needs goes back to the system after a while, and who gets none keeps its octets elsewhere.
 * Safe to call from any thread.
 */
#ifndef CALMEND_SPOOL_BLOCK_H
#define CALMEND_SPOOL_BLOCK_H

#include <glib.h>

/* Octets of a block. Postfix takes messages of up to 10,240,000 octets where nobody has told it
 * otherwise. */
#define SPOOL_BLOCK_SIZE ((gsize)12 * 1024 * 1024)

/* From now on all blocks together have so many octets at most. Those above it that are in use go
 * back to the system once they are given back. */
void spool_block_allow(gsize octets);

/* A block, whose content has no meaning; NULL when there is none. Given back by one of the next
 * two. */
char *spool_block_take(void);

/* Takes the block back for the next one that needs it. */
void spool_block_give(char *block);

/* Takes the block back, and its memory goes to the system at once. */
void spool_block_drop(char *block);

/* Gives to the system what nobody has needed for some seconds. Often, by one thread; `now` is
 * monotonic time in microseconds. */
void spool_block_tick(gint64 now);

#endif
