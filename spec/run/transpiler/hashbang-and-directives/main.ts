#!/usr/bin/env crust
"use strict";
console.log((function (this: unknown) { return this === undefined; })());
