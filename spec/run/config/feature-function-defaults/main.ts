import { feature } from "bun:bundle";
const state = (on: string) => console.log(on);
if (feature("DEBUG")) state("DEBUG on"); else state("DEBUG off");
state(feature("MINE") ? "MINE on" : "MINE off");
state(feature("LAST") ? "LAST on" : "LAST off");
state(!feature("FLAG") && !feature("BETA_API") ? "neither" : "some");
