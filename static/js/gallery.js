// A product's photos, large: a click opens one, a second one brings it closer. Without this module they are links.

const dialog = document.createElement("dialog");
dialog.className = "zoom";
dialog.innerHTML = '<div class="zoom-scroll"><img alt=""></div><button class="button" type="button">✕</button>';
const [scroll, close] = dialog.children;
const picture = scroll.firstElementChild;
document.body.append(dialog);

close.addEventListener("click", () => dialog.close());
scroll.addEventListener("click", (event) => {
  if (event.target !== picture) return dialog.close();
  scroll.classList.toggle("is-close");
});

for (const link of document.querySelectorAll("[data-zoom]")) {
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    picture.src = link.href;
    picture.alt = link.querySelector("img").alt;
    scroll.classList.remove("is-close");
    dialog.showModal();
  });
}
