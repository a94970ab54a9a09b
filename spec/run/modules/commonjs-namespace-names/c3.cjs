class A { m(){} static s = 1; static t(){} } module.exports = A;
