if (process.argv[2] === "child") {
  process.on("message", (message: any) => {
    process.send!({ doubled: message.value * 2 });
    if (message.value === 2) process.disconnect();
  });
  process.send!("ready");
} else {
  const child = Bun.spawn([process.execPath, import.meta.path, "child"], {
    stdout: "inherit",
    ipc(message, subprocess) {
      console.log(JSON.stringify(message), subprocess === child);
      if (message === "ready") {
        subprocess.send({ value: 1 });
        subprocess.send({ value: 2 });
      }
    },
  });
  console.log(await child.exited);
}
