/* Make one document of the book's pages, for tools/pdf.py to print: every page's article behind a
   title page and the contents. Ids get their page's name before them, so that links between pages
   become links within the document. */
async ({ names, title, author, version }) => {
  const parse = async (name) => {
    const reply = await fetch(`${name}.html`);
    if (!reply.ok) throw new Error(`no page ${name}`);
    return new DOMParser().parseFromString(await reply.text(), "text/html");
  };
  const make = (tag, text = "", className = "") =>
    Object.assign(document.createElement(tag), { textContent: text, className });
  const anchor = (name, id) => `${name}--${id}`;
  const printed = new Set(names);

  const within = (name, href) => {
    const [file, id = ""] = href.split("#");
    const page = file === "" ? name : file.endsWith(".html") ? file.slice(0, -5) : null;
    return printed.has(page) ? `#${anchor(page, id)}` : null;
  };

  const liveAddress = (name, source, place) => {
    const canonical = source.querySelector("link[rel=canonical]")?.href;
    const section = place.closest("section[id]")?.id;
    return `${canonical ?? `${name}.html`}${section ? `#${section}` : ""}`;
  };

  const article = (name, source) => {
    const found = document.importNode(source.querySelector("article"), true);
    for (const place of found.querySelectorAll(".instead:has(.tag_widget-fallback)")) {
      const line = make("p", "This figure is alive at ", "paper-live");
      const address = liveAddress(name, source, place);
      const link = make(/^https?:/.test(address) ? "a" : "span", address, "paper-address");
      if (link.localName === "a") link.href = address;
      line.append(link);
      place.append(line);
    }
    for (const part of found.querySelectorAll(".tag_widget, script, button, .noscript")) part.remove();
    for (const disclosure of found.querySelectorAll("details")) disclosure.open = true;
    for (const picture of found.querySelectorAll("img")) picture.loading = "eager";
    for (const link of found.querySelectorAll("a[href]")) {
      const inner = within(name, link.getAttribute("href"));
      if (inner) link.setAttribute("href", inner);
    }
    for (const part of found.querySelectorAll("[id]")) {
      if (!part.closest("svg")) part.id = anchor(name, part.id);
    }
    found.id = anchor(name, "");
    found.classList.add("paper-page");
    return found;
  };

  const pages = [];
  for (const name of names) pages.push([name, await parse(name)]);
  const known = new Set([...document.querySelectorAll("link[rel=stylesheet]")].map((e) => e.href));
  for (const [, source] of pages) {
    for (const sheet of source.querySelectorAll("link[rel=stylesheet]")) {
      const href = new URL(sheet.getAttribute("href"), location.href).href;
      if (known.has(href)) continue;
      known.add(href);
      const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href });
      const loaded = new Promise((done) => (link.onload = link.onerror = done));
      document.head.append(link);
      await loaded;
    }
  }

  const front = make("section", "", "paper-title");
  front.append(make("p", title, "paper-name"), make("p", "Optimization for machine learning"));
  front.append(make("p", `${author}, version ${version}`));
  const contents = make("nav", "", "paper-contents");
  contents.append(make("h1", "Contents"), make("ul"));
  for (const [name, source] of pages) {
    const heading = source.querySelector("article h1").cloneNode(true);
    heading.querySelector(".headerlink")?.remove();
    const link = Object.assign(document.createElement("a"), { href: `#${anchor(name, "")}` });
    link.append(...document.importNode(heading, true).childNodes);
    contents.lastChild.append(make("li"));
    contents.lastChild.lastChild.append(link);
  }
  document.title = title;
  document.documentElement.dataset.theme = "light";
  document.body.className = "paper";
  document.body.replaceChildren(front, contents, ...pages.map(([name, source]) => article(name, source)));

  const pictures = [...document.images];
  const loads = pictures.map((e) => e.complete || new Promise((done) => (e.onload = e.onerror = done)));
  await Promise.all(loads);
  await document.fonts.ready;
  const missing = pictures.filter((e) => e.naturalWidth === 0).map((e) => e.getAttribute("src"));
  if (missing.length) throw new Error(`no picture ${missing[0]}`);
}
