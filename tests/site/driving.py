"""Drive every control of a widget to both its ends, and look whether the picture follows.

Nothing here knows a widget: controls are what the page offers to keyboard and mouse, and the
picture is every canvas and SVG below the widget's root. A control that changes no picture is a
complaint. A button may answer in words instead (a link copied), but it must answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from playwright.sync_api import Locator, Page

CONTROLS = "input, select, button, [role=slider]"
# A number for all that a reader sees drawn.
PICTURE = """(root) => {
  const drawn = [...root.querySelectorAll("canvas")].map((e) => e.toDataURL());
  const lines = [...root.querySelectorAll("svg")].map((e) => e.outerHTML);
  let hash = 0;
  for (const text of [...drawn, ...lines]) {
    for (let k = 0; k < text.length; k += 1) hash = (Math.imul(hash, 31) + text.charCodeAt(k)) | 0;
  }
  return String(hash);
}"""
WORDS = "(root) => root.innerText"
# What was said before is taken back, so that the same words said again are an answer.
HUSH = """(root) => root.querySelectorAll("[role=status]").forEach((e) => e.replaceChildren())"""
SETTLED = """() => new Promise((done) =>
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 0))))"""
NAME = """(e) => e.getAttribute("aria-label")
  || e.labels?.[0]?.innerText
  || document.getElementById(e.getAttribute("aria-labelledby"))?.innerText
  || e.innerText || e.name"""
ARROWS = ("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown")


class Drive:
    """One widget and what was found wrong with it."""

    def __init__(self, page: Page, root: Locator) -> None:
        self.page = page
        self.root = root
        self.complaints: list[str] = []
        self.driven = 0

    def picture(self) -> str:
        """What is drawn, after the redraw."""
        self.page.evaluate(SETTLED)
        return str(self.root.evaluate(PICTURE))

    def answer(self) -> tuple[str, str]:
        """What is drawn, and what is said."""
        return self.picture(), str(self.root.evaluate(WORDS))

    def controls(self, selector: str = CONTROLS) -> Iterator[Locator]:
        """The controls that a reader can use now."""
        for control in self.root.locator(selector).all():
            if control.is_enabled() and control.evaluate("(e) => e.checkVisibility()"):
                yield control

    def expect(self, changed: bool, control: Locator, what: str) -> None:
        """Note a control without effect."""
        self.driven += 1
        if not changed:
            self.complaints.append(f"'{control.evaluate(NAME)}': {what} changes nothing")

    def all(self) -> list[str]:
        """Drive everything; the complaints."""
        kinds: dict[str, Callable[[Locator], None]] = {
            "input[type=range]": self.slide,
            "input[type=number]": self.count,
            "input[type=radio]": self.choose,
            "input[type=checkbox]": self.tick,
            "select": self.select,
            "[role=slider]:not(input)": self.push,
            "button": self.press,
        }
        for selector, act in kinds.items():
            for control in self.controls(selector):
                act(control)
        if self.driven == 0:
            self.complaints.append("the widget has no control that can be driven")
        return self.complaints

    def slide(self, control: Locator) -> None:
        """A slider: its two ends by keyboard show different pictures."""
        before = control.input_value()
        control.press("Home")
        low = self.picture()
        control.press("End")
        self.expect(self.picture() != low, control, "sliding from end to end")
        control.fill(before)

    def count(self, control: Locator) -> None:
        """A number field: its limits, else a small and a large number."""
        before = control.input_value()
        pictures = []
        for limit, otherwise in (("min", "0"), ("max", "1000")):
            control.fill(control.get_attribute(limit) or otherwise)
            control.press("Enter")
            pictures.append(self.picture())
        self.expect(pictures[0] != pictures[1], control, "its smallest and largest number")
        control.fill(before)
        control.press("Enter")

    def choose(self, control: Locator) -> None:
        """A radio button that is not chosen: choosing it by keyboard changes the picture."""
        group = self.root.locator(f"input[type=radio][name='{control.get_attribute('name')}']")
        chosen = next((radio for radio in group.all() if radio.is_checked()), group.first)
        if control.is_checked():
            return
        before = self.picture()
        control.press("Space")
        self.expect(self.picture() != before, control, "choosing it")
        chosen.press("Space")

    def tick(self, control: Locator) -> None:
        """A check box: ticking or clearing it changes the picture."""
        before = self.picture()
        control.press("Space")
        self.expect(self.picture() != before, control, "ticking it")
        control.press("Space")

    def select(self, control: Locator) -> None:
        """A list of options: each that can be chosen shows another picture than the one before."""
        first = control.input_value()
        shown = self.picture()
        options = control.locator("option:enabled")
        for value in options.evaluate_all("(all) => all.map((e) => e.value)"):
            if value != control.input_value():
                control.select_option(value)
                now = self.picture()
                self.expect(now != shown, control, f"the option '{value}'")
                shown = now
        control.select_option(first)

    def push(self, control: Locator) -> None:
        """A handle in a plot: arrow keys move it, and pulling it back and forth shows both ends."""
        for axis in (ARROWS[:2], ARROWS[2:]):
            pictures = []
            for key in axis:
                for _ in range(12):
                    control.press(f"Shift+{key}")
                pictures.append(self.picture())
            if pictures[0] != pictures[1]:
                self.expect(True, control, "")
                return
        self.expect(False, control, "the arrow keys in any direction")

    def press(self, control: Locator) -> None:
        """A button, by mouse and by keyboard: it answers, whatever was set up before."""
        for how in ("mouse", "keyboard"):
            self.expect(any(self.replies(control, how)), control, f"pressing it ({how})")

    def replies(self, control: Locator, how: str) -> Iterator[bool]:
        """Whether it answers, from one set-up after another: a preset may be on show already."""
        for setup in self.setups():
            setup()
            self.root.evaluate(HUSH)
            before = self.answer()
            if how == "mouse":
                control.click()
            else:
                control.press("Enter")
            if self.answer() != before:
                yield True
                return
            self.page.wait_for_timeout(120)  # an animation, or a word that comes later
            yield self.answer() != before

    def setups(self) -> Iterator[Callable[[], None]]:
        """The widget as it stands, then with one slider after another at an end."""
        yield lambda: None
        for slider in self.controls("input[type=range]"):
            for key in ("Home", "End"):
                yield lambda slider=slider, key=key: slider.press(key)
