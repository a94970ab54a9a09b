import { Size } from "./size.ts";
const enum Here { Small = 4, Large = 9 }
console.log(Size.Large, Size["Small"], Here.Large, Here["Small"], Object.keys(Size));
