/* The search page: every section that holds all the words, those with the words in their headings first.
   MiniSearch ranks and a stemmer makes "converging" find "converges"; what is ours are the sections, letters that
   compare (κ is kappa), and excerpts. */
(() => {
  const { MiniSearch, stemmer } = window.losslandSearch;
  const $ = (selector) => document.querySelector(selector);
  const MOST = 40; // results shown
  const BEFORE = 12; // words of an excerpt before and after the first hit
  const AFTER = 26;
  const LETTERS = "αβγδεζηθικλμνξπρστυφχψω";
  const NAMES =
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi omega".split(" ");

  /** Letters that compare: small, without accents, Greek ones by their names. */
  const fold = (text) =>
    text
      .toLowerCase()
      .normalize("NFD")
      .replace(/\p{M}/gu, "")
      .replace(/ς/gu, "σ")
      .replace(/[α-ω]/gu, (letter) => NAMES[LETTERS.indexOf(letter)] ?? letter);
  const split = (text) => fold(text).match(/[\p{L}\p{N}_]+/gu) ?? [];

  const sections = (window.losslandSections ?? []).flatMap((page) =>
    page.sections.map((section, k) => ({
      ...section,
      address: `${page.url}${k ? `#${section.id}` : ""}`,
      page: `${page.number} ${page.sections[0].title}`.trim(),
      first: k === 0,
    })),
  );
  const index = new MiniSearch({
    idField: "key",
    fields: ["title", "text", "code"],
    tokenize: split,
    processTerm: stemmer,
    searchOptions: {
      combineWith: "AND",
      prefix: (term) => term.length > 2,
      boost: { title: 100, code: 0.1 },
      boostDocument: (key) => (sections[key].first ? 1.5 : 1),
    },
  });
  index.addAll(sections.map(({ title, text, code }, key) => ({ key, title, text, code })));

  function element(tag, className, ...children) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    made.append(...children);
    return made;
  }

  /** The words around the first place where a term stands, the terms marked. */
  function excerpt(text, terms) {
    const words = text.split(/\s+/u);
    const hit = (word) => split(word).some((part) => terms.has(stemmer(part)));
    const near = (k) => words.slice(k, k + 6).filter(hit).length;
    const hits = words.flatMap((word, k) => (hit(word) ? [k] : []));
    const best = hits.reduce((a, b) => (near(b) > near(a) ? b : a), hits[0] ?? 0);
    const start = Math.max(0, best - BEFORE);
    const line = element("p", "context");
    if (start > 0) line.append("… ");
    for (const word of words.slice(start, best + AFTER)) {
      line.append(hit(word) ? element("mark", "", word) : word, " ");
    }
    if (best + AFTER < words.length) line.append("…");
    return line;
  }

  function item(section, terms) {
    const link = element("a", "", section.title);
    link.href = section.address;
    const entry = element("li", "", link);
    if (!section.first) entry.append(element("span", "where", section.page));
    if (section.text) entry.append(excerpt(section.text, terms));
    return entry;
  }

  function show(query) {
    const terms = split(query);
    const say = (text) => ($("#search-progress").textContent = text);
    const box = $("#search-results");
    box.replaceChildren();
    if (!terms.length) return say("");
    const found = index.search(query);
    if (found.length) {
      const list = element("ol", "search", ...found.slice(0, MOST).map(({ id, terms: met }) => item(sections[id], new Set(met))));
      box.append(list);
      const more = found.length > MOST ? `, the first ${MOST} are shown` : "";
      return say(`${found.length} ${found.length === 1 ? "section" : "sections"} found${more}.`);
    }
    const alone = terms.length > 1 ? terms.filter((term) => index.search(term).length) : [];
    if (alone.length) {
      const links = alone.map((term) => {
        const link = element("a", "", `${term} (${index.search(term).length})`);
        link.href = `?q=${encodeURIComponent(term)}`;
        return element("li", "", link);
      });
      box.append(element("p", "", "Each of these words is found alone:"), element("ul", "", ...links));
    }
    box.append($("#search-next").content.cloneNode(true));
    return say(`No section holds ${terms.length > 1 ? "all these words" : `“${query.trim()}”`}.`);
  }

  function start() {
    const field = $("#search-words");
    const given = new URLSearchParams(location.search).get("q") ?? "";
    field.value = given;
    show(given);
    let waiting = 0;
    const again = () => {
      const query = field.value.trim();
      history.replaceState(null, "", query ? `?q=${encodeURIComponent(query)}` : location.pathname);
      show(query);
    };
    field.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(again, 150);
    });
    field.form.addEventListener("submit", (event) => {
      event.preventDefault();
      clearTimeout(waiting);
      again();
    });
    if (!given) field.focus();
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
