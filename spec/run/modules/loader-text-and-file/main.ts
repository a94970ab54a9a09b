import page from "./page.html" with { type: "text" };
import raw from "./main.css" with { type: "text" };
console.log(page, raw);
