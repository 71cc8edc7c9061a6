"""The **Myth or fact?** boxes: a claim that is going around, and what is right.

    :::{myth} Velocity is a running mean of the gradients, and mu is the friction.
    :name: myth-friction

    Velocity is a decaying *sum* ...; what acts like friction is $1 - \\mu$.
    :::

The claim is the argument (Markdown, without quotation marks); the body is the fact. The executable
counterexample follows the box as an ordinary code cell. `:verdict:` is `myth` unless it is `half`
(true only under conditions that the body names) or `fact`. `:name:` makes the box a target.
"""

from __future__ import annotations

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator

VERDICTS = {"myth": "A myth.", "half": "Half true.", "fact": "A fact."}


class myth(nodes.General, nodes.Element):
    """The box."""


def visit(translator: HTML5Translator, node: myth) -> None:
    """Open the box."""
    attributes = {"role": "note", "aria-label": "Myth or fact?"}
    translator.body.append(translator.starttag(node, "div", CLASS="myth", **attributes))


def depart(translator: HTML5Translator, node: myth) -> None:
    """Close the box."""
    translator.body.append("</div>\n")


def verdict(argument: str) -> str:
    """One of the verdicts' names."""
    return directives.choice(argument, tuple(VERDICTS))


class Myth(SphinxDirective):
    """{myth}: a claim and the fact."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec = {"verdict": verdict, "name": directives.unchanged}  # noqa: RUF012

    def run(self) -> list[nodes.Node]:
        self.assert_has_content()
        box = myth(classes=[f"myth-{self.options.get('verdict', 'myth')}"])
        self.set_source_info(box)
        self.add_name(box)
        label = nodes.paragraph("", "Myth or fact?", classes=["myth-label"])
        inline, messages = self.state.inline_text(self.arguments[0], self.lineno)
        claim = nodes.paragraph("", "", *inline, classes=["myth-claim"])
        box += [label, claim]
        fact = nodes.container(classes=["myth-fact"])
        self.state.nested_parse(self.content, self.content_offset, fact)
        word = VERDICTS[self.options.get("verdict", "myth")]
        lead = nodes.strong("", word, classes=["myth-verdict"])
        if isinstance(fact.children[0], nodes.paragraph):
            fact.children[0].insert(0, [lead, nodes.Text(" ")])
        else:
            fact.insert(0, nodes.paragraph("", "", lead))
        box += fact
        return [box, *messages]


def register(app: Sphinx) -> None:
    """Register the directive."""
    app.add_node(myth, html=(visit, depart))
    app.add_directive("myth", Myth)
