module.exports = {get bad(){throw new Error("bad")}, ok: 1, "module.exports": 3};
