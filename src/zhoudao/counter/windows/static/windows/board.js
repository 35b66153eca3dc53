// The display board: shows what the server pushes, says each call once, and says so when the connection is lost.

const board = document.querySelector("[data-board]");
const part = board.querySelector("[data-board-part]");
const voice = board.querySelector("[data-voice]");
const away = board.querySelector("[data-away]");
const speak = board.querySelector("[data-speak]");
let said = -1;

const source = new EventSource(board.dataset.events);
source.addEventListener("open", () => { away.hidden = true; });
source.addEventListener("error", () => { away.hidden = false; });
source.addEventListener("board", (event) => {
  away.hidden = true;
  const { html, calls } = JSON.parse(event.data);
  part.innerHTML = html;
  // The first board only shows where things stand; after that each call is said, also those made while we were away.
  const fresh = said < 0 ? [] : calls.filter((call) => call.event > said);
  said = Math.max(said, 0, ...calls.map((call) => call.event));
  for (const call of fresh) say(call.say);
});

function say(words) {
  voice.textContent = words;
  if (speak.getAttribute("aria-pressed") !== "true") return;
  const utterance = new SpeechSynthesisUtterance(words);
  utterance.lang = board.dataset.language;
  speechSynthesis.speak(utterance);
}

if ("speechSynthesis" in globalThis) {
  speak.hidden = false;
  speak.addEventListener("click", () => {
    speak.setAttribute("aria-pressed", String(speak.getAttribute("aria-pressed") !== "true"));
  });
}
