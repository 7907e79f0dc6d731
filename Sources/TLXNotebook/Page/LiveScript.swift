/// What a live page does besides: it takes new cells as they come and sends what its reader sets.
enum LiveScript {
  static func text(path: String) -> String {
    """

    (function () {
      var path = window.tlxPath = '\(path)', status = document.getElementById('connection'), cells = document.getElementById('cells');
      var timers = {};
      function say(text) { status.textContent = text; status.hidden = text === ''; }
      function element(html) {
        var box = document.createElement('template');
        box.innerHTML = html.trim();
        return box.content.firstElementChild;
      }
      function apply(update) {
        var known = {};
        Array.from(cells.children).forEach(function (cell) { known[cell.id] = cell; });
        var last = null;
        update.order.forEach(function (id) {
          var cell = known[id];
          if (update.cells[id]) {
            var fresh = element(update.cells[id]);
            if (cell) {
              var open = Array.from(cell.querySelectorAll('details')).map(function (d) { return d.open; });
              var focus = document.activeElement && cell.contains(document.activeElement) ? document.activeElement.dataset.name : null;
              fresh.querySelectorAll('details.code').forEach(function (d, i) { if (open.length > i) { d.open = open[i]; } });
              cell.replaceWith(fresh);
              if (focus) { var again = fresh.querySelector('[data-name="' + CSS.escape(focus) + '"]'); if (again) { again.focus(); } }
            }
            cell = fresh;
            window.tlxPaginate(cell);
          }
          if (!cell) { return; }
          delete known[id];
          if (last ? last.nextElementSibling !== cell : cells.firstElementChild !== cell) {
            if (last) { last.after(cell); } else { cells.prepend(cell); }
          }
          last = cell;
        });
        Object.keys(known).forEach(function (id) { if (known[id].parentNode === cells) { known[id].remove(); } });
        if (update.foot) { document.getElementById('foot').innerHTML = update.foot; }
        if (update.contents) {
          var nav = document.querySelector('nav'), isOpen = nav.querySelector('details').open;
          var next = element(update.contents);
          next.querySelector('details').open = isOpen;
          nav.replaceWith(next);
        }
        document.documentElement.dataset.version = update.version;
        say(update.problem || '');
      }
      var events = new EventSource(path + 'events');
      events.onmessage = function (event) { apply(JSON.parse(event.data)); };
      events.onerror = function () { say('The program has gone: tlx watch starts it again.'); };
      events.onopen = function () { say(''); };
      function send(what) { fetch(path + what, { method: 'POST' }).catch(function () {}); }
      function value(input) {
        var share = Number(input.value) / 1000, low = Number(input.dataset.low), high = Number(input.dataset.high);
        var number = input.dataset.log === 'true' ? low * Math.pow(high / low, share) : low + share * (high - low);
        if (input.dataset.step) {
          var step = Number(input.dataset.step);
          number = low + Math.round((number - low) / step) * step;
        }
        return Math.min(high, Math.max(low, Number(number.toPrecision(6))));
      }
      document.addEventListener('input', function (event) {
        var input = event.target;
        if (!input.dataset || !input.dataset.name) { return; }
        var isRange = input.type === 'range', shown = isRange ? value(input) : input.value;
        if (isRange) { input.parentNode.querySelector('output').textContent = shown; }
        clearTimeout(timers[input.dataset.name]);
        timers[input.dataset.name] = setTimeout(function () {
          send('set?name=' + encodeURIComponent(input.dataset.name) + '&value=' + encodeURIComponent(shown));
        }, isRange ? 60 : 0);
      });
      document.addEventListener('click', function (event) {
        var button = event.target.closest('button[data-run]');
        if (button) { send('run?cell=' + button.dataset.run); }
      });
    })();
    """
  }
}
