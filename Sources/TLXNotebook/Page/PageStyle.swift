import TLXFigures
import TLXLearning

/// How pages look, and the little that they do.
enum PageStyle {
  static let style = """
    :root{--paper:#fff;--ink:#1d1f23;--soft:#595f69;--line:#dfe2e7;--code:#f6f7f9;--link:#0b5cad;--bad:#b3261e;\
    --badpaper:#fdf1f0;--k:#8a2a7f;--n:#0b5cad;--s:#1a6b3c;--c:#666d76;--f:#7a4b00;--grid:#e4e6ea;--axis:#6b717b}
    @media (prefers-color-scheme:dark){:root:not([data-theme=light]){--paper:#15171b;--ink:#e4e6ea;--soft:#a3a9b3;\
    --line:#343840;--code:#1d2026;--link:#7ab8ff;--bad:#ff8a80;--badpaper:#2c1a1a;--k:#e59ae0;--n:#7ab8ff;--s:#86d3a3;\
    --c:#979ea8;--f:#e6bb6f;--grid:#2b2f36;--axis:#8d949e}}
    :root[data-theme=dark]{--paper:#15171b;--ink:#e4e6ea;--soft:#a3a9b3;--line:#343840;--code:#1d2026;--link:#7ab8ff;\
    --bad:#ff8a80;--badpaper:#2c1a1a;--k:#e59ae0;--n:#7ab8ff;--s:#86d3a3;--c:#979ea8;--f:#e6bb6f;--grid:#2b2f36;\
    --axis:#8d949e}
    *{box-sizing:border-box}
    html{scroll-padding-top:1rem}
    body{margin:0;background:var(--paper);color:var(--ink);font:17px/1.6 system-ui,-apple-system,'Segoe UI',Roboto,\
    'DejaVu Sans',sans-serif}
    .skip{position:absolute;left:-99rem}
    .skip:focus{left:1rem;top:1rem;background:var(--paper);padding:.5rem;z-index:2}
    .page{display:grid;grid-template-columns:minmax(0,1fr);max-width:1180px;margin:0 auto;padding:0 1rem 4rem}
    main{max-width:820px;width:100%;min-width:0}
    nav{font-size:.88rem;padding:1rem 0 0}
    nav ol{list-style:none;margin:.4rem 0 0;padding:0}
    nav li{margin:.15rem 0}
    nav a{color:var(--soft);text-decoration:none}
    nav a:hover{color:var(--link);text-decoration:underline}
    @media (min-width:1040px){.page{grid-template-columns:220px minmax(0,1fr);column-gap:3rem}
    nav{position:sticky;top:0;align-self:start;max-height:100vh;overflow:auto;padding:2rem 0}}
    a{color:var(--link)}
    h1{font-size:1.9rem;line-height:1.2;margin:1.6rem 0 .6rem}
    h2{font-size:1.35rem;line-height:1.25;margin:2.4rem 0 .5rem}
    h3{font-size:1.12rem;margin:1.4rem 0 .3rem}
    .self{visibility:hidden;text-decoration:none;color:var(--soft);font-weight:400}
    h1:hover .self,h2:hover .self,.self:focus{visibility:visible}
    code,pre{font-family:ui-monospace,'SF Mono','JetBrains Mono','DejaVu Sans Mono',Consolas,monospace;font-size:.84em}
    pre{margin:.5rem 0;overflow-x:auto;line-height:1.45;tab-size:2}
    .prose pre,pre.tlx{background:var(--code);border-radius:6px;padding:.7rem .9rem}
    .prose :not(pre)>code{background:var(--code);padding:.1em .3em;border-radius:3px}
    .prose img{max-width:100%}
    .prose blockquote{margin:.8rem 0;padding-left:1rem;border-left:3px solid var(--line);color:var(--soft)}
    details.code>summary,details.hints>summary,footer summary,nav summary{cursor:pointer;color:var(--soft);font-size:.78rem;\
    letter-spacing:.02em}
    .k{color:var(--k)}.n{color:var(--n)}.s,.i{color:var(--s)}.c{color:var(--c);font-style:italic}.f{color:var(--f)}\
    .e{color:var(--bad);text-decoration:underline wavy}
    .output{margin:.3rem 0}
    .value,.printed{padding:0 .9rem}
    .kind{margin:.4rem 0 0;padding:0 .9rem;color:var(--soft);font-size:.78rem}
    .badge{margin:.2rem 0 0;color:var(--soft);font-size:.75rem;text-align:right}
    .earlier{opacity:.45}
    .progress{font-family:ui-monospace,monospace;font-size:.78rem;color:var(--soft);white-space:pre-wrap}
    .controls{display:flex;flex-wrap:wrap;gap:.4rem 1.6rem;margin:.5rem 0;font-size:.9rem}
    .controls label{display:flex;align-items:center;gap:.5rem}
    .controls output{font-variant-numeric:tabular-nums;min-width:4.5em}
    .controls input,.controls select{font:inherit;accent-color:var(--link);color:var(--ink);background:var(--paper)}
    .run{font:inherit;font-size:.85rem;color:var(--link);background:none;border:1px solid var(--link);border-radius:4px;\
    padding:.2rem .7rem;cursor:pointer}
    #connection{position:fixed;right:1rem;bottom:1rem;background:var(--badpaper);color:var(--bad);padding:.4rem .8rem;\
    border-radius:6px;margin:0;z-index:2}
    .stale{color:var(--soft);font-style:italic}
    .error{border-left:4px solid var(--bad);background:var(--badpaper);border-radius:0 6px 6px 0;padding:.5rem .9rem;\
    margin:.6rem 0}
    .error summary{cursor:pointer;color:var(--bad);font-weight:600}
    .bad{color:var(--bad)}
    .missing,.unknown{color:var(--bad)}
    .table{overflow:auto;max-height:34rem;margin:.6rem 0}
    table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.88rem}
    th,td{padding:.22rem .7rem;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
    th{position:sticky;top:0;background:var(--paper);border-bottom:2px solid var(--line)}
    th button{all:unset;cursor:pointer;font-weight:600}
    th button:focus-visible{outline:2px solid var(--link)}
    th[aria-sort=ascending] button::after{content:' ▲';font-size:.7em}
    th[aria-sort=descending] button::after{content:' ▼';font-size:.7em}
    .num{text-align:right}
    tbody tr:hover{background:var(--code)}
    .pager{display:flex;flex-wrap:wrap;gap:.4rem .6rem;align-items:center;font-size:.8rem;color:var(--soft);margin:.2rem 0}
    .pager button,#theme{font:inherit;font-size:.8rem;color:var(--soft);background:none;border:1px solid var(--line);\
    border-radius:4px;padding:.1rem .5rem;cursor:pointer}
    .pager button{white-space:nowrap}
    .pager input{font:inherit;width:7em;color:var(--ink);background:var(--paper);border:1px solid var(--line);\
    border-radius:4px;padding:.1rem .3rem}
    #theme{margin-top:.6rem}
    figure{margin:.8rem 0}
    figure{overflow-x:auto}
    figure svg{display:block;max-width:100%;height:auto}
    .g-narrow{display:none!important}
    .g-panels{display:grid;grid-template-columns:repeat(var(--columns),minmax(0,1fr));gap:.6rem}
    .g-heading{font-weight:600;margin:.2rem 16px}
    .sketch{opacity:.85}
    @media screen and (max-width:540px){.g-wide{display:none!important}.g-narrow{display:block!important}\
    .g-panels{grid-template-columns:minmax(0,1fr)}figure svg{margin:0 auto}}
    \(FigureStyle.light)
    @media (prefers-color-scheme:dark){\(FigureStyle.dark(scope: ":root:not([data-theme=light])"))}
    \(FigureStyle.dark(scope: ":root[data-theme=dark]"))
    @media (prefers-color-scheme:dark){:root:not([data-theme=light]) .g-dots{filter:brightness(1.5)}}
    :root[data-theme=dark] .g-dots{filter:brightness(1.5)}
    figcaption{color:var(--soft);font-size:.78rem}
    math{font-size:1.06em}
    math[display=block]{display:block math;margin:.9rem 0;overflow-x:auto;overflow-y:hidden;padding:.2rem 0}
    mtable.left mtd{text-align:left}
    mtable.aligned mtd:nth-child(odd){text-align:right}mtable.aligned mtd:nth-child(even){text-align:left}
    footer{margin-top:4rem;border-top:1px solid var(--line);padding-top:1rem;font-size:.85rem}
    dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem;margin:.6rem 0}dt{color:var(--soft)}dd{margin:0;\
    overflow-wrap:anywhere}
    .g-ink{fill:var(--ink)}.g-soft{fill:var(--soft)}.g-grid{stroke:var(--grid)}.g-axis{stroke:var(--axis)}\
    .g-paper{fill:var(--paper)}.g-halo{stroke:var(--paper)}.g-edge{stroke:var(--ink)}
    :target{scroll-margin-top:1rem}
    @media (max-width:520px){body{font-size:16px}.page{padding:0 .8rem 3rem}.value,.printed,.kind{padding:0 .2rem}}
    @media print{nav,.self,#theme,.pager,.skip,summary{display:none}body{font-size:10.5pt}.page{display:block;max-width:none}\
    main{max-width:none}.table{max-height:none;overflow:visible}pre{white-space:pre-wrap}article{break-inside:auto}\
    figure,tr{break-inside:avoid}h1,h2,h3{break-after:avoid}details>*{display:block}}
    """

