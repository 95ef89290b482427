const $ = id => document.getElementById(id);
const copyOf = template => $(template).content.firstElementChild.cloneNode(true);

const shop = await (await fetch("shop.json")).json();
const money = new Intl.NumberFormat("en-US", { style: "currency", currency: shop.currency });
const basket = new Map();

// Consent is two cookies, which the server reads too.

const cookie = name => document.cookie.split("; ").find(pair => pair.startsWith(name + "="))?.split("=")[1];
const remember = (name, isOn) => { document.cookie = `${name}=${isOn ? "yes" : "no"}; path=/; max-age=31536000; SameSite=Lax`; };

function showChoice() {
  $("ask").hidden = cookie("consent") !== undefined;
  $("consent").checked = cookie("consent") === "yes";
  $("limited").checked = cookie("limited") === "yes";
}

function choose(isConsent) {
  const isFirst = cookie("consent") === undefined;
  remember("consent", isConsent);
  showChoice();
  if (isFirst) {
    view();
  }
}

$("allow").onclick = () => choose(true);
$("decline").onclick = () => choose(false);
$("consent").onchange = event => choose(event.target.checked);
$("limited").onchange = event => remember("limited", event.target.checked);

// The pixel knows no limited data use, so it fires only without limits.

function firePixel(event) {
  const isFree = cookie("consent") === "yes" && cookie("limited") !== "yes";
  return Boolean(isFree && shop.pixel && window.rokuPixelStub?.fire(shop.pixel, event));
}

async function collect(event) {
  const pixel = firePixel(event);
  const answer = await fetch("collect", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ ...event, event_source_url: location.href }),
    keepalive: true,
  }).catch(() => null);
  report(event, pixel, outcome(answer));
}

const outcome = answer =>
  answer === null ? "server not reached"
  : answer.status === 204 ? "nothing: no consent"
  : answer.ok ? "server"
  : `server said ${answer.status}`;

function report({ event_name, event_id }, pixel, server) {
  const entry = copyOf("entry");
  entry.querySelector("b").textContent = event_name;
  entry.querySelector("code").textContent = event_id;
  entry.querySelector("span").textContent = pixel ? `pixel and ${server}` : server;
  entry.dataset.id = event_id;
  entry.dataset.name = event_name;
  $("sent").prepend(entry);
}

const view = () => collect({ event_name: "PAGE_VIEW", event_id: crypto.randomUUID() });

function addToBasket(product) {
  basket.set(product, (basket.get(product) ?? 0) + 1);
  showBasket();
  collect({
    event_name: "ADD_TO_CART",
    event_id: crypto.randomUUID(),
    custom_data: { value: product.price, currency: shop.currency, content_ids: [product.id], content_name: product.name, content_type: "product" },
  });
}

function showBasket() {
  $("done").hidden = basket.size > 0;
  $("empty").hidden = basket.size > 0;
  $("buy").disabled = basket.size === 0;
  $("basket").replaceChildren(...[...basket].map(([product, quantity]) => {
    const line = copyOf("line");
    line.querySelector("span").textContent = `${quantity} × ${product.name}`;
    line.querySelector("output").textContent = money.format(quantity * product.price);
    return line;
  }));
  $("total").textContent = money.format([...basket].reduce((sum, [product, quantity]) => sum + quantity * product.price, 0));
}

async function buy() {
  const event_id = crypto.randomUUID();
  const lines = [...basket].map(([{ id }, quantity]) => ({ id, quantity }));
  const answer = await fetch("orders", {
    method: "POST",
    headers: { "Content-Type": "application/json", RequestVerificationToken: shop.token },
    body: JSON.stringify({ eventId: event_id, email: $("email").value, phone: $("phone").value, lines }),
  });
  const order = await answer.json();
  if (!answer.ok) {
    say(order.detail);
    return;
  }

  // What was bought is known now: the pixel fires with the id that went along with the order.
  const purchase = { event_name: "PURCHASE", event_id, custom_data: { value: order.total, currency: shop.currency, order_id: order.number } };
  report(purchase, firePixel(purchase), "server");
  basket.clear();
  showBasket();
  say(`Thank you! Order ${order.number}, ${money.format(order.total)}.`);
}

function say(text) {
  $("done").textContent = text;
  $("done").hidden = false;
}

$("checkout").onsubmit = async event => {
  event.preventDefault();
  $("buy").disabled = true;
  try {
    await buy();
  } finally {
    $("buy").disabled = basket.size === 0;
  }
};

$("products").replaceChildren(...shop.products.map(product => {
  const card = copyOf("product");
  card.dataset.id = product.id;
  card.querySelector("img").src = `images/${product.id}.svg`;
  card.querySelector("h2").textContent = product.name;
  card.querySelector(".muted").textContent = product.about;
  card.querySelector(".price").textContent = money.format(product.price);
  card.querySelector("button").onclick = () => addToBasket(product);
  return card;
}));

if (shop.emulator) {
  $("emulator").href = shop.emulator;
  $("emulator").hidden = false;
}

showBasket();
showChoice();
if (cookie("consent") !== undefined) {
  view();
}
