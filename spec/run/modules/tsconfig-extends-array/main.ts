import { greet } from "@app/greet";
import settings from "config";
import several from "several";
import based from "src/based";
console.log(greet("paths"), settings, several, based);
