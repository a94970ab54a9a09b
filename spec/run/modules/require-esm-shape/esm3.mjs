const x = {q:1}; export { x as "module.exports" }; export default 4
