/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/report/page_file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGE_BEGINS "<!DOCTYPE html>"

static gboolean refuse(GError **error, const char *text)
{
    g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_EXIST, text);
    return FALSE;
}

static gboolean is_page(int file)
{
    char begin[sizeof PAGE_BEGINS - 1];
    ssize_t got = read(file, begin, sizeof begin);
    return got == 0 ||
           (got == (ssize_t)sizeof begin && memcmp(begin, PAGE_BEGINS, sizeof begin) == 0);
}

gboolean page_file_check(const char *file, GError **error)
{
    struct stat status;
    if (stat(file, &status) != 0)
        return TRUE; /* whether it can be made, the write tells */
    if (!S_ISREG(status.st_mode))
        return refuse(error, "is there, and is no file; - is standard output");
    int there = open(file, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    gboolean page = there >= 0 && is_page(there);
    if (there >= 0)
        close(there);
    return page || refuse(error, "is there, and is no page; name another file behind --html");
}

gboolean page_file_write(const char *file, const char *page, GError **error)
{
    char *real = realpath(file, NULL);
    gboolean written = g_file_set_contents(real != NULL ? real : file, page, -1, error);
    free(real);
    return written;
}
