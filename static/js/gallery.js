// A product's photos, large: a click opens one, a second one brings it closer, arrow keys show the next. Without this
// module they are links.

const dialog = document.querySelector("dialog.zoom");
const scroll = dialog.querySelector(".zoom-scroll");
const picture = scroll.querySelector("img");
const links = [...document.querySelectorAll("[data-zoom]")];
let shown = 0;

dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
scroll.addEventListener("click", (event) => {
  if (event.target !== picture) return dialog.close();
  scroll.classList.toggle("is-close");
});
dialog.addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (step && !scroll.classList.contains("is-close")) show(shown + step); // close up, the arrows scroll
});

links.forEach((link, place) =>
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    show(place);
    dialog.showModal();
  }),
);

function show(place) {
  shown = (place + links.length) % links.length;
  picture.src = links[shown].href;
  picture.alt = links[shown].querySelector("img").alt;
  scroll.classList.remove("is-close");
}
