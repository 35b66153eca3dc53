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

// Shown inside another app's page (ZHOUDAO_EMBED_HOSTS): what may not be shown there opens on its own, not as an empty frame.
const FRAMED = /^\/(search|phones\/|points\/([^/]+\/)?(way\/)?|items\/([^/]+\/)?)?$/;

function leaves(address) {
  const { origin, pathname } = new URL(address, location.href);
  return origin === location.origin && !FRAMED.test(pathname);
}

if (window.self !== window.top) {
  document.addEventListener("click", ({ target }) => {
    const link = target.closest?.("a[href]");
    if (link && leaves(link.href)) link.target = "_blank";
  }, true);
  document.addEventListener("submit", ({ target }) => {
    if (leaves(target.action)) target.target = "_blank";
  }, true);
}
