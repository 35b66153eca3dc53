// The item somebody means, from what is kept: simpler than the server's search, so it offers a choice wherever it isn't sure.

const SURE = 60;
const CLEARLY = 12; // how far the best must be ahead of the next
const WORTH_OFFERING = 18;
const MOST_OFFERED = 6;
const LEAST_LETTERS = 4; // fewer are found in too much

function fold(text) {
  return text.normalize("NFKC").toLowerCase().replace(/[\s\p{P}\p{S}]+/gu, " ").trim();
}

/** Pairs of neighbouring characters of Chinese, whole words of anything else. */
function pieces(text) {
  const found = new Set();
  for (const part of text.split(" ")) {
    const han = /\p{Script=Han}/u.test(part);
    if (!han || part.length === 1) found.add(part);
    else for (let k = 0; k + 1 < part.length; k++) found.add(part.slice(k, k + 2));
  }
  return found;
}

/** How well a phrase fits what was typed, from 0 to 100. */
function fits(typed, phrase) {
  if (typed === phrase) return 100;
  const [short, long] = typed.length < phrase.length ? [typed, phrase] : [phrase, typed];
  const says = /\p{Script=Han}/u.test(short) ? short.length > 1 : short.length >= LEAST_LETTERS;
  if (says && long.includes(short)) return 60 + (30 * short.length) / long.length;
  const [a, b] = [pieces(typed), pieces(phrase)];
  const both = [...a].filter((piece) => b.has(piece)).length;
  return (120 * both) / (a.size + b.size || 1) / 2;
}

/** {item} when it is clear which is meant, else {choices}: numbers of items, likeliest first. */
export function find(typed, items) {
  const words = fold(typed);
  if (!words) return { choices: [] };
  const scored = items
    .map((item, number) => ({ number, score: Math.max(...item.find.map((phrase, k) => fits(words, fold(phrase)) + (k === 0 ? 2 : 0))) }))
    .filter(({ score }) => score >= WORTH_OFFERING)
    .sort((a, b) => b.score - a.score || a.number - b.number);
  const [first, second] = scored;
  if (first && first.score >= SURE && first.score - (second?.score ?? 0) >= CLEARLY) return { item: first.number };
  if (first && first.score >= 100) return { item: first.number };
  return { choices: scored.slice(0, MOST_OFFERED).map(({ number }) => number) };
}
