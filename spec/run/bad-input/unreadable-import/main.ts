import "./loop.ts";
