#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The manual pages: clean under mandoc, no placeholder of a template is left in them, the one of
# rules has every rule, and the examples of settings are settings.
#
# Prints TAP. Reads the pages from the build folder; without mandoc the lint is skipped.

number=0

# report OK WHAT TEXT: one line of TAP; TEXT becomes a diagnosis when OK is not 0.
report() {
    number=$((number + 1))
    if [ "$1" -eq 0 ]; then
        echo "ok $number - $2"
        return
    fi
    echo "not ok $number - $2"
    echo "$3" | sed 's/^/# /'
}

echo "1..16"
for page in calmend.1 calmend-report.1 calmend-milter.8 calmend.conf.5 calmend-events.7 \
    calmend-metrics.7 calmend-rules.7; do
    path=$CALMEND_BUILD/doc/$page
    left=$(grep -n '@[A-Za-z_]*@' "$path")
    [ -s "$path" ] && [ -z "$left" ]
    report $? "$page has no placeholder left" "$left"
    if ! command -v mandoc >/dev/null; then
        number=$((number + 1))
        echo "ok $number - $page under mandoc # SKIP mandoc is not installed"
        continue
    fi
    # References are looked up among the pages that this machine has, which these are not yet.
    lint=$(mandoc -T lint -W style "$path" 2>&1 | grep -v -e 'manual not found' -e 'mandoc.db')
    [ -z "$lint" ]
    report $? "$page is clean under mandoc" "$lint"
done

rules=$("$CALMEND_BUILD/calmend" rules --json | sed 's/.*"rule":"\([^"]*\)".*/\1/' | sort -u)
missing=$(for rule in $rules; do
    grep -q "^\.It Sy \"\\\\&$rule\"\$" "$CALMEND_BUILD/doc/calmend-rules.7" || echo "$rule"
done)
[ "$(echo "$rules" | wc -l)" -gt 40 ] && [ -z "$missing" ]
report $? "calmend-rules.7 has every rule" "$missing"

# A file for each literal block that begins with a group.
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
awk -v folder="$folder" '
    /^\.Bd -literal/ { inside = 1; next }
    /^\.Ed/ { inside = 0; file = ""; next }
    inside == 1 && /^\[/ { file = folder "/" ++count ".conf" }
    { inside = inside ? 2 : 0 }
    file != "" { print >file }
' "$CALMEND_BUILD/doc/calmend.conf.5"
wrong=$(for example in "$folder"/*.conf; do
    "$CALMEND_BUILD/calmend" rules --config "$example" 2>&1 >/dev/null
done)
[ "$(ls "$folder" | wc -l)" -ge 3 ] && [ -z "$wrong" ]
report $? "the examples of calmend.conf.5 are settings" "$wrong"
