/** The race in words: who is ahead, who is lost, and what the shared rate proves. */

import { amount, cell, short } from "../kit/format.js";
import { NAMES, RATES, leaders } from "./race.js";

const ARRIVED = 1e-12; // of the first loss

const list = (words) =>
  words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
const capital = (text) => text[0].toUpperCase() + text.slice(1);

/** Runs at a step, the lowest loss first, the lost ones left out. */
export const ranking = (runs, step) =>
  runs.filter(({ lost }) => lost > step).sort((a, b) => a.gap[step] - b.gap[step]);

/** Names of the runs that stand at a place at this step. */
const at = (runs, step, isThere) =>
  runs.filter(({ path, lost }) => lost > step && isThere(path[step])).map(({ name }) => NAMES[name]);

/** What the surface adds: who sits in the wrong minimum, who has not left the saddle. */
function where({ place, course, runs }, step) {
  if (place === "wells") {
    const near = at(runs, step, (p) => Math.hypot(p[0] - course.minima[1][0], p[1] - course.minima[1][1]) < 0.3);
    return near.length ? ` In the shallow minimum: ${list(near)}.` : "";
  }
  if (place === "saddle") {
    const near = at(runs, step, (p) => Math.abs(course.back(p)[1]) < 0.5);
    return near.length ? ` Not yet off the saddle: ${list(near)}.` : "";
  }
  return "";
}

/** What the rates prove. */
function lesson({ rates, sweeps, moved }) {
  const names = Object.keys(sweeps);
  if (rates === "tuned") {
    const start = moved ? "for the surface's own start, not for this one" : "for this start";
    return ` Each has the best of ${RATES.length} rates ${start}: an equal budget, mu and the betas as usual.`;
  }
  const count = leaders(sweeps);
  if (names.length < 2 || count < 2) return "";
  const who = count === names.length ? `each of the ${count} leads` : `${count} of the ${names.length} lead`;
  return ` One shared rate proves nothing: over the ${RATES.length} rates below, ${who} somewhere.`;
}

/** Who is ahead, and by how much. */
function standing(ranked, step, first, alone) {
  const share = ({ gap }) => amount(gap[step] / first);
  const [best, second] = ranked;
  const last = ranked.at(-1);
  const arrived = ranked
    .filter(({ gap }) => gap[step] < ARRIVED * first)
    .map(({ name, gap }) => ({ name, when: gap.findIndex((g) => g < ARRIVED * first) }))
    .sort((a, b) => a.when - b.when);
  if (arrived.length) {
    const told = arrived.map(({ name, when }) => `${NAMES[name]} (step ${when})`);
    const behind = arrived.length < ranked.length ? ` Last: ${NAMES[last.name]} at ${share(last)}.` : "";
    const lead = `${capital(NAMES[arrived[0].name])} arrived first.`;
    return [lead, `Below 10⁻¹² of the first loss: ${list(told)}.${behind}`];
  }
  const between = ranked.length > 2 ? ` then ${NAMES[second.name]} at ${share(second)}, last` : "";
  const others = ranked.length > 1 ? `;${between} ${NAMES[last.name]} at ${share(last)}` : "";
  const name = capital(NAMES[best.name]);
  if (best.gap[step] >= first) return [`Nobody is below the start at step ${step}.`, `${name}'s loss is ${share(best)} of the first${others}.`];
  const lead = alone ? `${name} at step ${step}.` : `${name} is ahead at step ${step}.`;
  return [lead, `Its loss is ${share(best)} of the first${others}.`];
}

/**
 * The readout: [what stands in bold, the rest].
 * @param {object} race as `compute` makes it
 * @param {number} step
 * @returns {[string, string]}
 */
export function readout(race, step) {
  const { runs } = race;
  if (runs.length === 0) return ["Nobody runs.", "Choose a method or more."];
  const first = runs[0].gap[0];
  if (step === 0) return ["At the start.", `Play, or move the step.${lesson(race)}`];
  if (first === 0) return ["The start is the minimum.", "Drag it away."];
  const ranked = ranking(runs, step);
  const out = runs.filter(({ lost }) => lost <= step);
  const told = out.filter(({ lost, stopped }) => lost !== stopped).map(({ name, lost }) => `${NAMES[name]} from step ${lost}`);
  const ended = out.filter(({ lost, stopped }) => lost === stopped).map(({ stopped }) => ` Yours stopped at step ${stopped}.`);
  const lost = (told.length ? ` Lost, ten times above the start or more: ${list(told)}.` : "") + ended.join("");
  if (ranked.length === 0) return [told.length ? "All are lost." : "Nobody runs on.", `${lost.trim()}${lesson(race)}`];
  const [lead, rest] = standing(ranked, step, first, runs.length === 1);
  return [lead, `${rest}${lost}${where(race, step)}${lesson(race)}`];
}

/** The table's rows, one a method. */
export const rows = ({ runs, sweeps }, step) =>
  runs.map(({ name, lr, gap }) => {
    const { scores, best } = sweeps[name];
    const part = gap[step] / (gap[0] || 1);
    return [NAMES[name], short(lr, 2), cell(part), short(best, 2), cell(Math.min(...scores))];
  });
