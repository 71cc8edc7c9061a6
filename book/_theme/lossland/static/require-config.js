// Tells require.js where this site keeps the widgets' modules, wherever the site itself lies.
(() => {
  const folder = new URL("../vendor/widgets/", document.currentScript.src).href;
  requirejs.config({
    paths: {
      anywidget: `${folder}anywidget`,
      "@jupyter-widgets": folder.slice(0, -1),
      "@jupyter-widgets/html-manager/dist": folder.slice(0, -1),
    },
  });

  // The widgets' manager asks MathJax 2 to set the formulas of a label. The build has set them: they wait in
  // a template of the page, each beside its TeX.
  const FORMULA = /(\\\(.+?\\\)|\$[^$]+\$)/u;
  const made = () => new Map(
    [...(document.querySelector("#label-formulas")?.content.children ?? [])].map((e) => [e.dataset.tex, e]),
  );
  window.MathJax = {
    Hub: {
      Queue([, , element]) {
        const known = made();
        const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
        const found = [];
        while (texts.nextNode()) if (FORMULA.test(texts.currentNode.data)) found.push(texts.currentNode);
        for (const text of found) {
          text.replaceWith(...text.data.split(FORMULA).map((part) => known.get(part)?.cloneNode(true) ?? part));
        }
      },
    },
  };
})();
