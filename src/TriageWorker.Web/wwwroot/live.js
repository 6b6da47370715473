// Keeps a page up to date: follows /events, fetches the page again, and changes only what differs, so that focus,
// selection and scroll stay where they are. Without it a page is whole, only not live.

const status = document.getElementById("live");
const isList = document.querySelector(".heading") !== null;
const silenceMs = 40_000, retryMs = 3_000, tickMs = 10_000;
let source = null, silence = 0, fetching = false, again = false, skewMs = 0;

function say(state, text) {
  if (status.dataset.state === state) return;
  status.dataset.state = state;
  status.textContent = text;
}

// ---- the stream

function connect() {
  source?.close();
  source = new EventSource("/events");
  source.addEventListener("hello", () => { heard(); refresh(); }); // changes may have been missed before it
  source.addEventListener("changed", () => { heard(); refresh(); });
  source.addEventListener("heartbeat", heard);
  source.onerror = lost;
  heard();
}

function heard() {
  clearTimeout(silence);
  silence = setTimeout(() => { lost(); connect(); }, silenceMs); // a dead line gives no error
}

function lost() {
  say("reconnecting", "reconnecting");
  if (source.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
  clearTimeout(silence);
  silence = setTimeout(connect, retryMs);
}

// A browser opens few connections to one server, and each study may have its tab: hidden ones let go.
document.addEventListener("visibilitychange", () => {
  if (isList) return;
  if (document.hidden) { source.close(); clearTimeout(silence); } else connect();
});

// ---- the page

async function refresh() {
  if (fetching) { again = true; return; }
  fetching = true;
  try {
    do {
      again = false;
      const answer = await fetch(location.href, { cache: "no-store" });
      if (!answer.ok) throw new Error(answer.statusText);
      show(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } while (again);
    say("live", "live");
  } catch {
    say("reconnecting", "reconnecting");
    setTimeout(refresh, retryMs);
  } finally {
    fetching = false;
  }
}

function show(next) {
  const main = document.getElementById("main"), focused = document.activeElement?.id;
  const before = new Map([...main.querySelectorAll("tr[data-mark]")].map(row => [row.id, row.dataset.mark]));
  document.title = next.title;
  learnTime(next);
  tick(next);
  change(main, next.getElementById("main"));
  if (focused && document.activeElement?.id !== focused) document.getElementById(focused)?.focus({ preventScroll: true });
  for (const row of main.querySelectorAll("tr[data-mark]"))
    if (before.get(row.id) !== row.dataset.mark) { row.classList.add("changed"); setTimeout(() => row.classList.remove("changed"), 4_000); }
}

/** Makes one element like another of the same name, keeping every node that has an id or stands at the same place. */
function change(from, to) {
  if (from.isEqualNode(to)) return;
  for (const { name } of [...from.attributes]) if (!to.hasAttribute(name) && !mine(from, name)) from.removeAttribute(name);
  for (const { name, value } of to.attributes) if (from.getAttribute(name) !== value && !mine(from, name)) from.setAttribute(name, value);

  const named = new Map([...from.children].filter(child => child.id).map(child => [child.id, child]));
  let at = from.firstChild;
  for (const wanted of [...to.childNodes]) {
    let node = wanted.id ? named.get(wanted.id) : at && !at.id && at.nodeName === wanted.nodeName ? at : null;
    if (!node) from.insertBefore(document.importNode(wanted, true), at);
    else {
      if (node === at) at = at.nextSibling;
      else move(from, node, at);
      if (node.nodeType === Node.ELEMENT_NODE) change(node, wanted);
      else if (node.nodeValue !== wanted.nodeValue) node.nodeValue = wanted.nodeValue;
      named.delete(wanted.id);
    }
  }
  while (at) { const rest = at.nextSibling; at.remove(); at = rest; }
}

// What the reader opened stays open; what is marked as changed stays marked.
const mine = (element, name) => (name === "open" && element.localName === "details") || name === "class" && element.classList.contains("changed");

function move(parent, node, before) {
  if (parent.moveBefore) parent.moveBefore(node, before); // keeps focus
  else parent.insertBefore(node, before);
}

// ---- times that run, by the server's clock

function learnTime(page) {
  skewMs = Date.parse(page.getElementById("main").dataset.now) - Date.now();
}

function tick(page) {
  for (const time of page.querySelectorAll("time[data-since]")) {
    const text = span((Date.now() + skewMs - Date.parse(time.dateTime)) / 1000);
    if (time.textContent !== text) time.textContent = text;
  }
}

function span(seconds) {
  seconds = Math.max(0, Math.floor(seconds));
  const minutes = Math.floor(seconds / 60), hours = Math.floor(minutes / 60), days = Math.floor(hours / 24);
  if (minutes < 1) return `${seconds} s`;
  if (hours < 1) return `${minutes} min`;
  if (days < 1) return `${hours} h ${String(minutes % 60).padStart(2, "0")} min`;
  return `${days} d ${hours % 24} h`;
}

// ---- the keyboard: j and k walk the list, Enter opens, as any link does

document.addEventListener("keydown", event => {
  if (event.ctrlKey || event.altKey || event.metaKey || !"jk".includes(event.key) || event.target.closest("input, textarea, select")) return;
  const links = [...document.querySelectorAll(".worklist .patient a")], now = links.indexOf(document.activeElement);
  const next = links[now < 0 ? 0 : Math.min(links.length - 1, Math.max(0, now + (event.key === "j" ? 1 : -1)))];
  next?.focus();
});

learnTime(document);
setInterval(() => tick(document), tickMs);
connect();
