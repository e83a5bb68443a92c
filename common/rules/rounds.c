/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/rules/rounds.h"

#include "common/rules/round_guard.h"
#include "common/rules/walk.h"

#include <string.h>

/* In the last of these a text must be at rest. */
#define MAX_ROUNDS 8

/* More findings in a text than this many are not told apart. */
#define MAX_FINDINGS 30000

/* A case that the guard refused in a component. The key of a table of them. */
typedef struct {
    const RuleCase *rule_case;
    guint owner;
} Refusal;

/* A finding, and the component that it is of. */
typedef struct {
    Finding finding;
    guint owner;
    const RuleCase *rule_case;
} Item;

/* The work on one text. */
typedef struct {
    const PartWork *work;
    RoundsResult *result;
    Octets first; /* the text as it came */
    Octets text;  /* as the round finds it */
    FieldFacts field;
    GArray *mended;      /* Finding of the rounds before: repaired, or refused by the guard */
    GHashTable *refused; /* of Refusal; NULL while there is none */
    guint round;
} Rounds;

/* One round. */
struct Found {
    Rounds *rounds;
    const Calendar *calendar;
    TextFacts text;
    CalendarFacts *facts;
    GStringChunk *scratch;
    Draft draft;
    GArray *made; /* Item: repaired in this round */
    GArray *left; /* Finding: not repaired */
    const ActiveCase *active;
    guint uid_of; /* the component of `uid` */
    const char *uid;
    gboolean is_settled; /* no case with an edit in this round makes another one applicable */
    gboolean reports;    /* nothing is mended, it is for the report alone */
};

/* ---- findings ---- */

static const char *keep_shown(Found *found, const char *value)
{
    if (value == NULL)
        return NULL;
    gsize size = strnlen(value, LONGEST_SHOWN_VALUE);
    return g_string_chunk_insert_len(found->rounds->work->plan->strings, value, (gssize)size);
}

static const char *keep_whole(Found *found, const char *value)
{
    return value == NULL ? NULL : g_string_chunk_insert(found->rounds->work->plan->strings, value);
}

static const char *find_uid(Found *found, guint component)
{
    if (component == CALENDAR_NONE || found->uid_of == component)
        return component == CALENDAR_NONE ? NULL : found->uid;
    guint count;
    const Calendar *calendar = found->calendar;
    guint line =
        calendar_find_property(calendar, calendar_component(calendar, component), "UID", &count);
    found->uid_of = component;
    found->uid = NULL;
    if (line == CALENDAR_NONE)
        return NULL;
    g_autoptr(GString) value = calendar_value(calendar, calendar_line(calendar, line));
    found->uid = keep_shown(found, value->str);
    return found->uid;
}

/* The VCALENDAR of a site; of the text as a whole, its first one. */
static const CalendarFacts *facts_of(const Found *found, const Site *site)
{
    guint component = site->vcalendar != CALENDAR_NONE ? site->vcalendar : site->component;
    component = component == CALENDAR_NONE ? 0 : component;
    const Calendar *calendar = found->calendar;
    while (component < calendar->components->len &&
           calendar_component(calendar, component)->kind != COMPONENT_VCALENDAR &&
           calendar_component(calendar, component)->parent != CALENDAR_NONE)
        component = calendar_component(calendar, component)->parent;
    return &found->facts[component];
}

static const char *component_name(Found *found, guint component)
{
    if (component == CALENDAR_NONE)
        return NULL;
    const Calendar *calendar = found->calendar;
    guint begin = calendar_component(calendar, component)->begin;
    g_autoptr(GString) name = calendar_value(calendar, calendar_line(calendar, begin));
    name->str[MIN(name->len, LONGEST_SHOWN_VALUE)] = '\0';
    return g_string_chunk_insert_const(found->rounds->work->plan->strings, name->str);
}

static Finding make_finding(Found *found, const Site *site, const Defect *defect, Reason reason)
{
    const Part *part = found->rounds->work->part;
    const CalendarFacts *facts = facts_of(found, site);
    return (Finding){
        .rule = found->active->rule,
        .rule_case = found->active->rule_case,
        .part = part->number,
        .type = part->type,
        .method = facts->method_text,
        .uid = find_uid(found, site->outer),
        .producer = facts->producer,
        .component = component_name(found, site->component),
        .property = keep_shown(found, defect->property),
        .old_value = keep_shown(found, defect->old_value),
        .new_value = reason == REASON_NONE ? keep_shown(found, defect->new_value) : NULL,
        .detail = defect->oddity,
        .reason = reason,
    };
}

