export const f = () => "value";
