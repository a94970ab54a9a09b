console.log("never printed");
import "./lib.ts";