/* ---- a defect ---- */

static gboolean is_over(const Found *found)
{
    return found->draft.is_full || found->made->len + found->left->len >= MAX_FINDINGS;
}

static guint owner_of(const Site *site)
{
    return site->outer != CALENDAR_NONE ? site->outer : site->component;
}

static guint hash_refusal(gconstpointer key)
{
    const Refusal *refusal = key;
    return g_direct_hash(refusal->rule_case) ^ (refusal->owner << 8);
}

static gboolean is_same_refusal(gconstpointer a, gconstpointer b)
{
    const Refusal *left = a;
    const Refusal *right = b;
    return left->rule_case == right->rule_case && left->owner == right->owner;
}

static void add_refusal(Rounds *rounds, Refusal refusal)
{
    if (rounds->refused == NULL)
        rounds->refused = g_hash_table_new_full(hash_refusal, is_same_refusal, g_free, NULL);
    g_hash_table_add(rounds->refused, g_memdup2(&refusal, sizeof refusal));
}

static gboolean is_refused(const Rounds *rounds, const RuleCase *rule_case, guint owner)
{
    const Refusal wanted = {rule_case, owner};
    return rounds->refused != NULL && g_hash_table_contains(rounds->refused, &wanted);
}

static void leave(Found *found, const Site *site, const Defect *defect, Reason reason)
{
    Finding finding = make_finding(found, site, defect, reason);
    g_array_append_val(found->left, finding);
}

/* Has the defect mended, as a whole or not at all. */
static void mend(Found *found, const Site *site, const Defect *given)
{
    Draft *draft = &found->draft;
    Defect defect = *given;
    defect.property = keep_whole(found, given->property);
    defect.new_value = keep_whole(found, given->new_value);
    draft_begin(draft, found->made->len, site->component, owner_of(site));
    found->active->action->mend(site, &defect, draft);
    if (!draft_commit(draft))
        return;
    Item item = {
        .finding = make_finding(found, site, &defect, REASON_NONE),
        .owner = owner_of(site),
        .rule_case = found->active->rule_case,
    };
    g_array_append_val(found->made, item);
    found->is_settled = found->is_settled && found->active->rule_case->settled;
    if (found->active->rule_case->place == PLACE_FIELD)
        g_ptr_array_add(found->rounds->field.done, (gpointer)found->active->rule);
}

void found_add(const Site *place, Found *found, Defect defect)
{
    Site site = *place;
    if (defect.component > 0) {
        site.outer = defect.component;
        site.component = defect.component;
    }
    defect.property = defect.property == NULL ? site.name : defect.property;
    if (is_over(found) || is_refused(found->rounds, found->active->rule_case, owner_of(&site)))
        return;
    Reason seal = found->rounds->work->seal;
    if (defect.is_malformed)
        leave(found, &site, &defect, seal == REASON_NONE ? REASON_MALFORMED : seal);
    else if (defect.oddity != NULL || found->active->action->mend == NULL)
        leave(found, &site, &defect, REASON_LEAVE);
    else if (found->reports)
        leave(found, &site, &defect, seal == REASON_NONE ? REASON_MALFORMED : seal);
    else if (!policy_is_on(found->rounds->work->policy, found->active->turned_on_by))
        leave(found, &site, &defect, REASON_SWITCH);
    else
        mend(found, &site, &defect);
}

/* ---- a round ---- */

static gboolean has_edit(const Found *found)
{
    return found->draft.edits->len + found->draft.fields->len > 0 || found->draft.waiting;
}

static gboolean is_done(const Rounds *rounds, const ActiveCase *active)
{
    return active->rule_case->place == PLACE_FIELD &&
           g_ptr_array_find(rounds->field.done, active->rule, NULL);
}

/* Rows that look at components wait until the text nests. */
static gboolean is_for_any_text(const RuleCase *rule_case)
{
    return rule_case->place == PLACE_TEXT || rule_case->place == PLACE_LINE;
}

static gboolean is_looked_at(const ActiveCase *active, RulePhase phase, gboolean nests)
{
    const RuleCase *rule_case = active->rule_case;
    return rule_case->phase == phase && rule_case->place <= PLACE_FIELD &&
           (nests || is_for_any_text(rule_case));
}

