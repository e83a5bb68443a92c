# SPDX-License-Identifier: BSD-2-Clause
"""browser: Chromium under WebDriver, as somebody has it who opens a page from a file.

It finds no host, keeps its profile in a scratch folder, and ends with the test class. What it asks
for and what it prints on its console is kept, to be held against nothing.
"""
import base64
import json
import os
import shutil

import lab

try:
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service
except ImportError:
    webdriver = None

AXE = lab.BUILD / "tests" / "browser" / "node_modules" / "axe-core" / "axe.min.js"
PICTURES = lab.BUILD / "tests" / "browser" / "pictures"
FLAGS = ("--headless=new", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
         "--host-resolver-rules=MAP * ~NOTFOUND", "--disable-background-networking",
         "--no-first-run")
TALLEST = 6000


class Browser:
    """One browser for the test class `case`."""

    def __init__(self, case):
        lab.need(webdriver is not None, "python3-selenium is not installed")
        program, driver = shutil.which("chromium"), shutil.which("chromedriver")
        lab.need(program and driver, "chromium or chromium-driver is not installed")
        options = webdriver.ChromeOptions()
        options.binary_location = program
        for flag in (*FLAGS, f"--user-data-dir={lab.scratch_folder(case)}"):
            options.add_argument(flag)
        if os.geteuid() == 0:
            options.add_argument("--no-sandbox")  # it refuses to be root's otherwise
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=Service(driver))
        case.addClassCleanup(self.driver.quit)
        self.driver.set_page_load_timeout(lab.PATIENCE)
        self.driver.set_script_timeout(lab.PATIENCE)

    def command(self, name, **arguments):
        """A command of the DevTools protocol."""
        return self.driver.execute_cdp_cmd(name, arguments)

    def run(self, script, *arguments):
        """The value of a script in the page."""
        return self.driver.execute_script(script, *arguments)

    def open(self, path, width=1280, scheme="light", script=True, medium="screen"):
        """Opens a file; what was asked for and said before is forgotten."""
        self.command("Emulation.setDeviceMetricsOverride", width=width, height=900,
                     deviceScaleFactor=1, mobile=False)
        self.command("Emulation.setEmulatedMedia", media=medium,
                     features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.command("Emulation.setScriptExecutionDisabled", value=not script)
        self.driver.get_log("browser")
        self.driver.get_log("performance")
        self.driver.get(path.as_uri())

    def console(self):
        """What the page printed on the console since it was opened, violations of its policy too."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def requests(self):
        """What was asked for since it was opened."""
        events = (json.loads(entry["message"])["message"]
                  for entry in self.driver.get_log("performance"))
        return [event["params"]["request"]["url"] for event in events
                if event["method"] == "Network.requestWillBeSent"]

    def html(self):
        """The page as it stands, also where scripts are off."""
        root = self.command("DOM.getDocument", depth=1)["root"]
        return self.command("DOM.getOuterHTML", nodeId=root["nodeId"])["outerHTML"]

    def wrong_for_readers(self):
        """What axe-core finds: (rule, impact, elements)."""
        lab.need(AXE.is_file(), "axe-core is not installed: make check-browser installs it")
        self.run(AXE.read_text(encoding="utf-8"))
        found = self.driver.execute_async_script("axe.run().then(arguments[0])")
        return [(one["id"], one["impact"], [node["html"] for node in one["nodes"]][:3])
                for one in found["violations"]]

    def keep_picture(self, name, width):
        """Leaves a picture of the page, from its top, for people."""
        height = self.run("return document.documentElement.scrollHeight")
        self.command("Emulation.setDeviceMetricsOverride", width=width,
                     height=min(height, TALLEST), deviceScaleFactor=1, mobile=False)
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.driver.save_screenshot(str(PICTURES / f"{name}.png"))

    def keep_print(self, name):
        """Leaves the page as a printer gets it; its octets."""
        octets = base64.b64decode(self.command("Page.printToPDF", printBackground=True)["data"])
        PICTURES.mkdir(parents=True, exist_ok=True)
        (PICTURES / f"{name}.pdf").write_bytes(octets)
        return octets
