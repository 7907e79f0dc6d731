"""Pages in a real browser: what `tlx render` writes and `tlx watch` serves. run.py TLX [FOLDER FOR SCREENSHOTS]"""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from browser import Browser, find

TLX = os.path.abspath(sys.argv[1])
PICTURES = os.path.abspath(sys.argv[2]) if len(sys.argv) > 2 else None
HERE = os.path.dirname(os.path.abspath(__file__))
FAILED = []


def check(what, holds, detail=""):
    if not holds:
        FAILED.append(what)
        print(f"FAILED: {what} {detail}")


def hostile(folder):
    """What is written everywhere must stay text."""
    bad = "<script>window.hacked=1</script><img src=x onerror=window.hacked=1>\"'`&"
    path = os.path.join(folder, "hostile.tlx")
    with open(path, "w") as file:
        file.write(f"# %% {bad}\n# {bad} [a](javascript:window.hacked=1) ![i](http://example.org/i.png) ${bad}$\n#\n")
        file.write("# ```html\n# </code></pre><script>window.hacked=1</script>\n# ```\n")
        text = bad.replace('"', '\\"')
        file.write(f'let s = "{text}"\ns\nprint(s)\ntable([{{a: s, b: 1}}, {{a: s, b: 2}}])\n{{x: s}}\n')
        file.write("plot([1, 2], title=s, xlabel=s, ylabel=s, hline={a: 1})\n")
        file.write("scatter(table([{x: 1, y: 2, n: s}]), x=\"x\", y=\"y\", label=\"n\")\n")
        file.write("bars(table([{n: s, v: 2}]))\nheatmap([[1, 2], [3, 4]], labels=[s, s])\nerror(s)\n")
    return path


def test_page(browser, folder):
    source = os.path.join(HERE, "everything.tlx")
    page = os.path.join(folder, "everything.html")
    result = subprocess.run([TLX, "render", source, "-o", page], capture_output=True, text=True)
    check("render tells of the error", result.returncode == 1, result.stderr)
    size = os.path.getsize(page)
    check("the page is small", size < 1_500_000, size)
    browser.size(1300)
    browser.open("file://" + page)
    check("no problems in the console", not browser.problems, browser.problems)
    others = [url for url in browser.requests if not url.startswith(("file://", "data:"))]
    check("no request off the machine", not others, others)
    check("a title", browser.run("document.title") == "A page of everything")
    check("one main heading", browser.run("document.querySelectorAll('h1').length") == 1)
    check("formulas", browser.run("document.querySelectorAll('math').length") == 2)
    check("fractions have a height", browser.run("document.querySelector('mfrac').getBoundingClientRect().height") > 15)
    check("contents", browser.run("document.querySelectorAll('nav li').length") > 8)
    check("colours", browser.run("document.querySelectorAll('pre.tlx .k').length") > 5)
    check("figures say what they are", browser.run(
        "Array.from(document.querySelectorAll('figure svg')).every(s => s.getAttribute('aria-label'))"))
    check("figures have values to hover", browser.run("document.querySelectorAll('figure title').length") > 50)
    check("the error shows", browser.run("document.querySelector('.error').textContent.includes('E0402')"))
    check("what needs it is not run", browser.run("document.body.textContent.includes('Not run: it needs An error')"))
    check("exercises hide their solution", browser.run(
        "document.querySelector('article:last-of-type details.code').open") is False)
    check("scripts in prose are left out", browser.run("window.hacked") is None)
    check("unique ids", browser.run("(ids => new Set(ids).size == ids.length)"
                                    "(Array.from(document.querySelectorAll('[id]')).map(e => e.id))"))
    first = "document.querySelector('table.data tbody td:nth-child(2)').textContent"
    browser.run("document.querySelectorAll('table.data thead button')[1].click()")
    check("sorted up", float(browser.run(first)) == 0.0125, browser.run(first))
    browser.run("document.querySelectorAll('table.data thead button')[1].click()")
    check("sorted down", float(browser.run(first)) == 1, browser.run(first))
    check("table says how it is sorted",
          browser.run("document.querySelectorAll('table.data th')[1].getAttribute('aria-sort')") == "descending")
    check("long tables have pages", browser.run("document.querySelectorAll('table.data tbody')[0].rows.length") == 25)
    browser.run("document.querySelectorAll('.pager button')[1].click()")
    check("second page", browser.run("document.querySelector('.pager span').textContent") == "rows 26–50 of 80")
    before = browser.run("getComputedStyle(document.body).backgroundColor")
    browser.run("document.getElementById('theme').click()")
    check("the theme switches", browser.run("getComputedStyle(document.body).backgroundColor") != before)
    for width in (400, 900, 1400):
        for dark in (False, True):
            browser.size(width, dark=dark)
            browser.open("file://" + page)
            check(f"nothing is wider than {width} pixels",
                  browser.run("document.documentElement.scrollWidth") <= width,
                  browser.run("document.documentElement.scrollWidth"))
            if PICTURES:
                os.makedirs(PICTURES, exist_ok=True)
                browser.picture(os.path.join(PICTURES, f"page-{width}-{'dark' if dark else 'light'}.png"))


