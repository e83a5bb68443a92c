/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "common/transit/journal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#ifdef HAVE_SYSTEMD

/* Without this every entry would name the line of this file that sent it. */
#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-journal.h>

#define SYSLOG_SOCKET  "/dev/log"
#define JOURNAL_SOCKET "/run/systemd/journal/dev-log"

/* Of a value that a message brought. */
#define LONGEST_VALUE 1000

struct JournalEntry {
    GPtrArray *fields; /* NAME=VALUE */
};

/* Where a member of Event or EventContext goes. */
typedef struct {
    const char *field;
    gsize offset;
} Member;

static const Member context_members[] = {
    {"CALMEND_QUEUE_ID", G_STRUCT_OFFSET(EventContext, queue_id)},
    {"CALMEND_USER", G_STRUCT_OFFSET(EventContext, user)},
    {"CALMEND_COMPUTER", G_STRUCT_OFFSET(EventContext, computer)},
    {"CALMEND_MESSAGE_ID", G_STRUCT_OFFSET(EventContext, message_id)},
    {"CALMEND_POLICY", G_STRUCT_OFFSET(EventContext, policy)},
};

static const Member event_members[] = {
    {"CALMEND_PARTS", G_STRUCT_OFFSET(Event, parts)},
    {"CALMEND_METHOD", G_STRUCT_OFFSET(Event, method)},
    {"CALMEND_UID", G_STRUCT_OFFSET(Event, uid)},
    {"CALMEND_PRODUCER", G_STRUCT_OFFSET(Event, producer)},
};

gboolean journal_is_log(void)
{
    g_autofree char *path = realpath(SYSLOG_SOCKET, NULL);
    return g_strcmp0(path, JOURNAL_SOCKET) == 0;
}

gboolean journal_is_stderr(void)
{
    struct stat status;
    const char *stream = g_getenv("JOURNAL_STREAM");
    if (stream == NULL || fstat(STDERR_FILENO, &status) != 0)
        return FALSE;
    g_autofree char *own =
        g_strdup_printf("%ju:%ju", (uintmax_t)status.st_dev, (uintmax_t)status.st_ino);
    return strcmp(stream, own) == 0;
}

static void add_field(JournalEntry *entry, const char *name, const char *value)
{
    if (value == NULL || *value == '\0')
        return;
    g_autofree char *valid = g_utf8_make_valid(value, (gssize)strnlen(value, LONGEST_VALUE));
    g_ptr_array_add(entry->fields, g_strconcat(name, "=", valid, NULL));
}

static void add_number(JournalEntry *entry, const char *name, int value)
{
    g_ptr_array_add(entry->fields, g_strdup_printf("%s=%d", name, value));
}

static void add_members(JournalEntry *entry, const void *whole, const Member *members, gsize count)
{
    for (gsize i = 0; i < count; i++)
        add_field(entry, members[i].field, G_STRUCT_MEMBER(const char *, whole, members[i].offset));
}

/* A rule with several outcomes is named once: its rows stand together. */
static void add_rules(JournalEntry *entry, const GArray *rules)
{
    const char *last = NULL;
    for (guint i = 0; i < rules->len; i++) {
        const char *name = g_array_index(rules, EventRule, i).rule->name;
        if (g_strcmp0(name, last) != 0)
            add_field(entry, "CALMEND_RULES", name);
        last = name;
    }
}

JournalEntry *journal_entry_new(const Event *event, const EventContext *context,
                                const char *program, int facility, const char *line)
{
    JournalEntry *entry = g_new0(JournalEntry, 1);
    entry->fields = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(entry->fields, g_strconcat("MESSAGE=", line, NULL));
    add_field(entry, "MESSAGE_ID", event->kind->journal_id);
    add_number(entry, "PRIORITY", event->kind->priority);
    add_number(entry, "SYSLOG_FACILITY", LOG_FAC(facility));
    add_number(entry, "SYSLOG_PID", (int)getpid());
    add_field(entry, "SYSLOG_IDENTIFIER", program);
    add_number(entry, "CALMEND_EVENT_ID", (int)event->kind->id);
    add_field(entry, "CALMEND_EVENT_TYPE", event->kind->type);
    add_members(entry, context, context_members, G_N_ELEMENTS(context_members));
    add_members(entry, event, event_members, G_N_ELEMENTS(event_members));
    add_rules(entry, event->rules);
    return entry;
}

void journal_entry_free(JournalEntry *entry)
{
    if (entry == NULL)
        return;
    g_ptr_array_unref(entry->fields);
    g_free(entry);
}

void journal_send(const JournalEntry *entry)
{
    guint count = entry->fields->len;
    g_autofree struct iovec *pieces = g_new(struct iovec, count);
    for (guint i = 0; i < count; i++) {
        char *field = g_ptr_array_index(entry->fields, i);
        pieces[i] = (struct iovec){.iov_base = field, .iov_len = strlen(field)};
    }
    sd_journal_sendv(pieces, (int)count);
}

#else

gboolean journal_is_log(void)
{
    return FALSE;
}

gboolean journal_is_stderr(void)
{
    return FALSE;
}

JournalEntry *journal_entry_new(const Event *event, const EventContext *context,
                                const char *program, int facility, const char *line)
{
    (void)event;
    (void)context;
    (void)program;
    (void)facility;
    (void)line;
    return NULL;
}

void journal_entry_free(JournalEntry *entry)
{
    (void)entry;
}

void journal_send(const JournalEntry *entry)
{
    (void)entry;
}

#endif
