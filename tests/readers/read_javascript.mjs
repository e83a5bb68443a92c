// SPDX-License-Identifier: BSD-2-Clause
//
// read_javascript READER: what a reader from npm reads in calendars, in the normal form of
// reader.py. READER is a name of the table at the end. NODE_MODULES names the folder that has them.
//
// A calendar is refused where the reader throws, also while one of the properties of the normal
// form is asked for.

import {createRequire} from 'node:module';
import {pathToFileURL} from 'node:url';
import path from 'node:path';

const modules = process.env.NODE_MODULES;
const require = createRequire(path.join(modules, 'here.js'));
const load = (name) => import(pathToFileURL(require.resolve(name)).href);
const KINDS = ['vevent', 'vtodo', 'vjournal', 'vfreebusy'];

const show = (value) => (value === undefined || value === null ? null : String(value));
const stamp = (date) => date.toISOString().replace(/[-:]|\.\d+/g, '');

// --- ical.js, which calendar-js gives its components as, too

function showTime(time) {
    if (!time || typeof time === 'string')
        return show(time);
    if (!time.isDate && time.zone && time.zone.tzid !== 'floating')
        return stamp(time.toJSDate());
    return time.toICALString();
}

const propertyOf = (component, name) => component.getFirstPropertyValue(name);

function endOf(component) {
    const end = propertyOf(component, component.name === 'vtodo' ? 'due' : 'dtend');
    const start = propertyOf(component, 'dtstart');
    const duration = propertyOf(component, 'duration');
    if (end || !start || !duration)
        return showTime(end);
    const sum = start.clone();
    sum.addDuration(duration);
    return showTime(sum);
}

const itemOf = (component) => ({
    type: component.name,
    uid: show(propertyOf(component, 'uid')),
    recurrence: showTime(propertyOf(component, 'recurrence-id')),
    sequence: show(propertyOf(component, 'sequence')),
    status: show(propertyOf(component, 'status')),
    summary: show(propertyOf(component, 'summary')),
    rule: show(propertyOf(component, 'rrule')),
    stamp: showTime(propertyOf(component, 'dtstamp')),
    start: showTime(propertyOf(component, 'dtstart')),
    end: endOf(component),
    organizer: show(propertyOf(component, 'organizer')),
    attendees: component.getAllProperties('attendee').map((attendee) => ({
        address: show(attendee.getFirstValue()),
        partstat: show(attendee.getParameter('partstat')),
    })),
    alarms: component.getAllSubcomponents('valarm').map((alarm) => ({
        action: show(propertyOf(alarm, 'action')),
        trigger: show(propertyOf(alarm, 'trigger')),
    })),
});

function registerZones(ICAL, calendar) {
    ICAL.TimezoneService.reset();
    for (const component of calendar.getAllSubcomponents('vtimezone')) {
        const zone = new ICAL.Timezone(component);
        if (!ICAL.TimezoneService.has(zone.tzid))
            ICAL.TimezoneService.register(zone.tzid, zone);
    }
}

function readIcal(ICAL, text) {
    const parsed = ICAL.parse(text);
    const trees = typeof parsed[0] === 'string' ? [parsed] : parsed;
    const items = [];
    for (const tree of trees) {
        const calendar = new ICAL.Component(tree);
        registerZones(ICAL, calendar);
        for (const component of calendar.getAllSubcomponents())
            if (KINDS.includes(component.name))
                items.push(itemOf(component));
    }
    return {method: show(propertyOf(new ICAL.Component(trees[0]), 'method')), items};
}

async function openIcal(strict) {
    const ICAL = (await load('ical.js')).default;
    ICAL.design.strict = strict;
    return (text) => readIcal(ICAL, text);
}

// --- calendar-js, with its repair steps, as Nextcloud reads; it forgets zones between calendars

// A UID that it makes up is another each time.
function withoutMadeUid(item, text) {
    const made = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(item.uid ?? '');
    return made && !text.includes(item.uid) ? {...item, uid: null} : item;
}

