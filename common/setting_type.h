/* SPDX-License-Identifier: BSD-2-Clause
 *
 * setting_type: the types of values that a settings file may hold.
 *
 * A type reads a text into its member of the settings, and writes it back in the same form. What it
 * cannot read is an error that says what would be right; the caller names file and key.
 */
#ifndef CALMEND_SETTING_TYPE_H
#define CALMEND_SETTING_TYPE_H

#include "common/settings.h"

typedef struct Setting Setting;

/* A type of value. `write` gives a text that the caller owns, g_free. */
typedef struct {
    const char *name;
    gboolean (*read)(const Setting *setting, const char *text, Settings *settings, GError **error);
    char *(*write)(const Setting *setting, const Settings *settings);
} SettingType;

typedef struct {
    const char *word;
    int value;
} Choice;

struct Setting {
    const char *group;
    const char *key;
    const SettingType *type;
    const char *default_value;
    gsize offset; /* of its member in Settings */
    guint64 minimum;
    guint64 maximum;
    const Choice *choices; /* ends in a NULL word */
    RuleLevel level;       /* for lists of rules */
    gboolean at_start;     /* a change holds from the next start on */
    SectionKind section;   /* of which kind a section has it, too, or alone; SECTION_FILE: none */
    const char *text;
};

/* The words of `choices`, separated by commas. Owned by the caller, g_free. */
char *setting_list_choices(const Choice *choices);

extern const SettingType setting_string;
extern const SettingType setting_needed;
extern const SettingType setting_textfile;
extern const SettingType setting_folder;
extern const SettingType setting_mode;
extern const SettingType setting_count;
extern const SettingType setting_octets;
extern const SettingType setting_octets_or_auto;
extern const SettingType setting_choice;
extern const SettingType setting_rules;
extern const SettingType setting_networks;
extern const SettingType setting_mailboxes;
extern const SettingType setting_names;
extern const SettingType setting_stamp;
extern const SettingType setting_profile;

#endif