  static let script = """
    'use strict';
    (function () {
      var root = document.documentElement;
      document.addEventListener('click', function (event) {
        var theme = event.target.closest('#theme');
        if (theme) {
          var dark = root.dataset.theme ? root.dataset.theme === 'dark'
            : matchMedia('(prefers-color-scheme: dark)').matches;
          root.dataset.theme = dark ? 'light' : 'dark';
          return;
        }
        var button = event.target.closest('table.data th button');
        if (button) { sort(button.closest('th')); }
      });
      function number(cell) {
        var text = cell.textContent.trim();
        if (text === '' || text === '\\u2013' || text === 'nan') { return NaN; }
        if (text === 'inf') { return Infinity; }
        if (text === '-inf') { return -Infinity; }
        return Number(text);
      }
      function sort(head) {
        var table = head.closest('table'), body = table.tBodies[0];
        if (table.sortRows) {
          var rising = head.getAttribute('aria-sort') !== 'ascending';
          head.parentNode.querySelectorAll('th').forEach(function (th) { th.removeAttribute('aria-sort'); });
          head.setAttribute('aria-sort', rising ? 'ascending' : 'descending');
          table.sortRows(head.cellIndex, rising);
          return;
        }
        var column = head.cellIndex, isNumber = head.classList.contains('num');
        var sign = head.getAttribute('aria-sort') === 'ascending' ? -1 : 1;
        var rows = (table.allRows || Array.from(body.rows)).map(function (row, place) {
          var cell = row.cells[column];
          return { row: row, place: place, key: isNumber ? number(cell) : cell.textContent };
        });
        rows.sort(function (a, b) {
          if (isNumber) {
            var an = isNaN(a.key), bn = isNaN(b.key);
            if (an || bn) { return an && bn ? a.place - b.place : an ? 1 : -1; }
            return sign * (a.key - b.key) || a.place - b.place;
          }
          return sign * a.key.localeCompare(b.key) || a.place - b.place;
        });
        head.parentNode.querySelectorAll('th').forEach(function (th) { th.removeAttribute('aria-sort'); });
        head.setAttribute('aria-sort', sign > 0 ? 'ascending' : 'descending');
        var sorted = rows.map(function (item) { return item.row; });
        if (table.allRows) { table.allRows = sorted; table.showPage(0); } else { body.append.apply(body, sorted); }
      }
      var pageSize = 25;
      function paginate(table) {
        var body = table.tBodies[0];
        var isRemote = table.dataset.table !== undefined;
        if (table.showPage || !isRemote && body.rows.length <= 2 * pageSize) { return; }
        if (!isRemote) { table.allRows = Array.from(body.rows); }
        var pager = document.createElement('div'), page = 0, order = '', asked = 0;
        pager.className = 'pager';
        pager.innerHTML = '<button type="button">\\u2039 previous</button><span aria-live="polite"></span>'
          + '<button type="button">next \\u203a</button><label>row <input type="number" min="1" step="1"></label>';
        var buttons = pager.querySelectorAll('button'), text = pager.querySelector('span');
        var input = pager.querySelector('input');
        function count() { return isRemote ? Number(table.dataset.rows) : table.allRows.length; }
        function say(start, shown) {
          var last = Math.ceil(count() / pageSize) - 1;
          text.textContent = 'rows ' + (start + 1).toLocaleString('en') + '\\u2013' + (start + shown).toLocaleString('en')
            + ' of ' + count().toLocaleString('en');
          buttons[0].disabled = page === 0; buttons[1].disabled = page >= last;
        }
        table.showPage = function (wanted) {
          page = Math.min(Math.max(wanted, 0), Math.max(0, Math.ceil(count() / pageSize) - 1));
          var start = page * pageSize;
          if (!isRemote) {
            var shown = table.allRows.slice(start, start + pageSize);
            body.replaceChildren.apply(body, shown);
            say(start, shown.length);
            return;
          }
          var number = ++asked;
          fetch(window.tlxPath + 'rows?table=' + table.dataset.table + '&start=' + start + '&count=' + pageSize + order)
            .then(function (answer) { return answer.ok ? answer.text() : Promise.reject(); })
            .then(function (html) {
              // An answer that was overtaken by a later question is not shown.
              if (number !== asked) { return; }
              body.innerHTML = html;
              say(start, body.rows.length);
            }).catch(function () { text.textContent = 'these rows are gone'; });
        };
        if (isRemote) {
          table.sortRows = function (column, rising) {
            order = '&column=' + column + '&rising=' + rising;
            table.showPage(0);
          };
        }
        buttons[0].addEventListener('click', function () { table.showPage(page - 1); });
        buttons[1].addEventListener('click', function () { table.showPage(page + 1); });
        input.addEventListener('change', function () {
          if (input.value !== '') { table.showPage(Math.floor((Number(input.value) - 1) / pageSize)); }
        });
        table.parentNode.after(pager);
        if (isRemote) { say(0, body.rows.length); return; }
        table.showPage(0);
        window.addEventListener('beforeprint', function () { body.replaceChildren.apply(body, table.allRows); });
        window.addEventListener('afterprint', function () { table.showPage(page); });
      }
      window.tlxPaginate = function (root) { root.querySelectorAll('table.data').forEach(paginate); };
      window.tlxPaginate(document);
      window.addEventListener('beforeprint', function () {
        document.querySelectorAll('main details').forEach(function (one) { one.open = true; });
      });
      if (matchMedia('(max-width: 1039px)').matches) {
        var contents = document.querySelector('nav details');
        if (contents) { contents.open = false; }
      }
    })();
    """

  /// What the page's policy calls its script by, so that no other runs.
  static func checksum(of script: String) -> String {
    let digits = Array(SHA256.text(of: Array(script.utf8)).utf8)
    let bytes = stride(from: 0, to: digits.count - 1, by: 2).compactMap { index in
      UInt8(String(decoding: digits[index...index + 1], as: UTF8.self), radix: 16)
    }
    return Base64.text(bytes)
  }
}
