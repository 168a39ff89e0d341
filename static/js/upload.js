// Photos on their way: chosen, dropped or pasted; large ones are made smaller first, and progress is shown.
// Without this module the form on /photo/ sends the photo as it is.

const LONGEST_SIDE = 1600; // the search itself looks at 1024
const PATIENCE = 120_000; // ms for sending and looking
const SMALL_ENOUGH = 1_500_000; // bytes: not worth decoding for

const form = document.getElementById("upload");
const words = form?.dataset;

if (form) {
  const image = document.getElementById("image");
  const camera = document.getElementById("camera");
  for (const input of [image, camera]) {
    input.addEventListener("change", () => input.files.length && send(input.files[0]));
  }
  form.addEventListener("submit", (event) => {
    const body = new FormData(form);
    if (image.files.length || body.get("image_url")) {
      event.preventDefault();
      image.files.length ? send(image.files[0]) : post(body);
    }
  });
  listenForDrops();
  document.addEventListener("paste", (event) => {
    const file = [...(event.clipboardData?.files ?? [])][0];
    if (file) {
      event.preventDefault();
      send(file);
    }
  });
}

function listenForDrops() {
  let depth = 0; // dragenter and dragleave also fire between children
  document.addEventListener("dragenter", (event) => {
    event.preventDefault();
    depth += 1;
    form.classList.add("is-over");
  });
  document.addEventListener("dragleave", () => {
    depth -= 1;
    if (depth <= 0) form.classList.remove("is-over");
  });
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    depth = 0;
    form.classList.remove("is-over");
    const file = event.dataTransfer.files[0];
    const address = event.dataTransfer.getData("text/uri-list");
    if (file) send(file);
    else if (address) post(bodyOf("image_url", address.split("\n")[0]));
  });
}

async function send(file) {
  // Some systems know no type for HEIC or for a file without an ending: whether it is a photo is for the server to say.
  if (!["", "application/octet-stream"].includes(file.type) && !file.type.startsWith("image/")) return fail(words.notAPhoto);
  show(words.sending);
  preview(file);
  const photo = await smaller(file);
  if (photo.size > Number(words.maxBytes)) return fail(words.large);
  const body = new FormData();
  body.append("image", photo, photo.name ?? "photo.jpg");
  post(body);
}

function bodyOf(name, value) {
  const body = new FormData();
  body.append(name, value);
  return body;
}

/** The photo with its longest side at most LONGEST_SIDE, upright; itself where the browser cannot read it (HEIC). */
async function smaller(file) {
  if (file.size <= SMALL_ENOUGH) return file;
  try {
    const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST_SIDE / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(bitmap.width * scale);
    canvas.height = Math.round(bitmap.height * scale);
    const context = canvas.getContext("2d");
    context.fillStyle = "#fff"; // what is transparent is white to the search too
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.imageSmoothingQuality = "high";
    context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.92));
    return blob && blob.size < file.size ? blob : file;
  } catch {
    return file;
  }
}

function post(body) {
  show(words.sending);
  const request = new XMLHttpRequest(); // fetch() tells nothing of an upload's progress
  request.open("POST", form.action);
  request.setRequestHeader("Accept", "application/json");
  request.responseType = "json";
  request.timeout = PATIENCE;
  request.addEventListener("timeout", () => fail(words.slow));
  request.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) show(words.sending, (100 * event.loaded) / event.total);
  });
  request.upload.addEventListener("load", () => show(words.looking));
  request.addEventListener("load", () => {
    if (request.status === 200 && request.response?.url) location.assign(request.response.url);
    else fail(request.response?.error ?? sentenceFor(request.status));
  });
  request.addEventListener("error", () => fail(words.offline));
  request.send(body);
}

/** The photo itself while it travels; nothing where the browser cannot show it (HEIC). */
function preview(file) {
  const picture = document.getElementById("preview");
  URL.revokeObjectURL(picture.src);
  picture.hidden = true;
  picture.onload = () => (picture.hidden = false);
  picture.src = URL.createObjectURL(file);
}

function sentenceFor(status) {
  if (status === 413) return words.large;
  return [429, 502, 503, 504].includes(status) ? words.busy : words.failed;
}

function show(sentence, percent) {
  const progress = document.getElementById("progress");
  document.getElementById("upload-error").hidden = true;
  form.classList.add("is-busy");
  progress.hidden = false;
  progress.querySelector("p").textContent = sentence;
  const bar = progress.querySelector("progress");
  if (percent === undefined) bar.removeAttribute("value");
  else bar.value = percent;
}

function fail(sentence) {
  const notice = document.getElementById("upload-error");
  form.classList.remove("is-busy");
  document.getElementById("progress").hidden = true;
  notice.textContent = sentence;
  notice.hidden = false;
  notice.scrollIntoView({ block: "nearest" });
}

// Coming back with the back button must not show a form that is still sending.
window.addEventListener("pageshow", () => {
  form?.classList.remove("is-busy");
  const progress = document.getElementById("progress");
  if (progress) progress.hidden = true;
});
