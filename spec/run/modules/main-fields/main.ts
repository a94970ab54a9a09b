import both from "both";
import onlyModule from "only-module";
import browser from "browser-field";
console.log(both, onlyModule, browser, require("both").default ?? require("both"));
