/* SPDX-License-Identifier: BSD-2-Clause
 *
 * page_file: the file that a page is written to.
 *
 * It is replaced as a whole. What was there before must be a page, or empty: whoever takes --html
 * for a switch without a value names a mailbox, which would be gone. A link to
 * a page stays, and leads to the new one.
 */
#ifndef CALMEND_PAGE_FILE_H
#define CALMEND_PAGE_FILE_H

#include <glib.h>

/* FALSE and a G_FILE_ERROR, whose text is the end of a sentence that begins with the name, when
 * what is there is none that may be replaced. */
gboolean page_file_check(const char *file, GError **error);

/* Writes the page, after that check. FALSE and a G_FILE_ERROR, its text a sentence, after trouble.
 */
gboolean page_file_write(const char *file, const char *page, GError **error);

#endif
