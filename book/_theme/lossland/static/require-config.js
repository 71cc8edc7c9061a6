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

  // The widgets' manager knows MathJax 2 and asks for its queue; the page has MathJax 3, which puts
  // a new object in place of its settings when it has come, and that is before the page's load.
  const giveQueue = () => {
    if (window.MathJax?.startup && !MathJax.Hub) {
      MathJax.Hub = {
        Queue: ([, , element]) =>
          MathJax.startup.promise.then(() => MathJax.typesetPromise([element])),
      };
    }
  };
  for (const event of ["DOMContentLoaded", "load"]) addEventListener(event, giveQueue);
})();
