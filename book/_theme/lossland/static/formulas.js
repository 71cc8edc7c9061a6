/* Brings MathJax to the page. It takes a tenth of a second to start, so the widgets go first; then it sets the
   formulas in small lots, those in view first, because a chapter's hundreds at once would hold up everything
   else that the reader does. `data-mathjax` on this script's element says where it lies. */
{
  const LOT = 16;
  const PATIENCE = 600; // ms to wait for slow widgets
  const address = document.currentScript.dataset.mathjax;
  const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
  const leisure = () => new Promise((done) => (window.requestIdleCallback ?? setTimeout)(done, { timeout: 100 }));

  async function setFormulas() {
    const formulas = [...document.querySelectorAll(".math")];
    const places = new Map(formulas.map((formula) => [formula, formula.getBoundingClientRect()]));
    const order = ({ top, bottom }) => (bottom < 0 ? 2 : top > innerHeight ? 1 : 0);
    formulas.sort((a, b) => order(places.get(a)) - order(places.get(b)));
    for (let first = 0; first < formulas.length; first += LOT) {
      await window.MathJax.typesetPromise(formulas.slice(first, first + LOT));
      returnToTarget();
      await leisure();
    }
    skipFar();
  }

  // A formula is not as high as its text was: hold on to the place that the address names, until the reader moves.
  let moved = false;
  for (const type of ["wheel", "touchstart", "pointerdown", "keydown", "hashchange"]) {
    addEventListener(type, () => (moved = true), { once: true, passive: true });
  }
  function returnToTarget() {
    if (!moved) document.querySelector(":target")?.scrollIntoView({ behavior: "instant" });
  }

  /** What is far from the window is skipped from now on (lossland.css), but for a new width all is laid out anew. */
  function skipFar() {
    const settled = (yes) => document.documentElement.classList.toggle("settled", yes);
    let [width, timer] = [innerWidth, 0];
    addEventListener("resize", () => {
      if (innerWidth === width) return;
      width = innerWidth;
      settled(false);
      clearTimeout(timer);
      timer = setTimeout(settled, 300, true);
    });
    settled(true);
  }

  // MathJax puts its own promise in this one's place when it starts.
  const promise = new Promise((done) => {
    window.MathJax.startup = { pageReady: () => setFormulas().then(done) };
  });
  window.MathJax.startup.promise = promise;

  Promise.race([window.losslandWidgets, pause(PATIENCE)]).then(() => {
    const script = document.createElement("script");
    script.src = address;
    document.head.append(script);
  });
}
