/* SPDX-License-Identifier: BSD-2-Clause
 *
 * standard_streams: descriptors 0, 1 and 2 belong to nothing else.
 *
 * Whoever starts a program may have closed them. The next file that is opened, a mailbox perhaps,
 * would then be standard output, and what is printed would be written into it.
 */
#ifndef CALMEND_STANDARD_STREAMS_H
#define CALMEND_STANDARD_STREAMS_H

/* Takes the place of those that are closed: reading and writing there fails with EBADF, as before.
 * First in main. */
void standard_streams_hold(void);

#endif
