const log: string[] = [];
(Reflect as any).metadata ??= (key: string, value: any) => (target: any, name?: string) => {
  log.push(`${key} of ${name ?? "class"}: ${Array.isArray(value) ? value.map((one) => one?.name).join() : value?.name}`);
};
function tag(label: string) { log.push(`evaluate ${label}`); return (target: any, key?: any, at?: any) => { log.push(`apply ${label} ${typeof target} ${String(key)} ${typeof at}`); }; }
class Service {}
@tag("class")
class Controller {
  @tag("property") name: string = "n";
  @tag("static") static total: number = 1;
  constructor(@tag("parameter") service: Service) {}
  @tag("method") run(@tag("argument") count: number, when?: Date): boolean { return true; }
  @tag("accessor") get size(): number { return 1; }
}
function replace<T extends new (...a: any[]) => any>(target: T) { return class extends target { extra = "replaced"; }; }
@replace class Original {}
console.log(log.join("\n"));
console.log((new Original() as any).extra, new Controller(new Service()).name);
