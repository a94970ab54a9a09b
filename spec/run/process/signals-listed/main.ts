process.on("SIGUSR2", () => {});
console.log(process.listenerCount("SIGUSR2"), process.eventNames().includes("SIGUSR2"));
process.removeAllListeners("SIGUSR2");
try { process.kill(process.pid, "SIGNOTHING"); } catch (error: any) { console.log(error.code, error instanceof TypeError); }
try { process.kill(2 ** 22 + 1, 0); } catch (error: any) { console.log(error.code, error.syscall); }
console.log("ends because nothing listens");