async function openCalendarJs() {
    const {getParserManager} = await load('@nextcloud/calendar-js');
    const zones = (await load('@nextcloud/timezones')).getTimezoneManager();
    const options = {preserveMethod: true, processFreeBusy: true};
    return (text) => {
        zones.clearAllTimezones();
        const parser = getParserManager().getParserForFileType('text/calendar', options);
        parser.parse(text);
        const items = [];
        let method = null;
        for (const calendar of parser.getItemIterator()) {
            const component = calendar.toICALJs();
            method = show(propertyOf(component, 'method'));
            for (const inner of component.getAllSubcomponents())
                if (KINDS.includes(inner.name))
                    items.push(itemOf(inner));
        }
        return {method, items: items.map((item) => withoutMadeUid(item, text))};
    };
}

// What its repair steps alone make of a text.
async function openRepairSteps() {
    const {getParserManager} = await load('@nextcloud/calendar-js');
    return (text) => {
        const parser = getParserManager().getParserForFileType('text/calendar', {});
        parser._rawData = text;
        parser._applyRepairSteps();
        return {text: parser._rawData};
    };
}

// --- node-ical and its forerunner, ical: objects by UID

const asList = (value) => (value === undefined ? [] : [].concat(value));
const valueOf = (value) => show(value && typeof value === 'object' ? value.val : value);

function dateOf(value) {
    if (Array.isArray(value))
        return value.map(dateOf).join();
    if (!(value instanceof Date) || Number.isNaN(value.getTime()))
        return show(value);
    return value.dateOnly ? stamp(value).slice(0, 8) : stamp(value);
}

// Without the DTSTART that it is given.
const ruleOf = (rule) => rule === undefined ? null : String(rule).replace(/^DTSTART.*\n/, '');

const objectItem = (item) => ({
    type: item.type,
    uid: valueOf(item.uid),
    recurrence: dateOf(item.recurrenceid),
    sequence: show(item.sequence),
    status: show(item.status),
    summary: valueOf(item.summary),
    rule: ruleOf(item.rrule),
    stamp: dateOf(item.dtstamp),
    start: dateOf(item.start),
    end: dateOf(item.due ?? item.end),
    organizer: valueOf(item.organizer),
    attendees: asList(item.attendee).map((attendee) => ({
        address: valueOf(attendee),
        partstat: show(attendee.params && attendee.params.PARTSTAT),
    })),
    alarms: asList(item.alarms).concat(Object.values(item)).filter(
        (inner) => inner && inner.type === 'VALARM').map((alarm) => ({
        action: show(alarm.action),
        trigger: valueOf(alarm.trigger),
    })),
});

function openObjects(parse) {
    return (text) => {
        const read = Object.values(parse(text));
        const items = read.filter((item) => KINDS.includes(String(item.type).toLowerCase()));
        const inner = items.flatMap((item) => Object.values(item.recurrences ?? {}));
        const calendar = read.find((item) => item.type === 'VCALENDAR');
        return {
            method: show(calendar && calendar.method),
            items: items.concat(inner).map(objectItem),
        };
    };
}

const READERS = {
    'ical.js': () => openIcal(true),
    'ical.js-lenient': () => openIcal(false),
    'calendar-js': openCalendarJs,
    'calendar-js-repair': openRepairSteps,
    'node-ical': () => openObjects(require('node-ical').sync.parseICS),
    'ical': () => openObjects((text) => require('ical').parseICS(text)),
};

const read = await READERS[process.argv[2]]();

function answer(octets) {
    try {
        return read(octets.toString('utf8'));
    } catch (error) {
        return {refused: String(error).slice(0, 200)};
    }
}

for (const level of ['log', 'warn', 'error', 'info', 'debug'])
    console[level] = () => {};

let waiting = Buffer.alloc(0);
process.stdin.on('data', (chunk) => {
    waiting = Buffer.concat([waiting, chunk]);
    for (;;) {
        const line = waiting.indexOf('\n');
        const length = Number(waiting.subarray(0, Math.max(line, 0)).toString());
        if (line < 0 || waiting.length < line + 1 + length)
            return;
        const octets = waiting.subarray(line + 1, line + 1 + length);
        waiting = waiting.subarray(line + 1 + length);
        process.stdout.write(`${JSON.stringify(answer(octets))}\n`);
    }
});
