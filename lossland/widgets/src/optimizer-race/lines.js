/**
 * A method in a few lines, as a reader writes it: "v = mu*v - lr*g", then "x = x + v". jsep reads the
 * formulas; what it finds becomes a list of instructions on numbered places of two numbers each, and
 * nothing of a reader's text is ever run as JavaScript. lossland/widgets/lines.py reads the same language.
 */

import jsep from "jsep";

/** Names with a value of their own; lr is the race's. A line may assign them anew. */
export const GIVEN = {
  mu: 0.9,
  beta1: 0.9,
  beta2: 0.999,
  rho: 0.95,
  decay: 0.9,
  eps: 1e-8,
  weight_decay: 0.01,
};
const EACH_STEP = ["g", "t"]; // no line may assign them
const NAMES = ["x", ...EACH_STEP, "lr", ...Object.keys(GIVEN)];
const LINES = 12;
const CHARACTERS = 100; // of a line

/** No text of that length is within both limits, so a longer one may be cut here. */
export const MOST = LINES * (CHARACTERS + 1) + 1;

const power = (a, b) => (b === 2 ? a * a : a ** b);
const large = () => "a number too large to hold";
const zero = "division by zero";

/** What an instruction does with an entry, and why its result is no number, told over all entries. */
const ACTS = {
  "+": [(a, b) => a + b, large],
  "-": [(a, b) => a - b, large],
  "*": [(a, b) => a * b, large],
  "/": [(a, b) => a / b, (pairs) => (pairs.some(([, b]) => b === 0) ? zero : large())],
  "**": [
    power,
    (pairs) => {
      if (pairs.some(([a, b]) => a === 0 && b < 0)) return zero;
      const broken = pairs.some(([a, b]) => a < 0 && !Number.isInteger(b));
      return broken ? "a negative number to a power that is not whole" : large();
    },
  ],
};
const FUNCTIONS = {
  sqrt: [Math.sqrt, () => "the root of a negative number"],
  abs: [Math.abs, large],
  max: [Math.max, large],
  min: [Math.min, large],
  sign: [Math.sign, large],
  exp: [Math.exp, large],
  log: [Math.log, () => "the logarithm of 0 or less"],
  norm: [null, large], // of both entries
};
const TWO = ["max", "min"];

/** The functions that a formula may call. */
export const CALLS = Object.keys(FUNCTIONS);

/** A reader's word in a sentence, which is one line long. */
const brief = (word) => (word.length > 20 ? `${word.slice(0, 19)}…` : word);

/** What is wrong with a reader's lines, in one sentence. */
export class LinesError extends Error {
  /**
   * @param {number} line from 1, or 0 where no line alone is wrong
   * @param {string} told
   * @param {number} step of the walk at which it shows, from 1, or 0 where it shows at once
   */
  constructor(line, told, step = 0) {
    const where = [line && `line ${line}`, step && `step ${step}`].filter(Boolean).join(", ");
    const said = where ? `${where}: ${told}.` : `${told}.`;
    super(said[0].toUpperCase() + said.slice(1));
    Object.assign(this, { line, step });
  }
}

/** As in mathematics and in Python a sign stands before a whole power: −a**b is −(a**b). */
jsep.plugins.register({
  name: "signs",
  init({ hooks }) {
    hooks.add("gobble-token", function gobbleSign(env) {
      const operator = this.char;
      if (operator !== "-" && operator !== "+") return;
      this.index += 1;
      env.node = { type: "UnaryExpression", operator, argument: powers(this) };
    });
  },
});

/** A token with all its powers, the right one first. */
function powers(parser) {
  const left = parser.gobbleToken();
  if (!left) parser.throwError("Expected a token");
  parser.gobbleSpaces();
  if (!parser.expr.startsWith("**", parser.index)) return left;
  parser.index += 2;
  return { type: "BinaryExpression", operator: "**", left, right: powers(parser) };
}

const TOKEN =
  /([0-9]+\.?[0-9]*(?:[eE][-+]?[0-9]+)?|\.[0-9]+(?:[eE][-+]?[0-9]+)?)|([A-Za-z_][A-Za-z_0-9]*)|\*\*|[-+*/]=|[-+*/(),=^]/uy;
