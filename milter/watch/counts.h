/* SPDX-License-Identifier: BSD-2-Clause
 *
 * counts: what became of the messages since the start, in one line for an administrator.
 *
 * The numbers are those of the metrics, so that the line and Prometheus never differ. Safe to call
 * from any thread.
 */
#ifndef CALMEND_COUNTS_H
#define CALMEND_COUNTS_H

/* "NAME NUMBER" of each, separated by commas: the messages that are over, but for those that were
 * exempt or put off; how many of them were examined; and what became of all, each counted in one
 * number at most. Owned by the caller, g_free. */
char *counts_to_text(void);

#endif
