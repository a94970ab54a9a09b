import "node:net";
