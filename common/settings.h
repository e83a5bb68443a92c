/* SPDX-License-Identifier: BSD-2-Clause
 *
 * settings: what calmend.conf can say, every key optional.
 *
 * One table has each key's group, name, type, default, range and a line of text; parser
 * (settings_load), --print-config and manual read it. A section is settings of its own. Those of a
 * [policy NAME] say whose mail it is for, and hold for it what [repair] holds for all other mail;
 * those of a [listener NAME] say where else the milter listens, and hold for that what [service]
 * holds for the first sockets.
 */
#ifndef CALMEND_SETTINGS_H
#define CALMEND_SETTINGS_H

#include "common/mailbox_list.h"
#include "common/network_list.h"
#include "common/rules/policy.h"

#define SETTINGS_ERROR settings_error_quark()
GQuark settings_error_quark(void);

typedef enum {
    LOG_FORMAT_TEXT,
    LOG_FORMAT_JSON,
} LogFormat;

/* A limit that is not set, and has to be guessed. */
#define SETTINGS_AUTO G_MAXSIZE

/* What settings are for: all of a file, or a section of it. */
typedef enum {
    SECTION_FILE,
    SECTION_POLICY,   /* [policy NAME] */
    SECTION_LISTENER, /* [listener NAME] */
    SECTION_KINDS,
} SectionKind;

/* Whose mail a policy is for: what each list that is not empty has. */
typedef struct {
    MailboxList *recipients;
    MailboxList *senders;
    NetworkList *clients;
    char **daemons;   /* NULL: none are listed */
    char **listeners; /* the same */
} SettingsScope;

typedef struct {
    char *name;         /* of a section; NULL: the file */
    char *own_socket;   /* as socket, of a listener; NULL elsewhere */
    char *socket;       /* unix:PATH, inet:PORT@HOST, inet6:PORT@HOST, or a list of these */
    guint socket_mode;  /* permission bits of each unix socket, such as 0660 */
    char *socket_group; /* NULL: as it is */
    NetworkList *peers; /* hosts that may connect over TCP, beside this one */
    char *user;         /* USER or USER:GROUP to become when started as root */
    guint max_sessions;
    guint drain_seconds;
    char *pid_file;               /* NULL: none */
    char *switch_files[SWITCHES]; /* by RuleSwitch; NULL for SWITCH_NONE */
    gsize mta_bytes;    /* the largest message that the MTA takes; 0: no limit; SETTINGS_AUTO */
    gsize memory_bytes; /* a body above it goes to a temporary file */
    gsize pool_bytes;   /* of memory that is kept for large bodies (spool_block) */
    int facility;       /* of syslog(3) */
    LogFormat log_format;
    gboolean log_to_stdout;
    char *metrics_textfile;        /* NULL: no metrics are written */
    char *metrics_listen;          /* where metrics are served by HTTP; NULL: nowhere */
    guint metrics_interval;        /* seconds between two writings */
    char *metrics_filter_textfile; /* of calmend filter; NULL: it counts nothing */
    NetworkList *exempt_clients;
    MailboxList *exempt_senders;
    MailboxList *exempt_recipients;
    gboolean exempt_authenticated;
    char *keep;           /* folder of the originals of repaired messages; NULL: none are kept */
    guint keep_messages;  /* at most in it */
    guint keep_megabytes; /* the same */
    guint keep_days;      /* at most until each is removed */
    Policy policy;
    SettingsScope scope;
    GPtrArray *sections;  /* Settings, one for each [policy NAME], in the order of the file; what
                             one does not set it has of [repair]. Empty in a section */
    GPtrArray *listeners; /* the same of each [listener NAME], and of [service] */
} Settings;

/* A row of the table, for --print-config and the manual. */
typedef struct {
    const char *group;
    const char *key;
    const char *type;          /* such as "octal mode" */
    const char *default_value; /* as written in a file; "" for none */
    gboolean at_start;         /* a change holds from the next start on */
    SectionKind section; /* of which kind a section has it, too, or alone; SECTION_FILE: none */
    gboolean is_section; /* the group is no group, but such a section */
    const char *text;
} SettingInfo;

/* The table, in the order of the manual. Owned by nobody, static. `index` < settings_count(). */
guint settings_count(void);
SettingInfo settings_info(guint index);

/* The words that a setting of the type "choice" takes, separated by commas; NULL for another type.
 * Owned by the caller, g_free. `index` < settings_count(). */
char *settings_list_choices(guint index);

/* All defaults. Owned by the caller, settings_free. */
Settings *settings_new(void);

/* Takes NULL. */
void settings_free(Settings *settings);

/* The word before the name of such a section, such as "policy". Static. `kind` is no
 * SECTION_FILE. */
const char *settings_section_word(SectionKind kind);

/* The settings of a listener: those of the section of that name, of the file where there is none
 * and for NULL. Borrowed. */
const Settings *settings_of_listener(const Settings *settings, const char *name);

/* Takes the policy of that name out, to be the settings in the place of the whole. NULL when there
 * is none. Owned by the caller, settings_free. */
Settings *settings_take_section(Settings *settings, const char *name);

/* The names of `sections`, separated by commas. Owned by the caller, g_free. */
char *settings_list_sections(const GPtrArray *sections);

/* Sets a key of the table from a text, as a file does; lists are added to. FALSE and an error
 * (SETTINGS_ERROR) when the value is wrong. */
gboolean settings_set(Settings *settings, const char *group, const char *key, const char *value,
                      GError **error);

/* The settings in force as a file that settings_load would take. Owned by the caller, g_free. */
char *settings_to_text(const Settings *settings);

/* The keys, and the listeners, whose values differ and are looked at when the process starts only,
 * separated by commas; NULL when there is none. Owned by the caller, g_free. */
char *settings_list_restart(const Settings *started, const Settings *now);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Settings, settings_free)

#endif
