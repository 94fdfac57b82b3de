// The picture of a lab: HTML from Python, whose parts can be pointed at and picked.
// What the attributes mean is said in touch.py.

const TOUCHABLE = "[data-pick], [data-link], [data-say]";
const DIRECTIONS = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

function tokens(element) {
  return (element.dataset.link ?? "").split(" ").filter(Boolean);
}

function middle(element) {
  const box = element.getBoundingClientRect();
  return [box.left + box.width / 2, box.top + box.height / 2];
}

// The nearest element in a direction; what lies aside counts as three times as far.
function neighbour(from, others, [dx, dy]) {
  const [x, y] = middle(from);
  let best = null;
  let least = Infinity;
  for (const other of others) {
    const [u, v] = middle(other);
    const ahead = (u - x) * dx + (v - y) * dy;
    const aside = Math.abs((u - x) * dy) + Math.abs((v - y) * dx);
    const distance = ahead + 3 * aside;
    if (ahead > 1 && distance < least) [best, least] = [other, distance];
  }
  return best;
}

function render({ model, el }) {
  const picture = document.createElement("div");
  const said = document.createElement("p");
  said.className = "charrnn-said";
  said.setAttribute("aria-live", "polite");
  el.classList.add("charrnn-touch");
  el.dataset.lmSuppressShortcuts = "true"; // arrows do not move between cells
  el.append(picture, said);

  const group = (element) => element.closest("table, svg, [data-group]") ?? picture;
  const members = (place) =>
    [...place.querySelectorAll(TOUCHABLE)].filter((e) => group(e) === place);

  // One stop of the Tab key in each group; the arrow keys move inside it.
  function stopAt(element) {
    for (const other of members(group(element))) other.tabIndex = -1;
    element.tabIndex = 0;
  }

  function pointAt(element) {
    const lab = el.closest(".charrnn-lab") ?? el;
    for (const old of lab.querySelectorAll(".charrnn-linked"))
      old.classList.remove("charrnn-linked");
    const wanted = element ? tokens(element) : [];
    if (wanted.length)
      for (const other of lab.querySelectorAll("[data-link]"))
        if (tokens(other).some((token) => wanted.includes(token)))
          other.classList.add("charrnn-linked");
    said.textContent = element?.dataset.say ?? said.dataset.rest ?? "";
  }

  function show() {
    const before = [...picture.querySelectorAll(TOUCHABLE)];
    const at = before.indexOf(document.activeElement);
    const key = before[at]?.dataset.pick;
    picture.innerHTML = model.get("value");
    const all = [...picture.querySelectorAll(TOUCHABLE)];
    for (const place of new Set(all.map(group))) {
      const inside = members(place);
      stopAt(inside.find((e) => e.ariaPressed === "true") ?? inside[0]);
    }
    const say = all.some((e) => e.dataset.say !== undefined);
    said.hidden = !say;
    said.dataset.rest = say
      ? "Point at a part of the picture, or reach it with Tab and the arrow keys."
      : "";
    pointAt(null);
    if (at < 0) return;
    const again = all.find((e) => key && e.dataset.pick === key) ?? all[at];
    if (again) {
      stopAt(again);
      again.focus({ preventScroll: true });
    }
  }

  function pick(element) {
    model.set("picked", element.dataset.pick);
    model.set("picks", model.get("picks") + 1);
    model.save_changes();
  }

  const touched = (event) => event.target.closest?.(TOUCHABLE);
  // Not mouseover: the browser sends it too when a new picture comes to lie under a
  // mouse that rests, and would take the place of what the keyboard points at.
  let [x, y, pointed] = [0, 0, null];
  picture.addEventListener("mousemove", (event) => {
    if (event.clientX === x && event.clientY === y) return;
    [x, y] = [event.clientX, event.clientY];
    if (touched(event) === pointed) return;
    pointed = touched(event);
    pointAt(pointed);
  });
  picture.addEventListener("mouseleave", () => {
    pointed = null;
    pointAt(null);
  });
  picture.addEventListener("focusin", (event) => {
    const element = touched(event);
    if (!element) return;
    stopAt(element);
    pointAt(element);
  });
  picture.addEventListener("focusout", () => pointAt(null));
  picture.addEventListener("click", (event) => {
    const element = event.target.closest("[data-pick]");
    if (element) pick(element);
  });
  picture.addEventListener("keydown", (event) => {
    const element = touched(event);
    if (!element) return;
    const direction = DIRECTIONS[event.key];
    if (direction) {
      const next = neighbour(element, members(group(element)), direction);
      next?.focus();
    } else if (
      (event.key === "Enter" || event.key === " ") &&
      element.dataset.pick !== undefined &&
      element.localName !== "button" // which clicks by itself
    ) {
      pick(element);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  });

  function pale() {
    picture.classList.toggle("charrnn-stale", model.get("stale"));
  }

  model.on("change:value", show);
  model.on("change:stale", pale);
  show();
  pale();
  return () => {
    model.off("change:value", show);
    model.off("change:stale", pale);
  };
}

export default { render };
