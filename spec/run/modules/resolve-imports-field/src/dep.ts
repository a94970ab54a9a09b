export default "dep of others";
