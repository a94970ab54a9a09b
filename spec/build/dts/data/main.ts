import config, { name } from "./config.json";
import * as all from "./config.json" with { type: "json" };
import text from "./note.txt";
import raw from "./main.ts" with { type: "text" };
import settings from "./settings.toml";
import styles from "./page.module.css";

export { config, name, text, raw, settings, styles };
export type Listen = typeof config.ports;
export const whole: typeof all = all;
