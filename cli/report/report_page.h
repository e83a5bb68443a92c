/* SPDX-License-Identifier: BSD-2-Clause
 *
 * report_page: a report as one file of HTML.
 *
 * Written from the JSON alone, into the template page.html with the style page.css and the script
 * page.js, which are compiled in. The page loads nothing: its Content-Security-Policy allows
 * this style and this script by their hashes, and nothing else. The script sorts and filters; the
 * page is whole without it. All text of mail is escaped.
 */
#ifndef CALMEND_REPORT_PAGE_H
#define CALMEND_REPORT_PAGE_H

#include <json-glib/json-glib.h>

/* The page. Owned by the caller, g_free. */
char *report_page(JsonObject *report);

#endif
