let first = 1;
let first = 2;
const second = 1;
const second = 2;
