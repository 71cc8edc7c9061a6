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

const TAKES = { sqrt: 1, abs: 1, max: 2, min: 2, sign: 1, exp: 1, log: 1, norm: 1 };

/** The functions that a formula may call. */
export const CALLS = Object.keys(TAKES);

/** What an operation makes of numbers; norm, of both entries, is not among them. */
function made(operation, a, b) {
  switch (operation) {
    case "+": return a + b;
    case "-": return a - b;
    case "*": return a * b;
    case "/": return a / b;
    case "**": return b === 2 ? a * a : a ** b;
    case "minus": return -a;
    case "sqrt": return Math.sqrt(a);
    case "abs": return Math.abs(a);
    case "max": return Math.max(a, b);
    case "min": return Math.min(a, b);
    case "sign": return Math.sign(a);
    case "exp": return Math.exp(a);
    default: return Math.log(a);
  }
}

const LARGE = "a number too large to hold";
const ZERO = "division by zero";

/** Why an operation has made no number of one of these pairs. */
function why(operation, pairs) {
  switch (operation) {
    case "/": return pairs.some(([, b]) => b === 0) ? ZERO : LARGE;
    case "**":
      if (pairs.some(([a, b]) => a === 0 && b < 0)) return ZERO;
      return pairs.some(([a, b]) => a < 0 && !Number.isInteger(b)) ? "a negative number to a power that is not whole" : LARGE;
    case "sqrt": return "the root of a negative number";
    case "log": return "the logarithm of 0 or less";
    default: return LARGE;
  }
}

/** A reader's word in a sentence, which is one line long. */
const brief = (word) => (word.length > 16 ? `${word.slice(0, 15)}…` : word);

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
  return (lr) => optimizer(program, start, places, lr);
}

/** Write the instructions for a tree, and give the place of its value. */
function emit(node, into) {
  const { line, places, start, code } = into;
  const place = (value) => start.push(value, value) - 2;
  const instruction = (operation, a, b = a) => {
    const to = place(0);
    code.push({ operation, a, b, to });
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
    return node.operator === "+" ? value : instruction("minus", value);
  }
  if (node.type === "BinaryExpression") {
    const left = emit(node.left, into);
    return instruction(node.operator, left, emit(node.right, into));
  }
  if (node.type === "CallExpression") {
    const name = node.callee.name.slice(2); // whatever else is called lacks an operator
    if (!CALLS.includes(name)) throw new LinesError(line, `${brief(name)} is no function; a product needs its *`);
    const takes = TAKES[name];
    if (node.arguments.length !== takes) {
      throw new LinesError(line, `${name} takes ${takes} argument${takes > 1 ? "s" : ""}`);
    }
    return instruction(name, ...node.arguments.map((part) => emit(part, into)));
  }
  const many = (node.body ?? node.expressions)?.length > 1;
  throw new LinesError(line, many ? COMMA : MISSING);
}

/**
 * The program at a learning rate. A state is the number of steps made, and the values of all names after
 * them; the other places, constants and what is between, are used again at every step.
 */
function optimizer(program, start, places, lr) {
  const [atX, atG, atT, atLr] = ["x", "g", "t", "lr"].map((name) => places.get(name));
  const first = start.slice(0, 2 * places.size).fill(lr, atLr, atLr + 2);
  const held = start.slice();
  return {
    init: () => ({ t: 0, values: first }),
    update(gradient, { t: before, values }, x) {
      const t = before + 1;
      for (let i = 0; i < values.length; i += 1) held[i] = values[i];
      for (const i of [0, 1]) {
        held[atX + i] = x[i];
        held[atG + i] = gradient[i];
        held[atT + i] = t;
      }
      if (!Number.isFinite(gradient[0]) || !Number.isFinite(gradient[1])) throw new LinesError(0, LARGE, t);
      for (const { line, code, from, to } of program) {
        for (const { operation, a, b, to: into } of code) {
          if (operation === "norm") {
            held[into] = held[into + 1] = Math.sqrt(held[a] * held[a] + held[a + 1] * held[a + 1]);
          } else {
            held[into] = made(operation, held[a], held[b]);
            held[into + 1] = made(operation, held[a + 1], held[b + 1]);
          }
          if (!Number.isFinite(held[into]) || !Number.isFinite(held[into + 1])) {
            throw new LinesError(line, why(operation, [[held[a], held[b]], [held[a + 1], held[b + 1]]]), t);
          }
        }
        held[to] = held[from];
        held[to + 1] = held[from + 1];
      }
      return [[held[atX] - x[0], held[atX + 1] - x[1]], { t, values: held.slice(0, values.length) }];
    },
  };
}
