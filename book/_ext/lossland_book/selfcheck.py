"""Questions that readers put to themselves, with an explanation for every answer and no server.

A list of answers stands in the directive. `[x]` marks what is right, `[ ]` what is not; what
follows an answer's first paragraph explains it, and an answer without explanation fails the build.

    :::{selfcheck} Which quantity acts like friction?
    :name: check-friction

    Further paragraphs of the question, if it needs them.

    - [ ] $\\mu$

      It says how much of the old velocity *survives*.
    - [x] $1 - \\mu$

      That share of the velocity is lost in every step.
    :::

One right answer makes radio buttons, several make check boxes. With `:numeric:` the reader types a
number, and the answers are the right one and the mistakes that are worth an explanation; `*` is for
every other number. Readers may type `0.01`, `1e-2`, `1/100` or a decimal comma. `:tolerance:` is
relative (0.01 unless given); `:unit:` is shown behind the field.

    :::{selfcheck} With $\\mu = 0.9$ and a constant gradient, how many plain steps long is one step?
    :numeric:
    :unit: steps

    - [x] 10

      The sum $1 + \\mu + \\mu^2 + \\dots$ is $1/(1-\\mu)$.
    - [ ] 1.9

      That is the second step; the sum goes on.
    - [ ] *

      Sum the geometric series.
    :::

Without scripts the answers and explanations open as a plain disclosure.
"""

from __future__ import annotations

import re

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator

MARK = re.compile(r"\[([ xX])\]\s+")
OTHERWISE = "*"


class selfcheck(nodes.General, nodes.Element):
    """The whole question; attributes `kind` (one, several, number), `unit`, `tolerance`."""


class selfcheck_question(nodes.General, nodes.Element):
    """What is asked."""


class selfcheck_choices(nodes.General, nodes.Element):
    """The buttons or the number field; holds one `selfcheck_choice` an answer."""


class selfcheck_choice(nodes.General, nodes.TextElement):
    """One button with its label; attribute `position`."""


class selfcheck_answers(nodes.General, nodes.Element):
    """The disclosure of all answers."""


class selfcheck_answer(nodes.General, nodes.Element):
    """An answer and its explanation; attributes `right`, `position`, `value`."""


class Selfcheck(SphinxDirective):
    """{selfcheck}: the module's docstring shows the syntax."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec = {  # noqa: RUF012
        "name": directives.unchanged_required,
        "numeric": directives.flag,
        "tolerance": float,
        "unit": directives.unchanged_required,
    }

    def run(self) -> list[nodes.Node]:
        self.assert_has_content()
        body = nodes.container()
        self.state.nested_parse(self.content, self.content_offset, body)
        if not body.children or not isinstance(body.children[-1], nodes.bullet_list):
            raise self.error("A self-check ends with the list of its answers.")
        items = [self.split(item) for item in body.children.pop().children]
        right = sum(marked for marked, _, _ in items)
        if right == 0:
            raise self.error("A self-check needs an answer that is marked [x].")
        numeric = "numeric" in self.options
        if not numeric and right == len(items):
            raise self.error("A self-check needs an answer that is not right.")

        number = self.env.new_serialno("selfcheck")
        root = selfcheck(
            kind="number" if numeric else "one" if right == 1 else "several",
            identifier=f"selfcheck-{number + 1}",
            unit=self.options.get("unit", ""),
            tolerance=self.options.get("tolerance", 0.01),
        )
        self.set_source_info(root)
        self.add_name(root)
        inline, messages = self.state.inline_text(self.arguments[0], self.lineno)
        question = selfcheck_question("", nodes.paragraph("", "", *inline), *body.children)
        choices = selfcheck_choices()
        answers = selfcheck_answers()
        for position, (marked, label, explanation) in enumerate(items):
            value = self.value(label) if numeric else ""
            if not numeric:
                choices += selfcheck_choice(
                    "", "", *(n.deepcopy() for n in label), position=position
                )
            verdict = nodes.strong("", "Right." if marked else "Not right.")
            shown = [] if value == OTHERWISE else [*label, nodes.Text(" — ")]
            if value == OTHERWISE:
                shown = [nodes.Text("Any other number — ")]
            heading = nodes.paragraph("", "", *shown, verdict, classes=["selfcheck-heading"])
            answers += selfcheck_answer(
                "", heading, *explanation, right=marked, position=position, value=value
            )
        root += [question, choices, answers]
        return [root, *messages]

    def split(self, item: nodes.list_item) -> tuple[bool, list[nodes.Node], list[nodes.Node]]:
        """An answer's mark, its text and its explanation."""
        first, *explanation = item.children
        start = first.children[0] if first.children else None
        match = MARK.match(start.astext()) if isinstance(start, nodes.Text) else None
        if match is None:
            raise self.error(
                f"Every answer starts with [x] or [ ]: '{first.astext()[:40]}' does not."
            )
        if not explanation:
            raise self.error(f"The answer '{first.astext()[:40]}' has no explanation.")
        rest = nodes.Text(start.astext()[match.end() :])
        return match[1] in "xX", [rest, *first.children[1:]], explanation

    def value(self, label: list[nodes.Node]) -> str:
        """The number that stands for an answer, or the star."""
        text = "".join(node.astext() for node in label).strip()
        try:
            return text if text == OTHERWISE else repr(float(text.replace("−", "-")))
        except ValueError:
            raise self.error(f"'{text}' is not a number: a numeric answer is one, or *.") from None


