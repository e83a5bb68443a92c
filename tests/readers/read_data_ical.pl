#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# read_data_ical: what Perl's Data::ICal reads in calendars, in the normal form of reader.py.
#
# It knows no zones: times are as they are written, with their TZID.

use strict;
use warnings;

use Data::ICal;
use JSON::PP;

my $json = JSON::PP->new->utf8->canonical;

sub properties {
    my ($entry, $name) = @_;
    return @{ $entry->property($name) || [] };
}

sub value {
    my ($entry, $name) = @_;
    my ($first) = properties($entry, $name);
    return $first ? $first->value : undef;
}

sub when {
    my ($entry, $name) = @_;
    my ($first) = properties($entry, $name);
    return undef unless $first;
    my $zone = $first->parameters->{TZID};
    return $zone ? "$zone:" . $first->value : $first->value;
}

sub attendee {
    my ($property) = @_;
    return { address => $property->value, partstat => $property->parameters->{PARTSTAT} };
}

sub alarm_form {
    my ($entry) = @_;
    return { action => value($entry, 'action'), trigger => value($entry, 'trigger') };
}

sub item {
    my ($entry) = @_;
    my $type = $entry->ical_entry_type;
    my @alarms = grep { $_->ical_entry_type eq 'VALARM' } @{ $entry->entries };
    return {
        type       => $type,
        uid        => value($entry, 'uid'),
        recurrence => when($entry, 'recurrence-id'),
        sequence   => value($entry, 'sequence'),
        status     => value($entry, 'status'),
        summary    => value($entry, 'summary'),
        rule       => value($entry, 'rrule'),
        stamp      => when($entry, 'dtstamp'),
        start      => when($entry, 'dtstart'),
        end        => when($entry, $type eq 'VTODO' ? 'due' : 'dtend'),
        organizer  => value($entry, 'organizer'),
        attendees  => [map { attendee($_) } properties($entry, 'attendee')],
        alarms     => [map { alarm_form($_) } @alarms],
    };
}

sub form {
    my ($text) = @_;
    my $calendar = Data::ICal->new(data => $text);
    return { refused => '' . $calendar->error_message } unless $calendar;
    my @items = grep { $_->ical_entry_type =~ /^V(EVENT|TODO|JOURNAL|FREEBUSY)$/ }
        @{ $calendar->entries };
    return { method => value($calendar, 'method'), items => [map { item($_) } @items] };
}

$| = 1;
binmode STDIN;
$SIG{__WARN__} = sub { };
while (defined(my $length = <STDIN>)) {
    read STDIN, my $octets, $length;
    my $text = $octets;
    utf8::decode($text);
    my $form = eval { form($text) } || { refused => "$@" };
    print $json->encode($form), "\n";
}