static void look(Found *found, RulePhase phase, gboolean nests)
{
    const Rounds *rounds = found->rounds;
    const GArray *all = rounds->work->policy->active;
    for (guint i = 0; i < all->len; i++) {
        const ActiveCase *active = &g_array_index(all, ActiveCase, i);
        if (!is_looked_at(active, phase, nests) || is_done(rounds, active))
            continue;
        Site site = {
            .work = rounds->work,
            .rule_case = active->rule_case,
            .calendar = found->calendar,
            .scratch = found->scratch,
            .text = &found->text,
            .field = &found->rounds->field,
            .edits = rounds->work->seal == REASON_NONE ? rounds->result->edits : NULL,
            .facts = found->facts,
        };
        if (active->rule_case->place == PLACE_FIELD)
            field_facts_read(site.field, rounds->work->message, rounds->work->part);
        found->active = active;
        draft_begin_case(&found->draft, i);
        walk_case(&site, found);
    }
}

/* Line ends first, then structure, then all others. */
static void look_at_all(Found *found)
{
    gboolean nests = calendar_nests(found->calendar);
    look(found, PHASE_ALONE, nests);
    if (has_edit(found))
        return;
    look(found, PHASE_EARLY, nests);
    if (has_edit(found))
        return;
    found->reports = !nests || found->calendar->components->len == 0;
    look(found, PHASE_MAIN, TRUE);
}

/* ---- the end of a round ---- */

/* What was to be repaired is not, for this reason. */
static void withdraw(GArray *findings, Reason reason)
{
    for (guint i = 0; i < findings->len; i++) {
        Finding *finding = &g_array_index(findings, Finding, i);
        if (finding->reason != REASON_NONE && finding->reason != REASON_SWITCH)
            continue;
        finding->reason = reason;
        finding->new_value = NULL;
    }
}

static void keep_made(Found *found)
{
    for (guint i = 0; i < found->made->len; i++)
        g_array_append_val(found->rounds->mended, g_array_index(found->made, Item, i).finding);
}

/* The text is left as it came, with what earlier rounds did. */
static void give_up(Found *found, Reason reason)
{
    Rounds *rounds = found->rounds;
    keep_made(found);
    withdraw(rounds->mended, reason);
    g_array_set_size(rounds->result->edits, 0);
    g_array_set_size(rounds->result->fields, 0);
    rounds->result->is_left = TRUE;
}

/* The findings of refused edits: reported, and not tried again. */
static void object(Found *found, const GArray *refused)
{
    Rounds *rounds = found->rounds;
    for (guint i = 0; i < refused->len; i++) {
        Item *item =
            &g_array_index(found->made, Item, g_array_index(refused, DraftEdit, i).finding);
        if (item->finding.reason != REASON_NONE)
            continue;
        item->finding.reason = REASON_GUARD;
        item->finding.new_value = NULL;
        add_refusal(rounds, (Refusal){item->rule_case, item->owner});
    }
}

/* The edits of the draft, which are given away: there may be very many. Owned by the caller. */
static GArray *take_edits(Draft *draft)
{
    GArray *edits = g_array_sized_new(FALSE, FALSE, sizeof(Edit), draft->edits->len);
    for (guint i = 0; i < draft->edits->len; i++)
        g_array_append_val(edits, g_array_index(draft->edits, DraftEdit, i).edit);
    g_clear_pointer(&draft->edits, g_array_unref);
    splice_sort(edits);
    return edits;
}

/* The edits of all rounds, on the first text. */
static GArray *join_edits(Rounds *rounds, GArray *edits)
{
    RoundsResult *result = rounds->result;
    if (result->text == NULL)
        return g_array_ref(edits);
    GArray *all = splice_compose(result->edits, edits, rounds->text, rounds->work->plan->strings);
    result->is_sound = result->is_sound && splice_same(rounds->text, edits, rounds->first, all);
    return all;
}

/* The edits join those of the rounds before, and the text becomes what they make of the first one:
 * the one that the round found goes before, for it may be large. */
static void apply(Found *found)
{
    Rounds *rounds = found->rounds;
    RoundsResult *result = rounds->result;
    g_array_append_vals(result->fields, found->draft.fields->data, found->draft.fields->len);
    splice_sort(result->fields);
    if (found->draft.edits->len == 0)
        return;
    g_autoptr(GArray) edits = take_edits(&found->draft);
    GArray *all = join_edits(rounds, edits);
    g_array_unref(result->edits);
    result->edits = all;
    if (result->text != NULL)
        g_string_free(result->text, TRUE);
    result->text = splice_to_string(rounds->first, all);
    rounds->text = (Octets){result->text->str, result->text->len};
}

