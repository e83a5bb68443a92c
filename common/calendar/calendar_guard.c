/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/calendar/calendar_guard.h"
#include "common/calendar/calendar_date.h"

#include <libical/ical.h>
#include <string.h>

/* The properties of one component before and after, and the intents that they must show. */
typedef struct {
    GPtrArray *before; /* icalproperty */
    GPtrArray *after;
    const GArray *intents; /* NULL: none may be needed */
    gboolean *seen;        /* one for each intent */
    guint unseen;          /* the first that was not seen, or one past the last */
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

static gboolean has_value(icalproperty *property, const char *value)
{
    char *own = icalproperty_get_value_as_string_r(property);
    gboolean same = g_strcmp0(own, value) == 0;
    icalmemory_free_buffer(own);
    return same;
}

static gboolean same_parameter(icalparameter *left, icalparameter *right)
{
    return same_and_free(icalparameter_as_ical_string_r(left),
                         icalparameter_as_ical_string_r(right));
}

/* The parameter, or the next one that is not VALUE: libical makes that up for a DATE. */
static icalparameter *skip_value_type(icalproperty *property, icalparameter *parameter)
{
    while (parameter != NULL && icalparameter_isa(parameter) == ICAL_VALUE_PARAMETER)
        parameter = icalproperty_get_next_parameter(property, ICAL_ANY_PARAMETER);
    return parameter;
}

static icalparameter *first_parameter(icalproperty *property)
{
    return skip_value_type(property,
                           icalproperty_get_first_parameter(property, ICAL_ANY_PARAMETER));
}

static icalparameter *next_parameter(icalproperty *property)
{
    return skip_value_type(property, icalproperty_get_next_parameter(property, ICAL_ANY_PARAMETER));
}

static gboolean same_parameters(icalproperty *before, icalproperty *after)
{
    icalparameter *left = first_parameter(before);
    icalparameter *right = first_parameter(after);
    while (left != NULL && right != NULL && same_parameter(left, right)) {
        left = next_parameter(before);
        right = next_parameter(after);
    }
    return left == NULL && right == NULL;
}

static gboolean is_epoch_parameter(icalparameter *parameter, const char *name)
{
    const char *own = icalparameter_get_xname(parameter);
    const char *value = icalparameter_get_xvalue(parameter);
    return own != NULL && value != NULL && g_ascii_strcasecmp(own, name) == 0 &&
           calendar_date_is_epoch(octets_trim(octets_of(value)));
}

static icalparameter *skip_lost(icalproperty *property, icalparameter *parameter, const char *name)
{
    while (parameter != NULL && is_epoch_parameter(parameter, name))
        parameter = icalproperty_get_next_parameter(property, ICAL_ANY_PARAMETER);
    return parameter;
}

/* libical removes a parameter by its name alone, be it another of that name; so the lists are
 * walked instead. */
static gboolean lost_parameter(icalproperty *before, icalproperty *after, const char *name)
{
    icalparameter *left = icalproperty_get_first_parameter(before, ICAL_ANY_PARAMETER);
    icalparameter *right = icalproperty_get_first_parameter(after, ICAL_ANY_PARAMETER);
    left = skip_lost(before, left, name);
    while (left != NULL && right != NULL && same_parameter(left, right)) {
        left = icalproperty_get_next_parameter(before, ICAL_ANY_PARAMETER);
        left = skip_lost(before, left, name);
        right = icalproperty_get_next_parameter(after, ICAL_ANY_PARAMETER);
    }
    return left == NULL && right == NULL &&
           same_and_free(icalproperty_get_value_as_string_r(before),
                         icalproperty_get_value_as_string_r(after));
}

/* How sure it is that a property is the one that an intent names. */
typedef enum {
    NAMED_SO,   /* it has that name */
    UNREADABLE, /* libical could not read it: an X-LIC-ERROR stands in its place */
} Certainty;

static gboolean stood_for(icalproperty *before, const char *name, Certainty certainty)
{
    switch (certainty) {
    case NAMED_SO:
        return has_name(before, name);
    case UNREADABLE:
        break;
    }
    return icalproperty_isa(before) == ICAL_XLICERROR_PROPERTY;
}

/* TRUE when the intent explains why the two properties (NULL: none left) differ. `steps_before` and
 * `steps_after` say how many properties it used up on each side. */
static gboolean explains(const Intent *intent, Certainty certainty, icalproperty *before,
                         icalproperty *after, guint *steps_before, guint *steps_after)
{
    *steps_before = intent->kind == INTENT_APPEAR ? 0 : 1;
    *steps_after = intent->kind == INTENT_VANISH ? 0 : 1;
    if ((*steps_before == 1 &&
         (before == NULL || !stood_for(before, intent->property, certainty))) ||
        (*steps_after == 1 && (after == NULL || !has_name(after, intent->property))))
        return FALSE;
    switch (intent->kind) {
    case INTENT_APPEAR:
        return has_value(after, intent->value);
    case INTENT_CHANGE:
        return has_value(after, intent->value) &&
               (certainty == UNREADABLE || same_parameters(before, after));
    case INTENT_VANISH:
        return TRUE;
    case INTENT_LOSE_PARAMETER:
        return lost_parameter(before, after, intent->parameter);
    }
    return FALSE;
}

static icalproperty *property_at(const GPtrArray *properties, guint index)
{
    return index < properties->len ? g_ptr_array_index(properties, index) : NULL;
}

/* Takes the first intent not yet seen that explains the difference at (before, after). */
static gboolean take_intent(Comparison *comparison, Certainty certainty, guint *before,
                            guint *after)
{
    guint count = comparison->intents == NULL ? 0 : comparison->intents->len;
    while (comparison->unseen < count && comparison->seen[comparison->unseen])
        comparison->unseen++;
    for (guint i = comparison->unseen; i < count; i++) {
        guint steps_before;
        guint steps_after;
        if (comparison->seen[i] ||
            !explains(&g_array_index(comparison->intents, Intent, i), certainty,
                      property_at(comparison->before, *before),
                      property_at(comparison->after, *after), &steps_before, &steps_after))
            continue;
        comparison->seen[i] = TRUE;
        *before += steps_before;
        *after += steps_after;
        return TRUE;
    }
    return FALSE;
}

static gboolean compare_lists(Comparison *comparison)
{
    guint before = 0;
    guint after = 0;
    while (before < comparison->before->len || after < comparison->after->len) {
        icalproperty *left = property_at(comparison->before, before);
        icalproperty *right = property_at(comparison->after, after);
        if (left != NULL && right != NULL && same_text(left, right)) {
            before++;
            after++;
            continue;
        }
        if (!take_intent(comparison, NAMED_SO, &before, &after) &&
            !take_intent(comparison, UNREADABLE, &before, &after))
            return FALSE;
    }
    for (guint i = 0; comparison->intents != NULL && i < comparison->intents->len; i++) {
        if (!comparison->seen[i])
            return FALSE;
    }
    return TRUE;
}

static gboolean compare_properties(icalcomponent *before, icalcomponent *after,
                                   const GArray *intents)
{
    g_autoptr(GPtrArray) properties_before = list_properties(before);
    g_autoptr(GPtrArray) properties_after = list_properties(after);
    g_autofree gboolean *seen = g_new0(gboolean, intents == NULL ? 0 : intents->len);
    Comparison comparison = {properties_before, properties_after, intents, seen, 0};
    return compare_lists(&comparison);
}

static gboolean compare_components(icalcomponent *before, icalcomponent *after,
                                   const GArray *intents)
{
    if (icalcomponent_isa(before) != icalcomponent_isa(after) ||
        !compare_properties(before, after, intents))
        return FALSE;
    icalcomponent *left = icalcomponent_get_first_component(before, ICAL_ANY_COMPONENT);
    icalcomponent *right = icalcomponent_get_first_component(after, ICAL_ANY_COMPONENT);
    while (left != NULL && right != NULL && compare_components(left, right, NULL)) {
        left = icalcomponent_get_next_component(before, ICAL_ANY_COMPONENT);
        right = icalcomponent_get_next_component(after, ICAL_ANY_COMPONENT);
    }
    return left == NULL && right == NULL;
}

GuardVerdict calendar_guard_check(Octets before, Octets after, const GArray *intents)
{
    icalcomponent *left = read_component(before);
    icalcomponent *right = read_component(after);
    GuardVerdict verdict = GUARD_REFUSES;
    if (left == NULL)
        verdict = GUARD_NO_COMPONENT;
    else if (right != NULL && compare_components(left, right, intents))
        verdict = GUARD_AGREES;
    g_clear_pointer(&left, icalcomponent_free);
    g_clear_pointer(&right, icalcomponent_free);
    return verdict;
}
