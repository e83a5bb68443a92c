/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/calendar/calendar_guard.h"

#include <libical/ical.h>
#include <string.h>

/* What the line of an expectation was to libical before. */
typedef enum {
    WAS_READ,    /* a property of that name */
    WAS_GONE,    /* a property of that name, which is gone */
    WAS_OTHER,   /* a property of its former name */
    WAS_NOTHING, /* no property, or an X-LIC-ERROR, which is passed over */
    IS_NOTHING,  /* a property of that name, of which libical makes nothing afterwards: what stands
                    in  the line is still in a form that it does not know */
    WAYS,
} Way;

/* What is tried first matters only where lines that go, or become readable, stand side by side:
 * there one attempt finds the way, or another. */
typedef struct {
    Way order[WAYS];
    gboolean errors_become_lines; /* an X-LIC-ERROR stands for a line that is read afterwards; else
                                     it stands beside one */
} Attempt;

static const Attempt attempts[] = {
    {{WAS_READ, WAS_OTHER, WAS_GONE, WAS_NOTHING, IS_NOTHING}, FALSE},
    {{WAS_READ, WAS_OTHER, WAS_NOTHING, WAS_GONE, IS_NOTHING}, FALSE},
    {{WAS_READ, WAS_OTHER, WAS_GONE, WAS_NOTHING, IS_NOTHING}, TRUE},
    {{WAS_READ, WAS_OTHER, WAS_NOTHING, WAS_GONE, IS_NOTHING}, TRUE},
};

/* The properties of one component before and after, and what must be seen of them. */
typedef struct {
    GPtrArray *before; /* icalproperty */
    GPtrArray *after;
    const GArray *expectations;
    gboolean *met; /* one for each */
    guint unmet;   /* the first that was not met, or one past the last */
    const Attempt *attempt;
} Comparison;

void calendar_guard_init(void)
{
    icalerror_set_errors_are_fatal(0);
}

/* libical knows an extension by a capital X alone, where RFC 5545 compares names without case. */
static void raise_extensions(char *text)
{
    char before = '\n';
    for (char *c = text; *c != '\0'; c++) {
        if (*c == 'x' && (c[1] == '-' || before == '\n' || before == ';'))
            *c = 'X';
        before = *c;
    }
}

/* Gives libical the next piece of a line, as fgets does. Its own way of reading a string looks for
 * the line's end anew for every piece, which takes quadratic time. */
static char *give_piece(char *out, size_t size, void *data)
{
    Octets *rest = data;
    if (rest->size == 0)
        return NULL;
    gsize taken = octets_next_line(octets_slice(*rest, 0, MIN(size - 1, rest->size)), 0);
    memcpy(out, rest->data, taken);
    out[taken] = '\0';
    *rest = octets_slice(*rest, taken, rest->size);
    return out;
}

static icalcomponent *read_component(Octets text)
{
    g_autofree char *copy = octets_dup(text);
    raise_extensions(copy);
    Octets rest = {copy, text.size};
    icalparser *parser = icalparser_new();
    icalparser_set_gen_data(parser, &rest);
    icalcomponent *component = icalparser_parse(parser, give_piece);
    icalparser_free(parser);
    return component;
}

static GPtrArray *list_properties(icalcomponent *component)
{
    GPtrArray *properties = g_ptr_array_new();
    for (icalproperty *property = icalcomponent_get_first_property(component, ICAL_ANY_PROPERTY);
         property != NULL; property = icalcomponent_get_next_property(component, ICAL_ANY_PROPERTY))
        g_ptr_array_add(properties, property);
    return properties;
}

/* Takes both texts, which are libical's. */
static gboolean same_and_free(char *left, char *right)
{
    gboolean same = g_strcmp0(left, right) == 0;
    icalmemory_free_buffer(left);
    icalmemory_free_buffer(right);
    return same;
}

static gboolean same_text(icalproperty *before, icalproperty *after)
{
    return same_and_free(icalproperty_as_ical_string_r(before),
                         icalproperty_as_ical_string_r(after));
}

static gboolean has_name(icalproperty *property, const char *name)
{
    char *own = icalproperty_get_property_name_r(property);
    gboolean same = own != NULL && g_ascii_strcasecmp(own, name) == 0;
    icalmemory_free_buffer(own);
    return same;
}

static gboolean same_value(icalproperty *before, icalproperty *after)
{
    return same_and_free(icalproperty_get_value_as_string_r(before),
                         icalproperty_get_value_as_string_r(after));
}

/* Without case: what looks like the beginning of an extension was raised. */
static gboolean has_value(icalproperty *property, const char *value)
{
    char *own = icalproperty_get_value_as_string_r(property);
    gboolean same = own != NULL && g_ascii_strcasecmp(own, value) == 0;
    icalmemory_free_buffer(own);
    return same;
}

static gboolean same_parameter(icalparameter *left, icalparameter *right)
{
    return same_and_free(icalparameter_as_ical_string_r(left),
                         icalparameter_as_ical_string_r(right));
}

