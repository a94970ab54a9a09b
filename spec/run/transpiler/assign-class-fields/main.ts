class Base { set value(next: number) { console.log("setter", next); } }
class Child extends Base { value = 1; untouched; static made = "static"; }
const child = new Child();
console.log(Object.hasOwn(child, "value"), Object.hasOwn(child, "untouched"), Child.made);
