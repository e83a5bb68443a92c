<?php
// SPDX-License-Identifier: BSD-2-Clause
//
// read_php horde|sabre|sabre-repair: what Horde's or sabre/vobject's reader reads in calendars, in
// the normal form of reader.py; or the text that the latter's repair makes of them.
//
// Deprecations of the libraries under a newer PHP are not shown. What they throw, and a fatal error
// that PHP lets one catch, is a refusal.

error_reporting(0);
ini_set('memory_limit', '512M');
date_default_timezone_set('UTC');

const KINDS = ['VEVENT', 'VTODO', 'VJOURNAL', 'VFREEBUSY'];

function show($value)
{
    return $value === null || $value === '' ? null : mb_scrub((string)$value, 'UTF-8');
}

class Horde
{
    public function __construct()
    {
        spl_autoload_register(function ($class) {
            @include str_replace(['_', '\\'], '/', $class) . '.php';
        });
        class_exists('Horde_Icalendar') || throw new Exception('no Horde_Icalendar');
    }

    private function value($item, $name)
    {
        try {
            $value = $item->getAttribute($name);
        } catch (Horde_Icalendar_Exception $error) {
            return null;
        }
        return is_array($value) && !isset($value['year']) && !isset($value['month'])
            ? reset($value) : $value;
    }

    // Seconds since 1970 are a time in UTC; an array is a date.
    private function time($item, $name)
    {
        $value = $this->value($item, $name);
        if (is_array($value)) {
            return sprintf('%04d%02d%02d', $value['year'], $value['month'], $value['mday']);
        }
        return is_int($value) ? gmdate('Ymd\THis\Z', $value) : show($value);
    }

    private function attendees($item)
    {
        $list = [];
        foreach ($item->getAllAttributes() as $attribute) {
            if ($attribute['name'] === 'ATTENDEE') {
                $list[] = ['address' => show($attribute['value']),
                           'partstat' => show($attribute['params']['PARTSTAT'] ?? null)];
            }
        }
        return $list;
    }

    private function alarms($item)
    {
        $list = [];
        foreach ($item->getComponents() as $alarm) {
            if ($alarm->getType() === 'vAlarm') {
                $list[] = ['action' => show($this->value($alarm, 'ACTION')),
                           'trigger' => $this->time($alarm, 'TRIGGER')];
            }
        }
        return $list;
    }

    private function end($item, $type)
    {
        $end = $this->time($item, $type === 'VTODO' ? 'DUE' : 'DTEND');
        $start = strtotime((string)$this->time($item, 'DTSTART'));
        $duration = $this->value($item, 'DURATION');
        return $end === null && $start && is_int($duration)
            ? gmdate('Ymd\THis\Z', $start + $duration) : $end;
    }

    private function item($item, $type)
    {
        return ['type' => $type,
                'uid' => show($this->value($item, 'UID')),
                'recurrence' => $this->time($item, 'RECURRENCE-ID'),
                'sequence' => show($this->value($item, 'SEQUENCE')),
                'status' => show($this->value($item, 'STATUS')),
                'summary' => show($this->value($item, 'SUMMARY')),
                'rule' => show($this->value($item, 'RRULE')),
                'stamp' => $this->time($item, 'DTSTAMP'),
                'start' => $this->time($item, 'DTSTART'),
                'end' => $this->end($item, $type),
                'organizer' => show($this->value($item, 'ORGANIZER')),
                'attendees' => $this->attendees($item),
                'alarms' => $this->alarms($item)];
    }

    public function read($text)
    {
        $calendar = new Horde_Icalendar();
        if (!$calendar->parsevCalendar($text)) {
            return ['refused' => 'parsevCalendar'];
        }
        $items = [];
        foreach ($calendar->getComponents() as $item) {
            $type = strtoupper($item->getType());
            if (in_array($type, KINDS, true)) {
                $items[] = $this->item($item, $type);
            }
        }
        return ['method' => show($this->value($calendar, 'METHOD')), 'items' => $items];
    }
}

class Sabre
{
    public function __construct()
    {
        require_once 'Sabre/VObject/autoload.php';
    }

    private function time($item, $name)
    {
        $property = $item->__get($name);
        if ($property === null) {
            return null;
        }
        $value = $property->getDateTime();
        if ($value === null) {
            return show($property->getValue());
        }
        switch ($property->getDateType()) {
        case Sabre\VObject\Property\DateTime::DATE:
            return $value->format('Ymd');
        case Sabre\VObject\Property\DateTime::LOCAL:
            return $value->format('Ymd\THis');
        default:
            return gmdate('Ymd\THis\Z', $value->getTimestamp());
        }
    }

    private function end($item)
    {
        $name = $item->name === 'VTODO' ? 'DUE' : 'DTEND';
        if ($item->__get($name) !== null || $item->DURATION === null || $item->DTSTART === null) {
            return $this->time($item, $name);
        }
        $end = clone $item->DTSTART->getDateTime();
        $end->add(Sabre\VObject\DateTimeParser::parseDuration((string)$item->DURATION));
        return gmdate('Ymd\THis\Z', $end->getTimestamp());
    }

    private function attendees($item)
    {
        $list = [];
        foreach ($item->select('ATTENDEE') as $attendee) {
            $list[] = ['address' => show($attendee), 'partstat' => show($attendee['PARTSTAT'])];
        }
        return $list;
    }

    // With the trigger's time, which it works out from the component.
    private function alarms($item)
    {
        $list = [];
        foreach ($item->select('VALARM') as $alarm) {
            $list[] = ['action' => show($alarm->ACTION),
                       'trigger' => $alarm->getEffectiveTriggerTime()->format('Ymd\THis')];
        }
        return $list;
    }

    private function item($item)
    {
        return ['type' => $item->name,
                'uid' => show($item->UID),
                'recurrence' => $this->time($item, 'RECURRENCE-ID'),
                'sequence' => show($item->SEQUENCE),
                'status' => show($item->STATUS),
                'summary' => show($item->SUMMARY),
                'rule' => show($item->RRULE),
                'stamp' => $this->time($item, 'DTSTAMP'),
                'start' => $this->time($item, 'DTSTART'),
                'end' => $this->end($item),
                'organizer' => show($item->ORGANIZER),
                'attendees' => $this->attendees($item),
                'alarms' => $this->alarms($item)];
    }

    public function read($text)
    {
        $calendar = Sabre\VObject\Reader::read($text);
        $items = array_filter($calendar->getComponents(),
                              fn($item) => in_array($item->name, KINDS, true));
        return ['method' => show($calendar->METHOD),
                'items' => array_map([$this, 'item'], array_values($items))];
    }
}

class SabreRepair extends Sabre
{
    public function read($text)
    {
        $calendar = Sabre\VObject\Reader::read($text, Sabre\VObject\Reader::OPTION_FORGIVING);
        $calendar->validate(Sabre\VObject\Node::REPAIR);
        return ['text' => $calendar->serialize()];
    }
}

$reader = ['horde' => 'Horde', 'sabre' => 'Sabre', 'sabre-repair' => 'SabreRepair'][$argv[1]];
$reader = new $reader();
while (($line = fgets(STDIN)) !== false) {
    $length = (int)$line;
    $text = $length ? stream_get_contents(STDIN, $length) : '';
    try {
        $form = $reader->read($text);
    } catch (Throwable $error) {
        $form = ['refused' => get_class($error) . ': ' . $error->getMessage()];
    }
    echo json_encode($form, JSON_INVALID_UTF8_SUBSTITUTE), "\n";
}
