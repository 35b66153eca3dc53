// The raw-line panel: marks the row it tells of, closes by its button or Escape; j and k go down and up, Enter opens.

const panel = document.getElementById("raw-panel");
const links = [...document.querySelectorAll(".ledger .row-open")];

function close() {
  panel.replaceChildren();
  const row = document.querySelector(".ledger tr.told");
  row?.classList.remove("told");
  row?.querySelector(".row-open")?.focus();
}

if (panel) {
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-clears='raw-panel']")) close();
    const opener = event.target.closest(".ledger .row-open");
    if (opener) {
      document.querySelector(".ledger tr.told")?.classList.remove("told");
      opener.closest("tr").classList.add("told");
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.target.closest("input, select, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && panel.childElementCount) close();
    if (event.key === "j" || event.key === "k") {
      const at = links.indexOf(document.activeElement);
      const to = links[at < 0 ? 0 : at + (event.key === "j" ? 1 : -1)];
      to?.focus();
    }
  });
}
