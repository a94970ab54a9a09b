export default "config";
