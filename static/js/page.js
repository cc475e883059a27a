// The scripts of every page.
import "./htmx.js";
import "./menu.js";
import "./tabs.js";
import "./submit_guard.js";
import "./numbers.js";
import "./times.js";
import "./live_updates.js";
import "./live.js";
