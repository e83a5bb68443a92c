# SPDX-License-Identifier: BSD-2-Clause
#
# completion.awk: fills the template of one shell from the help texts of print_completion.
#
# A place is a program, a command of calmend, or a command with the option that gives it others.
# Each has options (short and long name, the word for its value, text) and a line of arguments.

function add_option(short, long, value, text) {
    count = ++options[place]
    shorts[place, count] = short
    longs[place, count] = long
    values[place, count] = value == "DIR" ? "FILE" : value
    texts[place, count] = text
    if (value == "PROFILE" && !(long in taken))
        add_names(long, words_of(text))
}

# What an option takes, beside what it is known to take.
function add_names(long, names) {
    if (!(long in taken))
        taking[++takers] = long
    taken[long] = taken[long] (taken[long] == "" ? "" : " ") names
}

# "a, b or c, and more" as "a b c".
function words_of(text) {
    match(text, / or [a-z]+/)
    text = substr(text, 1, RSTART + RLENGTH - 1)
    gsub(/, | or /, " ", text)
    return text
}

# "  -c, --config=FILE   Settings to use"
function read_option(line,    short, long, value) {
    sub(/^ +/, "", line)
    if (line ~ /^-[A-Za-z], /) {
        short = substr(line, 2, 1)
        line = substr(line, 5)
    }
    long = line
    sub(/[= ].*/, "", long)
    line = substr(line, length(long) + 1)
    if (line ~ /^=/) {
        value = substr(line, 2)
        sub(/ .*/, "", value)
        line = substr(line, length(value) + 2)
    }
    sub(/^ +/, "", line)
    add_option(short, substr(long, 3), value, line)
}

