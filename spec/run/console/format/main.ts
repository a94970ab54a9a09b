console.log("%s is %d years and %i, %f", "Bob", 42, 42.9, "1.5");
console.log("%% %s", "one", "two", 3);
console.log("%c styled", "color: red");
console.log("no placeholders", "text", 1);
console.log("%s %s", "only one");
console.log("%x %s", "kept");
console.log("%d %i %f", "abc", "x", "x");
