/* SPDX-License-Identifier: BSD-2-Clause
 *
 * fuzz_calendar: the calendar reader, and the rules and the guard on what it read.
 *
 * The positions that the reader gives are ordered and inside of the text, whatever the text. The
 * repaired calendar has the same components and time zones, no other properties but the repaired
 * ones, and needs no second repair. The data is the decoded calendar; choices say how its lines
 * end, and how and in what kind of part it stands.
 */
#include "common/calendar/calendar.h"
#include "fuzz_input.h"
#include "fuzz_mail.h"
#include "fuzz_property.h"
#include "fuzz_target.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    repair_init();
    return 0;
}

static void require_parameter(const Calendar *calendar, const ContentLine *line)
{
    Parameter parameter;
    for (gboolean found = calendar_find_parameter(calendar, line, "TZID", &parameter); found;) {
        gsize start = parameter.start;
        fuzz_require(line->name_end <= start && start < parameter.value &&
                         parameter.value <= parameter.end && parameter.end <= line->end,
                     "a parameter is inside of its line");
        g_string_free(calendar_parameter_value(calendar, &parameter), TRUE);
        found = calendar_next_parameter(calendar, line, "TZID", &parameter);
        fuzz_require(!found || parameter.start >= start, "parameters follow each other");
    }
}

static void require_line(const Calendar *calendar, guint number, gsize from)
{
    const ContentLine *line = calendar_line(calendar, number);
    gsize start;
    gsize end;
    fuzz_require(from <= line->start && line->start <= line->name_end &&
                     (line->name_end < line->value || !line->colon) && line->value <= line->end &&
                     line->end <= line->next && line->next <= calendar->text.size,
                 "a line's positions are ordered");
    fuzz_require(line->next_own == CALENDAR_NONE ||
                     (line->next_own > number && line->next_own < calendar->lines->len),
                 "a component's own lines follow each other");
    calendar_value_range(calendar, line, &start, &end);
    fuzz_require(line->value <= start && start <= end && end <= line->end,
                 "a value is inside of its line");
    g_autoptr(GString) value = calendar_value(calendar, line);
    fuzz_require(value->len <= end - start, "a value does not grow when it is unfolded");
    require_parameter(calendar, line);
}

static void require_component(const Calendar *calendar, guint number)
{
    const Component *component = calendar_component(calendar, number);
    fuzz_require(component->parent == CALENDAR_NONE || component->parent < number,
                 "a component stands after the one around it");
    fuzz_require(component->begin < calendar->lines->len, "a component has its BEGIN");
    fuzz_require(component->end == CALENDAR_NONE ? !calendar_nests(calendar)
                                                 : component->end > component->begin,
                 "a component has its END after its BEGIN");
    fuzz_require((component->first_own == CALENDAR_NONE) == (component->last_own == CALENDAR_NONE),
                 "own lines have a first and a last one");
}

static void require_reader(Octets text, const PolicyLimits *limits)
{
    g_auto(Calendar) calendar;
    calendar_init(&calendar, text, &limits->calendar);
    fuzz_require(calendar.lines->len <= limits->calendar.lines &&
                     calendar.components->len <= limits->calendar.components,
                 "the reader keeps its limits");
    for (guint i = 0, from = 0; i < calendar.lines->len; i++) {
        require_line(&calendar, i, from);
        from = (guint)calendar_line(&calendar, i)->next;
    }
    for (guint i = 0; i < calendar.components->len; i++)
        require_component(&calendar, i);
}

static void require_rest(const Message *before, const Plan *plan, GString *octets,
                         const Policy *policy, gint64 now)
{
    g_auto(Message) after;
    message_init(&after, (Octets){octets->str, octets->len});
    g_autoptr(Plan) again = repair_message(&after, policy, now);
    fuzz_require(!plan_changes(again), "a second pass changes nothing");
    fuzz_require_parts_alike(before, &after, plan);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Octets input = fuzz_input(data, size);
    g_auto(Policy) policy;
    fuzz_choose_policy(&input, &policy);
    gint64 now = fuzz_choose_clock(&input);
    g_autoptr(GString) mail = fuzz_choose_mail(&input);
    require_reader(input, &policy.limits);

    g_auto(Message) message;
    message_init(&message, (Octets){mail->str, mail->len});
    g_autoptr(Plan) plan = repair_message(&message, &policy, now);
    g_autoptr(GString) repaired = fuzz_apply_plan(&message, plan);
    fuzz_require_findings(plan);
    fuzz_require_places(&message, &policy.limits.parts, plan);
    if (plan_changes(plan))
        require_rest(&message, plan, repaired, &policy, now);
    return 0;
}