const TYPED = { "−": "-", "·": "*", "×": "*", "←": "=" }; // as the book prints them

/** The tokens of one line, of which a comment is no part. @returns {{text: string, kind: string}[]} */
function tokensOf(row, line) {
  const found = [];
  const code = row.split("#")[0].replace(/[−·×←]/gu, (sign) => TYPED[sign]);
  for (let at = 0; at < code.length; ) {
    if (code[at] === " " || code[at] === "\t") {
      at += 1;
      continue;
    }
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(code);
    if (!match) throw new LinesError(line, `“${String.fromCodePoint(code.codePointAt(at))}” has no meaning here`);
    const [text, number, name] = match;
    if (number && !Number.isFinite(Number(number))) throw new LinesError(line, `${brief(number)} is too large a number`);
    found.push({ text: text === "^" ? "**" : text, kind: number ? "number" : name ? "name" : text });
    at = TOKEN.lastIndex;
  }
  return found;
}

const ENDS = ["number", "name", ")"]; // of what can be calculated with
const OPENS = ["number", "name", "(", "-", "+"];

/** What a parser may read in another way than a reader: told before it is asked. */
function check(tokens, line) {
  let depth = 0;
  tokens.forEach(({ text, kind }, k) => {
    const next = tokens[k + 1];
    const open = next && ENDS.includes(kind);
    if (open && (["number", "name"].includes(next.kind) || (next.kind === "(" && kind !== "name"))) {
      throw new LinesError(line, `an operator is missing between ${brief(text)} and ${brief(next.text)}`);
    }
    if (kind === "," && !(ENDS.includes(tokens[k - 1]?.kind) && OPENS.includes(next?.kind))) {
      throw new LinesError(line, COMMA);
    }
    depth += { "(": 1, ")": -1 }[kind] ?? 0;
    if (depth < 0) throw new LinesError(line, "a bracket is closed that was not opened");
  });
  if (depth > 0) throw new LinesError(line, "a bracket is not closed");
}

const COMMA = "a comma stands between two arguments, as in max(a, b)";
const MISSING = "a name or a number is missing";

/** The name that a line assigns, and the rest of the line. */
function assignment(tokens, line) {
  const [first, sign, ...rest] = tokens;
  if (first.kind !== "name" || !sign?.kind.endsWith("=")) {
    throw new LinesError(line, "no assignment; write name = formula");
  }
  if (rest.some(({ kind }) => kind.endsWith("="))) throw new LinesError(line, "one equal sign a line");
  const name = first.text;
  if (EACH_STEP.includes(name)) throw new LinesError(line, `${name} is given at every step and cannot be assigned`);
  if (CALLS.includes(name)) throw new LinesError(line, `${name} is a function and cannot be assigned`);
  return { line, name, operator: sign.kind[0], rest };
}

/** The tree of what a line gives its name. */
function treeOf({ line, name, operator, rest }) {
  check(rest, line);
  // A mark before each name: jsep knows words, such as this and null, that are names here.
  const marked = rest.map(({ text, kind }) => (kind === "name" ? `n_${text}` : text)).join(" ");
  try {
    const tree = jsep(marked);
    if (operator === "=") return tree;
    return { type: "BinaryExpression", operator, left: { type: "Identifier", name: `n_${name}` }, right: tree };
  } catch {
    throw new LinesError(line, MISSING);
  }
}

/**
 * Read a method.
 * @param {string} text
 * @returns {((lr: number) => import("../kit/optimizers.js").Optimizer) | null} the method at a learning
 *   rate, in two variables, or null where there is no line; its update throws a LinesError at a step
 *   whose numbers end
 * @throws {LinesError}
 */
