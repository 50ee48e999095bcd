"""Opens a page in Chromium at phone and desktop widths, light and dark, and prints what it finds.

usage: browse_page.py CHROMIUM PAGE [SCREENSHOTS]

One JSON object a view: console messages and policy violations, requests beyond the page itself,
how far the page is wider than the window, text whose contrast is below WCAG's AA, charts without a
name. With SCREENSHOTS, a folder, a picture of the whole page goes there for each view.

Talks the DevTools protocol over pipes, so that nothing but Python and Chromium is needed.
"""

import base64
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile

# Far beyond what a page takes; a browser that hangs must not hang the tests.
DEADLINE_SECONDS = 120

VIEWS = [
    (width, height, scheme)
    for width, height in [(390, 844), (1280, 800), (1920, 1080)] for scheme in ["light", "dark"]]

INSPECTION = r"""
(() => {
  const parse = text => {
    const numbers = text.match(/[\d.]+/g);
    return numbers === null ? null : numbers.map(Number);
  };
  const luminance = ([r, g, b]) => {
    const linear = [r, g, b].map(c => c / 255)
      .map(c => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  };
  const isOpaque = colour => colour !== null && (colour.length < 4 || colour[3] === 1);
  const ground = element => {
    for (let e = element; e !== null; e = e.parentElement) {
      const colour = parse(getComputedStyle(e).backgroundColor);
      if (isOpaque(colour)) return colour;
    }
    return [255, 255, 255];
  };
  const page = document.documentElement;
  const folded = [...document.querySelectorAll("details")];
  const overflow = page.scrollWidth - page.clientWidth;
  for (const details of folded) details.open = true;
  const overflowUnfolded = page.scrollWidth - page.clientWidth;
  // What hides a part of itself, or reaches beyond the page.
  const cut = [...document.querySelectorAll("main *")].filter(e => {
    if (e.closest(".hidden, pre") !== null || e.closest("svg svg, svg *") !== null) return false;
    const isClipped = getComputedStyle(e).overflowX !== "visible" && e.tagName !== "svg"
      && e.scrollWidth > e.clientWidth;
    return isClipped || e.getBoundingClientRect().right > page.clientWidth + 1;
  }).map(e => `${e.tagName} ${e.className} ${(e.innerText ?? "").slice(0, 40)}`);
  const faint = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement;
    if (node.data.trim() === "" || element.closest("style, script") !== null) continue;
    const style = getComputedStyle(element);
    const isSVG = element.namespaceURI.endsWith("svg");
    const colour = parse(isSVG ? style.fill : style.color);
    if (colour === null) continue;
    const [a, b] = [luminance(colour), luminance(ground(element))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const size = parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (contrast < (isLarge ? 3 : 4.5)) {
      faint.push(`${contrast.toFixed(2)}: ${node.data.trim().slice(0, 60)}`);
    }
  }
  const smallestText = Math.min(...[...document.querySelectorAll(
    "p, td, th, li, dd, dt, pre, small")].map(e => parseFloat(getComputedStyle(e).fontSize)));
  for (const details of folded) details.open = false;
  return {
    title: document.title,
    language: page.lang,
    overflow: Math.max(overflow, overflowUnfolded),
    cut,
    columns: getComputedStyle(
      document.querySelector(".charts") ?? document.body).gridTemplateColumns.split(" ").length,
    height: page.scrollHeight,
    faint,
    smallestText,
    headings: [...document.querySelectorAll("h1, h2")].map(e => e.innerText),
    paper: getComputedStyle(document.body).backgroundColor,
    handlers: [...document.querySelectorAll("*")].filter(
      e => [...e.attributes].some(a => a.name.startsWith("on"))).length,
    scripts: document.querySelectorAll("script").length,
    charts: [...document.querySelectorAll("figure svg")].map(
      e => ({
        role: e.getAttribute("role"), label: e.getAttribute("aria-label"),
        isVisible: e.getBoundingClientRect().width > 0,
      })),
  };
})()
"""


