/* SPDX-License-Identifier: BSD-2-Clause
 *
 * complaint: what a partner's postmaster is told of the defects that his domain sends.
 *
 * A text that can be sent as it is: what is wrong, the section of the standard, and a message of
 * his that shows it. It holds what a report may hold and nothing else.
 */
#ifndef CALMEND_COMPLAINT_H
#define CALMEND_COMPLAINT_H

#include "cli/report/tally_group.h"

/* The text, in lines of at most 72 characters where words allow; NULL where there is nothing to
 * tell. `counts_all`: the messages without a defect are known, too. Owned by the caller, g_free. */
char *complaint_text(const TallyEntry *entry, gboolean counts_all);

#endif
