#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The page of `calmend report` in a real browser: it asks for nothing and complains of nothing, sorts
and filters, can be read without its script, on a telephone and in print, and by everybody as far as
axe-core can tell, in light and dark.

Pictures are left in tests/browser/pictures of the build, to be looked at.
"""
import pathlib
import sys
import unittest

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[1:1] = [str(TESTS / "protocol"), str(TESTS / "cli")]

# pylint: disable=wrong-import-position
import browser
import lab
import milter_process
import report_mails

WIDTHS = (360, 768, 1280)
SCHEMES = ("light", "dark")
LOG = ("Q1: Event Type: Warning; Event Source: calmend; Event Category: Calendar Repair; Event ID: "
       "327; User: ada@partner.example; Computer: mx; Description: repaired: stamp-missing x2; part "
       "2; METHOD REPLY; PRODID Maker\n")


class Page(unittest.TestCase):
    """Pages over several kinds of mail, made once."""

    @classmethod
    def setUpClass(cls):
        cls.browser = browser.Browser(cls)
        cls.folder = lab.scratch_folder(cls)
        cls.pages = {
            "report": cls.make("report", report_mails.many()),
            "small": cls.make("small", report_mails.made()),
            "hostile": cls.make("hostile", report_mails.hostile()),
            "nothing": cls.make("nothing", []),
        }
        (cls.folder / "mail.log").write_text(LOG)
        cls.pages["log"] = cls.write("log", "--log", cls.folder / "mail.log")

    @classmethod
    def make(cls, name, octets):
        """The page over a Maildir of mails."""
        return cls.write(name, "--addresses", report_mails.write_maildir(cls.folder / name, octets))

    @classmethod
    def write(cls, name, *arguments):
        """The page of a report."""
        page = cls.folder / f"{name}.html"
        config = cls.folder / "calmend.conf"
        config.write_bytes(b"")
        code, _, err = milter_process.run(lab.COMMAND, "report", "--config", config, "--now",
                                          "20240701T000000Z", "--html", page, *arguments)
        assert (code, err) == (0, b""), (code, err)
        return page

    def open(self, name, **options):
        self.browser.open(self.pages[name], **options)

    def column(self, section, number):
        """The texts of a column of a table, of the rows that are shown."""
        return self.browser.run(
            "return [...document.querySelectorAll(`#${arguments[0]} tbody tr`)]"
            ".filter((row) => !row.hidden).map((row) => row.cells[arguments[1]].textContent)",
            section, number)

    def click(self, section, number):
        """Clicks the head of a column; how it then says that it is sorted."""
        return self.browser.run(
            "const head = document.querySelector(`#${arguments[0]} thead tr`).cells[arguments[1]];"
            "head.querySelector('button').click(); return head.getAttribute('aria-sort')",
            section, number)

    def filter(self, text):
        """Types into the field for it."""
        field = self.browser.driver.find_element("css selector", ".filter input")
        field.clear()
        field.send_keys(text or " ")

    def shown(self):
        """The sections that are shown."""
        return self.browser.run("return [...document.querySelectorAll('section')]"
                                ".filter((one) => one.offsetHeight > 0).map((one) => one.id)")


class Opened(Page):
    def test_asks_for_nothing_and_says_nothing(self):
        for name, path in self.pages.items():
            for scheme in SCHEMES:
                with self.subTest(name=name, scheme=scheme):
                    self.open(name, scheme=scheme)
                    self.assertEqual(self.browser.requests(), [path.as_uri()])
                    self.assertEqual(self.browser.console(), [])

    def test_policy_holds(self):
        """What would be loaded is not, and that is the one thing which is said."""
        self.open("small")
        self.browser.run("const image = new Image(); image.src = 'file:///etc/hostname';"
                         "document.body.append(image)")
        said = lab.wait_until(self.browser.console, "the violation")
        self.assertTrue(any("Content Security Policy" in line for line in said), said)

    def test_hostile_mail_stays_text(self):
        self.open("hostile")
        self.assertEqual(self.browser.run(
            "return ['script', 'style', 'img'].map((name) => document.querySelectorAll(name)"
            ".length)"), [1, 1, 0])
        self.assertIn("<script>alert(1)</script>",
                      self.browser.run("return document.querySelector('#producers').textContent"))

    def test_fits_every_width(self):
        for name in self.pages:
            for width in WIDTHS:
                with self.subTest(name=name, width=width):
                    self.open(name, width=width)
                    self.assertLessEqual(
                        self.browser.run("return document.documentElement.scrollWidth"), width)

    def test_charts_are_drawn(self):
        self.open("report")
        months, bars = self.browser.run(
            "return ['#months .columns g', '#producers .bars li']"
            ".map((one) => document.querySelectorAll(one).length)")
        self.assertEqual((months, bars), (18, 6))
        heights = self.browser.run("return [...document.querySelectorAll('.columns g')]"
                                   ".map((one) => one.getBBox().height)")
        self.assertGreater(min(heights), 0)

    def test_colours_follow_the_reader(self):
        papers = []
        for scheme in SCHEMES:
            self.open("small", scheme=scheme)
            papers.append(self.browser.run("return getComputedStyle(document.body)"
                                           ".backgroundColor"))
        self.assertEqual(papers, ["rgb(255, 255, 255)", "rgb(20, 23, 27)"])


class Used(Page):
    def test_sorts(self):
        self.open("report")
        before = self.column("domains", 0)
        self.assertEqual(self.click("domains", 1), "descending")
        counts = [int(text) for text in self.column("domains", 1)]
        self.assertEqual(counts, sorted(counts, reverse=True))
        self.assertEqual(self.click("domains", 1), "ascending")
        counts = [int(text) for text in self.column("domains", 1)]
        self.assertEqual(counts, sorted(counts))
        self.assertEqual(self.click("domains", 0), "ascending")
        self.assertEqual(self.column("domains", 0), sorted(before))

    def test_filters(self):
        self.open("small")
        everything = self.shown()
        self.filter("OTHER.example")
        self.assertEqual(self.column("domains", 0), ["other.example"])
        self.assertNotIn("months", self.shown())
        self.assertIn("of", self.browser.run("return document.querySelector('output').textContent"))
        self.filter("")
        self.assertEqual(self.shown(), everything)
        self.assertEqual(len(self.column("domains", 0)), 2)

    def test_works_by_keyboard(self):
        self.open("small")
        self.browser.run("document.querySelector('#domains thead button').focus()")
        self.browser.driver.switch_to.active_element.send_keys("\n")
        self.assertEqual(self.column("domains", 0), ["other.example", "partner.example"])

    def test_says_nothing_while_it_is_used(self):
        self.open("small")
        self.click("domains", 1)
        self.filter("partner")
        self.assertEqual(self.browser.console(), [])
        self.assertEqual(len(self.browser.requests()), 1)

    def test_is_whole_without_its_script(self):
        self.open("small", script=False)
        text = self.browser.html()
        self.assertNotIn("<button", text)
        self.assertNotIn("<input", text)
        for part in ("partner.example", "Microsoft Exchange Server 2007", "To the postmasters",
                     "attendee-change-missing"):
            self.assertIn(part, text)

    def test_prints(self):
        self.open("report", medium="print", scheme="dark")
        self.assertEqual(self.browser.run(
            "return [getComputedStyle(document.querySelector('.filter')).display,"
            "getComputedStyle(document.body).backgroundColor]"), ["none", "rgb(255, 255, 255)"])
        self.assertTrue(self.browser.keep_print("report").startswith(b"%PDF-"))


class Read(Page):
    def test_axe_finds_nothing(self):
        for name in self.pages:
            for scheme in SCHEMES:
                for width in (WIDTHS[0], WIDTHS[-1]):
                    with self.subTest(name=name, scheme=scheme, width=width):
                        self.open(name, scheme=scheme, width=width)
                        self.assertEqual(self.browser.wrong_for_readers(), [])

    def test_pictures(self):
        for name in ("report", "hostile"):
            for scheme in SCHEMES:
                for width in WIDTHS:
                    self.open(name, scheme=scheme, width=width)
                    self.browser.keep_picture(f"{name}-{width}-{scheme}", width)
        self.assertEqual(len(list(browser.PICTURES.glob("*.png"))), 12)


if __name__ == "__main__":
    lab.run_tests()
