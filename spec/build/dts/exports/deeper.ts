export type Deeper = `deep ${string}`;