export function read(text) {
  const rows = text.replace(/\r\n?/g, "\n").split("\n");
  if (rows.at(-1) === "") rows.pop();
  const parts = rows.flatMap((row, k) => {
    if (k >= LINES) throw new LinesError(k + 1, `${LINES} lines are the most`);
    if ([...row].length > CHARACTERS) throw new LinesError(k + 1, `more than ${CHARACTERS} characters`);
    const tokens = tokensOf(row, k + 1);
    return tokens.length ? [assignment(tokens, k + 1)] : [];
  });
  if (parts.length === 0) return null;

  const places = new Map(NAMES.map((name, k) => [name, 2 * k]));
  for (const { name } of parts) if (!places.has(name)) places.set(name, 2 * places.size);
  const start = Array(2 * places.size).fill(0);
  for (const [name, value] of Object.entries(GIVEN)) start.fill(value, places.get(name), places.get(name) + 2);
  const program = parts.map((part) => {
    const { line, name } = part;
    const code = [];
    const from = emit(treeOf(part), { line, places, start, code });
    return { line, code, from, to: places.get(name) };
  });
  if (!parts.some(({ name }) => name === "x")) throw new LinesError(0, "no line assigns x, so nothing moves");
  return (lr) => optimizer(program, Float64Array.from(start), places, lr);
}

/** Write the instructions for a tree, and give the place of its value. */
function emit(node, into) {
  const { line, places, start, code } = into;
  const place = (value) => start.push(value, value) - 2;
  const instruction = ([act, why], a, b = a) => {
    const to = place(0);
    code.push({ act, why, a, b, to });
    return to;
  };
  if (node.type === "Literal") return place(node.value);
  if (node.type === "Identifier") {
    const name = node.name.slice(2);
    if (CALLS.includes(name)) throw new LinesError(line, `${name} is a function; write ${name}(…)`);
    if (!places.has(name)) throw new LinesError(line, `${brief(name)} is unknown; no line assigns it`);
    return places.get(name);
  }
  if (node.type === "UnaryExpression") {
    const value = emit(node.argument, into);
    return node.operator === "+" ? value : instruction([(a) => -a, large], value);
  }
  if (node.type === "BinaryExpression") {
    const left = emit(node.left, into);
    return instruction(ACTS[node.operator], left, emit(node.right, into));
  }
  if (node.type === "CallExpression") {
    const name = node.callee.name.slice(2); // whatever else is called lacks an operator
    if (!CALLS.includes(name)) throw new LinesError(line, `${brief(name)} is no function; a product needs its *`);
    const takes = TWO.includes(name) ? 2 : 1;
    if (node.arguments.length !== takes) {
      throw new LinesError(line, `${name} takes ${takes} argument${takes > 1 ? "s" : ""}`);
    }
    return instruction(FUNCTIONS[name], ...node.arguments.map((part) => emit(part, into)));
  }
  const many = (node.body ?? node.expressions)?.length > 1;
  throw new LinesError(line, many ? COMMA : MISSING);
}

/** The program at a learning rate. A state is the number of steps made, and all places after them. */
function optimizer(program, start, places, lr) {
  const at = Object.fromEntries(["x", "g", "t", "lr"].map((name) => [name, places.get(name)]));
  start.fill(lr, at.lr, at.lr + 2);
  return {
    init: () => ({ t: 0, held: start }),
    update(gradient, state, x) {
      const t = state.t + 1;
      if (!gradient.every(Number.isFinite)) throw new LinesError(0, large(), t);
      const held = state.held.slice();
      held.set(x, at.x);
      held.set(gradient, at.g);
      held.fill(t, at.t, at.t + 2);
      for (const { line, code, from, to } of program) {
        for (const { act, why, a, b, to: into } of code) {
          if (act) {
            held[into] = act(held[a], held[b]);
            held[into + 1] = act(held[a + 1], held[b + 1]);
          } else {
            held.fill(Math.sqrt(held[a] * held[a] + held[a + 1] * held[a + 1]), into, into + 2);
          }
          if (!Number.isFinite(held[into]) || !Number.isFinite(held[into + 1])) {
            throw new LinesError(line, why([[held[a], held[b]], [held[a + 1], held[b + 1]]]), t);
          }
        }
        held.copyWithin(to, from, from + 2);
      }
      return [[held[at.x] - x[0], held[at.x + 1] - x[1]], { t, held }];
    },
  };
}
