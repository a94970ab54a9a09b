import fs from "node:fs";
import { promisify } from "node:util";

const file = `/tmp/fs-callbacks-${process.pid}`;
fs.writeFile(file, "one", (error) => {
  console.log("written", error);
  fs.readFile(file, "utf8", (error, text) => {
    console.log("read", error, text);
    fs.stat(file, (error, stat) => {
      console.log(error, stat.size, stat.isFile());
      fs.open(file, "r+", (error, fd) => {
        fs.read(fd, Buffer.alloc(3), 0, 3, 0, (error, count, buffer) => {
          console.log(error, count, buffer.toString());
          fs.write(fd, "TWO", 0, (error, written, text) => {
            console.log(error, written, text);
            fs.close(fd, async (error) => {
              console.log("closed", error);
              console.log(await promisify(fs.readFile)(file, "utf8"), await promisify(fs.exists)(file));
              fs.readFile("/nothing/here", (error: any, data) => {
                console.log(error.code, error.syscall, error.path, data);
                fs.unlink(file, (error) => console.log("unlinked", error));
              });
            });
          });
        });
      });
    });
  });
});
console.log("first");
try { (fs as any).readFile(file); } catch (error: any) { console.log(error.code, error.name); }