def test_hostile(browser, folder):
    page = os.path.join(folder, "hostile.html")
    result = subprocess.run([TLX, "render", hostile(folder), "-o", page], capture_output=True, text=True)
    check("hostile text is rendered", os.path.exists(page), result.stderr)
    browser.size(900)
    browser.open("file://" + page)
    browser.run("document.querySelectorAll('a[href^=javascript]').forEach(a => a.click())")
    check("hostile text stays text", browser.run("window.hacked") is None)
    check("hostile text raises nothing", not browser.problems, browser.problems)
    check("no image from the network", all(u.startswith(("file:", "data:")) for u in browser.requests), browser.requests)
    check("only the page's own script", browser.run("document.scripts.length") == 1)


CONTRAST = """(function () {
  function light(color) {
    var parts = color.match(/[0-9.]+/g).map(Number);
    var linear = parts.slice(0, 3).map(function (v) { v /= 255; return v <= 0.04045 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4); });
    return { value: 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2], alpha: parts.length > 3 ? parts[3] : 1 };
  }
  function paper(element) {
    for (; element; element = element.parentElement) {
      var color = light(getComputedStyle(element).backgroundColor);
      if (color.alpha > 0.99) { return color.value; }
    }
    return light('rgb(255,255,255)').value;
  }
  var bad = [];
  document.querySelectorAll('h1,h2,p,li,td,th button,summary,a,code,.badge,.k,.n,.s,.c,.f,figure text.g-ink,figure text.g-soft').forEach(function (element) {
    if (!element.textContent.trim() || element.classList.contains('skip')) { return; }
    var style = getComputedStyle(element);
    var a = light(element.namespaceURI.includes('svg') ? style.fill : style.color).value, b = paper(element);
    var ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) { bad.push(element.tagName + '.' + element.getAttribute('class') + ' ' + ratio.toFixed(2)); }
  });
  return Array.from(new Set(bad));
})()"""


def test_looks(browser, folder):
    """Three widths, both themes: texts stand out, figures are drawn for the width, keys reach all."""
    page = os.path.join(folder, "everything.html")
    for width in (400, 800, 1400):
        for dark in (False, True):
            browser.size(width, dark=dark)
            browser.open("file://" + page)
            what = f"at {width} px, {'dark' if dark else 'light'}"
            check(f"no problems {what}", not browser.problems, browser.problems)
            check(f"texts stand out {what}", browser.run(CONTRAST) == [], browser.run(CONTRAST))
            shown = browser.run("Array.from(document.querySelectorAll('figure svg.g-wide')).filter(s => s.getBoundingClientRect().height > 0).length")
            check(f"figures fit {what}", (shown > 0) == (width > 540), shown)
            small = browser.run("Math.min.apply(null, Array.from(document.querySelectorAll('figure > svg.g-wide > text, figure > svg.g-narrow > text'))"
                                ".filter(t => t.getBoundingClientRect().height > 0).map(t => Math.hypot(t.getScreenCTM().a, t.getScreenCTM().b) * Number(t.getAttribute('font-size'))))")
            check(f"texts of figures can be read {what}", small >= 9.5, small)
    browser.size(1300)
    browser.open("file://" + page)
    reached = set()
    for _ in range(400):
        browser.key("Tab")
        place = browser.run("(e => e === document.body ? '' : e.tagName + (e.id ? '#' + e.id : '') + (e.className && e.className.trim ? '.' + e.className : ''))(document.activeElement)")
        if not place:
            break
        reached.add(place)
    for wanted in ("A.skip", "BUTTON#theme", "SUMMARY", "PRE.tlx", "DIV.table", "BUTTON"):
        check(f"Tab reaches {wanted}", wanted in reached, sorted(reached))
    browser.run("document.querySelector('table.data th button').focus()")
    browser.key("Enter")
    check("Enter sorts", browser.run("document.querySelector('table.data th').getAttribute('aria-sort')") == "ascending")


