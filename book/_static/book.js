/* A code box that scrolls must be reachable by keyboard. The theme sees to that when a page loads, when solutions are
   still closed; this does it for the boxes of a solution that a reader opens. */
document.addEventListener("click", () => requestAnimationFrame(() => {
  for (const box of document.querySelectorAll(".solution pre"))
    box.tabIndex = box.scrollWidth > box.clientWidth ? 0 : -1
}))
