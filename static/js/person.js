// The scripts of every page for who is signed in.
import "./page.js";
import "./composer.js";
import "./marks.js";
