/* SPDX-License-Identifier: BSD-2-Clause
 *
 * expect: what a reader must see once an edit is made, in the words of RFC 5545.
 */
#ifndef CALMEND_EXPECT_H
#define CALMEND_EXPECT_H

#include <glib.h>

typedef enum {
    EXPECT_TEXT,     /* the same content lines: only line ends, folds and blanks differ */
    EXPECT_APPEARS,  /* a line of this property and value is new */
    EXPECT_VANISHES, /* a line of this property is gone */
    EXPECT_READS,    /* a line of this property has this value (NULL: any), its parameters as before
                        but for `parameter` (NULL: none) */
    EXPECT_RESHAPED, /* a line of this property has this value (NULL: any), its parameters any */
    EXPECT_COMPONENT, /* a component of this name is new */
    EXPECT_OUTSIDE,   /* only what stands behind the last component differs */
} ExpectKind;

/* Strings are borrowed: from the table, or from the plan's strings. */
typedef struct {
    ExpectKind kind;
    const char *property;
    const char *value;
    const char *parameter;
} Expect;

#endif