static gboolean is_called(icalparameter *parameter, const char *name)
{
    gsize size = name == NULL ? 0 : strlen(name);
    char *text = icalparameter_as_ical_string_r(parameter);
    gboolean same =
        size > 0 && text != NULL && g_ascii_strncasecmp(text, name, size) == 0 && text[size] == '=';
    icalmemory_free_buffer(text);
    return same;
}

/* The parameter, or the next one that is neither called `name` nor VALUE, which libical makes up
 * for a DATE. */
static icalparameter *skip(icalproperty *property, icalparameter *parameter, const char *name)
{
    while (parameter != NULL &&
           (icalparameter_isa(parameter) == ICAL_VALUE_PARAMETER || is_called(parameter, name)))
        parameter = icalproperty_get_next_parameter(property, ICAL_ANY_PARAMETER);
    return parameter;
}

static icalparameter *first_parameter(icalproperty *property, const char *but)
{
    return skip(property, icalproperty_get_first_parameter(property, ICAL_ANY_PARAMETER), but);
}

static icalparameter *next_parameter(icalproperty *property, const char *but)
{
    return skip(property, icalproperty_get_next_parameter(property, ICAL_ANY_PARAMETER), but);
}

/* The same parameters but for those called `but` (NULL: none). */
static gboolean same_parameters(icalproperty *before, icalproperty *after, const char *but)
{
    icalparameter *left = first_parameter(before, but);
    icalparameter *right = first_parameter(after, but);
    while (left != NULL && right != NULL && same_parameter(left, right)) {
        left = next_parameter(before, but);
        right = next_parameter(after, but);
    }
    return left == NULL && right == NULL;
}

static gboolean is_error(icalproperty *property)
{
    return property != NULL && icalproperty_isa(property) == ICAL_XLICERROR_PROPERTY;
}

static gboolean was_so(const Expect *expect, Way way, icalproperty *before)
{
    switch (way) {
    case WAS_READ:
    case WAS_GONE:
    case IS_NOTHING:
        return before != NULL && has_name(before, expect->property);
    case WAS_OTHER:
        return before != NULL && expect->kind == EXPECT_RESHAPED && expect->parameter != NULL &&
               has_name(before, expect->parameter);
    case WAS_NOTHING:
        return TRUE;
    case WAYS:
        break;
    }
    return FALSE;
}

/* TRUE when the line reads as it should, whatever it was. */
static gboolean reads_so(const Expect *expect, Way way, icalproperty *before, icalproperty *after)
{
    if (after == NULL || !has_name(after, expect->property) || !was_so(expect, way, before) ||
        (expect->value != NULL && !has_value(after, expect->value)))
        return FALSE;
    return expect->kind == EXPECT_RESHAPED || way != WAS_READ ||
           ((expect->value != NULL || same_value(before, after)) &&
            same_parameters(before, after, expect->parameter));
}

/* TRUE when the expectation explains why the two properties (NULL: none left) differ; `used_before`
 * and `used_after` say how many properties it uses up on each side. */
static gboolean explains(const Expect *expect, Way way, icalproperty *before, icalproperty *after,
                         guint *used_before, guint *used_after)
{
    *used_before = 0;
    *used_after = 0;
    switch (expect->kind) {
    case EXPECT_APPEARS:
        *used_after = 1;
        return way == WAS_READ && after != NULL && has_name(after, expect->property) &&
               has_value(after, expect->value);
    case EXPECT_VANISHES:
        *used_before = 1;
        return way == WAS_GONE && was_so(expect, way, before);
    case EXPECT_READS:
    case EXPECT_RESHAPED:
        if (way == WAS_GONE)
            return FALSE;
        *used_before = way == WAS_NOTHING ? 0 : 1;
        *used_after = way == IS_NOTHING && !is_error(after) ? 0 : 1;
        return way == IS_NOTHING ? expect->kind == EXPECT_RESHAPED && was_so(expect, way, before)
                                 : reads_so(expect, way, before, after);
    case EXPECT_TEXT:
    case EXPECT_COMPONENT:
    case EXPECT_OUTSIDE:
        break;
    }
    return FALSE;
}

static icalproperty *property_at(const GPtrArray *properties, guint index)
{
    return index < properties->len ? g_ptr_array_index(properties, index) : NULL;
}

/* Takes the first expectation not yet met that explains the difference at (before, after). */
static gboolean take_expectation(Comparison *comparison, Way way, guint *before, guint *after)
{
    const GArray *expectations = comparison->expectations;
    while (comparison->unmet < expectations->len && comparison->met[comparison->unmet])
        comparison->unmet++;
    for (guint i = comparison->unmet; i < expectations->len; i++) {
        guint used_before;
        guint used_after;
        if (comparison->met[i] ||
            !explains(&g_array_index(expectations, Expect, i), way,
                      property_at(comparison->before, *before),
                      property_at(comparison->after, *after), &used_before, &used_after))
            continue;
        comparison->met[i] = TRUE;
        *before += used_before;
        *after += used_after;
        return TRUE;
    }
    return FALSE;
}

static gboolean explain(Comparison *comparison, guint *before, guint *after)
{
    for (guint i = 0; i < WAYS; i++) {
        if (take_expectation(comparison, comparison->attempt->order[i], before, after))
            return TRUE;
    }
    return FALSE;
}

