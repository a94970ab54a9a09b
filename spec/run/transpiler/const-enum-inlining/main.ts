import { Size } from "./size.ts";
console.log(Size.Large, Size["Small"], (() => Size.Large).toString().includes("9"));
