console.log("before");
const answers = [prompt("Name?"), prompt("Default?", "d"), prompt(), confirm("Sure?"), confirm(), alert("Note"), prompt("At the end"), confirm("At the end")];
console.log();
console.log(JSON.stringify(answers));
