// What is drawn over the photo: a tap on a garment switches at once, and a box can be drawn, moved and resized.
// Without this module the garments are links, and the box has its buttons and its four numbers.

const STEP = 0.01; // of the photo, for an arrow key
const SMALLEST = 0.02;

document.addEventListener("click", (event) => {
  const hotspot = event.target.closest?.(".hotspot");
  if (hotspot && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    document.getElementById(hotspot.dataset.chip)?.click();
  }
  for (const menu of document.querySelectorAll(".menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = event.target.closest?.(".menu[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

const ready = new WeakSet();
let drawing = null; // the one whose box is being changed

// An answer that comes while the box is on the move is out of date, and would pull it out of the hand.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (drawing && event.detail.target.id === "photo-results") event.detail.shouldSwap = false;
});
let hadFocus = false;
document.addEventListener("htmx:beforeSwap", () => (hadFocus = document.activeElement?.id === "box"));
document.addEventListener("htmx:afterSettle", (event) => {
  setUp();
  if (event.detail.target?.id === "photo-results") showBeginning(); // none where history is brought back
  if (hadFocus) document.getElementById("box")?.focus();
  if (corrected) document.querySelector(".choices [aria-current]")?.focus({ preventScroll: true });
  corrected = false;
});

// The link that corrects a garment is gone with it: the focus moves on to what is searched for now.
let corrected = false;
document.addEventListener("htmx:beforeRequest", (event) => (corrected = "corrects" in event.detail.elt.dataset));

document.addEventListener("htmx:historyRestore", setUp);

function setUp() {
  showChosenChip();
  const overlay = document.querySelector("#overlay[data-draw]");
  if (!overlay || ready.has(overlay)) return;
  ready.add(overlay);
  const fresh = new Drawing(overlay);
  fresh.listen();
  fresh.draw();
}

/** On a telephone the chips are one long row: the chosen one shall be in it, without the page being scrolled. */
function showChosenChip() {
  const chip = document.querySelector(".choices [aria-current]");
  const row = chip && [chip.closest(".chips"), chip.closest(".choices")].find((each) => each.scrollWidth > each.clientWidth);
  if (row) row.scrollLeft = chip.offsetLeft - row.offsetLeft - (row.clientWidth - chip.offsetWidth) / 2;
}

/** Who has scrolled down and asks for something else wants to see its beginning. */
function showBeginning() {
  const results = document.querySelector("#photo-results .results");
  if (results?.getBoundingClientRect().top < 0) results.scrollIntoView();
}

class Drawing {
  constructor(overlay) {
    this.overlay = overlay;
    this.group = overlay.querySelector("#box");
    [this.width, this.height] = [overlay.viewBox.baseVal.width, overlay.viewBox.baseVal.height];
    this.inputs = ["x0", "y0", "x1", "y1"].map((id) => document.getElementById(id));
    this.box = this.inputs.map((input) => Number(input.value) / 100);
    for (const old of this.group.querySelectorAll(".handle")) old.remove(); // of a page that history brought back
    this.handles = ["nw", "ne", "se", "sw"].map((corner) => {
      const handle = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      handle.setAttribute("class", `handle is-${corner}`);
      this.group.append(handle);
      return handle;
    });
  }

  listen() {
    this.overlay.addEventListener("pointerdown", (event) => this.begin(event));
    this.overlay.addEventListener("pointermove", (event) => this.move(event));
    this.overlay.addEventListener("pointerup", () => this.end());
    this.overlay.addEventListener("pointercancel", () => this.end());
    this.group.addEventListener("keydown", (event) => this.key(event));
  }

  /** Where in the photo the pointer is, 0..1. */
  at(event) {
    const frame = this.overlay.getBoundingClientRect();
    return [(event.clientX - frame.left) / frame.width, (event.clientY - frame.top) / frame.height].map(within);
  }

  begin(event) {
    if (event.button) return;
    event.preventDefault();
    drawing = this;
    this.group.focus({ preventScroll: true });
    this.overlay.setPointerCapture(event.pointerId);
    const [x, y] = this.at(event);
    const corner = this.cornerAt(event);
    const [x0, y0, x1, y1] = this.box;
    if (corner !== null) {
      const opposite = [[x1, y1], [x0, y1], [x0, y0], [x1, y0]][corner];
      this.drag = (at) => [...opposite, ...at];
    } else if (x > x0 && x < x1 && y > y0 && y < y1) {
      this.drag = (at) => moved([x0, y0, x1, y1], at[0] - x, at[1] - y);
    } else {
      this.drag = (at) => [x, y, ...at];
    }
  }

  /** The corner under the pointer, generously for fingers, or null. The middle of a small box is left to move it by. */
  cornerAt(event) {
    const frame = this.overlay.getBoundingClientRect();
    const [x0, y0, x1, y1] = this.box;
    const third = Math.min((x1 - x0) * frame.width, (y1 - y0) * frame.height) / 3;
    const reach = Math.max(6, Math.min(event.pointerType === "mouse" ? 12 : 24, third));
    const corners = [[x0, y0], [x1, y0], [x1, y1], [x0, y1]];
    const distances = corners.map(([x, y]) =>
      Math.hypot(event.clientX - frame.left - x * frame.width, event.clientY - frame.top - y * frame.height),
    );
    const nearest = distances.indexOf(Math.min(...distances));
    return distances[nearest] <= reach ? nearest : null;
  }

  move(event) {
    if (!this.drag) return;
    this.box = inOrder(this.drag(this.at(event)));
    this.draw();
  }

  end() {
    if (!this.drag) return;
    this.drag = null;
    this.search();
  }

  key(event) {
    const direction = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!direction) return;
    event.preventDefault();
    const [dx, dy] = direction.map((sign) => sign * STEP);
    const [x0, y0, x1, y1] = this.box;
    this.box = event.shiftKey ? inOrder([x0, y0, within(x1 + dx), within(y1 + dy)]) : moved(this.box, dx, dy);
    this.draw();
    drawing = this;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.search(), 450);
  }

  search() {
    drawing = null;
    this.inputs.forEach((input, side) => (input.value = (this.box[side] * 100).toFixed(1)));
    this.inputs[0].form.requestSubmit();
  }

  draw() {
    const [x0, y0, x1, y1] = this.box;
    const [x, y, w, h] = [x0 * this.width, y0 * this.height, (x1 - x0) * this.width, (y1 - y0) * this.height];
    for (const rect of this.group.querySelectorAll(".halo, .drawn")) place(rect, x, y, w, h);
    const side = Math.max(this.width, this.height) / 38;
    [[x, y], [x + w, y], [x + w, y + h], [x, y + h]].forEach(([cx, cy], corner) =>
      place(this.handles[corner], cx - side / 2, cy - side / 2, side, side),
    );
    const hole = `M${x},${y}h${w}v${h}h${-w}Z`;
    document.getElementById("box-shade").setAttribute("d", `M0,0H${this.width}V${this.height}H0Z${hole}`);
  }
}

function place(rect, x, y, width, height) {
  for (const [name, value] of Object.entries({ x, y, width, height })) rect.setAttribute(name, value.toFixed(1));
}

function within(value) {
  return Math.min(1, Math.max(0, value));
}

function moved([x0, y0, x1, y1], dx, dy) {
  const x = Math.min(1 - x1, Math.max(-x0, dx));
  const y = Math.min(1 - y1, Math.max(-y0, dy));
  return [x0 + x, y0 + y, x1 + x, y1 + y];
}

function inOrder([ax, ay, bx, by]) {
  const [x0, x1] = apart(ax, bx);
  const [y0, y1] = apart(ay, by);
  return [x0, y0, x1, y1];
}

function apart(one, other) {
  const low = Math.min(one, other);
  const high = Math.min(1, Math.max(one, other, low + SMALLEST));
  return [Math.min(low, high - SMALLEST), high];
}

setUp();
