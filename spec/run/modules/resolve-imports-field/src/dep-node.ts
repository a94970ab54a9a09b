export default "dep of node";
