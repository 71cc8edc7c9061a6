"""Written answers that try to act in the browser of whoever reads them."""

from __future__ import annotations

import base64

ELSEWHERE = "http://elsewhere.example"
SVG = base64.b64encode(b"<svg xmlns='http://www.w3.org/2000/svg' onload='hit()'/>").decode()
SCORES = (
    '<div class="nbgrader_cell"><input class="score" id="words">'
    '<button class="full-credit">press</button></div>'
)
HIT = "window.hit = (window.hit || 0) + 1"
WORDS = {
    "honest": "Because **it** is $x < 1$.\n\n- one\n- two",
    "binds-the-score-box": f'<div class="nbgrader_cell"><div id="words">\n{SCORES}\n</div></div>',
    "heading-named-as-a-box": "# words\n\n## words-comment\n\ntest_slope\n===",
    "full-credit-everywhere": '<p class="full-credit btn" style="position:fixed;inset:0">x</p>' * 9,
    "script": f"<script>{HIT}</script>",
    "handlers": f'<img src=x onerror="{HIT}"><b onclick="{HIT}">b</b>'
    f'<details open ontoggle="{HIT}">d</details>',
    "autofocus": f'<input autofocus onfocus="{HIT}"><a tabindex=0 autofocus onfocus="{HIT}">a</a>',
    "javascript-link": f'[a](javascript:{HIT}) <a href="javascript:{HIT}">b</a>'
    f' <a href="&#106;avascript:{HIT}">c</a>',
    "files-prefix": f'<a href="files/javascript:{HIT}">a</a> [b](files/javascript:{HIT})'
    f" <a href=\"/files/javascript:{HIT}\">c</a> <a href='files/files/javascript:{HIT}'>d</a>",
    "data-link": f'<a href="data:text/html,<script>{HIT}</script>">a</a> [b](data:text/html,x)',
    "remote-image": f"![a]({ELSEWHERE}/a.png) <img src='{ELSEWHERE}/b.png'>"
    f"<img src='//elsewhere.example/c.png'><img srcset='{ELSEWHERE}/d.png 1x'>",
    "remote-link": f"[a]({ELSEWHERE}) {ELSEWHERE} <{ELSEWHERE}>",
    "overlay": f'<style>@import "{ELSEWHERE}/s.css"; body {{ background: url({ELSEWHERE}/e.png) }}'
    '</style><div style="position:fixed;inset:0;z-index:9999">over</div>',
    "frame": f'<iframe src="{ELSEWHERE}"></iframe><iframe srcdoc="<script>parent.hit=1</script>">'
    f'</iframe><object data="{ELSEWHERE}"></object><embed src="{ELSEWHERE}">',
    "form": f'<form action="{ELSEWHERE}"><button>Save</button></form><button form=f>x</button>',
    "refresh": f'<meta http-equiv="refresh" content="0;url={ELSEWHERE}"><base href="{ELSEWHERE}/">'
    f'<link rel="stylesheet" href="{ELSEWHERE}/s.css"><link rel=prefetch href="{ELSEWHERE}/p">',
    "svg": f'<svg onload="{HIT}"><a xlink:href="javascript:{HIT}"><text>t</text></a></svg>'
    f'<img src="data:image/svg+xml;base64,{SVG}"><math href="javascript:{HIT}">m</math>',
    "unclosed": "<table><tr><td><div><textarea><title><select><noscript><plaintext>",
    "closing": "</div></div></div></div></div></body></html><p>after</p>",
    "comment": "text <!-- swallows ]]> --!> -- > <![CDATA[ <script>",
    "deep-elements": "<div>" * 10_000,
    "deep-quotes": ">" * 10_000 + " x\n" + "- " * 3_000 + "x",
    "blank-lines": "above" + "\n" * 60_000 + "below",
    "blanks": "left" + " " * 99_000 + "right",
    "tex": "$\\href{javascript:hit()}{x}$ $\\class{score full-credit}{y}$ $\\cssId{words}{z}$ "
    "$\\style{position:fixed;inset:0}{w}$ $\\require{html}$ $\\hr<!-- -->ef{javascript:1}{v}$",
    "markdown-attributes": "{#words .score}\n\n# x {#words}\n\n[a]: javascript:hit()\n\n[a]![b][a]",
    "mermaid": f'```mermaid\ngraph TD; A["<img src=x onerror={HIT}>"]\n```',
    "own-server": "![a](/logout) ![b](../../../logout) <img src='/formgrader/api/grades'>",
    "names": '<img name="formgrader"><a name="MathJax">x</a><form name="$"></form>',
}
ATTACHED = {"none.png": {"image/png": "AAAA"}, "x": {"image/svg+xml": SVG, "text/html": "<b>"}}