LARGE = """let x = uniform((1000000, 20), key=key(3))
let t = table({COLUMNS})
t

# %% Training
let run = fit(mlp([64, 32, 10]), dataset("digits"), epochs=150)
curve(run)
"""


def test_large_table_and_training(browser, folder):
    columns = ", ".join(f"c{k}: x[:, {k}]" for k in range(20))
    path, process, link = live(folder, LARGE.replace("COLUMNS", "{" + columns + "}"))
    try:
        browser.size(1000)
        browser.open(link)
        check("a training draws its curve while it runs", browser.wait("document.querySelector('figure.sketch path') !== null", 90))
        check("with the epoch it has come to", browser.wait("/Epoch \\d+ of 150/.test((document.querySelector('figure.sketch') || {}).textContent)", 60))
        check("and its progress", browser.wait("/epoch \\d+\\/150/.test((document.querySelector('.progress') || {}).textContent)", 60))
        first = browser.run("(document.querySelector('figure.sketch') || {}).textContent")
        check("which goes on", browser.wait(f"(document.querySelector('figure.sketch') || {{}}).textContent !== {json.dumps(first)}", 60))
        check("at its end stands what it gave", browser.wait("document.querySelectorAll('.sketch').length === 0 && document.querySelectorAll('article').length === 2"
                                                            " && document.querySelectorAll('article:last-of-type figure svg').length > 0", 240))
        check("a large table has its pages", browser.wait("document.querySelector('.pager span') && document.querySelector('.pager span').textContent === 'rows 1–25 of 1,000,000'"))
        size = browser.run("document.documentElement.outerHTML.length")
        check("and is not in the page", size < 400_000, size)
        browser.run("window.longest = 0; (function tick(last) { requestAnimationFrame(function (now) { window.longest = Math.max(window.longest, now - last); tick(now); }); })(performance.now())")
        browser.run("document.querySelectorAll('.pager button')[1].click()")
        check("the next page comes", browser.wait("document.querySelector('.pager span').textContent.startsWith('rows 26–50 ')"))
        browser.run("(i => { i.value = 999999; i.dispatchEvent(new Event('change', {bubbles: true})); })(document.querySelector('.pager input'))")
        check("any row can be gone to", browser.wait("document.querySelector('.pager span').textContent.startsWith('rows 999,976–1,000,000 ')"))
        check("the last page has no next", browser.run("document.querySelectorAll('.pager button')[1].disabled"))
        browser.run("document.querySelectorAll('table.data th button')[4].click()")
        cell = "Number(document.querySelector('table.data tbody tr').cells[4].textContent)"
        check("it sorts", browser.wait(f"document.querySelector('.pager span').textContent.startsWith('rows 1–25 ') && {cell} < 1e-4", 60), browser.run(cell))
        browser.run("document.querySelectorAll('table.data th button')[4].click()")
        check("and the other way", browser.wait(f"{cell} > 0.9999", 60), browser.run(cell))
        longest = browser.run("window.longest")
        check("the browser does not freeze", longest < 1_000, longest)
        print(f"longest pause of the browser while it paged and sorted a million rows: {longest:.0f} ms")
        check("no problems with the table", not browser.problems, browser.problems)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            check("Ctrl-C ends the training's page", False)


LIVE = """# %% Live
let lr = slider(1e-4, 1e-1, log=true, default=1e-2)
let method = menu(["adam", "sgd"])

# %% Shown
"rate {lr:.4f} by {method}"

# %% Other
let other = 40 + 2
other

# %% Asked [manual]
other + 1
"""


