#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The documents for a browser: every link leads somewhere, and the page of events has each one.

The quick starts are held to README.md and to what the command says of the sample.
"""
import html.parser
import json
import pathlib
import re
import subprocess
import sys
import unittest
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "protocol"))

import lab  # noqa: E402

SITE = lab.BUILD / "doc/html"
SAMPLE = lab.ROOT / "tests/data/demo-reply.eml"
QUICK_STARTS = ("postfix", "sendmail")


class Page(html.parser.HTMLParser):
    """What a page leads to, and the anchors that it has."""

    def __init__(self, path):
        super().__init__()
        self.links, self.anchors, self.text = [], set(), []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name in ("href", "src"):
                self.links.append(value)
            elif name == "id":
                self.anchors.add(value)

    def handle_data(self, data):
        self.text.append(data)


def blocks(path):
    """The literal blocks of a Markdown page."""
    return re.findall(r"(?ms)^```\n(.*?)^```$", path.read_text(encoding="utf-8"))


class Site(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        lab.need((SITE / "index.html").exists(), "configure found no cmark-gfm or mandoc")
        cls.pages = {path: Page(path) for path in SITE.rglob("*.html")}

    def lead(self, path, link):
        """Why a link of a page leads nowhere, or None."""
        parts = urllib.parse.urlsplit(link)
        if parts.scheme or parts.netloc:
            return None if parts.scheme == "https" else "no address that a browser opens"
        target = path if not parts.path else (path.parent / parts.path).resolve()
        if not target.is_file():
            return "no such file"
        if parts.fragment and urllib.parse.unquote(parts.fragment) not in self.pages[target].anchors:
            return "no such place in the page"
        return None

    def test_every_link_leads_somewhere(self):
        wrong = [f"{path.relative_to(SITE)}: {link}: {self.lead(path, link)}"
                 for path, page in self.pages.items() for link in page.links
                 if self.lead(path, link)]
        self.assertEqual(wrong, [])

    def test_every_page_is_reached(self):
        seen, todo = set(), [SITE / "index.html"]
        while todo:
            path = todo.pop()
            if path in seen or path not in self.pages:
                continue
            seen.add(path)
            todo += [(path.parent / urllib.parse.urlsplit(link).path).resolve()
                     for link in self.pages[path].links if not urllib.parse.urlsplit(link).scheme]
        self.assertEqual(set(self.pages) - seen, set())

    def test_every_document_is_there(self):
        documents = [path for path in (lab.ROOT / "doc").glob("*.md")]
        self.assertGreater(len(documents), 5)
        for path in documents:
            self.assertIn(SITE / "doc" / f"{path.stem}.html", self.pages)
        for path in (lab.ROOT / "doc").glob("*.[1578].in"):
            self.assertIn(SITE / "man" / f"{path.stem}.html", self.pages)

    def test_every_event_has_its_place(self):
        page = self.pages[SITE / "doc/events.html"]
        text = " ".join("".join(page.text).split())
        source = (lab.ROOT / "common/event_catalogue.h").read_text()
        numbers = re.findall(r"(?m)^    EVENT_\w+ = (\d+),$", source)
        self.assertGreater(len(numbers), 10)
        for number in numbers:
            self.assertIn(f"event-{number}", page.anchors)
            self.assertRegex(text, rf"Event {number} [A-Z].*?What to do: [A-Z]")

    def test_manuals_name_each_other(self):
        page = self.pages[SITE / "README.html"]
        self.assertIn("man/calmend-rules.7.html", page.links)
        self.assertIn("calmend.conf.5.html", self.pages[SITE / "man/calmend-milter.8.html"].links)


class QuickStart(unittest.TestCase):
    def page(self, mta):
        return lab.ROOT / f"doc/quickstart-{mta}.md"

    def test_settings_are_those_of_the_readme(self):
        readme = blocks(lab.ROOT / "README.md")
        for mta, words in (("postfix", ("socket-group=", "smtpd_milters")),
                           ("sendmail", ("INPUT_MAIL_FILTER",))):
            for word in words:
                mine = [block for block in blocks(self.page(mta)) if word in block]
                self.assertEqual(len(mine), 1, word)
                self.assertIn(mine[0], readme)

    def test_command_says_so(self):
        done = subprocess.run([lab.COMMAND, "check", "--json", SAMPLE], text=True, check=False,
                              stdout=subprocess.PIPE)
        self.assertIn("attendee-change-missing", json.dumps(json.loads(done.stdout)))
        said = subprocess.run([lab.COMMAND, "check", SAMPLE], text=True, check=False,
                              stdout=subprocess.PIPE).stdout.replace(str(SAMPLE), "/tmp/demo-reply.eml")
        for mta in QUICK_STARTS:
            self.assertIn(said, blocks(self.page(mta)))


if __name__ == "__main__":
    lab.run_tests()