static RoundVerdict ask_guard(Found *found, GArray *refused)
{
    if (is_over(found))
        return ROUND_COSTLY;
    if (found->rounds->work->seal != REASON_NONE)
        return ROUND_AGREED;
    return round_guard_check(&found->draft, refused);
}

/* TRUE when another round is to follow. */
static gboolean end_round(Found *found)
{
    Rounds *rounds = found->rounds;
    if (!has_edit(found) && !is_over(found)) {
        if (found->reports)
            give_up(found, REASON_MALFORMED);
        return FALSE;
    }
    g_autoptr(GArray) refused = g_array_new(FALSE, FALSE, sizeof(DraftEdit));
    RoundVerdict verdict = ask_guard(found, refused);
    if (verdict != ROUND_AGREED || rounds->round == MAX_ROUNDS) {
        give_up(found, verdict == ROUND_MALFORMED ? REASON_MALFORMED : REASON_LIMIT);
        return FALSE;
    }
    object(found, refused);
    keep_made(found);
    apply(found);
    return !found->is_settled || found->draft.waiting || found->draft.takes_line_end ||
           refused->len > 0;
}

static gboolean begin_text(Rounds *rounds, Calendar *calendar)
{
    const CalendarLimits *limits = &rounds->work->policy->limits.calendar;
    calendar_init(calendar, rounds->text, limits);
    if (!calendar->over_limits)
        return TRUE;
    plan_add_limit(rounds->work->plan, rounds->work->part,
                   "more than %u content lines, %u components, %u of them one inside of another or "
                   "%u parameters of a line",
                   limits->lines, limits->components, limits->nesting, limits->parameters);
    return FALSE;
}

/* TRUE when another round is to follow. */
static gboolean run_round(Rounds *rounds, GArray *left)
{
    g_auto(Calendar) calendar;
    if (!begin_text(rounds, &calendar)) {
        withdraw(rounds->mended, REASON_LIMIT);
        g_array_set_size(rounds->result->edits, 0);
        g_array_set_size(rounds->result->fields, 0);
        rounds->result->is_left = TRUE;
        return FALSE;
    }
    Found found = {
        .rounds = rounds,
        .calendar = &calendar,
        .facts = walk_facts_read(&calendar, rounds->work->plan->strings),
        .scratch = g_string_chunk_new(256),
        .made = g_array_new(FALSE, FALSE, sizeof(Item)),
        .left = left,
        .uid_of = CALENDAR_NONE,
        .is_settled = TRUE,
    };
    draft_init(&found.draft, &calendar, rounds->work->plan->strings);
    g_array_set_size(left, 0);
    look_at_all(&found);
    gboolean again = end_round(&found);
    draft_clear(&found.draft);
    walk_facts_free(found.facts, &calendar);
    g_string_chunk_free(found.scratch);
    g_array_unref(found.made);
    return again;
}

/* ---- all rounds ---- */

static void report(const PartWork *work, GArray *findings)
{
    if (work->seal != REASON_NONE)
        withdraw(findings, work->seal);
    g_array_append_vals(work->plan->findings, findings->data, findings->len);
}

void rounds_run(const PartWork *work, Octets text, RoundsResult *result)
{
    *result = (RoundsResult){
        .edits = g_array_new(FALSE, FALSE, sizeof(Edit)),
        .fields = g_array_new(FALSE, FALSE, sizeof(Edit)),
        .is_sound = TRUE,
    };
    g_autoptr(GArray) mended = g_array_new(FALSE, FALSE, sizeof(Finding));
    g_autoptr(GArray) left = g_array_new(FALSE, FALSE, sizeof(Finding));
    Rounds rounds = {
        .work = work,
        .result = result,
        .first = text,
        .text = text,
        .mended = mended,
        .round = 1,
    };
    field_facts_init(&rounds.field);
    while (run_round(&rounds, left))
        rounds.round++;
    field_facts_clear(&rounds.field);
    g_clear_pointer(&rounds.refused, g_hash_table_unref);
    report(work, mended);
    report(work, left);
    if (work->seal == REASON_NONE)
        return;
    g_array_set_size(result->edits, 0);
    g_array_set_size(result->fields, 0);
}

void rounds_result_clear(RoundsResult *result)
{
    g_clear_pointer(&result->edits, g_array_unref);
    g_clear_pointer(&result->fields, g_array_unref);
    if (result->text != NULL)
        g_string_free(result->text, TRUE);
    result->text = NULL;
}
