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
  const said = event.target.closest?.("[data-announce]") ?? document.querySelector("[data-announce]");
  if (said) announcement.textContent = said.dataset.announce;
});
