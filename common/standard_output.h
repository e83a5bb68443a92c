/* SPDX-License-Identifier: BSD-2-Clause
 *
 * standard_output: the end of a program that prints.
 *
 * What was printed may wait in a buffer, and a write that fails says so to nobody: a disk that is
 * full would leave half a text behind and a good exit code. Every program that prints ends here.
 */
#ifndef CALMEND_STANDARD_OUTPUT_H
#define CALMEND_STANDARD_OUTPUT_H

#include <glib.h>

/* Writes out standard output. FALSE and an error (G_FILE_ERROR), its text a whole sentence, when it
 * did not take everything that was printed. */
gboolean standard_output_finish(GError **error);

#endif
