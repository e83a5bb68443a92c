# SPDX-License-Identifier: BSD-2-Clause
"""page_tables: the tables of the pages on performance and capacity, each a function of the figures.

The figures are what bench.py and growth.py wrote as JSON. KeyError says that something was not
measured. TABLES has them by name; capacity is computed here, and the page shows the arithmetic.
"""
from kinds import KINDS

# What of an hour's mail is of which kind; an assumption that the page on capacity states.
MIX = (("plain", 0.70), ("multipart", 0.23), ("attachment", 0.02), ("reply-base64", 0.05))
HOURLY = (100_000, 1_000_000, 10_000_000)
HALF = 0.5  # of a processor is what it is planned to be busy with


def grid(titles, rows):
    """A table of Markdown, the first column to the left, all others to the right."""
    lines = [titles, ["---", *["---:"] * (len(titles) - 1)], *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def number(value):
    """A figure with the three digits that count, thousands apart."""
    if value is None:
        return ""
    if value >= 100:
        return f"{float(f'{value:.3g}'):,.0f}"
    return f"{value:.3g}"


def by_group(figures, section):
    """The lines of a section: {group: {program: line}}."""
    found = {}
    for line in figures["sections"][section]:
        found.setdefault(line["group"], {})[line["program"]] = line
    return found


def machine(figures):
    """Where it was measured."""
    head = figures["head"]
    versions = ", ".join(f"{name} {version}" for name, version in head["versions"].items())
    return grid(["", ""], [["machine", head["machine"]], ["system", head["system"]],
                           ["versions", versions],
                           ["load average", f"{head['load'][0]} before, {head['load'][1]} after"]]
                ).replace("---:", "---")


def direct(figures):
    """The lines straight to the milter over a unix socket, as by_group."""
    return {group: programs for group, programs in by_group(figures, "direct").items()
            if not group.endswith(", TCP")}


def kinds(figures):
    """calmend by kind of mail, and its rate by the peers'."""
    rows = []
    for group, programs in direct(figures).items():
        own = programs["calmend"]["figures"]
        ratios = [programs[peer]["ratio"] if peer in programs else None
                  for peer in ("nothing", "lean", "pymilter")]
        rows.append([group, *(number(own[name]) for name in (
            "messages_s", "mb_s", "p50_us", "p99_us", "cpu_us", "peak_mib")),
            f"{own['kernel']:.0%}", *map(number, ratios)])
    return grid(["mail", "messages/s", "MB/s", "p50 µs", "p99 µs", "CPU µs", "peak MiB",
                 "CPU in the kernel", "by *nothing*", "by *lean*", "by *pymilter*"], rows)


def peers(figures):
    """The same figures of the peers."""
    names = ("nothing", "lean", "pymilter")
    rows = []
    for group, programs in direct(figures).items():
        own = [programs[name]["figures"] if name in programs else {} for name in names]
        rows.append([group, *(number(found.get(figure)) for found in own
                              for figure in ("messages_s", "cpu_us", "peak_mib"))])
    return grid(["mail", *(f"{name}: {title}" for name in names
                           for title in ("messages/s", "CPU µs", "peak MiB"))], rows)


def goal_text(line):
    """A goal in words: of a peer's figure, or of a program's own."""
    bound = line["goal"]["bound"]
    for plain, sign in ((">=", "≥"), ("<=", "≤"), (" us", " µs")):
        bound = bound.replace(plain, sign)
    return f"by {line['program']} {bound}" if line["ratio"] else f"{line['program']}: {bound}"


def goals(figures):
    """Every goal, and what became of it."""
    lines = [line for section in figures["sections"].values() for line in section if line["goal"]]
    return grid(["load", "goal", "measured", ""],
                [[line["group"], goal_text(line), number(line["goal"]["measured"]),
                  "met" if line["goal"]["met"] else "**missed**"] for line in lines])


def idle(figures):
    """What an idle connection costs."""
    rows = [[line["program"], number(line["figures"]["kib_each"]),
             number(line["figures"]["peak_mib"])] for line in figures["sections"]["idle"]]
    return grid(["1,000 idle connections", "KiB each", "resident, MiB"], rows)


def held(figures):
    """What many large mails at once cost."""
    return grid(["100 mails of 20 MiB at once", "resident, MiB"],
                [[line["program"], number(line["figures"]["peak_mib"])]
                 for line in figures["sections"]["memory"]])


def check(figures):
    """The speed of the command."""
    return grid(["files of", "files/s", "GB/s"],
                [[line["program"], number(line["figures"]["messages_s"]),
                  number(line["figures"]["mb_s"] / 1000)]
                 for line in figures["sections"]["check"]])


def stores(figures):
    """The speed of the command over mailboxes."""
    return grid(["load", "program", "messages/s", "MB/s", "CPU µs", "rate by it"],
                [[line["group"], line["program"],
                  *(number(line["figures"][name]) for name in ("messages_s", "mb_s", "cpu_us")),
                  number(line["ratio"])] for line in figures["sections"]["stores"]])


def tcp(figures):
    """calmend over TCP on loopback beside a unix socket."""
    rows = []
    for group, programs in by_group(figures, "direct").items():
        if not group.endswith(", TCP"):
            continue
        own, unix, nothing = (programs[name]["figures"]
                              for name in ("calmend", "calmend, unix", "nothing"))
        rows.append([group.removesuffix(", TCP"), *(
            number(found[figure]) for figure in ("messages_s", "p50_us", "cpu_us")
            for found in (unix, own)), number(nothing["p50_us"])])
    return grid(["straight to the milter", "messages/s, unix", "TCP", "p50 µs, unix", "TCP",
                 "CPU µs, unix", "TCP", "*nothing*, p50 µs, TCP"], rows)


def postfix(figures):
    """Messages per second through Postfix."""
    groups = by_group(figures, "postfix")
    rows = []
    for title in dict.fromkeys(group.partition(", through Postfix")[0] for group in groups):
        unix, tcp = (groups[f"{title}, through Postfix, {socket}"] for socket in ("unix", "TCP"))
        rows.append([title, *(number(found[name]["figures"]["messages_s"]) for found, name in (
            (unix, "no milter"), (unix, "nothing"), (unix, "calmend"), (tcp, "nothing"),
            (tcp, "calmend"))), *(number(found["no milter"]["ratio"]) for found in (unix, tcp)),
            number(tcp["calmend, unix"]["ratio"])])
    return grid(["messages/s", "no milter", "nothing, unix", "calmend, unix", "nothing, TCP",
                 "calmend, TCP", "unix by no milter", "TCP by no milter", "TCP by unix"], rows)


def profile(figures):
    """Where the instructions of a message go."""
    owners = ("calmend", "GMime", "libical", "GLib", "C library")
    if not figures["instructions"]:
        raise KeyError("instructions")
    rows = []
    for kind, found in figures["instructions"].items():
        total = sum(found.values())
        rows.append([kind, number(total / 1000),
                     *(f"{found.get(name, 0) / total:.0%}" for name in owners)])
    return grid(["mail", "thousand instructions", *owners], rows)


def split(figures):
    """What of a message's processor time is whose."""
    rows = []
    for group, programs in by_group(figures, "direct").items():
        if group not in figures["engine_us"]:
            continue
        whole, bare = (programs[name]["figures"]["cpu_us"] for name in ("calmend", "lean"))
        engine = figures["engine_us"][group]
        rows.append([group, *map(number, (whole, bare, engine, max(0, whole - bare - engine)))])
    return grid(["mail", "CPU µs", "libmilter and kernel, as *lean*", "the engine, alone",
                 "the rest"], rows)


def growth(figures):
    """How cost grows."""
    rows = [[axis["name"], f"{axis['points'][0]['n']:,} to {axis['points'][-1]['n']:,}",
             f"{axis['exponent']:.2f}", f"{axis['bare_exponent']:.2f}",
             f"{number(axis['first'])} µs per {axis['unit']}",
             f"{number(axis['last'])} µs per {axis['unit']}",
             "yes" if axis["good"] else "**no**"] for axis in figures["axes"]]
    return grid(["what grows", "from, to", "exponent", "of *lean*", "at the small end",
                 "at the large end", "linear or better"], rows)


def costs(figures):
    """Processor time per message by kind, in microseconds."""
    groups = by_group(figures, "direct")
    return {name: groups[kind.title]["calmend"]["figures"]["cpu_us"]
            for name, kind in KINDS.items()}


def core(figures):
    """What one processor carries of each kind."""
    return grid(["mail", "CPU µs", "a second", "an hour"],
                [[KINDS[name].title, number(cost), number(1e6 / cost), number(3600e6 / cost)]
                 for name, cost in costs(figures).items()])


def mix(figures):
    """The mean message of the assumed mail: its cost, with the arithmetic."""
    cost = costs(figures)
    rows = [[KINDS[name].title, f"{share:.0%}", number(cost[name]), number(share * cost[name]),
             number(share * len(KINDS[name].mail) / 1000)] for name, share in MIX]
    rows.append(["**the mean message**", "100%", "", number(mean_cost(figures)),
                 number(mean_octets() / 1000)])
    return grid(["mail", "share", "CPU µs", "share × CPU µs", "share × KB"], rows)


def mean_cost(figures):
    """Processor time of the mean message, in microseconds."""
    cost = costs(figures)
    return sum(share * cost[name] for name, share in MIX)


def mean_octets():
    """The size of the mean message."""
    return sum(share * len(KINDS[name].mail) for name, share in MIX)


def hours(figures):
    """Processors for so many messages an hour."""
    mean = mean_cost(figures)
    rows = []
    for hourly in HOURLY:
        busy = hourly / 3600 * mean / 1e6
        rows.append([f"{hourly:,}", number(hourly / 3600),
                     number(hourly / 3600 * mean_octets() / 1e6), number(busy),
                     number(busy / HALF)])
    return grid(["messages an hour", "a second", "MB/s", "processors busy",
                 "processors to plan, half busy"], rows)


def hosts(figures):
    """What a host with Postfix and calmend carries, by what Postfix carried here."""
    rows = []
    for group, programs in by_group(figures, "postfix").items():
        if not group.endswith("unix"):
            continue
        rate = programs["calmend"]["figures"]["messages_s"]
        cpu = programs["calmend"]["figures"]["cpu_us"]
        rows.append([group.partition(", through")[0], number(rate), number(rate * 3600),
                     f"{rate * cpu / 1e6:.1%}"])
    return grid(["Postfix and calmend on this machine", "messages/s", "an hour",
                 "of one processor for calmend"], rows)


TABLES = {table.__name__: table for table in (
    machine, kinds, peers, goals, idle, held, check, stores, postfix, tcp, profile, split, growth, core,
    mix, hours, hosts)}
