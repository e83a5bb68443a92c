/* SPDX-License-Identifier: BSD-2-Clause
 *
 * output: text for people, made safe for a terminal.
 *
 * What comes from a message goes through output_escape, so that no message can move the cursor, set
 * colours, turn the writing direction or forge a line. Colour is for terminals only.
 */
#ifndef CALMEND_OUTPUT_H
#define CALMEND_OUTPUT_H

#include "common/mail/octets.h"

#include <stdio.h>

typedef enum {
    COLOR_REMOVED,
    COLOR_ADDED,
    COLOR_PLACE,
    COLOR_WARNING,
} OutputColor;

/* TRUE when `file` is a terminal that shows colours and NO_COLOR is unset or empty. */
gboolean output_has_color(FILE *file);

/* Appends `text`; with `color` between the sequences of `which`. The text is not escaped. */
void output_paint(GString *out, gboolean color, OutputColor which, const char *text);

/* Appends octets with each control octet but the tab, format character and octet of invalid UTF-8
 * as \xHH. */
void output_escape(GString *out, Octets text);

/* The same for a string; what goes beyond `limit` octets is left out and shown as three dots. */
void output_escape_short(GString *out, const char *text, gsize limit);

#endif
