console.log(process.argv.length, process.argv0.length > 0, process.execArgv.length, process.env.GIVEN, "MISSING" in process.env);
process.env.NEW = 1 as any; console.log(process.env.NEW, typeof process.env.NEW, delete process.env.NEW, process.env.NEW);
console.log(process.platform, process.arch.length > 0, /^v\d+\./.test(process.version), typeof process.versions.node, process.pid > 0, process.ppid > 0);
console.log(process.uptime() > 0, process.hrtime().length, typeof process.hrtime.bigint(), process.hrtime([0, 0]).length);
console.log(Object.keys(process.memoryUsage()).join(), process.memoryUsage().rss > 1e6, process.memoryUsage.rss() > 1e6);
console.log(typeof process.resourceUsage().userCPUTime, typeof process.cpuUsage().user);
const before = process.cwd(); process.chdir(".."); console.log(process.cwd() !== before); process.chdir(before);
try { process.chdir("./nothing"); } catch (error: any) { console.log(error.code, error.syscall); }
console.log(typeof process.umask(), process.title.length > 0, process.exitCode, Object.prototype.toString.call(process), typeof process.emitWarning, typeof process.features);
console.log(process.kill(process.pid, 0), process.stdout.fd, process.stderr.fd, process.stdin.fd);
