// What this browser remembers, without an account: favourites, products viewed last, and the photo searched with.

const MOST = { favourites: 100, viewed: 12 };
const announcement = document.getElementById("announcement");

/** A list of product ids, newest first. Storage may be closed, full, or hold what somebody else wrote. */
function read(name) {
  try {
    const ids = JSON.parse(localStorage.getItem(name) ?? "[]");
    return Array.isArray(ids) ? ids.filter(Number.isSafeInteger).slice(0, MOST[name]) : [];
  } catch {
    return [];
  }
}

function write(name, ids) {
  try {
    localStorage.setItem(name, JSON.stringify(ids.slice(0, MOST[name])));
  } catch {
    // a closed storage keeps nothing: the page still works
  }
}

// Favourites: every heart shows and changes the same list, in all tabs.

function showFavourites() {
  const ids = read("favourites");
  for (const heart of document.querySelectorAll("[data-favourite]")) {
    heart.setAttribute("aria-pressed", ids.includes(Number(heart.dataset.favourite)));
  }
  const link = document.getElementById("favourites-link");
  const badge = link.querySelector(".badge");
  link.href = link.pathname + (ids.length ? `?ids=${ids}` : "");
  badge.textContent = ids.length;
  badge.hidden = !ids.length;
}

function toggleFavourite(id) {
  const ids = read("favourites");
  write("favourites", ids.includes(id) ? ids.filter((each) => each !== id) : [id, ...ids]);
  showFavourites();
}

function showFavouritesPage() {
  const page = document.getElementById("favourites");
  if (!page) return;
  const own = read("favourites");
  const shown = page.dataset.ids.split(",").filter(Boolean).map(Number);
  if (!shown.length && own.length) location.replace(`${location.pathname}?ids=${own}`);
  const shared = page.querySelector("[data-shared]");
  if (shared) shared.hidden = shown.every((id) => own.includes(id));
}

addEventListener("storage", showFavourites);

// Products viewed last.

async function showViewed() {
  const section = document.querySelector("#recently-viewed[data-source]");
  if (!section) return;
  const here = Number(section.dataset.viewed ?? 0);
  const others = read("viewed").filter((id) => id !== here);
  if (here) write("viewed", [here, ...others]);
  if (!others.length) return;
  const answer = await fetch(`${section.dataset.source}?ids=${others}`).catch(() => null);
  if (!answer?.ok) return;
  const part = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("recently-viewed");
  if (part?.children.length) section.replaceWith(part);
  showFavourites();
}

// The photo: every product page leads back to it, until it is deleted.

function rememberPhoto() {
  const results = document.getElementById("photo-results");
  if (!results) return;
  try {
    sessionStorage.setItem("photo", JSON.stringify({ url: location.pathname + location.search, until: results.dataset.expires * 1000 }));
  } catch {
    // see write()
  }
}

function showWayBack() {
  const back = document.getElementById("back-to-photo");
  try {
    if (new URLSearchParams(location.search).has("forgotten")) sessionStorage.removeItem("photo");
    const photo = JSON.parse(sessionStorage.getItem("photo"));
    if (!back || !photo || photo.until < Date.now() || !photo.url.startsWith("/")) return;
    back.querySelector("a").setAttribute("href", photo.url);
    back.hidden = false;
  } catch {
    // see write()
  }
}

// Links that can be copied.

async function copyLink(button) {
  const field = button.closest(".share-link").querySelector("input");
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    document.execCommand("copy"); // where the page is not served over HTTPS
  }
  announcement.textContent = button.dataset.done;
  button.textContent = button.dataset.done;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button");
  if (!button) return;
  if (button.dataset.favourite) toggleFavourite(Number(button.dataset.favourite));
  if ("copy" in button.dataset) copyLink(button);
  if ("clearViewed" in button.dataset) {
    write("viewed", []);
    document.getElementById("recently-viewed").remove();
  }
  if ("addAll" in button.dataset) {
    const shown = document.getElementById("favourites").dataset.ids.split(",").map(Number);
    write("favourites", [...new Set([...shown, ...read("favourites")])]);
    showFavourites();
    showFavouritesPage();
  }
});

document.addEventListener("htmx:afterSettle", () => {
  showFavourites();
  rememberPhoto();
});
document.addEventListener("htmx:historyRestore", () => {
  showFavourites();
  rememberPhoto();
});
addEventListener("pageshow", showFavourites); // a page that the browser has kept may show an old list

showFavourites();
showFavouritesPage();
rememberPhoto();
showWayBack();
showViewed();
