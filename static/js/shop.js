// What every page shares: results are announced, the focus and unfolded filters stay, empty fields stay out of addresses.

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

// The focus stays where it was: on the same control, on the button of a menu that has closed, on the first product
// that "Show more" has added, else on the heading of what has changed.

let focused = null;

document.addEventListener("htmx:beforeSwap", () => {
  const here = document.activeElement;
  const shown = here?.closest("#more") ? document.getElementById("products")?.children.length : undefined;
  focused = here && here !== document.body ? { id: here.id, shown, isInPart: !!here.closest("#listing, #photo-results") } : null;
});

document.addEventListener("htmx:afterSettle", () => {
  if (!focused || document.activeElement !== document.body) return;
  const same = focused.id ? document.getElementById(focused.id) : null;
  const added = document.getElementById("products")?.children[focused.shown]?.querySelector("a");
  const heading = focused.isInPart ? document.querySelector("#found-title, #listing .summary p") : null;
  const next = same?.closest(".menu:not([open])")?.querySelector("summary") ?? same ?? added ?? heading;
  if (next && next === heading) next.tabIndex = -1;
  next?.focus({ preventScroll: true });
});

// In the menus of a form that searches at each change, arrow keys move from choice to choice (WCAG 3.2.2): Enter or the
// space bar takes the choice, and who leaves without gets back what was chosen.

const CHOICES = "form[data-tidy] :is(input[type=radio], select)";
let isByArrow = false;

document.addEventListener("keydown", (event) => {
  isByArrow = event.key.startsWith("Arrow");
  const choice = event.target;
  if (!choice.matches?.(CHOICES)) return;
  const isTaken = choice.type === "radio" ? [" ", "Enter"].includes(event.key) : event.key === "Enter" && isUndecided(choice);
  if (!isTaken) return;
  event.preventDefault();
  if (choice.type === "radio") choice.checked = true;
  choice.form.requestSubmit();
});
document.addEventListener("keyup", () => (isByArrow = false));

document.addEventListener("change", (event) => {
  if (isByArrow && event.target.matches?.(CHOICES)) event.stopPropagation();
}, true);

document.addEventListener("focusout", (event) => {
  const choice = event.target;
  if (!choice.matches?.(CHOICES) || (choice.name && choice.name === event.relatedTarget?.name)) return;
  if (choice.closest(".htmx-request")) return; // it was taken
  for (const each of choice.type === "radio" ? choice.form.elements[choice.name] : choice.options) {
    if ("checked" in each) each.checked = each.defaultChecked;
    else each.selected = each.defaultSelected;
  }
});

// The two ends of a range are taken together, by Enter or when the focus leaves both: a search after the first would
// replace the field in which the second is being typed.

const ENDS = "form[hx-get] .range input";

document.addEventListener("change", (event) => {
  if (event.target.matches?.(ENDS)) event.stopPropagation();
}, true);

document.addEventListener("focusout", (event) => {
  if (!event.target.matches?.(ENDS)) return;
  const range = event.target.closest(".range");
  if (range.contains(event.relatedTarget) || range.closest(".htmx-request")) return;
  const isChanged = [...range.querySelectorAll("input")].some((end) => end.value !== end.defaultValue);
  if (isChanged) event.target.form.requestSubmit();
});

function isUndecided(select) {
  return !select.selectedOptions[0]?.defaultSelected;
}

// Back from a product returns to the place: what "Show more" has added to a list is kept for this tab.

const place = () => `list ${location.href}`;

addEventListener("pagehide", () => {
  const [products, more] = [document.getElementById("products"), document.getElementById("more")];
  try {
    if (products && more?.hasAttribute("data-added")) {
      sessionStorage.setItem(place(), JSON.stringify({ products: products.innerHTML, more: more.outerHTML, top: scrollY }));
    } else if (products) sessionStorage.removeItem(place());
  } catch {
    // a full or closed storage keeps nothing: the list begins with its first page
  }
});

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id === "products") document.getElementById("more")?.setAttribute("data-added", "");
});

if (performance.getEntriesByType("navigation")[0]?.type === "back_forward") {
  try {
    const kept = JSON.parse(sessionStorage.getItem(place()));
    if (kept && document.getElementById("more")) {
      document.getElementById("products").innerHTML = kept.products;
      document.getElementById("more").outerHTML = kept.more;
      scrollTo(0, kept.top);
    }
  } catch {
    // see above
  }
}

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