static gboolean is_named(const GPtrArray *properties, const char *name)
{
    for (guint i = 0; i < properties->len; i++) {
        if (has_name(property_at(properties, i), name))
            return TRUE;
    }
    return FALSE;
}

/* To libical the line means the same before and after: it reads as it should, or not at all. */
static gboolean is_unchanged(const Comparison *comparison, const Expect *expect)
{
    for (guint i = 0; i < comparison->after->len; i++) {
        if (reads_so(expect, WAS_NOTHING, NULL, property_at(comparison->after, i)))
            return TRUE;
    }
    return !is_named(comparison->after, expect->property);
}

static guint count_errors(const GPtrArray *properties)
{
    guint count = 0;
    for (guint i = 0; i < properties->len; i++)
        count += is_error(property_at(properties, i)) ? 1 : 0;
    return count;
}

/* A line went of which libical made an X-LIC-ERROR. */
static gboolean lost_error(const Comparison *comparison)
{
    return count_errors(comparison->after) < count_errors(comparison->before);
}

/* TRUE when nothing is to be seen of the edit: libical made, and makes, nothing of the line. */
static gboolean may_be_unmet(const Comparison *comparison, const Expect *expect)
{
    switch (expect->kind) {
    case EXPECT_APPEARS:
        return FALSE;
    case EXPECT_VANISHES:
        return !is_named(comparison->before, expect->property) || lost_error(comparison);
    case EXPECT_READS:
    case EXPECT_RESHAPED:
        return is_unchanged(comparison, expect);
    case EXPECT_TEXT:
    case EXPECT_COMPONENT:
    case EXPECT_OUTSIDE:
        break;
    }
    return TRUE;
}

static gboolean all_met(const Comparison *comparison)
{
    for (guint i = 0; i < comparison->expectations->len; i++) {
        if (!comparison->met[i] &&
            !may_be_unmet(comparison, &g_array_index(comparison->expectations, Expect, i)))
            return FALSE;
    }
    return TRUE;
}

/* An X-LIC-ERROR stands before: what comes in is explained, else the error is passed over. */
static void pass_error(Comparison *comparison, guint *before, guint *after)
{
    guint at = *before;
    if (take_expectation(comparison, WAS_READ, &at, after))
        return;
    if (comparison->attempt->errors_become_lines)
        take_expectation(comparison, WAS_NOTHING, &at, after);
    ++*before;
}

static gboolean compare_lists(Comparison *comparison)
{
    guint before = 0;
    guint after = 0;
    while (before < comparison->before->len || after < comparison->after->len) {
        icalproperty *left = property_at(comparison->before, before);
        icalproperty *right = property_at(comparison->after, after);
        gboolean both_errors = is_error(left) && is_error(right);
        if (left != NULL && right != NULL && (both_errors || same_text(left, right))) {
            before++;
            after++;
        } else if (is_error(left) && !is_error(right)) {
            pass_error(comparison, &before, &after);
        } else if (!explain(comparison, &before, &after)) {
            return FALSE;
        }
    }
    return all_met(comparison);
}

static gboolean compare_properties(icalcomponent *before, icalcomponent *after,
                                   const GArray *expectations)
{
    g_autoptr(GPtrArray) properties_before = list_properties(before);
    g_autoptr(GPtrArray) properties_after = list_properties(after);
    for (gsize i = 0; i < G_N_ELEMENTS(attempts); i++) {
        g_autofree gboolean *met = g_new0(gboolean, expectations->len);
        Comparison comparison = {properties_before, properties_after, expectations, met, 0,
                                 &attempts[i]};
        if (compare_lists(&comparison))
            return TRUE;
    }
    return FALSE;
}

/* Each expected component is there, and no other. */
static gboolean compare_nested(icalcomponent *after, const GArray *expectations)
{
    icalcomponent *nested = icalcomponent_get_first_component(after, ICAL_ANY_COMPONENT);
    for (guint i = 0; i < expectations->len; i++) {
        const Expect *expect = &g_array_index(expectations, Expect, i);
        if (expect->kind != EXPECT_COMPONENT)
            continue;
        if (nested == NULL ||
            icalcomponent_isa(nested) != icalcomponent_string_to_kind(expect->property))
            return FALSE;
        nested = icalcomponent_get_next_component(after, ICAL_ANY_COMPONENT);
    }
    return nested == NULL;
}

GuardVerdict calendar_guard_check(Octets before, Octets after, const GArray *expectations)
{
    icalcomponent *left = read_component(before);
    icalcomponent *right = read_component(after);
    GuardVerdict verdict = GUARD_REFUSES;
    if (left == NULL)
        verdict = GUARD_NO_COMPONENT;
    else if (right != NULL && icalcomponent_isa(left) == icalcomponent_isa(right) &&
             compare_properties(left, right, expectations) && compare_nested(right, expectations))
        verdict = GUARD_AGREES;
    g_clear_pointer(&left, icalcomponent_free);
    g_clear_pointer(&right, icalcomponent_free);
    return verdict;
}
