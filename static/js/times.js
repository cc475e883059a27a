/* Keeps times up to date: "5 min" becomes "6 min" for three days, <time data-ends> counts down. The title names the zone:
   the one chosen in settings, else the device's, which the server then stores. */

const { zone, zoneSaved, now, minutes, hours, yesterday, soon } = document.body.dataset;
const lang = document.documentElement.lang;
const device = Intl.DateTimeFormat().resolvedOptions().timeZone;
const timeZone = zoneSaved === undefined && zone ? zone : device;
const MINUTE = 6e4;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const whole = new Intl.DateTimeFormat(lang, {
  ...{ year: "numeric", month: "long", day: "numeric" },
  ...{ hour: "numeric", minute: "numeric", timeZoneName: "short", timeZone },
});
const date = new Intl.DateTimeFormat(lang, { month: "long", day: "numeric", timeZone });
const day = (moment) => new Intl.DateTimeFormat("en-CA", { timeZone }).format(moment);
const many = (n, unit) => new Intl.NumberFormat(lang, { style: "unit", unit, unitDisplay: "long" }).format(n);

function ago(moment) {
  const passed = Date.now() - moment;
  if (passed < MINUTE) return now;
  if (passed < HOUR) return minutes.replace("{n}", Math.floor(passed / MINUTE));
  if (passed < 6 * HOUR || day(moment) === day(Date.now())) return hours.replace("{n}", Math.floor(passed / HOUR));
  return day(moment) === day(Date.now() - DAY) ? yesterday : date.format(moment);
}

function left(moment) {
  const n = Math.round((moment - Date.now()) / HOUR);
  if (n >= 48) return many(Math.round(n / 24), "day");
  return n >= 1 ? many(n, "hour") : soon;
}

function update(time) {
  const moment = new Date(time.dateTime);
  const moves = "moves" in time.dataset || Date.now() - moment < 3 * DAY;
  if (moves) time.dataset.moves = ""; // after a long sleep too
  const words = "ends" in time.dataset ? left(moment) : moves ? ago(moment) : time.textContent;
  if (time.textContent !== words) time.textContent = words;
  time.title = whole.format(moment);
}

const updateAll = () => document.querySelectorAll("time[datetime]").forEach(update);

let pending = 0;
const updateSoon = () => (pending ||= requestAnimationFrame(() => ((pending = 0), updateAll())));
const addsTime = ({ addedNodes }) => [...addedNodes].some((node) => node.matches?.("time") || node.querySelector?.("time"));

updateAll();
setInterval(updateAll, 20_000);
document.addEventListener("visibilitychange", updateAll);
new MutationObserver((changes) => changes.some(addsTime) && updateSoon()).observe(document.body, { childList: true, subtree: true });

if (zoneSaved && device && device !== zone)
  fetch(zoneSaved, {
    method: "POST",
    headers: JSON.parse(document.body.getAttribute("hx-headers")),
    body: new URLSearchParams({ zone: device }),
  });
