let a = 1;
const b = (;
