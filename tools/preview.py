"""Make the picture that other sites show beside a link to the book: `python -m tools.preview`.

It is the landing page's map with the book's name, 1200 × 630 pixels, photographed in a Chromium
with the built site's own style and fonts.
"""

from __future__ import annotations

from tools.browser import built_site
from tools.common import ROOT, run

TARGET = ROOT / "book" / "_static" / "pictures" / "preview.png"
WIDTH, HEIGHT = 1200, 630
STYLE = """
  html { font-size: 18px; }
  body { width: 1200px; height: 630px; overflow: hidden; position: relative; }
  .landscape { position: absolute; inset: 200px 0 0; margin: 0; }
  .landscape { border-top: 2px solid var(--line); }
  .landscape svg { width: 1200px; height: 430px; aspect-ratio: auto; }
  .landscape svg { border-radius: 0; max-width: none; }
  .landscape .landscape-play, .landscape .ll-knob { display: none; }
  .card { position: absolute; left: 72px; top: 30px; }
  .card b { display: block; font: 600 88px/1 var(--serif); color: var(--ink); }
  .card span { display: block; margin-top: 12px; color: var(--quiet); }
  .card span { font: 400 32px/1.3 var(--sans); }
"""
CARD = """<div class="card">
  <b>Lossland</b>
  <span>Optimization for machine learning, step by step</span>
</div>"""
COMPOSE = """([style, card]) => {
  const map = document.querySelector(".landscape");
  document.body.replaceChildren(map);
  document.body.insertAdjacentHTML("beforeend", card);
  document.head.insertAdjacentHTML("beforeend", `<style>${style}</style>`);
  return document.fonts.ready.then(() => undefined);
}"""


def main() -> None:
    """Photograph the card."""
    with built_site() as (browser, home):
        page = browser.new_page(
            viewport={"width": WIDTH, "height": HEIGHT},
            color_scheme="light",
            reduced_motion="reduce",
        )
        page.goto(f"{home}index.html")
        page.evaluate(COMPOSE, [STYLE, CARD])
        page.wait_for_timeout(300)  # the fonts are drawn
        TARGET.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(TARGET))
    print(f"{TARGET.relative_to(ROOT)}: {TARGET.stat().st_size >> 10} KB")


if __name__ == "__main__":
    run(main)
