/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/standard_output.h"

#include <errno.h>
#include <stdio.h>

gboolean standard_output_finish(GError **error)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return TRUE;
    g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(errno),
                "cannot write to standard output: %s", g_strerror(errno));
    return FALSE;
}