def parent_of(node: nodes.Node) -> selfcheck:
    """The question that a part belongs to."""
    while not isinstance(node, selfcheck):
        node = node.parent
    return node


def visit_selfcheck(translator: HTML5Translator, node: selfcheck) -> None:
    """Open the form; the question names it for screen readers."""
    name = node["identifier"]
    attributes = {"data-kind": node["kind"], "data-tolerance": node["tolerance"]}
    label = {"aria-labelledby": f"{name}-question"}
    translator.body.append(
        translator.starttag(node, "form", CLASS="selfcheck", **attributes, **label)
    )


def visit_question(translator: HTML5Translator, node: selfcheck_question) -> None:
    """Open the question."""
    name = parent_of(node)["identifier"]
    translator.body.append(
        '<p class="selfcheck-label">Check yourself</p>'
        f'<div class="selfcheck-question" id="{name}-question">'
    )


def visit_choices(translator: HTML5Translator, node: selfcheck_choices) -> None:
    """Open the group of buttons, or write the number field."""
    root = parent_of(node)
    name = root["identifier"]
    role = {"one": "radiogroup", "several": "group", "number": "group"}[root["kind"]]
    translator.body.append(
        f'<div class="selfcheck-choices" role="{role}" aria-labelledby="{name}-question">'
    )
    if root["kind"] == "number":
        unit = f' <span class="selfcheck-unit">{translator.encode(root["unit"])}</span>'
        translator.body.append(
            f'<label>Your answer <input type="text" inputmode="decimal" name="{name}" '
            f'autocomplete="off" spellcheck="false">{unit if root["unit"] else ""}</label>'
        )
    elif root["kind"] == "several":
        translator.body.append('<p class="selfcheck-hint">More than one answer is right.</p>')


def depart_choices(translator: HTML5Translator, node: selfcheck_choices) -> None:
    """Close the group; the button and the place for the reply follow."""
    translator.body.append(
        '</div><p class="selfcheck-action"><button type="submit">Check</button></p>'
        '<div class="selfcheck-reply" role="status"></div>'
    )


def visit_choice(translator: HTML5Translator, node: selfcheck_choice) -> None:
    """Open a button with its label."""
    root = parent_of(node)
    kind = "radio" if root["kind"] == "one" else "checkbox"
    translator.body.append(
        f'<label class="selfcheck-choice"><input type="{kind}" name="{root["identifier"]}" '
        f'value="{node["position"]}"><span>'
        f'<span class="for-readers">Answer {node["position"] + 1}: </span>'
    )


def depart_choice(translator: HTML5Translator, node: selfcheck_choice) -> None:
    """Close the label."""
    translator.body.append("</span></label>")


def visit_answers(translator: HTML5Translator, node: selfcheck_answers) -> None:
    """Open the disclosure."""
    translator.body.append(
        '<details class="selfcheck-answers"><summary>All answers, explained</summary>'
    )


def visit_answer(translator: HTML5Translator, node: selfcheck_answer) -> None:
    """Open an answer."""
    translator.body.append(
        f'<div class="selfcheck-answer" data-right="{str(node["right"]).lower()}" '
        f'data-position="{node["position"]}" data-value="{node["value"]}">'
    )


def close(tag: str):
    """A visitor that writes an end tag."""

    def depart(translator: HTML5Translator, node: nodes.Node) -> None:
        translator.body.append(f"</{tag}>\n")

    return depart


def register(app: Sphinx) -> None:
    """Register the nodes and the directive."""
    app.add_node(selfcheck, html=(visit_selfcheck, close("form")))
    app.add_node(selfcheck_question, html=(visit_question, close("div")))
    app.add_node(selfcheck_choices, html=(visit_choices, depart_choices))
    app.add_node(selfcheck_choice, html=(visit_choice, depart_choice))
    app.add_node(selfcheck_answers, html=(visit_answers, close("details")))
    app.add_node(selfcheck_answer, html=(visit_answer, close("div")))
    app.add_directive("selfcheck", Selfcheck)
