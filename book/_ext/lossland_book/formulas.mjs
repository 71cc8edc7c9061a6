/* Sets formulas for formulas.py: one JSON object a line in, one a line out.
   {"tex", "display"} is answered by {"html"} or {"error"}, {"css": true} by {"css"}.
   Arguments: the folder with MathJax's package, where its fonts will lie, TeX macros as JSON. */
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const [folder, fontURL, macros] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const MathJax = await require(`${folder}/es5/node-main.js`).init({
  loader: { load: ["input/tex-full", "output/chtml", "a11y/assistive-mml"] },
  tex: {
    packages: ["base", "ams", "newcommand", "configmacros", "boldsymbol", "cancel", "mathtools"],
    macros: JSON.parse(macros),
    formatError(_, error) {
      throw error;
    },
  },
  chtml: { fontURL, adaptiveCSS: false },
});
const adaptor = MathJax.startup.adaptor;

function answer({ tex, display, css }) {
  if (css) return { css: adaptor.textContent(MathJax.chtmlStylesheet()) };
  try {
    return { html: adaptor.outerHTML(MathJax.tex2chtml(tex, { display })) };
  } catch (error) {
    return { error: String(error.message ?? error) };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(answer(JSON.parse(line)))}\n`);
}
