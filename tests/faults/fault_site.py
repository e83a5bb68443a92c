# SPDX-License-Identifier: BSD-2-Clause
"""fault_site: an MTA with the packaged lines, a milter, and what a fault needs around them.

Through a WireProxy where `proxied` is set: then the milter listens behind it, and the proxy where
the MTA looks for the milter.
"""
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
for _folder in ("protocol", "mta"):
    sys.path.insert(0, str(HERE.parent / _folder))

# pylint: disable=wrong-import-position
import lab  # noqa: E402
import mails  # noqa: E402
import milter_process  # noqa: E402
import milter_wire  # noqa: E402
from mail_site import Postfix, Sendmail, Site, need_mta  # noqa: E402
from account import Account, say  # noqa: E402
from traffic import ROUNDS, Traffic  # noqa: E402
from wire_proxy import WireProxy  # noqa: E402

__all__ = ["Account", "FaultSite", "Postfix", "ROUNDS", "Sendmail", "Traffic", "lab", "mails",
           "milter_process", "milter_wire", "run_under", "say", "sized_mail"]


def behind_proxy(mta):
    """The class of an MTA that finds a proxy at the packaged path; the milter is to listen behind
    it."""
    class Proxied(mta):
        """With proxy_socket, where the proxy listens."""

        def __init__(self, folder, *arguments, **options):
            super().__init__(folder, *arguments, **options)
            self.proxy_socket = self.milter_socket
            self.milter_socket = f"unix:{folder}/behind.sock"
    return Proxied


def with_settings(action, size_limit):
    """The class of a Postfix with another default action for the milter, and another
    message_size_limit."""
    class Changed(Postfix):
        """With the packaged lines, but for these."""

        def _write_config(self, relay_port, milter):
            super()._write_config(relay_port, milter)
            main = self.config / "main.cf"
            text = main.read_text()
            assert "default_action=tempfail" in text
            text = text.replace("default_action=tempfail", f"default_action={action}")
            if size_limit is not None:
                text = re.sub(r"(?m)^(message_size_limit =).*$", rf"\1 {size_limit}", text)
            main.write_text(text)
    return Changed


# A test program of many rounds may take longer than others.
lab.TIME_LIMIT = 300 + 15 * ROUNDS


class FaultSite(Site):
    """A site whose milter repairs: with `mta`, or with a Postfix in whose settings `action` takes
    the place of the documented default action, and `size_limit` that of message_size_limit."""

    def __init__(self, case, mta=None, proxied=False, action="tempfail", size_limit=None,
                 **options):
        mta = mta or with_settings(action, size_limit)
        need_mta(mta)
        super().__init__(case, behind_proxy(mta) if proxied else mta, **options)
        self.milter.switch_on()
        self.proxy = None
        if proxied:
            self.proxy = WireProxy(self.mta.proxy_socket, self.mta.milter_socket, mta.GROUP)
            case.addClassCleanup(self.proxy.close)

    def kill(self):
        """SIGKILL, from any thread."""
        process = self.milter.process
        if process is not None:
            process.kill()
            process.wait()

    def restart(self):
        """Starts the milter anew, whatever it is doing."""
        self.kill()
        self.milter.process = None
        self.milter.start()

    def make(self, traffic, fault):
        """Calls `fault` while the traffic runs, lets some more mail come, and ends the traffic."""
        try:
            traffic.wait_for_more()
            fault()
            traffic.wait_for_more()
        finally:
            traffic.finish()

    def attempt(self, account, traffic, fault):
        """Makes a fault under traffic; the account of it, in which nothing is lost."""
        self.make(traffic, fault)
        return account.close(traffic)


def run_under(milter, *prefix):
    """Starts a milter anew under a command that starts commands."""
    milter.stop()
    plain = type(milter).command
    milter.command = lambda options: [*prefix, *plain(milter, options)]
    milter.start()


def sized_mail(size, mended=False):
    """A broken response and an attachment; `size` octets about."""
    calendar = mails.part(mails.calendar_type(), mails.reply_calendar(mended), "base64")
    return mails.mail(mails.multipart(b"mixed", calendar, mails.attachment(size * 3 // 4)))
