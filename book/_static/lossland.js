/* The site's own script: theme, contents drawer, "where am I", scroll boxes, self-checks.
   Every page reads and navigates without it. */
(() => {
  const root = document.documentElement;
  const $ = (selector, within = document) => within.querySelector(selector);
  const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];

  // Scripts run in order, MathJax's before this one or after it: ask when the page is loaded.
  const typeset = new Promise((done) => {
    addEventListener("load", () => done(window.MathJax?.startup?.promise));
  });

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

  // --- paper is light, and has no "near the window" for pictures to wait for -----------------
  function startPrinting() {
    addEventListener("beforeprint", () => {
      root.dataset.theme = "light";
      for (const picture of $$("img[loading]")) picture.loading = "eager";
    });
    addEventListener("afterprint", () => showTheme(root.dataset.mode));
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
      for (const part of [$(".middle"), $(".bar"), $(".aside")]) part.inert = open;
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

  // --- the section one is reading ---------------------------------------------------------------
  function startPlace() {
    const links = new Map($$(".sections a").map((a) => [a.hash.slice(1), a]));
    const parts = [...links.keys()].map((id) => document.getElementById(id)).filter(Boolean);
    if (!parts.length) return;
    let pending = false;
    const mark = () => {
      pending = false;
      const line = innerHeight * 0.3;
      const atEnd = scrollY + innerHeight >= document.body.scrollHeight - 4;
      const passed = parts.filter((part) => part.getBoundingClientRect().top <= line);
      const here = atEnd ? parts.at(-1) : passed.at(-1);
      for (const [id, link] of links) {
        if (here && id === here.id) link.setAttribute("aria-current", "location");
        else link.removeAttribute("aria-current");
      }
    };
    addEventListener(
      "scroll",
      () => {
        if (!pending) requestAnimationFrame(mark);
        pending = true;
      },
      { passive: true },
    );
    mark();
  }

  // --- boxes that scroll sideways must be reachable by keyboard ---------------------------------
  function startScrollBoxes() {
    const boxes = $$("pre, .table-box, .cell_output > .output");
    const check = (box) => {
      if (box.scrollWidth > box.clientWidth + 1) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    };
    const observer = new ResizeObserver((entries) => entries.forEach(({ target }) => check(target)));
    for (const box of boxes) observer.observe(box);
    typeset.then(() => $$('mjx-container[display="true"]').forEach((box) => observer.observe(box)));
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
    Promise.all([typeset, document.fonts.ready]).then(() => {
      fitAll();
      addEventListener("resize", () => requestAnimationFrame(fitAll), { passive: true });
    });
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
    const words = $("#search-words");
    if (words) words.value = new URLSearchParams(location.search).get("q") ?? "";
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
    startSearch();
    startSelfchecks();
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
