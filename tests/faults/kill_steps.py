# SPDX-License-Identifier: BSD-2-Clause
"""kill_steps: the steps of the milter protocol at which a milter may die, one table.

A message is long enough that its new body goes to the MTA in several packets.
"""
import dataclasses

from fault_site import sized_mail
from wire_proxy import TO_MILTER, TO_MTA, Trap

LARGE = 200000  # octets of a body that is replaced in several packets
HEADER_EDITS = (b"i", b"h", b"m")


@dataclasses.dataclass(frozen=True)
class Step:
    """The packet at which the milter dies: its direction, the commands that it may be, how many of
    which packets of the same message have gone before it (itself counted), whether it is still
    passed on; and whether its message is not taken then."""
    text: str
    direction: str
    commands: tuple
    seen: tuple = ()
    passes: bool = True
    put_off: bool = True


STEPS = {
    "negotiation": Step("as negotiation begins", TO_MILTER, (b"O",), passes=False),
    "negotiated": Step("after negotiation", TO_MTA, (b"O",)),
    "envelope": Step("in the envelope", TO_MILTER, (b"R",)),
    "data": Step("at DATA", TO_MILTER, (b"T",)),
    "header": Step("in the header", TO_MILTER, (b"L",), (((TO_MILTER, b"L"), 3),)),
    "body": Step("in the body", TO_MILTER, (b"B",), (((TO_MILTER, b"B"), 2),)),
    "planning": Step("at the end of the message, before any answer", TO_MILTER, (b"E",)),
    "body_edits": Step("between two packets of the new body", TO_MTA, (b"b",),
                       (((TO_MTA, b"b"), 2),)),
    "header_edits": Step("between the new body and the header edits", TO_MTA, HEADER_EDITS,
                         passes=False),
    "verdict": Step("between the header edits and the verdict", TO_MTA, (b"c",),
                    (((TO_MTA, b"i"), 1),), passes=False),
    "afterwards": Step("after the verdict", TO_MTA, (b"c",), (((TO_MTA, b"i"), 1),),
                       put_off=False),
}


def mail_of_steps(mended=False):
    """The mail that goes through all steps."""
    return sized_mail(LARGE, mended)


def trap_of(step, act):
    """A trap of a WireProxy that acts at that step."""
    return Trap(act, step.direction, step.commands, step.seen, step.passes)


def kill_at(site, step, traffic):
    """One kill of the site's milter at that step, and its return."""
    trap = trap_of(step, site.kill)
    site.proxy.arm(trap)
    site.proxy.wait(trap)
    site.restart()
    traffic.wait_for_more(1)
