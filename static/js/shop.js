// What every page shares: results are announced, unfolded filters stay unfolded, empty fields stay out of addresses.

const announcement = document.getElementById("announcement");
let unfolded = [];

document.addEventListener("htmx:configRequest", (event) => {
  if (!event.detail.elt.hasAttribute("data-tidy")) return;
  for (const [name, value] of [...event.detail.formData.entries()]) {
    if (value === "") event.detail.formData.delete(name);
  }
});

document.addEventListener("htmx:beforeSwap", () => {
  unfolded = [...document.querySelectorAll("details[id][open]")].map((details) => details.id);
});

document.addEventListener("htmx:afterSettle", (event) => {
  for (const id of unfolded) document.getElementById(id)?.setAttribute("open", "");
  const arrived = document.getElementById(event.target.id) ?? event.target; // an outerHTML swap reports what it replaced
  const said = arrived.closest("[data-announce]") ?? arrived.querySelector("[data-announce]");
  if (said) announcement.textContent = said.dataset.announce;
});

// Parts of a page change its address: who switches the language wants to stay at the address that is shown.

document.querySelector(".languages").addEventListener("submit", (event) => {
  event.target.elements.next.value = location.pathname + location.search;
});

// The search box: arrow keys walk through the suggestions, Escape and leaving the box close them.

const box = document.querySelector("form.search");
const suggestions = document.getElementById("suggestions");

box.addEventListener("keydown", (event) => {
  const stops = [box.querySelector("input"), ...suggestions.querySelectorAll("a")];
  const here = stops.indexOf(document.activeElement);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === "Escape" && suggestions.children.length) {
    event.preventDefault();
    suggestions.replaceChildren();
    stops[0].focus();
  } else if (step && here >= 0 && stops.length > 1) {
    event.preventDefault();
    stops[(here + step + stops.length) % stops.length].focus();
  }
});

box.addEventListener("focusout", (event) => {
  if (!box.contains(event.relatedTarget)) suggestions.replaceChildren();
});
