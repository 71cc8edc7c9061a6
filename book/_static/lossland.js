/* The site's own script: theme, contents drawer, "where am I", printing, scroll boxes, self-checks.
   Every page reads and navigates without it. */
(() => {
  const root = document.documentElement;
  const $ = (selector, within = document) => within.querySelector(selector);
  const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];

  // --- theme: automatic, light, dark; data-theme always says which of the two is shown ---------
  const MODES = ["auto", "light", "dark"];
  const NAMES = { auto: "automatic", light: "light", dark: "dark" };
  const system = matchMedia("(prefers-color-scheme: dark)");

  function showTheme(mode) {
    root.dataset.mode = mode;
    root.dataset.theme = mode === "auto" ? (system.matches ? "dark" : "light") : mode;
    $("#theme-button").textContent = `Theme: ${NAMES[mode]}`;
  }

  function startTheme() {
    const known = MODES.includes(root.dataset.mode) ? root.dataset.mode : "auto";
    showTheme(known);
    system.addEventListener("change", () => showTheme(root.dataset.mode));
    $("#theme-button").addEventListener("click", () => {
      const next = MODES[(MODES.indexOf(root.dataset.mode) + 1) % MODES.length];
      showTheme(next);
      try {
        localStorage.setItem("lossland-theme", next);
      } catch {
        /* storage is closed: the choice holds for this page */
      }
    });
  }

  // --- paper is light, opens every disclosure, and is never near enough for pictures to load ---
  function startPrinting() {
    let opened = [];
    addEventListener("beforeprint", () => {
      root.dataset.theme = "light";
      opened = $$("details:not([open])");
      for (const disclosure of opened) disclosure.open = true;
      for (const picture of $$("img[loading]")) picture.loading = "eager";
    });
    addEventListener("afterprint", () => {
      showTheme(root.dataset.mode);
      for (const disclosure of opened) disclosure.open = false;
    });
  }

  // --- the contents drawer of narrow screens ------------------------------------------------
  function startDrawer() {
    const opener = $("#open-way");
    const way = $("#way");
    for (const link of [opener, $("#close-way")]) link.setAttribute("role", "button");
    const show = (open) => {
      way.classList.toggle("open", open);
      root.classList.toggle("way-open", open);
      opener.setAttribute("aria-expanded", String(open));
      for (const part of [$(".skip"), $(".middle"), $(".bar"), $(".aside")]) part.inert = open;
      if (open) $("#close-way").focus();
      else opener.focus();
    };
    opener.setAttribute("aria-expanded", "false");
    const act = (element, open) => {
      element.addEventListener("click", (event) => {
        event.preventDefault();
        show(open);
      });
      element.addEventListener("keydown", (event) => {
        if (event.key === " ") {
          event.preventDefault();
          show(open);
        }
      });
    };
    act(opener, true);
    act($("#close-way"), false);
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && way.classList.contains("open")) show(false);
    });
    matchMedia("(min-width: 62rem)").addEventListener("change", () => {
      if (way.classList.contains("open")) show(false);
    });
  }

  // --- where am I: the section one is reading, and the hiker between two chapters -----------------
  const SIGHT = 0.3; // of the window's height: a section counts as reached when it starts above

  function startPlace() {
    const links = new Map($$(".sections a").map((a) => [a.hash.slice(1), a]));
    const parts = [...links.keys()].map((id) => document.getElementById(id)).filter(Boolean);
    const stretch = $("#stretch");
    const walker = $("#walker");
    const line = $("#progress");
    const still = matchMedia("(prefers-reduced-motion: reduce)");
    const length = stretch?.getTotalLength() ?? 0;
    if (stretch) stretch.style.strokeDasharray = length;
    // Measured when the page changes its height, never while it scrolls.
    let tops = [];
    let end = 1;
    let pending = false;

    function measure() {
      tops = parts.map((part) => part.getBoundingClientRect().top + scrollY);
      end = Math.max(1, root.scrollHeight - innerHeight);
      if (line) {
        const places = tops.slice(1).map((top) => (top - SIGHT * innerHeight) / end);
        const ticks = places.filter((place) => place < 1).map((place) => {
          const tick = document.createElement("b");
          tick.style.left = `${100 * place}%`;
          return tick;
        });
        line.replaceChildren(line.firstElementChild, ...ticks);
      }
      mark();
    }

    function mark() {
      pending = false;
      const sight = scrollY + innerHeight * SIGHT;
      const atEnd = scrollY >= end - 4;
      const passed = tops.filter((top) => top <= sight).length;
      const here = atEnd ? parts.at(-1) : parts[passed - 1];
      for (const [id, link] of links) {
        if (here && id === here.id) link.setAttribute("aria-current", "location");
        else link.removeAttribute("aria-current");
      }
      // With less motion she stands at the beginning of the section, and moves with the next.
      const way = still.matches && !atEnd ? (tops[passed - 1] ?? 0) / end : scrollY / end;
      const walked = Math.min(1, Math.max(0, way));
      line?.style.setProperty("--walked", walked);
      if (!stretch) return;
      const { x, y } = stretch.getPointAtLength(walked * length);
      walker.setAttribute("transform", `translate(${x.toFixed(1)} ${y.toFixed(1)})`);
      stretch.style.strokeDashoffset = length * (1 - walked);
    }

    addEventListener(
      "scroll",
      () => {
        if (!pending) requestAnimationFrame(mark);
        pending = true;
      },
      { passive: true },
    );
    new ResizeObserver(measure).observe(document.body);
    measure();
  }

  // --- boxes that scroll sideways must be reachable by keyboard ---------------------------------
  function startScrollBoxes() {
    const boxes = $$("pre, .table-box, .cell_output > .output, mjx-container[display='true']");
    const check = (box) => {
      if (box.scrollWidth > box.clientWidth + 1) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    };
    const observer = new ResizeObserver((entries) => entries.forEach(({ target }) => check(target)));
    for (const box of boxes) observer.observe(box);
  }

  // --- a table too wide for its box becomes a list of rows, each cell with its column's name ------
  function label(table) {
    const heads = $$("thead th", table);
    for (const row of $$("tbody tr", table)) {
      [...row.cells].forEach((cell, column) => {
        const name = document.createElement("span");
        name.className = "cell-label";
        name.ariaHidden = "true";
        name.append(...[...(heads[column]?.childNodes ?? [])].map((node) => node.cloneNode(true)));
        const content = document.createElement("span");
        content.className = "cell-content";
        content.append(...cell.childNodes);
        cell.append(name, content);
      });
    }
    // Cells shown as blocks would no longer count as a table.
    const roles = { thead: "rowgroup", tbody: "rowgroup", tr: "row", th: "columnheader", td: "cell" };
    table.setAttribute("role", "table");
    for (const [tag, role] of Object.entries(roles)) {
      for (const element of $$(tag, table)) element.setAttribute("role", role);
    }
  }

  function startTables() {
    const fit = (box) => {
      const table = $("table", box);
      if (!table || !$("thead th", table)) return;
      table.classList.remove("stacked");
      if (box.scrollWidth <= box.clientWidth + 1) return;
      if (!$(".cell-label", table)) label(table);
      table.classList.add("stacked");
    };
    const boxes = $$(".table-box");
    let width = 0;
    const fitAll = () => {
      if (innerWidth === width) return;
      width = innerWidth;
      boxes.forEach(fit);
    };
    document.fonts.ready.then(() => {
      fitAll();
      addEventListener("resize", () => requestAnimationFrame(fitAll), { passive: true });
    });
  }

  // --- what is far from the window is skipped (lossland.css) once it has been laid out ------------
  function startSkipping() {
    const settled = (yes) => root.classList.toggle("settled", yes);
    let [width, timer] = [innerWidth, 0];
    addEventListener("resize", () => {
      if (innerWidth === width) return;
      width = innerWidth;
      settled(false);
      clearTimeout(timer);
      timer = setTimeout(settled, 300, true);
    });
    const begin = () => document.fonts.ready.then(() => setTimeout(settled, 100, true));
    if (document.readyState === "complete") begin();
    else addEventListener("load", begin);
  }

  // --- search: "/" goes to the field --------------------------------------------------------------
  function startSearch() {
    const field = $("#search-field, #search-words");
    document.addEventListener("keydown", (event) => {
      const typing = event.target.closest("input, textarea, select, [contenteditable]");
      if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
        if (field.offsetParent === null) $("#open-way").click();
        field.focus();
        event.preventDefault();
      }
    });
  }

  // --- side paths: a link into one opens it, and one button opens them all --------------------------
  function openAround(id) {
    let part = id && document.getElementById(id);
    const closed = [];
    for (; part; part = part.parentElement) if (part.matches("details:not([open])")) closed.push(part);
    for (const fold of closed) fold.open = true;
    return closed.length > 0;
  }

  function startSidePaths() {
    const arrive = () => {
      const id = decodeURIComponent(location.hash.slice(1));
      if (openAround(id)) document.getElementById(id).scrollIntoView({ behavior: "instant" });
    };
    arrive();
    addEventListener("hashchange", arrive);
    // A link to the place that the address names already changes nothing: it must still open the fold.
    document.addEventListener("click", (event) => {
      const link = event.target.closest("a[href]");
      if (link?.hash && link.hash === location.hash && link.pathname === location.pathname) arrive();
    });
    const folds = $$("details.side-path");
    const place = $(".page-time");
    if (!folds.length || !place) return;
    const button = document.createElement("button");
    button.type = "button";
    const tell = () => {
      const all = folds.every((fold) => fold.open);
      button.textContent = all ? "Close all side paths" : "Open all side paths";
    };
    button.addEventListener("click", () => {
      const open = !folds.every((fold) => fold.open);
      for (const fold of folds) fold.open = open;
    });
    for (const fold of folds) fold.addEventListener("toggle", tell);
    tell();
    place.append(" ", button);
  }

  // --- self-checks -----------------------------------------------------------------------------
  function readNumber(text) {
    const plain = text.trim().replace(/[−–]/g, "-").replace(",", ".").replace(/\s+/g, "");
    const number = "[-+]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][-+]?\\d+)?";
    const match = plain.match(new RegExp(`^(${number})(?:/(${number}))?(%)?$`));
    if (!match) return NaN;
    return (Number(match[1]) / Number(match[2] ?? 1)) * (match[3] ? 0.01 : 1);
  }

  function near(value, wanted, tolerance) {
    return Math.abs(value - wanted) <= tolerance * Math.max(Math.abs(wanted), wanted === 0 ? 1 : 0);
  }

  function answersTo(form) {
    const answers = $$(".selfcheck-answer", form);
    if (form.dataset.kind === "number") {
      const value = readNumber($("input", form).value);
      if (!Number.isFinite(value)) return null;
      const tolerance = Number(form.dataset.tolerance);
      const numbered = answers.filter((a) => a.dataset.value !== "*");
      const hit = numbered.find((a) => near(value, Number(a.dataset.value), tolerance));
      return [hit ?? answers.find((a) => a.dataset.value === "*")].filter(Boolean);
    }
    const chosen = $$("input:checked", form).map((input) => input.value);
    return chosen.length ? answers.filter((a) => chosen.includes(a.dataset.position)) : null;
  }

  function reply(form) {
    const chosen = answersTo(form);
    const box = $(".selfcheck-reply", form);
    box.replaceChildren();
    const say = (text, state) => {
      const line = document.createElement("p");
      line.className = "selfcheck-verdict";
      line.textContent = text;
      box.append(line);
      form.dataset.state = state;
    };
    if (chosen === null) {
      say(form.dataset.kind === "number" ? "Type a number first." : "Choose an answer first.", "");
      return;
    }
    const wanted = $$('.selfcheck-answer[data-right="true"]', form);
    const wrong = chosen.filter((answer) => answer.dataset.right !== "true");
    const missing = form.dataset.kind === "several" && wanted.some((a) => !chosen.includes(a));
    if (!chosen.length) say("That is not it. All answers are explained below.", "wrong");
    else if (wrong.length) say("Not right.", "wrong");
    else if (missing) say("Right as far as it goes, but another answer is right as well.", "wrong");
    else say("Right.", "right");
    for (const answer of wrong.length ? wrong : chosen) {
      for (const part of answer.children) {
        if (!part.classList.contains("selfcheck-heading")) box.append(part.cloneNode(true));
      }
    }
    for (const copy of $$("[id]", box)) copy.removeAttribute("id");
  }

  function startSelfchecks() {
    for (const form of $$("form.selfcheck")) {
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        reply(form);
      });
    }
  }

  function start() {
    startTheme();
    startPrinting();
    startDrawer();
    startPlace();
    startScrollBoxes();
    startTables();
    startSkipping();
    startSearch();
    startSidePaths();
    startSelfchecks();
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
