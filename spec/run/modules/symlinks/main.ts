import where from "linked";
console.log(where);
