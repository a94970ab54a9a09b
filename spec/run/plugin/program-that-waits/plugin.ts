Bun.plugin({ name: "later", setup: (build) => void build.onLoad({ filter: /port\.later$/ }, async () => ({ contents: "export default 0" })) });
