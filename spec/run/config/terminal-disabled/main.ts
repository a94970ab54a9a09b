// The terminal of a child has the size and the mode of the project header.
const command = "test -t 0 && stty size && stty -a | grep -o -- '-*icanon'; echo done";
let text = "";
const terminal = { data: (_: unknown, data: Uint8Array) => void (text += data), exit: () => console.log(JSON.stringify(text)) };
Bun.spawn(["sh", "-c", command], { terminal } as any);