function quote(text) {
    gsub(/'/, "'\\''", text)
    return "'" text "'"
}

# The option that leads from its command to this place; empty where none does.
function mode_of(name,    words) {
    return split(name, words, " ") == 3 ? words[3] : ""
}

# Its command shows that option, too, with the text that it has here.
function link_mode(name,    i, mode) {
    mode = mode_of(name)
    if (mode == "")
        return
    for (i = 1; "--" longs[name, i] != mode; i++)
        if (i == options[name])
            return
    place = name
    sub(/ --.*/, "", place)
    add_option("", longs[name, i], "", texts[name, i])
}

# --- bash

function bash_options(name,    i, line, value) {
    for (i = 1; i <= options[name]; i++) {
        value = values[name, i] == "" ? "" : "=" values[name, i]
        if (shorts[name, i] != "")
            line = line " -" shorts[name, i] value
        line = line " --" longs[name, i] value
    }
    return substr(line, 2)
}

function print_bash(    i) {
    for (i = 1; i <= places; i++)
        printf "    %s)\n        options=%s\n        arguments=%s\n        ;;\n", quote(names[i]),
            quote(bash_options(names[i])), quote(arguments[names[i]])
}

function print_bash_names(    i) {
    for (i = 1; i <= takers; i++)
        printf "    --%s) names=%s ;;\n", taking[i], quote(taken[taking[i]])
}

# --- zsh

function zsh_text(text) {
    gsub(/\[|\]|:|\\/, "\\\\&", text)
    return text
}

function zsh_action(value, long) {
    if (value == "FILE")
        return "_files"
    if (value == "PROFILE")
        return "(" taken[long] ")"
    if (value == "RULES")
        return " _calmend_rules " long
    if (value == "SOCKET" || value == "SPEC")
        return "_calmend_socket"
    if (value == "COMMAND")
        return "_calmend_command"
    return " "
}

function zsh_option(name, i,    head, tail, sign, group, plus) {
    tail = "[" zsh_text(texts[name, i]) "]"
    if (values[name, i] != "")
        tail = tail ":" values[name, i] ":" zsh_action(values[name, i], longs[name, i])
    sign = values[name, i] == "" ? "" : "="
    head = "--" longs[name, i] sign
    if (texts[name, i] ~ /repeated/)
        return quote("*" head tail)
    if (longs[name, i] == "help" || longs[name, i] == "version")
        group = "- *"
    else if (shorts[name, i] != "")
        group = "-" shorts[name, i] " --" longs[name, i]
    else
        return quote(head tail)
    if (shorts[name, i] == "")
        return quote("(" group ")" head tail)
    plus = sign == "" ? "" : "+"
    return quote("(" group ")") "{-" shorts[name, i] plus "," head "}" quote(tail)
}

function zsh_arguments(line,    i, count, words, value, spec, result) {
    count = split(line, words, " ")
    for (i = 1; i <= count; i++) {
        value = words[i]
        gsub(/\[|\]|\./, "", value)
        spec = (words[i] ~ /\.\.\.$/ ? "*" : i) ":" value ":" zsh_action(value)
        result = result "\n            " quote(spec)
    }
    return result
}

function print_zsh(    i, j) {
    for (i = 1; i <= places; i++) {
        printf "    %s)\n        specs=(", quote(names[i])
        for (j = 1; j <= options[names[i]]; j++)
            printf "\n            %s", zsh_option(names[i], j)
        printf "%s\n        )\n        ;;\n", zsh_arguments(arguments[names[i]])
    }
}

function print_zsh_commands(    i) {
    for (i = 1; i <= commands; i++)
        printf "        %s\n", quote(command[i] ":" summary[i])
}

function print_zsh_names(    i) {
    for (i = 1; i <= takers; i++)
        printf "    %s) names=(%s) ;;\n", taking[i], taken[taking[i]]
}

# --- fish

function fish_quote(text) {
    gsub(/[\\']/, "\\\\&", text)
    return "'" text "'"
}

function fish_value(value, long) {
    if (value == "")
        return ""
    if (value == "PROFILE")
        return " -x -a " fish_quote(taken[long])
    if (value == "RULES")
        return " -x -a '(__calmend_rules " long ")'"
    if (value == "FILE")
        return " -r -F"
    if (value == "SOCKET" || value == "SPEC")
        return " -x -a '(__calmend_sockets)'"
    return " -x"
}

# Where a row holds: at the words that follow the name of the program, and under a condition.
function fish_place(name, condition,    words) {
    if (name == "calmend-milter")
        return "complete -c calmend-milter"
    words = substr(name, length("calmend") + 1)
    return "complete -c calmend -n '__calmend_at" words condition "'"
}

function print_fish_names(    i) {
    for (i = 1; i <= takers; i++)
        printf "        case %s\n            set names %s\n", taking[i], taken[taking[i]]
}

# A socket comes first, and one is enough.
function print_fish_arguments(name,    line) {
    line = arguments[name]
    if (line ~ /^SOCKET/) {
        print fish_place(name, "; and not __calmend_has_socket") " -x -a '(__calmend_sockets)'"
        if (line ~ /FILE/)
            print fish_place(name, "; and __calmend_has_socket") " -F"
    } else if (line ~ /FILE/)
        print fish_place(name) " -F"
}

function print_fish(    i, j, name) {
    for (i = 1; i <= commands; i++)
        print fish_place("calmend") " -a " command[i] " -d " fish_quote(summary[i])
    for (i = 1; i <= places; i++) {
        name = names[i]
        for (j = 1; j <= options[name]; j++)
            print fish_place(name) (shorts[name, j] == "" ? "" : " -s " shorts[name, j]) \
                " -l " longs[name, j] fish_value(values[name, j], longs[name, j]) " -d " fish_quote(texts[name, j])
        print_fish_arguments(name)
    }
}

# --- The template

function print_table() {
    if (shell == "bash")
        print_bash()
    else if (shell == "zsh")
        print_zsh()
    else
        print_fish()
}

function print_names() {
    if (shell == "bash")
        print_bash_names()
    else if (shell == "zsh")
        print_zsh_names()
    else
        print_fish_names()
}

# All commands, or the options that give one of them others.
function list_of(what,    i, line) {
    for (i = 1; what == "commands" && i <= commands; i++)
        line = line " " command[i]
    for (i = 1; what == "modes" && i <= places; i++)
        if (mode_of(names[i]) != "")
            line = line " " mode_of(names[i])
    return substr(line, 2)
}

function print_template(    line) {
    while ((getline line < template) > 0) {
        if (line == "@table@")
            print_table()
        else if (line == "@names@")
            print_names()
        else if (line == "@commands@")
            print_zsh_commands()
        else {
            gsub(/@commands@/, list_of("commands"), line)
            gsub(/@modes@/, list_of("modes"), line)
            print line
        }
    }
}

/^= / {
    add_names($2, $3)
    next
}
/^@ / {
    place = substr($0, 3)
    names[++places] = place
    next
}
/^Usage:/ { usage = 1; next }
usage {
    usage = 0
    if (place == "calmend")
        arguments[place] = "COMMAND"
    else if (sub(/^.*\[OPTION[^]]*\] */, "")) {
        gsub(/PATH/, "FILE") # a shell offers folders with the files
        arguments[place] = $0
    }
    next
}
/^ +(-[A-Za-z], )?--[a-z]/ { read_option($0); next }
/^Commands:/ { inside = 1; next }
/^$/ { inside = 0 }
inside {
    command[++commands] = $1
    sub(/^ *[^ ]+ +/, "")
    summary[commands] = $0
}
/^  calmend COMMAND --help / { add_option("h", "help", "", "Show the commands") }
/^  calmend --version / { add_option("", "version", "", "Print the version") }

END {
    for (i = 1; i <= places; i++)
        link_mode(names[i])
    print_template()
}
