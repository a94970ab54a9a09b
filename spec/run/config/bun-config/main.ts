// `Bun.config`: constants on frozen objects.
console.log(Bun.config);
const { config } = Bun as any;
console.log(Object.isFrozen(config), Object.isFrozen(config.features), Object.isFrozen(config.terminal));
try {
  config.version = 3;
} catch (error) {
  console.log((error as Error).name);
}
try {
  config.features.DEBUG = false;
} catch (error) {
  console.log((error as Error).name);
}
console.log(config.version, config.features.DEBUG, Bun.config === config);
