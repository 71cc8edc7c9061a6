"""Times what a reader sees, with the page's own clock: from an input event to the changed picture.

A watch starts when the page receives an event of real input. Then it looks after every frame
whether the picture has changed: a requestAnimationFrame callback posts a message to the page, which
arrives when the frame's callbacks, style, layout and painting are done. The time of that message
counts, so a figure holds the page's whole work up to the end of the frame with the new picture.
What happens outside the page's thread (the compositor, the screen) is not in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypedDict

from playwright.sync_api import Page

# `changed` is a function in JavaScript that says whether the picture is another one than at the
# event; `prepare` one that remembers the picture, called at the event.
WATCH = """({ event, prepare, changed }) => {
  const watch = (window.stopwatch = { times: [], running: 0 });
  const [remember, differs] = [eval(prepare), eval(changed)];
  const channel = new MessageChannel();
  let then = null;
  channel.port1.onmessage = () => then?.();
  addEventListener(event, () => {
    if (watch.running) return;
    watch.running = 1;
    watch.waited = 0;
    const start = performance.now();
    remember();
    const look = () => requestAnimationFrame(() => {
      then = () => {
        if (differs()) {
          watch.times.push({ start, end: performance.now() });
          watch.running = 0;
        } else look();
      };
      channel.port2.postMessage(0);
    });
    look();
  }, true);
}"""
# Two frames, for an event that may still be on its way; then until no watch runs.
SETTLED = """async (limit) => {
  const frame = () => new Promise(requestAnimationFrame);
  const end = performance.now() + limit;
  await frame();
  await frame();
  while (window.stopwatch.running && performance.now() < end) await frame();
  const missed = window.stopwatch.running;
  window.stopwatch.running = 0;
  return !missed;
}"""


class Watching(TypedDict):
    """Which event starts a watch, and what a changed picture is."""

    event: str
    prepare: str
    changed: str


class Reading(TypedDict):
    """One change of the picture, in milliseconds since the page was asked for."""

    start: float
    end: float


def begin(page: Page, watching: Watching) -> None:
    """Watch the page from now on."""
    page.evaluate(WATCH, watching)


def settle(page: Page, limit: float = 20_000) -> bool:
    """Wait until the picture has followed the last event; False after `limit` milliseconds."""
    return bool(page.evaluate(SETTLED, limit))


def readings(page: Page) -> list[Reading]:
    """What was watched."""
    return list(page.evaluate("() => window.stopwatch.times"))


def drag(page: Page, box: dict[str, Any], shares: Iterable[float], start: float) -> None:
    """Drag a slider's thumb with the mouse from one share of its box's width to the others.

    The next movement waits until the picture has followed the last one.
    """
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + start * box["width"], y)
    page.mouse.down()
    for share in shares:
        page.mouse.move(box["x"] + share * box["width"], y)
        settle(page)
    page.mouse.up()
    settle(page)
