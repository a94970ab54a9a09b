export default "settings";
