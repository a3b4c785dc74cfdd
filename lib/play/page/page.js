// The page of a live window: keys go to the server, pictures and facts come back. Message layout: lib/play/protocol.ts.

/** Pixels of a view's longer side on the page. */
const VIEW = 512;
/** Pixels of a history picture's longer side. */
const SMALL = 72;
/** History pictures that are kept. */
const KEPT = 400;
const MOODS = ["plain", "good", "fair", "bad"];
const NAMES = { ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", " ": "space" };

const at = (id) => document.getElementById(id);
const made = (tag, text = "", className = "") => {
  const element = document.createElement(tag);
  element.textContent = text;
  element.className = className;
  return element;
};

/** The page's own keys; all others stay the browser's. */
let ours = new Set();
let views = [];
const down = new Set();

const socket = new WebSocket(`ws://${location.host}/socket`);
socket.binaryType = "arraybuffer";
const send = (message) => {
  if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
};

const hear = {
  hello({ title, about, views: plans, keys, history }) {
    document.title = title;
    at("title").textContent = title;
    at("about").textContent = about;
    views = plans.map(({ name, width, height, aspect = width / height }, i) => {
      const figure = made("figure"), canvas = canvasOf(width, height, VIEW, aspect);
      canvas.id = `view${i}`;
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", name);
      figure.append(canvas, made("figcaption", name));
      return { figure, canvas };
    });
    at("views").replaceChildren(...views.map(({ figure }) => figure));
    ours = new Set(keys.flatMap((line) => line.keys));
    at("keys").replaceChildren(...keys.map(keyLine));
    at("past").hidden = history === null;
    at("history").textContent = history ?? "";
    at("problem").hidden = true;
  },
  facts({ facts }) {
    at("facts").replaceChildren(...facts.map(({ label, value, mood = "plain" }) => {
      const group = made("div");
      group.append(made("dt", label), made("dd", value, mood));
      return group;
    }));
    if (views.length) views[0].canvas.className = facts[0]?.mood ?? "";
  },
  forget() {
    at("strip").replaceChildren();
  },
  problem({ text }) {
    at("problem").textContent = text;
    at("problem").hidden = false;
  },
};

function canvasOf(width, height, longest, aspect = width / height) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  canvas.style.width = `${Math.round(longest * Math.min(1, aspect))}px`;
  canvas.style.aspectRatio = String(aspect);
  return canvas;
}

function keyLine({ keys, does }) {
  const line = made("li");
  for (const key of keys) {
    const button = made("button", NAMES[key] ?? key);
    button.type = "button";
    button.dataset.key = key;
    button.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      press(key, false);
    });
    for (const end of ["pointerup", "pointerleave", "pointercancel"]) {
      button.addEventListener(end, () => release(key));
    }
    line.append(button);
  }
  line.append(made("span", does));
  return line;
}

function hearPicture(buffer) {
  const head = new DataView(buffer), word = (i) => head.getUint32(4 * i, true);
  const [kind, index, width, height, labelBytes] = [0, 1, 2, 3, 4].map(word);
  const label = new TextDecoder().decode(new Uint8Array(buffer, 20, labelBytes));
  const rgb = new Uint8Array(buffer, 20 + labelBytes), image = new ImageData(width, height);
  for (let i = 0, from = 0; i < image.data.length; i += 4) {
    image.data[i] = rgb[from++];
    image.data[i + 1] = rgb[from++];
    image.data[i + 2] = rgb[from++];
    image.data[i + 3] = 255;
  }
  if (kind === 0) {
    draw(views[index]?.canvas, image);
    return send({ type: "shown" }); // the server sends no more than a few that are not
  }
  const item = made("li", "", MOODS[index] ?? "plain"), canvas = canvasOf(width, height, SMALL), strip = at("strip");
  draw(canvas, image);
  item.append(canvas, made("div", label));
  strip.append(item);
  if (strip.children.length > KEPT) strip.firstChild.remove();
  strip.scrollLeft = strip.scrollWidth;
}

function draw(canvas, image) {
  if (!canvas) return;
  if (canvas.width !== image.width || canvas.height !== image.height) {
    canvas.width = image.width;
    canvas.height = image.height;
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
}

function press(key, repeat) {
  down.add(key);
  mark(key, true);
  send({ type: "press", key, repeat });
}

function release(key) {
  if (!down.delete(key)) return;
  mark(key, false);
  send({ type: "release", key });
}

function mark(key, is) {
  for (const button of document.querySelectorAll("#keys button")) {
    if (button.dataset.key === key) button.classList.toggle("down", is);
  }
}

// A letter counts whether or not shift or caps lock is on.
const named = ({ key }) => ours.has(key) ? key : key.toLowerCase();

addEventListener("keydown", (event) => {
  const key = named(event);
  if (!ours.has(key) || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  press(key, event.repeat);
});
addEventListener("keyup", (event) => release(named(event)));
addEventListener("blur", () => {
  for (const key of [...down]) mark(key, false);
  down.clear();
  send({ type: "blur" });
});

socket.addEventListener("message", ({ data }) => {
  if (typeof data !== "string") return hearPicture(data);
  const message = JSON.parse(data);
  hear[message.type]?.(message);
});
socket.addEventListener("close", () => {
  document.body.dataset.state = "closed";
  hear.problem({ text: "The server has stopped. Start it again and reload this page." });
});
socket.addEventListener("open", () => document.body.dataset.state = "open");
