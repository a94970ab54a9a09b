console.log(Bun.config.terminal.rows, process.env.CRUST_CONFIG_SNAPSHOT);
