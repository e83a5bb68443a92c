/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_zone_rule: the rules of POSIX's TZ that are read, and those that are refused.
 */
#include "common/calendar/zone_rule.h"

typedef struct {
    const char *rule;
    const char *parts; /* name offset month.week.weekday minute, for each; NULL: refused */
} RuleCase;

static const RuleCase rules[] = {
    {"GMT0", "GMT 0 0.0.0 0"},
    {"EST5", "EST -300 0.0.0 0"},
    {"EST+5", "EST -300 0.0.0 0"},
    {"ChST-10", "ChST 600 0.0.0 0"},
    {"IST-05:30", "IST 330 0.0.0 0"},
    {"<-0930>9:30", " -570 0.0.0 0"},
    {"<+14>-14", " 840 0.0.0 0"},
    {"CET-1CEST,M3.5.0,M10.5.0/3", "CET 60 10.5.0 180; CEST 120 3.5.0 120"},
    {"CST5CDT,M3.2.0/0,M11.1.0/1", "CST -300 11.1.0 60; CDT -240 3.2.0 0"},
    {"IST-1GMT0,M10.5.0,M3.5.0/1", "GMT 0 10.5.0 120; IST 60 3.5.0 60"},
    {"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", " 630 4.1.0 120;  660 10.1.0 120"},
    {"<-06>6<-05>,M9.1.6/22,M4.1.6/23:59", " -360 4.1.6 1439;  -300 9.1.6 1320"},
    {"EET-2EEST,M4.5.5/0,M12.4.4", "EET 120 12.4.4 120; EEST 180 4.5.5 0"},
    {"", NULL},
    {"0", NULL},
    {"<+03-3", NULL},
    {"EST", NULL},
    {"EST-", NULL},
    {"EST25", NULL},
    {"EST5:60", NULL},
    {"EST5:", NULL},
    {"EST5:00:30", NULL},
    {"EST5 ", NULL},
    {"EST5EDT", NULL},
    {"EST5EDT,", NULL},
    {"EST5EDT,M3.2.0", NULL},
    {"EST5EDT,M3.2.0,", NULL},
    {"EST5EDT,M3.2.0,M11.1.0,", NULL},
    {"EST5EDT,M0.2.0,M11.1.0", NULL},
    {"EST5EDT,M13.2.0,M11.1.0", NULL},
    {"EST5EDT,M3.0.0,M11.1.0", NULL},
    {"EST5EDT,M3.6.0,M11.1.0", NULL},
    {"EST5EDT,M3.2.7,M11.1.0", NULL},
    {"EST5EDT,M003.2.0,M11.1.0", NULL},
    {"EST5EDT,M3.2,M11.1.0", NULL},
    {"EST5EDT,J60,J300", NULL},
    {"EST5EDT,59,299", NULL},
    {"<-04>4<-03>,M9.1.6/24,M4.1.6/24", NULL},
    {"IST-2IDT,M3.4.4/26,M10.5.0", NULL},
    {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", NULL},
};

static char *rule_text(const ZoneRule *rule)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < rule->count; i++) {
        const ZonePart *part = &rule->parts[i];
        g_string_append(text, i == 0 ? "" : "; ");
        g_string_append_len(text, part->name.data, (gssize)part->name.size);
        g_string_append_printf(text, " %d %d.%d.%d %d", part->offset, part->month, part->week,
                               part->weekday, part->minute);
    }
    return g_string_free(text, FALSE);
}

static void test_rule(gconstpointer data)
{
    const RuleCase *row = data;
    ZoneRule rule;
    gboolean read = zone_rule_read(row->rule, &rule);
    g_assert_cmpint(read, ==, row->parts != NULL);
    if (!read)
        return;
    g_autofree char *text = rule_text(&rule);
    g_assert_cmpstr(text, ==, row->parts);
}

typedef struct {
    ZonePart part;
    int day; /* of 1970 */
} DayCase;

static const DayCase days[] = {
    {{.month = 3, .week = 1, .weekday = 0}, 1},  /* the first of the month is that weekday */
    {{.month = 3, .week = 5, .weekday = 0}, 29}, /* which has five of them */
    {{.month = 3, .week = 1, .weekday = 6}, 7},
    {{.month = 3, .week = 5, .weekday = 6}, 28}, /* the last is the fourth */
    {{.month = 2, .week = 5, .weekday = 6}, 28},
    {{.month = 2, .week = 4, .weekday = 0}, 22},
    {{.month = 10, .week = 5, .weekday = 6}, 31},
    {{.month = 12, .week = 5, .weekday = 4}, 31},
    {{.month = 1, .week = 1, .weekday = 4}, 1},
    {{.month = 1, .week = 1, .weekday = 3}, 7},
};

static void test_first_day(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(days); i++)
        g_assert_cmpint(zone_rule_first_day(&days[i].part), ==, days[i].day);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(rules); i++) {
        g_autofree char *path = g_strdup_printf("/zone-rule/%" G_GSIZE_FORMAT, i);
        g_test_add_data_func(path, &rules[i], test_rule);
    }
    g_test_add_func("/zone-rule/first-day", test_first_day);
    return g_test_run();
}