class Browser:
    """One Chromium with one page; commands go out by one pipe and answers come by another."""

    def __init__(self, executable, profile):
        out_read, self.out = os.pipe()
        self.back, back_write = os.pipe()

        def place_pipes():
            # The protocol's own numbers; first out of each other's way.
            high_read, high_write = os.dup(out_read), os.dup(back_write)
            os.dup2(high_read, 3)
            os.dup2(high_write, 4)

        self.process = subprocess.Popen(
            [
                executable, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
                "--disable-dev-shm-usage", "--disable-background-networking", "--hide-scrollbars",
                "--remote-debugging-pipe", f"--user-data-dir={profile}", "about:blank",
            ],
            preexec_fn=place_pipes, close_fds=False, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        os.close(out_read)
        os.close(back_write)
        self.pending = b""
        self.events = []
        self.count = 0
        self.session = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]

    def message(self):
        while b"\0" not in self.pending:
            data = os.read(self.back, 1 << 20)
            if not data:
                raise SystemExit("chromium ended early")
            self.pending += data
        text, self.pending = self.pending.split(b"\0", 1)
        return json.loads(text)

    def call(self, method, **parameters):
        self.count += 1
        command = {"id": self.count, "method": method, "params": parameters}
        if self.session:
            command["sessionId"] = self.session
        os.write(self.out, json.dumps(command).encode() + b"\0")
        while True:
            message = self.message()
            if message.get("id") == self.count:
                if "error" in message:
                    raise SystemExit(f"{method}: {message['error']}")
                return message["result"]
            self.events.append(message)

    def wait_until_loaded(self, loader):
        """Waits for the load of one navigation: the one before may still tell of its own."""
        def is_loaded(event):
            parameters = event.get("params", {})
            return (event.get("method") == "Page.lifecycleEvent" and parameters["name"] == "load"
                    and parameters["loaderId"] == loader)

        while not any(map(is_loaded, self.events)):
            self.events.append(self.message())

    def close(self):
        self.process.kill()
        self.process.wait()


def complaint(event):
    """What an event says against the page, or None."""
    parameters = event.get("params", {})
    match event.get("method"):
        case "Runtime.consoleAPICalled":
            return f"console.{parameters['type']}"
        case "Runtime.exceptionThrown":
            return f"exception: {parameters['exceptionDetails'].get('text')}"
        case "Log.entryAdded":
            return f"{parameters['entry']['level']}: {parameters['entry']['text']}"
        case "Audits.issueAdded":
            return f"issue: {parameters['issue']['code']}"
    return None


def view(browser, url, width, height, scheme, screenshots):
    browser.events.clear()
    browser.call(
        "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
        mobile=width < 600)
    browser.call(
        "Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
    navigation = browser.call("Page.navigate", url=url)
    if "errorText" in navigation:
        raise SystemExit(f"{url}: {navigation['errorText']}")
    browser.wait_until_loaded(navigation["loaderId"])
    result = browser.call("Runtime.evaluate", expression=INSPECTION, returnByValue=True)
    found = result["result"]["value"]
    requests = [
        event["params"]["request"]["url"] for event in browser.events
        if event.get("method") == "Network.requestWillBeSent"
    ]
    found["requests"] = [
        request for request in requests if request != url and not request.startswith("data:")]
    found["complaints"] = [text for text in map(complaint, browser.events) if text is not None]
    found["width"], found["scheme"] = width, scheme
    if screenshots:
        clip = {"x": 0, "y": 0, "width": width, "height": min(found["height"], 16000), "scale": 1}
        picture = browser.call(
            "Page.captureScreenshot", captureBeyondViewport=True, clip=clip)["data"]
        name = f"{pathlib.Path(url).stem}-{width}-{scheme}.png"
        pathlib.Path(screenshots, name).write_bytes(base64.b64decode(picture))
    return found


def give_up(*_):
    raise SystemExit(f"chromium has not answered for {DEADLINE_SECONDS} s")


def main():
    signal.signal(signal.SIGALRM, give_up)
    signal.alarm(DEADLINE_SECONDS)
    executable, page = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
    screenshots = sys.argv[3] if len(sys.argv) > 3 else None
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Browser(executable, profile)
        try:
            for domain in ["Page", "Runtime", "Log", "Network", "Audits"]:
                browser.call(f"{domain}.enable")
            browser.call("Page.setLifecycleEventsEnabled", enabled=True)
            print(json.dumps([view(browser, page.as_uri(), *v, screenshots) for v in VIEWS]))
        finally:
            browser.close()


main()
