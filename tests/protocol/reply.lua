-- SPDX-License-Identifier: BSD-2-Clause
--
-- reply: a REPLY without the attendee's critical change, played by Debian's miltertest.
--
-- A second client that shares no code with milter_wire.py. Needs -D socket=SPEC and -D mended=yes
-- or no: what the switch is set to. Any step that is not as it must be is an error, which ends
-- miltertest with a status that is not 0.

local reply = "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nPRODID:-//Example//Lab//EN\r\nVERSION:2.0\r\n" ..
    "BEGIN:VEVENT\r\nUID:lab-3@example.com\r\nDTSTART:20240311T140000Z\r\n" ..
    "ATTENDEE;PARTSTAT=ACCEPTED:mailto:ben@example.com\r\n" ..
    "DTSTAMP:20240305T101500Z\r\n%sEND:VEVENT\r\nEND:VCALENDAR\r\n"
local attribute = "X-MICROSOFT-CDO-ATTENDEE-CRITICAL-CHANGE:20240305T101500Z\r\n"
local broken = string.format(reply, "")
local whole = string.format(reply, attribute)

local function must(condition, what)
    if not condition then
        mt.echo(what)
        error(what)
    end
end

-- A step that the milter did not ask to be left out; miltertest refuses the others.
local function step(conn, left_out, what, call)
    if not mt.test_option(conn, left_out) then
        must(call() == nil, what)
    end
end

local function send_head(conn, content_type)
    must(mt.mailfrom(conn, "<ben@example.com>") == nil, "MAIL")
    step(conn, SMFIP_NORCPT, "RCPT", function() return mt.rcptto(conn, "<olga@example.org>") end)
    step(conn, SMFIP_NODATA, "DATA", function() return mt.data(conn) end)
    must(mt.header(conn, "From", "ben@example.com") == nil, "From")
    must(mt.header(conn, "Date", "Tue, 05 Mar 2024 10:15:01 +0000") == nil, "Date")
    must(mt.header(conn, "Content-Type", content_type) == nil, "Content-Type")
    must(mt.eoh(conn) == nil, "EOH")
end

local function play(conn, body)
    send_head(conn, "text/calendar; charset=utf-8; method=REPLY")
    must(mt.bodystring(conn, body) == nil, "body")
    must(mt.eom(conn) == nil, "EOM")
    must(mt.getreply(conn) == SMFIR_CONTINUE, "verdict")
end

local conn = mt.connect(socket, 40, 0.05)
must(conn ~= nil, "connect")
must(mt.negotiate(conn, nil, nil, nil) == nil, "negotiation")
step(conn, SMFIP_NOCONNECT, "CONNECT", function()
    return mt.conninfo(conn, "client.example.com", "192.0.2.1")
end)

play(conn, broken)
if mended == "yes" then
    must(mt.eom_check(conn, MT_BODYCHANGE, whole), "the body is not the mended one")
    must(mt.eom_check(conn, MT_HDRINSERT, "X-Calmend"), "no stamp")
else
    must(not mt.eom_check(conn, MT_BODYCHANGE), "the body was changed with the switch off")
    must(not mt.eom_check(conn, MT_HDRINSERT), "a header was inserted with the switch off")
end
must(not mt.eom_check(conn, MT_HDRADD), "a header was added at the end")

play(conn, whole)
must(not mt.eom_check(conn, MT_BODYCHANGE), "a whole calendar was changed")

send_head(conn, "text/plain")
must(mt.getreply(conn) == SMFIR_ACCEPT, "plain text was not accepted at the end of headers")
must(mt.disconnect(conn) == nil, "disconnect")
