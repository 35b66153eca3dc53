// What every page needs and HTML can't do alone: dialogs, the staff menu on a phone, focus on what went wrong.

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens)?.showModal();

  const closer = event.target.closest("[data-closes]");
  if (closer) closer.closest("dialog")?.close();

  const expander = event.target.closest("[data-expands]");
  if (expander) expander.setAttribute("aria-expanded", String(expander.getAttribute("aria-expanded") !== "true"));
});

function focusProblem(root) {
  const problem = root.querySelector("[data-takes-focus]");
  if (problem && !problem.closest("[data-leaves-focus]")) problem.focus();
}

focusProblem(document);
document.addEventListener("htmx:afterSwap", (event) => focusProblem(event.target));

// No answer from the server at all: say so in the page's own words, kept in a <template>.
document.addEventListener("htmx:sendError", () => {
  const place = document.getElementById("refusal");
  const words = document.getElementById("no-network");
  if (place && words) place.replaceChildren(words.content.cloneNode(true));
});
