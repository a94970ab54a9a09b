import { fork } from "node:child_process";

if (process.argv[2] === "child") {
  process.on("message", (message: any) => {
    process.send!({ answer: message.question * 2, argument: process.argv[3] });
    if (message.question === 2) process.disconnect();
  });
  process.send!("ready");
} else {
  console.log(process.send, process.connected ?? false);
  const child = fork(process.argv[1]!, ["child", "given"]);
  child.on("message", (message) => {
    console.log(JSON.stringify(message));
    if (message === "ready") {
      child.send({ question: 1 });
      child.send({ question: 2 });
    }
  });
  const ended: string[] = [];
  child.on("disconnect", () => ended.push(`disconnected ${child.connected}`));
  child.on("exit", (code, signal) => ended.push(`exit ${code} ${signal}`));
  process.on("exit", () => console.log(ended.sort().join()));
}