def live(folder, text):
    path = os.path.join(folder, "live.tlx")
    with open(path, "w") as file:
        file.write(text)
    process = subprocess.Popen([TLX, "watch", path], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    link = re.search(r"http://\S+", process.stdout.readline()).group()
    return path, process, link


def save(path, text):
    """As an editor does: aside, then renamed."""
    with open(path + "~", "w") as file:
        file.write(text)
    os.replace(path + "~", path)


def test_live(browser, folder):
    path, process, link = live(folder, LIVE)
    try:
        browser.size(1000)
        browser.open(link)
        text = "document.getElementById('cells') ? document.getElementById('cells').textContent : ''"
        has = lambda what: f"({text}).includes({what!r})"
        check("the first run shows", browser.wait(has("rate 0.0100 by adam")))
        check("the events have come", browser.wait("document.documentElement.dataset.version !== undefined"))
        check("no problems in the console", not browser.problems, browser.problems)
        browser.run("window.mark = document.querySelectorAll('article')[2]; window.same = true;")
        start = time.time()
        save(path, LIVE.replace("rate {lr", "speed {lr"))
        check("a save shows", browser.wait(has("speed 0.0100 by adam")))
        print(f"from save to page: {1000 * (time.time() - start):.0f} ms")
        check("other cells stay as they are", browser.run("document.querySelectorAll('article')[2] === window.mark"))
        browser.run("(s => { s.value = 1000; s.dispatchEvent(new Event('input', {bubbles: true})); })"
                    "(document.querySelector('input[type=range]'))")
        check("the slider runs what depends on it", browser.wait(has("speed 0.1000 by adam")))
        browser.run("(s => { s.value = 'sgd'; s.dispatchEvent(new Event('input', {bubbles: true})); })"
                    "(document.querySelector('select'))")
        check("the menu runs what depends on it", browser.wait(has("speed 0.1000 by sgd")))
        check("a manual cell waits", browser.wait(has("it waits to be asked for")))
        browser.run("document.querySelector('button.run').click()")
        check("a manual cell runs when asked", browser.wait(has("43")))
        save(path, LIVE.replace("40 + 2", "40 + [1, 2] + [1, 2, 3]"))
        check("an error stays on its cell", browser.wait("document.querySelectorAll('article.failed').length === 1"))
        check("the others live on", browser.wait(has("rate 0.1000 by sgd")))
        save(path, LIVE + "\n# %% Endless\nvar i = 0\nwhile true { i += 1 }\n")
        time.sleep(1.2)
        check("an endless cell lets others show", browser.wait(has("running")))
        save(path, LIVE + "\n# %% Ended\n\"done with it\"\n")
        check("an edit stops what was edited away", browser.wait(has("done with it")))
        save(path, "# %% Half\nlet x = (1 +\n")
        check("half a file is an error, not the end", browser.wait("document.querySelectorAll('article.failed').length === 1"))
        os.remove(path)
        check("a file that is gone is told", browser.wait("!document.getElementById('connection').hidden"))
        save(path, LIVE)
        check("and found again", browser.wait(has("rate 0.1000 by sgd")))
        for url in browser.requests:
            check("requests go to this machine", url.startswith(("http://127.0.0.1:", "data:")), url)
        test_guard(link)
        # A browser that goes away, and another one.
        browser.open("about:blank")
        browser.open(link)
        check("a second visit shows", browser.wait(has("rate 0.1000 by sgd")))
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            check("Ctrl-C ends it", False)


def status(url, **headers):
    try:
        return urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10).status
    except urllib.error.HTTPError as error:
        return error.code


def test_guard(link):
    base = link.split("/")[0] + "//" + link.split("/")[2]
    check("the link works", status(link) == 200)
    check("no token, no page", status(base + "/") == 404)
    check("another token, no page", status(base + "/" + "0" * 32 + "/") == 404)
    check("another host, no page", status(link, Host="evil.example") == 403)
    check("nonsense is refused", status(link + "../../etc/passwd") == 404)


def main():
    if not find():
        print("skipped: no Chromium could be found or installed")
        return 0
    browser = Browser()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["TLX_CACHE"] = os.path.join(folder, "cache")
        try:
            for test in (test_page, test_looks, test_hostile, test_live, test_large_table_and_training):
                test(browser, folder)
        finally:
            browser.close()
    print(f"browser: {'all passed' if not FAILED else f'{len(FAILED)} failed'}")
    return 1 if FAILED else 0


sys.exit(main())
