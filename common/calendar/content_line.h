/* SPDX-License-Identifier: BSD-2-Clause
 *
 * content_line: the grammar of a content line (RFC 5545 3.1), on unfolded text.
 *
 * The reader of a calendar takes lines as leniently as others do. Where an edit depends on what a
 * line is by the letter, it is held to the grammar here. Nothing allocates.
 */
#ifndef CALMEND_CONTENT_LINE_H
#define CALMEND_CONTENT_LINE_H

#include <glib.h>

/* One past the name (iana-token or x-name) at `text`; `text` itself where there is none. */
const char *content_line_skip_name(const char *text);

/* One past NAME=param-value(,param-value)* at `text`, or NULL. */
const char *content_line_skip_parameter(const char *text);

/* One past NAME=param-value at `text`, or NULL. */
const char *content_line_skip_single_parameter(const char *text);

/* One past every ;NAME=param-value from `text` on. */
const char *content_line_skip_single_parameters(const char *text);

/* One past every ;parameter from `text` on. */
const char *content_line_skip_parameters(const char *text);

/* TRUE when the line is name, parameters, colon and value. */
gboolean content_line_is(const char *line);

#endif
