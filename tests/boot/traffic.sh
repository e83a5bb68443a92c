#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# traffic.sh: inside of the emulated machine, mail for 30 s through the installed service, with its
# switch off and on and with reloads, and then what the kernel says of it. On standard output is a
# line for each fact.

address=unix:/run/calmend/calmend.sock
switch=/etc/calmend/FixRecipientTrackStatusTime

denials() {
    journalctl --sync
    journalctl -k -q --no-pager -o cat --grep 'apparmor="DENIED"' | grep 'profile="calmend-milter"'
}

# The settings lead every message through a file.
sed -i 's/^\[limits\]$/&\nmemory-bytes=1000/' /etc/calmend/calmend.conf
systemctl restart calmend.service || echo "no restart"
echo "service $(systemctl is-active calmend.service)"
echo "profile $(cat "/proc/$(systemctl show --value -p MainPID calmend.service)/attr/current")"

end=$(($(date +%s) + 30)) sent=0 failed=0
while [ "$(date +%s)" -lt "$end" ]; do
    case $((sent % 20)) in
    0) touch $switch ;;
    10) rm -f $switch ;;
    15) systemctl reload calmend.service || echo "no reload" ;;
    esac
    calmend probe "$address" /root/mail.eml >/root/probe.out || failed=$((failed + 1))
    sent=$((sent + 1))
done
echo "sent $sent"
echo "failed $failed"
echo "repaired $(journalctl -q --no-pager -t calmend-milter --grep 'Event ID: 327;' | wc -l)"
denials | sed 's/^/denied /'

# The same profile around a program that asks for what the milter must not have.
aa-exec -p calmend-milter -- /usr/bin/cat /etc/shadow >/dev/null 2>&1 && echo "read the shadow file"
echo "control $(denials | grep -c 'comm="cat"\|comm="aa-exec"')"
echo end
sync
systemctl poweroff --force --force
