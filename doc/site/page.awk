# SPDX-License-Identifier: BSD-2-Clause
#
# page.awk: what a page needs beside what the Markdown converter makes of it. Called with -v root=, the
# way from the page to the top of the site.
#
# Headings get the names that GitHub gives them, so that links in the sources hold here, too; links to
# .md lead to the page made of it; a manual that is named is a link to it.

# The anchor of a heading: its text in small letters, blanks as hyphens, punctuation gone.
function anchor(html,    text)
{
    text = tolower(html)
    gsub(/<[^>]*>/, "", text)
    gsub(/&[a-z]+;/, "", text)
    gsub(/[^a-z0-9 _-]/, "", text)
    gsub(/ /, "-", text)
    return seen[text]++ ? text "-" (seen[text] - 1) : text
}

# Every calmend...(N) as a link.
function link_manuals(line,    done, name)
{
    while (match(line, /calmend[a-z.-]*\([1578]\)/)) {
        name = substr(line, RSTART, RLENGTH)
        done = done substr(line, 1, RSTART - 1) "<a href=\"" root "man/" \
            substr(name, 1, length(name) - 3) "." substr(name, length(name) - 1, 1) ".html\">" \
            name "</a>"
        line = substr(line, RSTART + RLENGTH)
    }
    return done line
}

/^<h[1-6]>/ {
    level = substr($0, 3, 1)
    sub(/^<h[1-6]>/, "<h" level " id=\"" anchor($0) "\">")
}

/<pre>/ { literal = 1 }
{
    if (!literal && $0 !~ /^<h[1-6]/)
        $0 = link_manuals($0)
}
/<\/pre>/ { literal = 0 }

{
    while (match($0, /href="[^":]*\.md[#"]/)) {
        link = substr($0, RSTART, RLENGTH)
        sub(/\.md/, ".html", link)
        $0 = substr($0, 1, RSTART - 1) link substr($0, RSTART + RLENGTH)
    }
    print
}
