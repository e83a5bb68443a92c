/* SPDX-License-Identifier: BSD-2-Clause
 *
 * read_kde [--itip]: what KDE's KCalendarCore reads in calendars, in the normal form of reader.py.
 *
 * With --itip a text is read as KMail reads the invitation in a mail, and is refused where it is
 * none.
 */
#include <KCalendarCore/FreeBusy>
#include <KCalendarCore/ICalFormat>
#include <KCalendarCore/MemoryCalendar>
#include <KCalendarCore/ScheduleMessage>
#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QMultiMap>
#include <QRegularExpression>
#include <QTimeZone>
#include <iostream>
#include <string>

using namespace KCalendarCore;

static QJsonValue text(const QString &words)
{
    return words.isEmpty() ? QJsonValue() : QJsonValue(words);
}

static QJsonValue time(const QDateTime &at, bool date)
{
    if (!at.isValid())
        return {};
    if (date)
        return at.date().toString(QStringLiteral("yyyyMMdd"));
    if (at.timeSpec() == Qt::LocalTime)
        return at.toString(QStringLiteral("yyyyMMdd'T'HHmmss"));
    return at.toUTC().toString(QStringLiteral("yyyyMMdd'T'HHmmss'Z'"));
}

static QJsonArray attendees(const IncidenceBase &item)
{
    QJsonArray list;
    for (const Attendee &attendee : item.attendees())
        list.append(QJsonObject{{"address", attendee.email()}, {"partstat", attendee.status()}});
    return list;
}

static QJsonArray alarms(const Incidence &item)
{
    QJsonArray list;
    for (const Alarm::Ptr &alarm : item.alarms()) {
        const Duration offset = alarm->hasEndOffset() ? alarm->endOffset() : alarm->startOffset();
        const QJsonValue trigger =
            alarm->hasTime() ? time(alarm->time(), false) : QJsonValue(offset.asSeconds());
        list.append(QJsonObject{{"action", alarm->type()}, {"trigger", trigger}});
    }
    return list;
}

/* KDE has the last of the days as the end of an event of days. */
static QJsonValue end(const IncidenceBase &item)
{
    if (item.type() == IncidenceBase::TypeTodo)
        return time(static_cast<const Todo &>(item).dtDue(), item.allDay());
    if (item.type() == IncidenceBase::TypeEvent)
        return time(static_cast<const Event &>(item).dtEnd().addDays(item.allDay()), item.allDay());
    if (item.type() == IncidenceBase::TypeFreeBusy)
        return time(static_cast<const FreeBusy &>(item).dtEnd(), false);
    return {};
}

/* The UID, but not one that KDE makes up: that is another each time. */
static QJsonValue uid(const IncidenceBase &item, const QByteArray &octets)
{
    static const QRegularExpression made(QStringLiteral("^[0-9a-f]{32}$"));
    const bool own = !made.match(item.uid()).hasMatch() || octets.contains(item.uid().toUtf8());
    return own ? text(item.uid()) : QJsonValue();
}

static QJsonObject form(const IncidenceBase::Ptr &item, const QByteArray &octets)
{
    QJsonObject object{
        {"type", QString::fromLatin1(item->typeStr())},   {"uid", uid(*item, octets)},
        {"start", time(item->dtStart(), item->allDay())}, {"end", end(*item)},
        {"organizer", text(item->organizer().email())},   {"attendees", attendees(*item)}};
    if (const auto incidence = item.dynamicCast<Incidence>()) {
        object["recurrence"] = time(incidence->recurrenceId(), incidence->allDay());
        object["sequence"] = QString::number(incidence->revision());
        object["status"] = incidence->status();
        object["summary"] = text(incidence->summary());
        object["rule"] = incidence->recurs() ? incidence->recurrence()->recurrenceType() : 0;
        object["alarms"] = alarms(*incidence);
    }
    return object;
}

/* A VFREEBUSY, which KDE keeps in no calendar. */
static void addFreeBusy(ICalFormat &format, const QByteArray &octets, QJsonArray &items)
{
    if (!octets.contains("VFREEBUSY"))
        return;
    const FreeBusy::Ptr busy = format.parseFreeBusy(QString::fromUtf8(octets));
    if (busy)
        items.append(form(busy, octets));
}

/* KDE keeps components in no order; here it is one by what they hold. */
static QJsonObject readCalendar(ICalFormat &format, const QByteArray &octets)
{
    const MemoryCalendar::Ptr calendar(new MemoryCalendar(QTimeZone::utc()));
    if (!format.fromRawString(calendar, octets))
        return {{"refused", "fromRawString"}};
    QMultiMap<QString, QJsonObject> sorted;
    for (const Incidence::Ptr &item : calendar->rawIncidences()) {
        const QJsonObject object = form(item, octets);
        sorted.insert(object["uid"].toString() + item->summary() +
                          QString::fromUtf8(QJsonDocument(object).toJson()),
                      object);
    }
    QJsonArray items;
    for (const QJsonObject &object : sorted)
        items.append(object);
    addFreeBusy(format, octets, items);
    return {{"method", QJsonValue()}, {"items", items}};
}

static QJsonObject readInvitation(ICalFormat &format, const QByteArray &octets)
{
    const MemoryCalendar::Ptr calendar(new MemoryCalendar(QTimeZone::utc()));
    const ScheduleMessage::Ptr message =
        format.parseScheduleMessage(calendar, QString::fromUtf8(octets));
    if (!message || !message->event())
        return {{"refused", "parseScheduleMessage"}};
    return {{"method", ScheduleMessage::methodName(message->method())},
            {"items", QJsonArray{form(message->event(), octets)}}};
}

int main(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    const bool itip = argc > 1 && std::string(argv[1]) == "--itip";
    ICalFormat format;
    for (std::string line; std::getline(std::cin, line);) {
        QByteArray octets(std::stoi(line), '\0');
        std::cin.read(octets.data(), octets.size());
        const QJsonObject read =
            itip ? readInvitation(format, octets) : readCalendar(format, octets);
        std::cout << QJsonDocument(read).toJson(QJsonDocument::Compact).constData() << std::endl;
    }
    return 0;
}
