export const other = [import.meta.file, import.meta.main, import.meta.dir].join(" ");
