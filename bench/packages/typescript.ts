// The compiler as a library: types are checked and the program is printed.
import ts from "typescript";

const source = "const n: number = 'text';\nexport enum E { A, B }\nexport const f = <T,>(x: T): T => x;\n";
const host = ts.createCompilerHost({});
const read = host.getSourceFile.bind(host);
host.getSourceFile = (name, target) => name === "in.ts" ? ts.createSourceFile(name, source, target) : read(name, target);
host.writeFile = (name, text) => console.log(name, text);
const program = ts.createProgram(["in.ts"], { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, lib: ["lib.es2022.d.ts"], types: [] }, host);
for (const one of ts.getPreEmitDiagnostics(program)) console.log(one.code, ts.flattenDiagnosticMessageText(one.messageText, "\n"));
program.emit();
